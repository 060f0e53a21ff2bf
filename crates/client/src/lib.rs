#![doc = include_str!("../README.md")]

mod availability;
mod body;
mod bookings;
mod client_config;
mod configuration;
mod error;
mod http;
mod requests;
mod retry;
mod waiter;

pub use client_config::{ClientConfig, ConfigError, user_agent};
pub use error::Error;
pub use http::Client;
pub use slotbridge_wire as wire;
pub use waiter::{Timer, Waiter};
