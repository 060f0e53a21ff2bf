//! `kill -9` of the real binary under a mixed load, over and over, on either engine: the clients'
//! own ledger against the store.
//!
//! The seed is printed; `SLOTBRIDGE_SEED` repeats it, as far as the moment of a kill can be
//! repeated. That the check finds what is lost or doubled is shown in the test kit's own tests.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on ends here"
)]

mod deliveries;
mod full_disk;
mod hub;
mod kills;
mod nodes;
