//! One attempt: a signed POST, and what came of it.

use super::sight::Claimed;
use crate::Hub;
use crate::outgoing::{Callback, CallbackFailure, ErrorType, Sending};
use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::task::Poll;

/// An attempt that is over.
pub(super) struct Landed {
    pub(super) claimed: Claimed,
    pub(super) at: Timestamp,
    pub(super) outcome: Result<(), CallbackFailure>,
}

/// Makes it.
pub(super) async fn attempt(hub: Hub, claimed: Claimed) -> Landed {
    let under_way = &hub.0.deliveries;
    // Never closed.
    let place = under_way.places.acquire().await;
    let callback = Callback {
        url: claimed.subscription.callback_url.clone(),
        headers: headers(&claimed, hub.now()),
        body: claimed.payload.clone().into_bytes(),
    };
    let outcome = caught(hub.outgoing().callbacks.post(callback)).await;
    drop(place);
    let at = hub.now();
    let failure = outcome.as_ref().err().map(|failure| failure.error_type);
    under_way.figures.attempted(failure);
    Landed {
        claimed,
        at,
        outcome,
    }
}

/// A panic, which would be a mistake of ours, is a failed attempt: it holds up nothing behind it.
async fn caught(mut post: Sending<'_, CallbackFailure>) -> Result<(), CallbackFailure> {
    poll_fn(|context| {
        let poll = || post.as_mut().poll(context);
        catch_unwind(AssertUnwindSafe(poll)).unwrap_or_else(|_| {
            Poll::Ready(Err(CallbackFailure {
                error_type: ErrorType::ConnectError,
                message: "the hub failed while it made the attempt".to_owned(),
            }))
        })
    })
    .await
}

/// The headers of Standard Webhooks (SUB-6): the id is the same on retries, the signatures are by
/// every secret in force.
fn headers(claimed: &Claimed, at: Timestamp) -> Vec<(&'static str, String)> {
    let key = claimed.taken.which.key;
    let id = format!("msg_{}_{}", key.request_id, key.subscription_id);
    let seconds = at.as_second();
    let signed = format!("{id}.{seconds}.{}", claimed.payload);
    let sign = |key: &hmac::Key| {
        let tag = hmac::sign(key, signed.as_bytes());
        format!("v1,{}", STANDARD.encode(tag.as_ref()))
    };
    let signatures: Vec<String> = claimed.secrets.iter().map(sign).collect();
    vec![
        ("webhook-id", id),
        ("webhook-timestamp", seconds.to_string()),
        ("webhook-signature", signatures.join(" ")),
    ]
}

/// The keys that sign, of the secrets as their consumer has them: `whsec_` and base64.
pub(super) fn signing_keys<'s>(secrets: impl Iterator<Item = &'s str>) -> Arc<[hmac::Key]> {
    let key = |secret: &str| {
        let encoded = secret.strip_prefix("whsec_")?;
        let bytes = STANDARD.decode(encoded).ok()?;
        Some(hmac::Key::new(hmac::HMAC_SHA256, &bytes))
    };
    secrets.filter_map(key).collect()
}
