//! Bookings: what the PMS is told of them and what it answers.

mod answers;
mod booking;
mod patient;
mod update;

pub use answers::{ConfirmBookingInsert, Reason};
pub use booking::{Booking, BookingStatus};
pub use patient::{Gender, Patient};
pub use update::BookingUpdate;

/// The most ids of PMS appointments that a booking has.
pub(crate) const MAX_APPOINTMENT_IDS: usize = 1_000;
