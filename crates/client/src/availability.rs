//! Sending free times.

use crate::{
    Client, Error,
    operations::{SEND_AVAILABILITY_SNAPSHOT, SEND_AVAILABILITY_SNAPSHOTS},
};
use slotbridge_wire::availability::{AvailabilitySnapshot, SnapshotsResult};

impl Client {
    /// Sends all that is free on one resource on one day (AVAIL-1).
    ///
    /// # Errors
    /// See [`Error`]; [`Error::Invalid`] if the resource is unknown.
    pub async fn send_availability_snapshot(
        &self,
        snapshot: &AvailabilitySnapshot,
    ) -> Result<(), Error> {
        let call = self.call(&SEND_AVAILABILITY_SNAPSHOT, &[])?;
        self.run(call.json(snapshot)?).await
    }

    /// Sends up to [`MAX_BATCH`](slotbridge_wire::availability::MAX_BATCH) snapshots; the answer
    /// says what became of each (AVAIL-6).
    ///
    /// # Errors
    /// See [`Error`]; [`Error::Invalid`] for more than that.
    pub async fn send_availability_snapshots(
        &self,
        snapshots: &[AvailabilitySnapshot],
    ) -> Result<SnapshotsResult, Error> {
        let call = self.call(&SEND_AVAILABILITY_SNAPSHOTS, &[])?;
        self.read(call.json(snapshots)?).await
    }
}
