//! Cancellations by patients and by the hub's practice staff (BOOK-7, BOOK-8), and what the hub asks
//! about appointments (BOOK-11, BOOK-12).

use super::{Clinic, Held, Stopped};
use crate::adapter::{Cancelled, Fate, Inserted, Trouble};
use crate::state::Step;
use slotbridge_client::Error;
use slotbridge_client::wire::bookings::BookingUpdate;

/// Whether there was nothing (any more) to be answered.
fn is_over(error: &Error) -> bool {
    matches!(error, Error::Invalid { .. } | Error::NotFound { .. })
}

pub(super) fn unless_over(answer: Result<(), Error>) -> Result<(), Stopped> {
    match answer {
        Err(error) if is_over(&error) => Ok(()),
        answer => Ok(answer?),
    }
}

impl Clinic {
    /// Answers all updates that the hub has waiting. One that the PMS cannot do at the moment holds
    /// up none of the others.
    pub(super) async fn answer_updates(&self) -> Result<(), Stopped> {
        let mut held = Held::default();
        let mut waiting = self.client.all_booking_update_requests();
        while let Some(update) = waiting.next().await {
            held.unless_pms(self.answer_update(&update?).await)?;
        }
        held.end()
    }

    async fn answer_update(&self, update: &BookingUpdate) -> Result<(), Stopped> {
        let (booking, request) = (update.booking_id, update.request_id);
        let ids = match self.state.booking(booking)? {
            Some(known) if !known.appointment_ids.is_empty() => known.appointment_ids,
            _ => update.pms_appointment_ids.clone(),
        };
        let refuse = async |why: &str| {
            let reject = self
                .client
                .reject_booking_update(booking, request, Some(why));
            unless_over(reject.await)
        };
        match self.adapter.cancel(booking, &ids).await {
            Ok(Cancelled::Done) => {
                let off = Inserted {
                    appointment_ids: ids,
                    patient_id: update.pms_patient_id.clone().unwrap_or_default(),
                };
                self.remember(booking, Step::Off, off)?;
                unless_over(self.client.confirm_booking_update(booking, request).await)
            }
            Ok(Cancelled::Unknown) => refuse("there is no such appointment").await,
            Err(Trouble::Refused(why)) => refuse(&why).await,
            Err(later) => Err(later.into()),
        }
    }

    /// Tells the hub what became of the bookings that it asks about. One that the PMS does not know
    /// has no change to tell of.
    pub(super) async fn answer_appointment_changes(&self) -> Result<(), Stopped> {
        let mut held = Held::default();
        let mut waiting = self.client.all_pms_appointment_change_requests();
        while let Some(asked) = waiting.next().await {
            let asked = asked?;
            let (booking, ids) = (asked.booking_id, &asked.pms_appointment_ids);
            let told = match self.adapter.fate(booking, ids).await {
                Ok(fate) => {
                    let fate = fate.unwrap_or(Fate::Stands);
                    self.tell_fate(booking, fate).await
                }
                Err(later) => Err(later.into()),
            };
            held.unless_pms(told)?;
        }
        held.end()
    }

    /// Tells the hub what became of a booking.
    pub(super) async fn tell_fate(&self, booking: i64, fate: Fate) -> Result<(), Stopped> {
        let told = match fate {
            Fate::Stands => self.client.no_pms_appointment_change(booking).await,
            Fate::Off => self.client.cancel_booking(booking, None).await,
            Fate::DidNotAttend => self.client.did_not_attend(booking, None).await,
        };
        unless_over(told)?;
        // Of what is not remembered there is nothing to say: a row without appointments means that nobody
        // has seen any, and what the desk puts back would be taken for a late insertion.
        if fate == Fate::Off
            && let Some(known) = self.state.booking(booking)?
        {
            self.remember(booking, Step::Off, known.into_inserted())?;
        }
        Ok(())
    }
}
