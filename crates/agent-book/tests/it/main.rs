//! A book, the desk that writes in it, and the adapter.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod bookings;
mod changes;
mod patients;
mod support;
mod together;
