//! The adapter against a small FHIR R4 endpoint, which is true in what it has: versions, conditions,
//! searches with pages, and transactions that are all or nothing.
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on ends here"
)]

mod bookings;
mod changes;
mod configuration;
mod endings;
mod free_times;
mod patients;
mod practice;
mod tokens;
mod trouble;
