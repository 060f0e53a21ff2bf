//! What the hub asks for, in the order in which it must be answered.

use super::{Clinic, Stopped};
use slotbridge_client::wire::requests::RequestName;

impl Clinic {
    /// Asks the hub what is outstanding and answers it: bookings first, since what else is asked
    /// may be about them. What one kind of request runs into holds up none of the others.
    ///
    /// # Errors
    /// The first that could not be done.
    pub async fn poll(&self) -> Result<(), Stopped> {
        let mut outstanding = self.client.poll_requests().await?;
        outstanding.sort_by_key(|name| *name != RequestName::Bookings);
        // One upload answers for both.
        let is_configuration = |name: &RequestName| {
            matches!(
                name,
                RequestName::PmsResources | RequestName::PmsAppointmentTypes
            )
        };
        outstanding.dedup_by(|next, one| is_configuration(next) && is_configuration(one));
        let mut first = None;
        let names = outstanding.into_iter().map(Some);
        for name in names.chain([None]) {
            let done = match name {
                Some(name) => self.answer(name).await,
                None => self.settle().await,
            };
            if let Err(stopped) = done {
                // Without its state the agent would do things twice.
                if matches!(stopped, Stopped::State(_)) {
                    return Err(stopped);
                }
                first.get_or_insert(stopped);
            }
        }
        first.map_or(Ok(()), Err)
    }

    async fn answer(&self, name: RequestName) -> Result<(), Stopped> {
        match name {
            RequestName::Bookings => self.answer_bookings().await,
            RequestName::BookingUpdates => self.answer_updates().await,
            RequestName::Availability => self.answer_availability().await,
            RequestName::PmsAppointmentChanges => self.answer_appointment_changes().await,
            RequestName::PmsResources | RequestName::PmsAppointmentTypes => {
                self.send_configuration(true).await
            }
            RequestName::AvailableDocuments => self.answer_available_documents().await,
            RequestName::UploadDocuments => self.answer_upload_documents().await,
            // Not enabled by this agent.
            _ => Ok(()),
        }
    }
}
