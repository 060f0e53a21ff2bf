//! SUB-6: which callbacks are believed.

use aws_lc_rs::hmac;
use base64::{Engine, engine::general_purpose::STANDARD};
use jiff::Timestamp;
use slotbridge_client::{
    webhooks::{BadSecret, Callback, Rejected, Verifier},
    wire::requests::RequestName,
};

const BODY: &str = r#"{"timestamp":"2027-04-03 22:00:00","id":"s1","clientId":null,"topic":"requests.*","data":{"target":"/requests/bookings","requestType":"bookings","bookingId":154}}"#;
const OLD: &str = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3";
const NEW: &str = "whsec_YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4";
const OTHER: &str = "whsec_enp6enp6enp6enp6enp6enp6enp6enp6";
const AT: i64 = 1_800_000_000;

/// The signature of a body, as the specification of Standard Webhooks has it.
fn signature(secret: &str, body: &str) -> String {
    let key = STANDARD.decode(&secret["whsec_".len()..]).unwrap();
    let signed = format!("msg_1.{AT}.{body}");
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &key), signed.as_bytes());
    format!("v1,{}", STANDARD.encode(tag.as_ref()))
}

/// What becomes of a callback with this signature and body, at so many seconds after it was sent.
fn verified(secrets: &[&str], signature: &str, body: &str, age: i64) -> Result<Callback, Rejected> {
    let at = AT.to_string();
    let header = |name: &str| match name {
        "webhook-id" => Some("msg_1"),
        "webhook-timestamp" => Some(at.as_str()),
        "webhook-signature" => Some(signature),
        _ => None,
    };
    let now = Timestamp::from_second(AT + age).unwrap();
    let verifier = Verifier::new(secrets).unwrap();
    verifier.verify(header, body.as_bytes(), now)
}

#[test]
fn a_callback_of_the_hub_is_taken_apart_sub_6() {
    let callback = verified(&[NEW], &signature(NEW, BODY), BODY, 1).unwrap();
    assert_eq!(callback.message_id, "msg_1");
    assert_eq!(callback.request(), Some(RequestName::Bookings));
    assert_eq!(callback.payload.data.booking_id, Some(154));
    assert_eq!(callback.payload.id, "s1");
}

#[test]
fn while_two_secrets_sign_either_is_enough_sub_6() {
    let both = format!("{} {}", signature(NEW, BODY), signature(OLD, BODY));
    for secrets in [&[OLD][..], &[NEW], &[OLD, NEW], &[NEW, OLD], &[OTHER, NEW]] {
        assert!(verified(secrets, &both, BODY, 0).is_ok(), "{secrets:?}");
    }
    // And a receiver that knows both takes what only one signed.
    for secret in [OLD, NEW] {
        assert!(verified(&[OLD, NEW], &signature(secret, BODY), BODY, 0).is_ok());
    }
}

#[test]
fn what_others_signed_or_changed_is_not_believed_sub_6() {
    let good = signature(NEW, BODY);
    let changed = BODY.replace("154", "155");
    let refused = Err(Rejected::Signature);
    assert_eq!(verified(&[NEW], &signature(OTHER, BODY), BODY, 0), refused);
    assert_eq!(verified(&[NEW], &good, &changed, 0), refused);
    for signature in [
        "",
        "v1,",
        "v1",
        &good["v1,".len()..],
        &good.replace("v1,", "v2,"),
        &good[..20],
        &format!("v1a{good}"),
    ] {
        assert_eq!(verified(&[NEW], signature, BODY, 0), refused, "{signature}");
    }
}

#[test]
fn a_callback_of_another_time_is_not_believed_sub_6() {
    let good = signature(NEW, BODY);
    for age in [-300, 300] {
        assert!(verified(&[NEW], &good, BODY, age).is_ok(), "{age}");
    }
    for age in [-301, 301, 86_400] {
        assert_eq!(verified(&[NEW], &good, BODY, age), Err(Rejected::Timestamp));
    }
}

/// The example of the specification of Standard Webhooks. Its body is no callback of the hub's, which
/// is told only when the signature was found good.
#[test]
fn the_signature_is_that_of_standard_webhooks_sub_6() {
    let verifier = Verifier::new(["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]).unwrap();
    let header = |name: &str| match name {
        "webhook-id" => Some("msg_p5jXN8AQM9LWM0D4loKWxJek"),
        "webhook-timestamp" => Some("1614265330"),
        "webhook-signature" => Some("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
        _ => None,
    };
    let now = Timestamp::from_second(1_614_265_330).unwrap();
    let outcome = verifier.verify(header, br#"{"test": 2432232314}"#, now);
    assert!(
        matches!(outcome, Err(Rejected::Unreadable(_))),
        "{outcome:?}"
    );
}

#[test]
fn each_header_must_be_there_sub_6() {
    let verifier = Verifier::new([NEW]).unwrap();
    let now = Timestamp::from_second(AT).unwrap();
    for missing in ["webhook-id", "webhook-timestamp", "webhook-signature"] {
        let header = |name: &str| (name != missing).then_some("1");
        let outcome = verifier.verify(header, BODY.as_bytes(), now);
        assert_eq!(outcome, Err(Rejected::Missing(missing)));
    }
}

#[test]
fn a_secret_must_be_one_and_is_not_shown_sub_6() {
    for secret in [
        "",
        "whsec_",
        "whsec_%%%",
        "whsec_c2hvcnQ=",
        &NEW["whsec_".len()..],
    ] {
        assert_eq!(Verifier::new([secret]).err(), Some(BadSecret), "{secret}");
    }
    let none: [&str; 0] = [];
    assert_eq!(Verifier::new(none).err(), Some(BadSecret));
    assert_eq!(
        format!("{:?}", Verifier::new([NEW]).unwrap()),
        "Verifier { .. }"
    );
}
