//! `POST /bookings/{bookingId}/rejectInsert`: the PMS refuses the booking (BOOK-5).

use crate::pms::{Caller, Done, Ids, Input, Result, booking_id, done};
use axum::extract::State;
use axum::response::Response;
use slotbridge_hub::Hub;
use slotbridge_hub::pms::bookings::reject_insert::reject_insert;
use slotbridge_wire::bookings::Reason;

/// The PMS refuses the booking
///
/// Within 20 seconds of its creation the booking has failed and the patient is offered other times;
/// later it stands for the patient, and the practice is alerted to act. Either way the hub asks for
/// that day's free times again. The same again: 200. After a confirm: 400 (BOOK-5).
#[utoipa::path(
    post,
    path = "/bookings/{bookingId}/rejectInsert",
    operation_id = "rejectBookingInsert",
    tag = "bookings",
    request_body(content = Reason, example = json!({"reason": "The time has been taken at the desk."})),
    responses((status = 200, description = "Taken.", body = Done)),
)]
pub(super) async fn handler(
    State(hub): State<Hub>,
    caller: Caller,
    Ids([id]): Ids<1>,
    Input(Reason { reason }): Input<Reason>,
) -> Result<Response> {
    let (id, context) = (booking_id(id)?, caller.context());
    let caller = caller.consented;
    hub.write(caller.practice_id(), move |tx| {
        reject_insert(tx, &caller, &context, id, reason.as_deref())
    })
    .await?;
    Ok(done())
}
