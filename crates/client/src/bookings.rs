//! Answers to bookings and their changes. All of them may be given twice.

use crate::{Client, Error, http::Call};
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
        self.run(self.about(booking_id, "confirmInsert").json(inserted)?)
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
        self.run(
            self.about(booking_id, "rejectInsert")
                .json(&given(reason))?,
        )
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
        self.run(self.about_update(booking_id, "confirmUpdate", request_id))
            .await
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
        let call = self.about_update(booking_id, "rejectUpdate", request_id);
        self.run(call.json(&given(reason))?).await
    }

    /// The booking was cancelled in the PMS (BOOK-9).
    ///
    /// # Errors
    /// See [`Error`]; [`Error::Invalid`] if it was rejected.
    pub async fn cancel_booking(&self, booking_id: i64, reason: Option<&str>) -> Result<(), Error> {
        self.run(self.about(booking_id, "cancel").json(&given(reason))?)
            .await
    }

    /// The patient did not come (BOOK-10).
    ///
    /// # Errors
    /// See [`Error`]; [`Error::Invalid`] if it is not confirmed, or for a day still to come.
    pub async fn did_not_attend(&self, booking_id: i64, reason: Option<&str>) -> Result<(), Error> {
        self.run(
            self.about(booking_id, "didNotAttend")
                .json(&given(reason))?,
        )
        .await
    }

    fn about(&self, booking_id: i64, what: &str) -> Call {
        self.post(&["bookings", &booking_id.to_string(), what])
    }

    fn about_update(&self, booking_id: i64, what: &str, request_id: i64) -> Call {
        self.post(&[
            "bookings",
            &booking_id.to_string(),
            what,
            &request_id.to_string(),
        ])
    }
}

fn given(reason: Option<&str>) -> Reason {
    Reason {
        reason: reason.map(str::to_owned),
    }
}
