//! The rules of Slotbridge as pure functions: no I/O, no clock, no randomness.
//!
//! Whoever calls passes in the time (`now`), the zone and the random bytes; what comes back is a
//! value. That is what lets the same rule decide in a search, in a booking and in a test.

pub mod availability;
pub mod booking;
pub mod calendar;
pub mod callback_url;
pub mod clock;
pub mod date_type;
pub mod delivery;
pub mod document;
pub mod feature;
pub mod health;
pub mod holidays;
pub mod ids;
pub mod keys;
pub mod liveness;
pub mod message;
mod names;
pub mod outcome;
pub mod patient;
pub mod product;
pub mod reminder;
pub mod request;
pub mod staff;
pub mod topic;
pub mod uuid;
