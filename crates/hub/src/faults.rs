//! Faults on demand, in a sandbox: a PMS API that answers slowly or fails, deliveries that get lost,
//! for a while. A vendor sees what its integration makes of them.

use crate::outgoing::{Callback, CallbackFailure, Callbacks, ErrorType, Outgoing, Sending};
use jiff::Timestamp;
use parking_lot::Mutex;
use slotbridge_domain::clock::{Clock, Random};
use std::sync::Arc;
use std::time::Duration;

/// What is to go wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Faults {
    /// How long each call of the PMS API waits before anything is made of it.
    pub slow: Duration,
    /// How many calls in a hundred fail.
    pub fail_percent: u8,
    /// With which status, 500 to 599.
    pub status: u16,
    /// Whether deliveries get lost on their way.
    pub drop_deliveries: bool,
    /// Until when, by the hub's clock.
    pub until: Timestamp,
}

/// The faults in force.
pub struct FaultBox {
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    faults: Mutex<Option<Faults>>,
}

impl FaultBox {
    /// No faults, by a clock that also says when faults end.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Arc<Self> {
        Arc::new(Self {
            clock,
            random,
            faults: Mutex::new(None),
        })
    }

    /// What goes wrong now, if anything.
    #[must_use]
    pub fn now(&self) -> Option<Faults> {
        let now = self.clock.now();
        self.faults.lock().filter(|faults| now < faults.until)
    }

    /// Sets what goes wrong, or that nothing does.
    pub fn set(&self, faults: Option<Faults>) {
        *self.faults.lock() = faults;
    }

    /// The same ways out, on which deliveries get lost while the faults say so.
    #[must_use]
    pub fn around(self: &Arc<Self>, outgoing: Outgoing) -> Outgoing {
        let lossy = Lossy {
            faults: Arc::clone(self),
            callbacks: outgoing.callbacks,
        };
        Outgoing {
            callbacks: Arc::new(lossy),
            ..outgoing
        }
    }

    /// Whether a call is one of those that fail.
    #[must_use]
    pub fn fails(&self, faults: &Faults) -> bool {
        let draw = u32::from_le_bytes(self.random.bytes());
        draw % 100 < u32::from(faults.fail_percent)
    }
}

/// Callbacks that get lost while the faults say so.
struct Lossy {
    faults: Arc<FaultBox>,
    callbacks: Arc<dyn Callbacks>,
}

impl Callbacks for Lossy {
    fn post(&self, callback: Callback) -> Sending<'_, CallbackFailure> {
        if self.faults.now().is_some_and(|now| now.drop_deliveries) {
            let lost = CallbackFailure {
                error_type: ErrorType::ConnectError,
                message: "lost on purpose: the sandbox's faults drop deliveries".into(),
            };
            return Box::pin(std::future::ready(Err(lost)));
        }
        self.callbacks.post(callback)
    }
}
