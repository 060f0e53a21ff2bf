//! The guarded client with real sockets (SUB-3, SUB-5).
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test that cannot go on ends here"
)]

mod answers;
mod forbidden;
mod server;
