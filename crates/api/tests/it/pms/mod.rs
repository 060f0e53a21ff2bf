//! The PMS API.

mod availability;
mod bookings;
mod client_snapshots;
mod config;
mod features;
mod requests;
mod subscriptions;
mod support;
