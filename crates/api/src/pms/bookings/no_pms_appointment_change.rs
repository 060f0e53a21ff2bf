//! `POST /bookings/{bookingId}/noPmsAppointmentChange`: the appointment is as it was (BOOK-11). It
//! needs no body; whatever comes as one is not looked at (WIRE-2).

use crate::pms::{Caller, Done, Ids, Raw, Result, booking_id, done};
use axum::extract::State;
use axum::response::Response;
use slotbridge_hub::Hub;
use slotbridge_hub::pms::bookings::no_pms_appointment_change::no_pms_appointment_change;

/// The appointment is as it was inserted
///
/// The answer to a request of `pmsAppointmentChanges` about a booking that was neither cancelled nor
/// missed. With none outstanding: 200. It needs no body, and one that comes is not looked at (BOOK-11,
/// WIRE-2).
#[utoipa::path(
    post,
    path = "/bookings/{bookingId}/noPmsAppointmentChange",
    operation_id = "noPmsAppointmentChange",
    tag = "bookings",
    responses((status = 200, description = "Taken.", body = Done)),
)]
pub(super) async fn handler(
    State(hub): State<Hub>,
    caller: Caller,
    Ids([id]): Ids<1>,
    raw: Raw,
) -> Result<Response> {
    drop(raw);
    let (id, context) = (booking_id(id)?, caller.context());
    hub.write(caller.consented.practice_id(), move |tx| {
        no_pms_appointment_change(tx, &context, id)
    })
    .await?;
    Ok(done())
}
