//! Answers to bookings and their changes. All of them may be given twice.

use crate::{
    Client, Error,
    operations::{
        CANCEL_BOOKING, CONFIRM_BOOKING_INSERT, CONFIRM_BOOKING_UPDATE, DID_NOT_ATTEND,
        NO_PMS_APPOINTMENT_CHANGE, Operation, REJECT_BOOKING_INSERT, REJECT_BOOKING_UPDATE,
    },
};
use serde::Serialize;
use slotbridge_wire::bookings::{ConfirmBookingInsert, Reason};

impl Client {
    /// The booking is in the PMS (BOOK-4).
    ///
    /// # Errors
    /// See [`Error`]; [`Error::Invalid`] after it was rejected.
    pub async fn confirm_booking_insert(
        &self,
        booking_id: i64,
        inserted: &ConfirmBookingInsert,
    ) -> Result<(), Error> {
        self.answer(&CONFIRM_BOOKING_INSERT, booking_id, inserted)
            .await
    }

    /// The booking is not in the PMS and will not be (BOOK-5). Within 20 seconds of the booking the
    /// patient is offered another time; later the practice has to sort it out.
    ///
    /// # Errors
    /// See [`Error`]; [`Error::Invalid`] after it was confirmed.
    pub async fn reject_booking_insert(
        &self,
        booking_id: i64,
        reason: Option<&str>,
    ) -> Result<(), Error> {
        self.answer(&REJECT_BOOKING_INSERT, booking_id, &given(reason))
            .await
    }

    /// The change of a booking is in the PMS (BOOK-8).
    ///
    /// # Errors
    /// See [`Error`]; [`Error::Invalid`] after it was rejected.
    pub async fn confirm_booking_update(
        &self,
        booking_id: i64,
        request_id: i64,
    ) -> Result<(), Error> {
        let ids = [&*booking_id.to_string(), &*request_id.to_string()];
        self.run(self.call(&CONFIRM_BOOKING_UPDATE, &ids)?).await
    }

    /// The change of a booking is not in the PMS and will not be (BOOK-8).
    ///
    /// # Errors
    /// See [`Error`]; [`Error::Invalid`] after it was confirmed.
    pub async fn reject_booking_update(
        &self,
        booking_id: i64,
        request_id: i64,
        reason: Option<&str>,
    ) -> Result<(), Error> {
        let ids = [&*booking_id.to_string(), &*request_id.to_string()];
        let call = self.call(&REJECT_BOOKING_UPDATE, &ids)?;
        self.run(call.json(&given(reason))?).await
    }

    /// The booking was cancelled in the PMS (BOOK-9).
    ///
    /// # Errors
    /// See [`Error`]; [`Error::Invalid`] if it was rejected.
    pub async fn cancel_booking(&self, booking_id: i64, reason: Option<&str>) -> Result<(), Error> {
        self.answer(&CANCEL_BOOKING, booking_id, &given(reason))
            .await
    }

    /// The patient did not come (BOOK-10).
    ///
    /// # Errors
    /// See [`Error`]; [`Error::Invalid`] if it is not confirmed, or for a day still to come.
    pub async fn did_not_attend(&self, booking_id: i64, reason: Option<&str>) -> Result<(), Error> {
        self.answer(&DID_NOT_ATTEND, booking_id, &given(reason))
            .await
    }

    /// The booking's appointment is in the PMS as it was (BOOK-11).
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn no_pms_appointment_change(&self, booking_id: i64) -> Result<(), Error> {
        let call = self.call(&NO_PMS_APPOINTMENT_CHANGE, &[&booking_id.to_string()])?;
        self.run(call).await
    }

    async fn answer(
        &self,
        operation: &'static Operation,
        booking_id: i64,
        body: &impl Serialize,
    ) -> Result<(), Error> {
        let call = self.call(operation, &[&booking_id.to_string()])?;
        self.run(call.json(body)?).await
    }
}

pub(crate) fn given(reason: Option<&str>) -> Reason {
    Reason {
        reason: reason.map(str::to_owned),
    }
}
