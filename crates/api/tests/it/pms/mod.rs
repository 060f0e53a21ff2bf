//! The PMS API.

mod availability;
mod bookings;
mod config;
mod requests;
mod support;
