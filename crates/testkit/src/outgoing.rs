//! The ways out of a hub in a test.

use slotbridge_hub::outgoing::Outgoing;
use slotbridge_outbound::Closed;
use std::sync::Arc;

/// Ways out that lead nowhere.
#[must_use]
pub fn outgoing() -> Outgoing {
    Outgoing {
        callbacks: Arc::new(Closed),
        messages: Arc::new(Closed),
    }
}
