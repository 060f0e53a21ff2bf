//! `X-Request-Id` (WIRE-8): every call has one, every answer, log line and audit row carries it.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue};
use slotbridge_domain::ids::{ConsumerId, PracticeId};
use slotbridge_hub::call;
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

pub(crate) const HEADER: HeaderName = HeaderName::from_static("x-request-id");
/// The longest id that is taken from a caller.
const LONGEST: usize = 128;

/// The id of a call, and what turns out of who calls.
#[derive(Clone, Debug)]
pub(crate) struct CallId(Arc<Known>);

#[derive(Debug)]
struct Known {
    id: String,
    /// 0: not known.
    practice: AtomicI64,
    /// 0: not known.
    consumer: AtomicI64,
}

impl AsRef<str> for Known {
    fn as_ref(&self) -> &str {
        &self.id
    }
}

impl CallId {
    /// The caller's id if it sent a sane one, else a fresh one.
    pub(crate) fn of(header: Option<&HeaderValue>) -> Self {
        Self(Arc::new(Known {
            id: header.and_then(sane).map_or_else(fresh, ToOwned::to_owned),
            practice: AtomicI64::new(0),
            consumer: AtomicI64::new(0),
        }))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0.id
    }

    pub(crate) fn shared(&self) -> call::Id {
        Arc::<Known>::clone(&self.0)
    }

    pub(crate) fn to_text(&self) -> String {
        self.0.id.clone()
    }

    /// Notes for the log whose practice the call is about.
    pub(crate) fn about(&self, practice: PracticeId) {
        self.0.practice.store(practice.get(), Ordering::Relaxed);
    }

    /// Notes for the log which integration calls.
    pub(crate) fn by(&self, consumer: ConsumerId) {
        self.0.consumer.store(consumer.get(), Ordering::Relaxed);
    }

    /// The practice and the consumer, as far as they are known.
    pub(crate) fn parties(&self) -> (Option<i64>, Option<i64>) {
        let known = |id: &AtomicI64| Some(id.load(Ordering::Relaxed)).filter(|id| *id != 0);
        (known(&self.0.practice), known(&self.0.consumer))
    }
}

/// The caller's id, if it is one that can stand in a log line as it is.
fn sane(value: &HeaderValue) -> Option<&str> {
    let text = value.to_str().ok()?;
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.:+/=".contains(c);
    (!text.is_empty() && text.len() <= LONGEST && text.chars().all(plain)).then_some(text)
}

/// A fresh id: unique within the process and, by the process's start, beyond it.
fn fresh() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    static START: std::sync::OnceLock<u32> = std::sync::OnceLock::new();
    let start = START.get_or_init(|| {
        use std::hash::{BuildHasher, RandomState};
        // Not a secret: two processes only have to differ.
        u32::try_from(RandomState::new().hash_one(0) >> 32).unwrap_or_default()
    });
    format!("{start:08x}-{:08x}", NEXT.fetch_add(1, Ordering::Relaxed))
}

impl<S: Send + Sync> FromRequestParts<S> for CallId {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let known = parts.extensions.get::<Self>().cloned();
        Ok(known.unwrap_or_else(|| Self::of(None)))
    }
}
