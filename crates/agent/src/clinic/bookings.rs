//! Bookings: each becomes exactly one appointment, or is rejected (BOOK-1 to BOOK-6).
//!
//! Before each step that the PMS or the hub sees, the state says that it is about to be made. So
//! whatever crashes in between, and whichever answer is lost, the next look at the hub's list finds
//! out how far it came: the PMS is asked whether it has the booking before it is told to insert it.

use super::{Clinic, Held, Stopped};
use crate::adapter::{Fate, Inserted, Trouble};
use crate::state::{Remembered, Step};
use slotbridge_client::Error;
use slotbridge_client::wire::bookings::{Booking, ConfirmBookingInsert};

/// After so many seconds a booking that the PMS cannot take is rejected, so that somebody hears of
/// it: a request is to be answered within ten minutes.
const GIVES_UP_AFTER: i64 = 9 * 60;

impl Clinic {
    /// Answers all bookings that the hub has waiting. One that the PMS cannot take at the moment
    /// holds up none of the others.
    pub(super) async fn answer_bookings(&self) -> Result<(), Stopped> {
        let mut held = Held::default();
        let mut waiting = self.client.all_booking_requests();
        while let Some(booking) = waiting.next().await {
            held.unless_pms(self.answer_booking(&booking?).await)?;
        }
        held.end()
    }

    /// Deals with the bookings that were under way when they left the hub's list: answered by others,
    /// or cancelled. What the PMS has of them the hub hears of, and what the hub does not want goes
    /// out of the PMS again.
    pub(super) async fn settle(&self) -> Result<(), Stopped> {
        let mut unsettled = self.state.unsettled()?;
        if unsettled.is_empty() {
            return Ok(());
        }
        let waiting = self.client.all_booking_requests().await?;
        unsettled.retain(|id| waiting.iter().all(|booking| booking.booking_id != *id));
        let mut held = Held::default();
        for id in unsettled {
            let settled = match self.adapter.find(id).await {
                Ok(Some(inserted)) => self.confirm_or_cancel(id, inserted).await,
                Ok(None) => self.settle_missing(id).await,
                Err(later) => Err(later.into()),
            };
            held.unless_pms(settled)?;
        }
        held.end()
    }

    /// Settles a booking that does not stand in the PMS. Of one that did, the hub may have heard, though
    /// its answer was lost: then it hears of the end too.
    async fn settle_missing(&self, id: i64) -> Result<(), Stopped> {
        match self.state.booking(id)? {
            Some(known) if known.step == Step::Inserted => {
                let ids = &known.appointment_ids;
                let fate = self.adapter.fate(id, ids).await?.unwrap_or(Fate::Off);
                self.tell_fate(id, fate).await?;
                self.remember(id, Step::Off, known.into_inserted())
            }
            _ => self.remember(id, Step::Off, Inserted::default()),
        }
    }

    async fn answer_booking(&self, booking: &Booking) -> Result<(), Stopped> {
        match self.try_to_answer(booking).await {
            Err(Stopped::Pms(trouble)) if self.waits_too_long(booking) => {
                self.give_up(booking, trouble).await?;
            }
            answered => answered?,
        }
        self.send_day_of(booking).await
    }

    /// Rejects a booking that the PMS could not take for long, once the PMS certainly does not have it.
    async fn give_up(&self, booking: &Booking, trouble: Trouble) -> Result<(), Stopped> {
        let id = booking.booking_id;
        match self.adapter.cancel(id, &[]).await {
            Ok(_) => {
                self.reject(id, "the practice's system cannot be reached")
                    .await
            }
            Err(_) => Err(trouble.into()),
        }
    }

    async fn try_to_answer(&self, booking: &Booking) -> Result<(), Stopped> {
        let id = booking.booking_id;
        let remembered = self.state.booking(id)?;
        let step = remembered.as_ref().map(|known| known.step);
        match (step, remembered) {
            // The hub does not know yet what the PMS has.
            (Some(Step::Inserted | Step::Confirmed), Some(known)) => {
                self.confirm_or_cancel(id, known.into_inserted()).await
            }
            (Some(Step::Rejecting | Step::Rejected), _) => {
                self.reject(id, "the practice does not take it").await
            }
            _ => match self.adapter.find(id).await? {
                Some(inserted) => self.inserted(id, inserted).await,
                None => self.insert(booking).await,
            },
        }
    }

