//! Sending the appointment book of a date (feature `clientSnapshots`).

use crate::{Client, Error, operations::SEND_CLIENT_SNAPSHOT};
use slotbridge_wire::client_snapshots::ClientSnapshot;

impl Client {
    /// Sends the appointment book of a date, with all that it refers to (SNAP-2). It answers the
    /// request for that date and type, if there is one.
    ///
    /// # Errors
    /// See [`Error`]; [`Error::Forbidden`] while the feature is off.
    pub async fn send_client_snapshot(&self, snapshot: &ClientSnapshot) -> Result<(), Error> {
        let call = self.call(&SEND_CLIENT_SNAPSHOT, &[])?;
        self.run(call.json(snapshot)?).await
    }
}
