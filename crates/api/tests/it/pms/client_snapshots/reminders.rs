//! Reminders (SNAP-3): by which way, when, once, and to whom no more.

use super::{TODAY, TOMORROW, appointment, patient, reminding, send, snapshot};
use serde_json::{Value, json};
use slotbridge_hub::outgoing::{Channel, Message};
use slotbridge_testkit::{Clinic, Postbox};

const HOUR: i64 = 3600;

/// A snapshot of tomorrow with one appointment of a patient.
fn of(patient: Value, start: &str, status: &str) -> Value {
    let mut body = snapshot(TOMORROW, vec![appointment("A1", start, status)]);
    body["patients"] = Value::from(vec![patient]);
    body
}

fn booked_at(start: &str) -> Value {
    of(patient(), start, "booked")
}

/// What was sent after some time.
async fn after(clinic: &Clinic, postbox: &Postbox, seconds: i64) -> Vec<Message> {
    clinic.app.advance(seconds).await;
    postbox.taken()
}

#[tokio::test]
async fn a_reminder_goes_out_a_day_before_once_and_says_when_and_whom_to_call_snap_3() {
    let (clinic, postbox) = reminding().await;
    // It is 11:00 on the day before.
    let body = booked_at("2026-11-24 13:30:00");
    send(&clinic, body.clone()).await.expect(200);
    assert_eq!(after(&clinic, &postbox, 2 * HOUR).await, [], "13:00");
    let sent = after(&clinic, &postbox, HOUR / 2).await;
    assert_eq!(sent.len(), 1, "13:30");
    assert_eq!(sent[0].channel, Channel::Sms);
    assert_eq!(sent[0].to, "0491570156");
    let text = &sent[0].text;
    assert!(
        text.contains("Test Practice is on Tuesday 24 November 2026 at 1:30 pm"),
        "{text}"
    );
    assert!(text.contains("call Test Practice on 0298765432"), "{text}");
    for word in ["Zora", "Quint", "Dr One", "Standard", "P1"] {
        assert!(!text.contains(word), "{word}: {text}");
    }
    // The same again, and once more on the day itself.
    for _ in 0..2 {
        send(&clinic, body.clone()).await.expect(200);
        assert_eq!(after(&clinic, &postbox, 9 * HOUR).await, []);
    }
}

#[tokio::test]
async fn sms_only_with_consent_to_a_mobile_else_mail_else_nothing_snap_3() {
    let with = |change: Value| {
        let mut patient = patient();
        for (name, value) in change.as_object().unwrap() {
            patient[name] = value.clone();
        }
        patient
    };
    for (change, expected) in [
        (json!({}), Some((Channel::Sms, "0491570156"))),
        (
            json!({"pmsPatientSmsConsent": false}),
            Some((Channel::Mail, "zora@example.com")),
        ),
        (
            json!({"pmsPatientSmsConsent": null}),
            Some((Channel::Mail, "zora@example.com")),
        ),
        (
            json!({"pmsPatientPhoneMobile": "02 9876 5432"}),
            Some((Channel::Mail, "zora@example.com")),
        ),
        (
            json!({"pmsPatientPhoneMobile": "ask mum"}),
            Some((Channel::Mail, "zora@example.com")),
        ),
        (
            json!({"pmsPatientSmsConsent": false, "pmsPatientEmail": "none"}),
            None,
        ),
        (
            json!({"pmsPatientSmsConsent": false, "pmsPatientEmail": null}),
            None,
        ),
    ] {
        let (clinic, postbox) = reminding().await;
        let body = of(with(change.clone()), "2026-11-24 10:00:00", "booked");
        send(&clinic, body).await.expect(200);
        let sent = after(&clinic, &postbox, 0).await;
        let sent = sent.first().map(|sent| (sent.channel, sent.to.as_str()));
        assert_eq!(sent, expected, "{change}");
    }
}

