//! `POST /bookings/{bookingId}/cancel`: the booking was cancelled in the PMS (BOOK-9).

use crate::pms::{Caller, Done, Ids, Input, Result, booking_id, done};
use axum::extract::State;
use axum::response::Response;
use slotbridge_hub::Hub;
use slotbridge_hub::pms::bookings::cancel::cancel;
use slotbridge_wire::bookings::Reason;

/// The booking was cancelled in the PMS
///
/// The patient is told. It resolves whatever is outstanding for the booking. The same again: 200; on a
/// rejected booking: 400 (BOOK-9).
#[utoipa::path(
    post,
    path = "/bookings/{bookingId}/cancel",
    operation_id = "cancelBooking",
    tag = "bookings",
    request_body(content = Reason, example = json!({"reason": "The practitioner is ill."})),
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
        cancel(tx, &caller, &context, id, reason.as_deref())
    })
    .await?;
    Ok(done())
}
