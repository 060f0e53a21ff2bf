//! `POST /bookings/{bookingId}/confirmInsert`: the PMS has the booking (BOOK-4).

use crate::pms::{Caller, Ids, Input, Result, booking_id, done};
use axum::extract::State;
use axum::response::Response;
use slotbridge_hub::Hub;
use slotbridge_hub::person::PmsRecord;
use slotbridge_hub::pms::bookings::confirm_insert::confirm_insert;
use slotbridge_wire::bookings::ConfirmBookingInsert;

pub(super) async fn handler(
    State(hub): State<Hub>,
    caller: Caller,
    Ids([id]): Ids<1>,
    Input(sent): Input<ConfirmBookingInsert>,
) -> Result<Response> {
    let (id, context) = (booking_id(id)?, caller.context());
    let record = PmsRecord {
        pms_appointment_ids: sent.pms_appointment_ids,
        pms_patient_id: Some(sent.pms_patient_id),
        patient_appointment_link: sent.patient_appointment_link,
        patient_appointment_description: sent.patient_appointment_description,
        practitioner_appointment_link: sent.practitioner_appointment_link,
        practitioner_appointment_description: sent.practitioner_appointment_description,
    };
    let caller = caller.consented;
    hub.write(caller.practice_id(), move |tx| {
        confirm_insert(tx, &caller, &context, id, &record)
    })
    .await?;
    Ok(done())
}