#[tokio::test]
async fn a_moved_appointment_gets_another_a_cancelled_or_past_one_none_snap_3() {
    let (clinic, postbox) = reminding().await;
    send(&clinic, booked_at("2026-11-24 10:00:00"))
        .await
        .expect(200);
    assert_eq!(after(&clinic, &postbox, 0).await.len(), 1);
    send(&clinic, booked_at("2026-11-24 10:30:00"))
        .await
        .expect(200);
    let again = after(&clinic, &postbox, 0).await;
    assert_eq!(again.len(), 1);
    assert!(again[0].text.contains("10:30 am"));
    // Cancelled before its reminder was due.
    send(&clinic, booked_at("2026-11-24 16:00:00"))
        .await
        .expect(200);
    let off = of(patient(), "2026-11-24 16:00:00", "cancelled");
    send(&clinic, off).await.expect(200);
    assert_eq!(after(&clinic, &postbox, 8 * HOUR).await, []);
    for status in [
        "patient-dna",
        "patient-arrived",
        "patient-in-consult",
        "patient-complete",
    ] {
        let body = of(patient(), "2026-11-24 10:45:00", status);
        send(&clinic, body).await.expect(200);
    }
    // And one that has begun.
    let begun = appointment("A9", "2026-11-23 10:00:00", "booked");
    send(&clinic, snapshot(TODAY, vec![begun]))
        .await
        .expect(200);
    assert_eq!(after(&clinic, &postbox, 20 * HOUR).await, []);
}

#[tokio::test]
async fn one_that_was_moved_to_another_day_is_recalled_there_alone_snap_3() {
    let (clinic, postbox) = reminding().await;
    send(&clinic, booked_at("2026-11-24 14:00:00"))
        .await
        .expect(200);
    clinic.app.advance(60).await;
    let moved = appointment("A1", "2026-11-25 15:00:00", "booked");
    send(&clinic, snapshot("2026-11-25", vec![moved]))
        .await
        .expect(200);
    // And whatever else is asked for, lest reminders pause (HEALTH-4).
    for asked in clinic.list("clientSnapshots").await {
        let mut empty = snapshot(asked["date"].as_str().unwrap(), Vec::new());
        empty["dateType"] = asked["dateType"].clone();
        send(&clinic, empty).await.expect(200);
    }
    // 14:01, a day before it was to be.
    assert_eq!(after(&clinic, &postbox, 3 * HOUR).await, []);
    let sent = after(&clinic, &postbox, 25 * HOUR).await;
    assert_eq!(sent.len(), 1);
    assert!(
        sent[0]
            .text
            .contains("Wednesday 25 November 2026 at 3:00 pm")
    );
}

#[tokio::test]
async fn the_practice_sets_the_hours_and_nights_are_quiet_snap_3() {
    let (clinic, postbox) = reminding().await;
    let hours = json!({"reminderHours": 2});
    clinic.admin("PATCH", "", hours).await.expect(200);
    let early = appointment("A1", "2026-11-24 08:30:00", "booked");
    let late = appointment("A2", "2026-11-24 13:00:00", "booked");
    send(&clinic, snapshot(TOMORROW, vec![early, late]))
        .await
        .expect(200);
    // 07:59 the next day.
    assert_eq!(after(&clinic, &postbox, 21 * HOUR - 60).await, []);
    assert_eq!(after(&clinic, &postbox, 60).await.len(), 1, "08:00");
    assert_eq!(after(&clinic, &postbox, 3 * HOUR - 1).await, []);
    assert_eq!(after(&clinic, &postbox, 1).await.len(), 1, "11:00");
}

#[tokio::test]
async fn nothing_goes_out_without_the_product_or_the_feature_snap_3() {
    let (clinic, postbox) = reminding().await;
    send(&clinic, booked_at("2026-11-24 13:00:00"))
        .await
        .expect(200);
    let products = json!({"products": ["checkIns"]});
    clinic.admin("PATCH", "", products).await.expect(200);
    assert_eq!(after(&clinic, &postbox, 4 * HOUR).await, []);

    let (clinic, postbox) = reminding().await;
    send(&clinic, booked_at("2026-11-24 13:00:00"))
        .await
        .expect(200);
    let disable = "/features/clientSnapshots/disable";
    clinic.pms("POST", disable, Value::Null).await.expect(200);
    assert_eq!(after(&clinic, &postbox, 4 * HOUR).await, []);
}

/// The token in a reminder.
fn token(message: &Message) -> String {
    let words = message.text.split_whitespace();
    let token = words.last().unwrap();
    assert!(token.contains("sbu_"), "{}", message.text);
    token.to_owned()
}

