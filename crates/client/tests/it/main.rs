//! The client against a hub that answers what the test says.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test that cannot go on ends here"
)]

mod documents;
mod every_operation;
mod failures;
mod lists;
mod operations;
mod silent;
mod support;
mod transport;
mod webhooks;
