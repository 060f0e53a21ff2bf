//! What changed in the PMS is told to the hub.

use super::{Clinic, Stopped};
use crate::adapter::Fate;
use crate::state::Step;

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
            self.take_change(booking, fate).await?;
        }
        self.send_days(&changes.days).await?;
        if mark.as_ref() != Some(&changes.mark) {
            self.state.set_mark(&changes.mark)?;
        }
        Ok(())
    }

    async fn take_change(&self, booking: i64, fate: Fate) -> Result<(), Stopped> {
        let known = self.state.booking(booking)?;
        match (known.as_ref().map(|known| known.step), fate, known) {
            // The hub does not want it, and nobody has seen it in the PMS: an insertion that was under
            // way when the PMS was last asked.
            (Some(Step::Off | Step::Rejected), Fate::Stands, Some(known))
                if known.appointment_ids.is_empty() =>
            {
                self.adapter.cancel(booking, &[]).await?;
                tracing::info!(booking_id = booking, "a late insertion is taken out again");
                Ok(())
            }
            // What is off by the hub's own word, or stands, is no news to it.
            (Some(Step::Off | Step::Rejecting | Step::Rejected), ..) | (_, Fate::Stands, _) => {
                Ok(())
            }
            _ => self.tell_fate(booking, fate).await,
        }
    }
}
