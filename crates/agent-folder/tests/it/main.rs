//! A folder, a PMS that writes to it, and the adapter between.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

mod bookings;
mod changes;
mod faults;
mod free_times;
mod lists;
mod patients;
mod readme;
mod support;
mod written;
