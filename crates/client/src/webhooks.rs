//! Callbacks that a PMS receives: whether they come from the hub, and what they say (SUB-2, SUB-6).
//!
//! The hub signs each callback as Standard Webhooks: `webhook-signature` holds HMAC-SHA-256 of
//! `<webhook-id>.<webhook-timestamp>.<body>`, by the consumer's secret. For 24 hours after a new secret
//! was made, both it and the old one sign, so a receiver that knows either takes the callback.
//!
//! Answer a callback with 2xx within 5 seconds, and do the work afterwards. It comes at least once:
//! [`Callback::message_id`] is the same whenever it comes again.
//!
//! ```
//! use slotbridge_client::{webhooks::{Rejected, Verifier}, wire::time::parse_utc};
//!
//! let verifier = Verifier::new(["whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3"])?;
//! let now = parse_utc("2026-11-24 01:02:03").ok_or("no time")?;
//! let no_headers = |_: &str| None;
//! assert_eq!(verifier.verify(no_headers, b"{}", now), Err(Rejected::Missing("webhook-id")));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use aws_lc_rs::hmac;
use jiff::{SignedDuration, Timestamp};
use slotbridge_wire::{
    read::{Fault, decode_base64, describe, read},
    requests::RequestName,
    subscriptions::SubscriptionErrorLogPayload,
};
use std::fmt;

/// How far the clocks of hub and receiver may be apart, and for how long a callback that somebody
/// recorded can be played to the receiver again.
const TOLERANCE: SignedDuration = SignedDuration::from_mins(5);
/// The shortest secret, in bytes: one that is shorter can be guessed.
const SHORTEST_SECRET: usize = 16;
/// The most signatures of a callback that are looked at; the hub has two at most.
const MOST_SIGNATURES: usize = 8;

/// Tells the hub's callbacks from others. `Debug` shows no secret.
#[derive(Clone)]
pub struct Verifier {
    keys: Vec<hmac::Key>,
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier").finish_non_exhaustive()
    }
}

/// A secret is no secret of a consumer: `whsec_` and base64. It is not shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a webhook secret must be whsec_ and the base64 of at least {SHORTEST_SECRET} bytes")]
pub struct BadSecret;

/// Why a callback is not to be believed. Answer it with 400 or 401, and do nothing of what it says.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Rejected {
    /// A header is missing.
    #[error("the header {0} is missing")]
    Missing(&'static str),
    /// `webhook-timestamp` is no time, or more than 5 minutes from now.
    #[error("webhook-timestamp is not a time of these minutes")]
    Timestamp,
    /// No signature is by one of the secrets.
    #[error("webhook-signature is not by the hub")]
    Signature,
    /// It is the hub's, but cannot be read.
    #[error("the callback could not be read: {}", describe(.0))]
    Unreadable(Vec<Fault>),
}

/// A callback of the hub's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Callback {
    /// The same whenever the callback comes again.
    pub message_id: String,
    /// What it says. It is worth no more than a hint to look into the list that it names: others may
    /// have been answered in the meantime, and there may be more.
    pub payload: SubscriptionErrorLogPayload,
}

impl Callback {
    /// The kind of request that there is, if this client knows it.
    #[must_use]
    pub fn request(&self) -> Option<RequestName> {
        RequestName::from_name(&self.payload.data.request_type)
    }
}

impl Verifier {
    /// A verifier that takes what any of these secrets signed. Give it the old and the new one while
    /// the secret is changed.
    ///
    /// # Errors
    /// [`BadSecret`]; also if there is no secret at all.
    pub fn new<S: AsRef<str>>(secrets: impl IntoIterator<Item = S>) -> Result<Self, BadSecret> {
        let keys: Vec<hmac::Key> = secrets
            .into_iter()
            .map(|secret| key(secret.as_ref()))
            .collect::<Result<_, _>>()?;
        if keys.is_empty() {
            return Err(BadSecret);
        }
        Ok(Self { keys })
    }

    /// Takes a callback apart, if it comes from the hub. `header` finds a header by its name in lower
    /// case; `body` is the body as it came, byte by byte.
    ///
    /// # Errors
    /// Why it is not to be believed.
    pub fn verify<'h>(
        &self,
        header: impl Fn(&str) -> Option<&'h str>,
        body: &[u8],
        now: Timestamp,
    ) -> Result<Callback, Rejected> {
        let found = |name: &'static str| header(name).ok_or(Rejected::Missing(name));
        let id = found("webhook-id")?;
        let timestamp = found("webhook-timestamp")?;
        let signatures = found("webhook-signature")?;
        let signed = [id.as_bytes(), b".", timestamp.as_bytes(), b".", body].concat();
        let mut signatures = signatures.split(' ').take(MOST_SIGNATURES);
        if !signatures.any(|signature| self.is_ours(&signed, signature)) {
            return Err(Rejected::Signature);
        }
        let at = timestamp.parse().ok();
        let at = at.and_then(|seconds| Timestamp::from_second(seconds).ok());
        let apart = at.ok_or(Rejected::Timestamp)?.duration_since(now).abs();
        if apart > TOLERANCE {
            return Err(Rejected::Timestamp);
        }
        Ok(Callback {
            message_id: id.to_owned(),
            payload: read(body).map_err(Rejected::Unreadable)?,
        })
    }

    fn is_ours(&self, signed: &[u8], signature: &str) -> bool {
        let tag = signature.strip_prefix("v1,").map(decode_base64);
        let Some(Ok(tag)) = tag else {
            return false;
        };
        // Compares in constant time.
        self.keys
            .iter()
            .any(|key| hmac::verify(key, signed, &tag).is_ok())
    }
}

fn key(secret: &str) -> Result<hmac::Key, BadSecret> {
    let encoded = secret.trim().strip_prefix("whsec_").ok_or(BadSecret)?;
    let bytes = decode_base64(encoded).map_err(|_| BadSecret)?;
    if bytes.len() < SHORTEST_SECRET {
        return Err(BadSecret);
    }
    Ok(hmac::Key::new(hmac::HMAC_SHA256, &bytes))
}
