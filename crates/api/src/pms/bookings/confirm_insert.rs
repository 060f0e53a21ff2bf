//! `POST /bookings/{bookingId}/confirmInsert`: the PMS has the booking (BOOK-4).

use crate::pms::{Caller, Done, Ids, Input, Result, booking_id, done};
use axum::extract::State;
use axum::response::Response;
use slotbridge_hub::Hub;
use slotbridge_hub::person::PmsRecord;
use slotbridge_hub::pms::bookings::confirm_insert::confirm_insert;
use slotbridge_wire::bookings::ConfirmBookingInsert;

/// The PMS has the booking
///
/// It leaves the list of outstanding bookings and keeps the PMS's ids. The same again changes nothing;
/// other ids replace the first ones and alert the practice. After a reject: 400. After a cancellation
/// an update is outstanding, so that no ghost stays in the PMS. A telehealth link may be any text; one
/// that begins with http or https is shown as a link (BOOK-4, BOOK-7).
#[utoipa::path(
    post,
    path = "/bookings/{bookingId}/confirmInsert",
    operation_id = "confirmBookingInsert",
    tag = "bookings",
    request_body(
        content = ConfirmBookingInsert,
        example = json!({
            "pmsAppointmentIds": ["12384"],
            "pmsPatientId": "P-1077",
            "patientAppointmentLink": "https://video.example/room/12384",
            "patientAppointmentDescription": "Open the link five minutes early.",
        }),
    ),
    responses((status = 200, description = "Taken.", body = Done)),
)]
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
    let (caller, attach_days) = (caller.consented, hub.settings().attach_days);
    hub.write(caller.practice_id(), move |tx| {
        confirm_insert(tx, &caller, &context, id, &record, attach_days)
    })
    .await?;
    Ok(done())
}
