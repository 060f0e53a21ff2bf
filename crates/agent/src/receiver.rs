//! The receiver of the hub's callbacks: it tells those of the hub from others, answers at once, and
//! wakes the clinic that is meant, which then asks for all that is outstanding (SUB-2, SUB-6).

use crate::clinic::Now;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode};
use slotbridge_client::webhooks::Verifier;
use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::Notify;

/// A callback has some hundred bytes.
const LONGEST: usize = 16 * 1024;

/// The receiver of all clinics of an agent.
pub struct Receiver {
    verifier: Verifier,
    now: Now,
    clinics: HashMap<String, Arc<Notify>>,
}

impl Receiver {
    /// A receiver that believes what the verifier does.
    #[must_use]
    pub fn new(verifier: Verifier, now: Now) -> Self {
        Self {
            verifier,
            now,
            clinics: HashMap::new(),
        }
    }

    /// Has a clinic woken when it is meant.
    pub fn wakes(&mut self, clinic: &str, outstanding: Arc<Notify>) {
        self.clinics.insert(clinic.to_owned(), outstanding);
    }

    /// What answers on every path.
    pub fn router(self) -> Router {
        Router::new()
            .fallback(receive)
            .layer(DefaultBodyLimit::max(LONGEST))
            .with_state(Arc::new(self))
    }

    fn take(&self, headers: &HeaderMap, body: &[u8]) -> StatusCode {
        let header = |name: &str| headers.get(name)?.to_str().ok();
        let callback = match self.verifier.verify(header, body, (self.now)()) {
            Ok(callback) => callback,
            Err(rejected) => {
                tracing::warn!(%rejected, "a callback is not to be believed");
                return StatusCode::UNAUTHORIZED;
            }
        };
        let client = callback.payload.client_id.value();
        match client.and_then(|client| self.clinics.get(client)) {
            // Whatever comes while the clinic works makes it look once more.
            Some(outstanding) => {
                outstanding.notify_one();
                StatusCode::NO_CONTENT
            }
            None => {
                tracing::warn!("a callback is for no clinic of this agent");
                StatusCode::NOT_FOUND
            }
        }
    }
}

async fn receive(
    State(receiver): State<Arc<Receiver>>,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    receiver.take(&headers, &body)
}
