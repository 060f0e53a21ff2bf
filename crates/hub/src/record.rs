//! What was said lately, in a sandbox: calls of the PMS API and deliveries, for the live page. In
//! memory, bounded, and gone with the process.

use crate::Stopwatch;
use crate::outgoing::{Callback, CallbackFailure, Callbacks, Outgoing, Sending};
use parking_lot::Mutex;
use serde_json::{Value, json};
use slotbridge_domain::clock::Clock;
use std::collections::VecDeque;
use std::sync::Arc;

/// How many bytes of entries are kept.
const MOST: usize = 4 * 1024 * 1024;
/// How many bytes of a body are shown.
pub const MOST_OF_BODY: usize = 16 * 1024;

#[derive(Default)]
struct Ring {
    entries: VecDeque<Arc<str>>,
    bytes: usize,
    /// The number of the next entry, from 1.
    next: u64,
}

/// What was said lately.
pub struct Recorder {
    clock: Arc<dyn Clock>,
    ring: Mutex<Ring>,
}

/// The beginning of a body, as text.
#[must_use]
pub fn beginning(body: &[u8]) -> String {
    let shown = body.get(..MOST_OF_BODY).unwrap_or(body);
    let mut text = String::from_utf8_lossy(shown).into_owned();
    if body.len() > MOST_OF_BODY {
        text.push_str(" ...");
    }
    text
}

impl Recorder {
    /// Nothing yet, by the clock whose time is shown.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Arc<Self> {
        Arc::new(Self {
            clock,
            ring: Mutex::default(),
        })
    }

    /// Keeps an entry, an object; the oldest go for it.
    pub fn record(&self, mut entry: Value) {
        if let Value::Object(entry) = &mut entry {
            entry.insert("at".into(), self.clock.now().to_string().into());
        }
        let text: Arc<str> = entry.to_string().into();
        let mut ring = self.ring.lock();
        ring.bytes += text.len();
        ring.next += 1;
        ring.entries.push_back(text);
        while ring.bytes > MOST {
            let Some(oldest) = ring.entries.pop_front() else {
                return;
            };
            ring.bytes -= oldest.len();
        }
    }

    /// The entries after the one of a number, oldest first, each with its number.
    #[must_use]
    pub fn after(&self, number: u64) -> Vec<(u64, Arc<str>)> {
        let ring = self.ring.lock();
        let kept = u64::try_from(ring.entries.len()).unwrap_or(u64::MAX);
        let numbers = (ring.next - kept + 1)..;
        let numbered = numbers.zip(ring.entries.iter().cloned());
        // A number from before a restart is none of these.
        let seen = if number > ring.next { 0 } else { number };
        numbered.filter(|(own, _)| *own > seen).collect()
    }

    /// The same ways out, with each delivery kept.
    #[must_use]
    pub fn around(self: &Arc<Self>, outgoing: Outgoing) -> Outgoing {
        let recorded = Recorded {
            recorder: Arc::clone(self),
            callbacks: outgoing.callbacks,
        };
        Outgoing {
            callbacks: Arc::new(recorded),
            ..outgoing
        }
    }
}

/// Callbacks that are kept.
struct Recorded {
    recorder: Arc<Recorder>,
    callbacks: Arc<dyn Callbacks>,
}

impl Callbacks for Recorded {
    fn post(&self, callback: Callback) -> Sending<'_, CallbackFailure> {
        let (url, sent) = (callback.url.clone(), beginning(&callback.body));
        let attempt = self.callbacks.post(callback);
        let watch = Stopwatch::start();
        Box::pin(async move {
            let outcome = attempt.await;
            let answer = match &outcome {
                Ok(()) => "success".to_owned(),
                Err(failure) => format!("{:?}: {}", failure.error_type, failure.message),
            };
            self.recorder.record(json!({
                "kind": "delivery",
                "what": format!("POST {url}"),
                "succeeded": outcome.is_ok(),
                "milliseconds": u64::try_from(watch.elapsed().as_millis()).unwrap_or(u64::MAX),
                "sent": sent,
                "answered": answer,
            }));
            outcome
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;

    struct Still;

    impl Clock for Still {
        fn now(&self) -> Timestamp {
            Timestamp::UNIX_EPOCH
        }
    }

    #[test]
    fn entries_have_numbers_and_the_oldest_go() {
        let recorder = Recorder::new(Arc::new(Still));
        assert!(recorder.after(0).is_empty());
        let long = "x".repeat(MOST / 3);
        for _ in 0..4 {
            recorder.record(json!({"sent": long}));
        }
        let numbers = |after| -> Vec<u64> {
            let found = recorder.after(after).into_iter();
            found.map(|(number, _)| number).collect()
        };
        assert_eq!(numbers(0), [3, 4], "two fit");
        assert_eq!(numbers(3), [4]);
        assert!(numbers(4).is_empty());
        assert_eq!(numbers(99), [3, 4], "a number from before a restart");
    }

    #[test]
    fn of_a_body_the_beginning_is_shown() {
        assert_eq!(beginning(b"{}"), "{}");
        let shown = beginning(&vec![b'x'; MOST_OF_BODY + 1]);
        assert_eq!(shown.len(), MOST_OF_BODY + 4);
        assert!(shown.ends_with("x ..."));
    }
}
