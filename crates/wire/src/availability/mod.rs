//! Snapshots of free times.

mod batch;
mod snapshot;

pub use batch::{
    AvailabilitySnapshots, BatchItem, MAX_BATCH, SnapshotError, SnapshotsResult, read_batch,
};
pub use snapshot::{AvailabilityRange, AvailabilitySnapshot};
