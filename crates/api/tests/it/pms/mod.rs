//! The PMS API.

mod attach_documents;
mod availability;
mod bookings;
mod client_snapshots;
mod config;
mod documents;
mod features;
mod requests;
mod subscriptions;
mod support;
