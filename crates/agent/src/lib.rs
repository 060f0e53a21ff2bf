//! The PMS agent: it stands between the hub and a practice management system, and does all that the
//! hub asks of an integration.
//!
//! - [`adapter`] is the interface that a PMS fills in.
//! - [`clinic`] is one clinic's integration: what it sends, answers and remembers.
//! - [`service`] is when a clinic does what.
//! - [`receiver`] takes the hub's callbacks.
//! - [`state`] is what it remembers on disk.
//!
//! It talks to the hub through `slotbridge-client` only, and to the PMS through its adapter only.

pub mod adapter;
pub mod clinic;
pub mod receiver;
pub mod service;
pub mod state;
