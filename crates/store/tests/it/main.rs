//! The store on the engine that the run has chosen: `SLOTBRIDGE_TEST_ENGINE`.
//!
//! What holds on one engine only stands in `only_sqlite` and `only_postgres`; on the other engine
//! those tests have nothing to show and say so.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

mod concurrency;
mod contacts;
mod due;
mod each;
mod figures;
mod master_keys;
mod offers;
mod only_postgres;
mod only_sqlite;
mod opening;
mod requests;
mod schema;
mod sealing;
mod statements;
mod support;
mod transactions;
mod transfer;
