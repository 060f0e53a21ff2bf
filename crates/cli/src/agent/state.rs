//! The agent's state, and who has it.

use crate::failure::Failure;
use slotbridge_agent::clinic::Now;
use slotbridge_agent::state::{State, StateError};
use std::path::Path;
use std::sync::Arc;

/// Opens the state; `advice` says what to do if an agent has it.
pub(super) fn open(path: &Path, advice: &str) -> Result<State, Failure> {
    State::open(path).map_err(|error| {
        let shown = path.display();
        Failure::new(match error {
            StateError::Taken => format!("a running agent has the state {shown}: {advice}"),
            StateError::Unusable(_) => format!("{error} (state: {shown})"),
        })
    })
}

/// The system's time.
pub(super) fn now() -> Now {
    let clock = crate::system::clock();
    Arc::new(move || clock.now())
}
