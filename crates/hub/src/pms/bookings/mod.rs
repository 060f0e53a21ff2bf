//! `POST /bookings/{bookingId}/...`: the PMS's answers and news on bookings.

pub mod answer_update;
pub mod cancel;
pub mod confirm_insert;
pub mod did_not_attend;
pub mod no_pms_appointment_change;
pub mod reject_insert;
