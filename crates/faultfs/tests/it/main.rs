//! The real hub and store on a disk that loses power, fails and fills up. SQLite only.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

mod creation;
mod io_errors;
mod power;
mod support;
