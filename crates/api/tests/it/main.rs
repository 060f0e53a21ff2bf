//! The faces on the real router, on a fresh database each; the engine is chosen by the run.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on ends here"
)]

mod admin;
mod auth;
mod booking;
mod every_operation;
mod health;
mod idempotency;
mod maintenance;
mod messages;
mod metrics;
mod openapi;
mod pms;
mod sandbox;
mod staff;
mod wire;
