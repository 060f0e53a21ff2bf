//! The agent's duties, against the real hub: the demo's appointment book on one side, the hub on a
//! real port behind a proxy on the other.
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on ends here"
)]

mod bookings;
mod callbacks;
mod changes;
mod consent;
mod crash;
mod faults;
mod late;
mod patients;
mod power;
mod sending;
mod service;
mod settled;
mod stage;
mod troubled;
mod updates;
mod wrapped;