async fn unsubscribe(clinic: &Clinic, token: &str) -> u16 {
    let body = json!({"token": token});
    let answer = clinic
        .app
        .patient("POST", "/reminders/unsubscribe", body)
        .await;
    answer.status.as_u16()
}

#[tokio::test]
async fn whoever_gives_the_token_back_gets_no_more_from_that_practice_snap_3() {
    let (clinic, postbox) = reminding().await;
    let one = appointment("A1", "2026-11-24 10:00:00", "booked");
    let mut other = appointment("B1", "2026-11-24 10:00:00", "booked");
    other["pmsPatientId"] = json!("P2");
    let mut body = snapshot(TOMORROW, vec![one, other]);
    let mut second = patient();
    second["pmsPatientId"] = json!("P2");
    second["pmsPatientPhoneMobile"] = json!("0491570157");
    body["patients"] = json!([patient(), second]);
    send(&clinic, body.clone()).await.expect(200);
    let mut sent = after(&clinic, &postbox, 0).await;
    sent.sort_by(|a, b| a.to.cmp(&b.to));
    let tokens: Vec<String> = sent.iter().map(token).collect();
    assert_ne!(tokens[0], tokens[1]);
    for _ in 0..2 {
        assert_eq!(unsubscribe(&clinic, &tokens[0]).await, 204);
    }
    for appointment in body["appointments"].as_array_mut().unwrap() {
        appointment["pmsAppointmentTime"] = json!("2026-11-24 10:30:00");
    }
    send(&clinic, body).await.expect(200);
    let sent = after(&clinic, &postbox, 0).await;
    let to: Vec<&str> = sent.iter().map(|sent| sent.to.as_str()).collect();
    assert_eq!(to, ["0491570157"]);
}

#[tokio::test]
async fn a_token_that_is_none_is_404_and_leaves_no_trace() {
    let (clinic, postbox) = reminding().await;
    send(&clinic, booked_at("2026-11-24 10:00:00"))
        .await
        .expect(200);
    let good = token(&after(&clinic, &postbox, 0).await[0]);
    let key = good.split_once('.').unwrap().1;
    // Of another practice, whole and with the right checksum.
    let elsewhere = Clinic::on(slotbridge_testkit::TestApp::new().await).await;
    let before = clinic.app.database.content();
    let others = [format!("2.{key}"), format!("999.{key}"), format!("x.{key}")];
    for wrong in others
        .iter()
        .map(String::as_str)
        .chain(["", "1", "1.", key, &good[..20]])
    {
        assert_eq!(unsubscribe(&clinic, wrong).await, 404, "{wrong}");
    }
    assert_eq!(
        unsubscribe(&elsewhere, &good).await,
        404,
        "another hub's keys"
    );
    assert_eq!(clinic.app.database.content(), before);
}

#[tokio::test]
async fn the_page_behind_the_link_asks_first_and_then_stops_them_snap_3() {
    let (clinic, postbox) = reminding().await;
    send(&clinic, booked_at("2026-11-24 10:00:00"))
        .await
        .expect(200);
    let token = token(&after(&clinic, &postbox, 0).await[0]);
    let path = format!("/unsubscribe?token={token}");
    let before = clinic.app.database.content();
    let page = clinic.app.call("GET", &path, &[], &Value::Null).await;
    assert_eq!(page.status, 200);
    assert!(String::from_utf8_lossy(&page.bytes).contains("<form method=\"post\">"));
    let cookie = page
        .header("set-cookie")
        .unwrap()
        .split(';')
        .next()
        .unwrap();
    let form = cookie.replace("form=", "token=");
    let cookie = [("cookie".to_owned(), cookie.to_owned())];
    let send_back = async |path: &str| clinic.app.raw("POST", path, &cookie, form.clone()).await;
    assert_eq!(
        clinic.app.database.content(),
        before,
        "opening it changes nothing"
    );
    assert_eq!(send_back(&path).await.status, 200);
    send(&clinic, booked_at("2026-11-24 10:30:00"))
        .await
        .expect(200);
    assert_eq!(after(&clinic, &postbox, 0).await, []);
    assert_eq!(send_back("/unsubscribe").await.status, 404);
}
