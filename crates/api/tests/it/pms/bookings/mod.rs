//! The life of a booking between the patient, the practice and the PMS.

mod audit;
mod cancel;
mod confirm_insert;
mod did_not_attend;
mod list;
mod reject_insert;
mod together;
mod twenty_seconds;
mod updates;