    /// Inserts a booking that the PMS does not have.
    async fn insert(&self, booking: &Booking) -> Result<(), Stopped> {
        let id = booking.booking_id;
        if booking.pms_resource_id.value().is_none() {
            return self
                .reject(id, "the practitioner is not there any more")
                .await;
        }
        self.remember(id, Step::Inserting, Inserted::default())?;
        let inserted = async {
            let patient = self.patient_of(booking).await?;
            Ok(self.adapter.insert(booking, &patient).await?)
        };
        match inserted.await {
            Ok(inserted) => self.inserted(id, inserted).await,
            Err(Stopped::Pms(Trouble::Refused(why))) => self.reject(id, &why).await,
            Err(stopped) => Err(stopped),
        }
    }

    fn waits_too_long(&self, booking: &Booking) -> bool {
        let waited = (self.now)().duration_since(booking.booked_time);
        waited.as_secs() >= GIVES_UP_AFTER
    }

    /// The PMS has it: that is written down, and told.
    async fn inserted(&self, id: i64, inserted: Inserted) -> Result<(), Stopped> {
        self.remember(id, Step::Inserted, inserted.clone())?;
        self.confirm_or_cancel(id, inserted).await
    }

    async fn confirm_or_cancel(&self, id: i64, inserted: Inserted) -> Result<(), Stopped> {
        let confirm = ConfirmBookingInsert {
            pms_appointment_ids: inserted.appointment_ids.clone(),
            pms_patient_id: inserted.patient_id.clone(),
            ..ConfirmBookingInsert::default()
        };
        match self.client.confirm_booking_insert(id, &confirm).await {
            Ok(()) => self.remember(id, Step::Confirmed, inserted),
            // It was rejected before, or it is nobody's: the PMS must not keep it.
            Err(Error::Invalid { .. } | Error::NotFound { .. }) => {
                let ids = &inserted.appointment_ids;
                self.adapter.cancel(id, ids).await?;
                self.remember(id, Step::Off, inserted)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Tells the hub that the PMS does not take a booking.
    async fn reject(&self, id: i64, why: &str) -> Result<(), Stopped> {
        self.remember(id, Step::Rejecting, Inserted::default())?;
        match self.client.reject_booking_insert(id, Some(why)).await {
            // A booking that was confirmed before, or is nobody's, leaves nothing to reject.
            Ok(()) | Err(Error::Invalid { .. } | Error::NotFound { .. }) => {
                Ok(self.remember(id, Step::Rejected, Inserted::default())?)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Writes down how far a booking has come.
    pub(super) fn remember(
        &self,
        booking: i64,
        step: Step,
        inserted: Inserted,
    ) -> Result<(), Stopped> {
        if matches!(step, Step::Confirmed | Step::Rejected | Step::Off) {
            let clinic = &self.settings.name;
            tracing::info!(clinic, booking_id = booking, "a booking is {}", step.name());
        }
        let Inserted {
            appointment_ids,
            patient_id,
        } = inserted;
        let remembered = Remembered {
            step,
            appointment_ids,
            patient_id,
        };
        Ok(self.state.set_booking(booking, &remembered, (self.now)())?)
    }

    /// Sends the free times of a booking's day, which have changed by it.
    async fn send_day_of(&self, booking: &Booking) -> Result<(), Stopped> {
        let day = booking.pms_appointment_time.date();
        match booking.pms_resource_id.value() {
            Some(resource) => self.send_days(&[(resource.clone(), day)]).await,
            None => Ok(()),
        }
    }
}

impl Remembered {
    pub(super) fn into_inserted(self) -> Inserted {
        Inserted {
            appointment_ids: self.appointment_ids,
            patient_id: self.patient_id,
        }
    }
}
