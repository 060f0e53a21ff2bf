//! What changed in the PMS is told to the hub.

use super::{Clinic, Stopped};
use crate::adapter::Fate;

impl Clinic {
    /// Asks the PMS what has changed, and deals with all of it before its mark is kept: a crash in
    /// between makes it be dealt with twice, never not at all.
    ///
    /// # Errors
    /// What could not be done; call it again.
    pub async fn take_changes(&self) -> Result<(), Stopped> {
        let mark = self.state.mark()?;
        let changes = self.adapter.changed_since(mark.as_deref()).await?;
        if changes.configuration {
            self.send_configuration(false).await?;
            // A resource that is new, or back again, has days of which nobody else tells.
            self.send_all_days().await?;
        }
        for (booking, fate) in changes.bookings {
            // What is off by the hub's own word is no news to it.
            if fate != Fate::Stands && !self.is_off(booking)? {
                self.tell_fate(booking, fate).await?;
            }
        }
        self.send_days(&changes.days).await?;
        if mark.as_ref() != Some(&changes.mark) {
            self.state.set_mark(&changes.mark)?;
        }
        Ok(())
    }
}
