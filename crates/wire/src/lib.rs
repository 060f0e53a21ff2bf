//! The JSON types of the PMS API: lenient reading, exact writing. No HTTP and no types of the hub.
//!
//! - [`read`](mod@read) reads any JSON body and collects every fault with its path (WIRE-2,
//!   WIRE-4).
//! - [`profile`] is what differs between hand-written and generated clients (WIRE-9).
//! - [`time`] writes and parses the formats of WIRE-1.
//! - [`schema`] is what the documents say of values that a JSON type does not describe.
//! - [`requests`], [`bookings`], [`documents`], [`availability`], [`config`], [`features`] and
//!   [`client_snapshots`] hold the types, grouped as the operations are; [`page`] and [`error`] are
//!   shared by all of them.
//!
//! A type is written by its `Serialize` and read by its [`FromJson`](read::FromJson); `Deserialize`
//! goes through the latter, so there is one reader per type.

mod names;

pub mod availability;
pub mod bookings;
pub mod client_snapshots;
pub mod config;
pub mod documents;
pub mod error;
pub mod features;
pub mod page;
pub mod profile;
pub mod read;
pub mod requests;
pub mod schema;
pub mod subscriptions;
pub mod time;
