//! `POST /availability/...`: the free times of resources and days.

pub mod snapshots;
pub(crate) mod unchanged;
