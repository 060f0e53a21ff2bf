#![doc = include_str!("../README.md")]

mod attach_documents;
mod availability;
mod body;
mod bookings;
mod call;
mod client;
mod client_config;
mod client_snapshots;
mod configuration;
mod documents;
mod error;
mod features;
mod items;
mod listed;
pub mod operations;
mod requests;
mod retry;
mod retry_after;
mod send;
mod subscriptions;
mod timeouts;
mod waiter;
pub mod webhooks;

pub use client::{Client, is_loopback};
pub use client_config::{ClientConfig, ConfigError, user_agent};
pub use documents::LONGEST_DOCUMENT;
pub use error::{Error, TransportKind};
pub use items::Items;
pub use slotbridge_wire as wire;
pub use subscriptions::ErrorLogFilter;
pub use timeouts::Timeouts;
pub use waiter::{Timer, Waiter};
