//! The PMS API.

mod availability;
mod bookings;
mod config;
mod features;
mod requests;
mod subscriptions;
mod support;
