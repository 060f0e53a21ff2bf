//! The command line with the real binary, on either engine.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on ends here"
)]

mod admin;
mod agent;
mod away;
mod backup;
mod config;
mod connections;
mod demo;
mod fetching;
mod help;
mod load;
mod logs;
mod master_key;
mod matching;
mod memory;
mod migrate;
mod outgoing;
mod sandbox;
mod secrecy;
mod serve;
mod shutdown;
mod start_up;
mod support;
#[cfg(feature = "otlp")]
mod traces;
mod zones;
