//! `POST /bookings/{bookingId}/didNotAttend`: the patient did not come (BOOK-10).

use crate::pms::{Caller, Done, Ids, Input, Result, booking_id, done};
use axum::extract::State;
use axum::response::Response;
use slotbridge_hub::Hub;
use slotbridge_hub::pms::bookings::did_not_attend::did_not_attend;
use slotbridge_wire::bookings::Reason;

/// The patient did not come
///
/// A mark on a confirmed booking. The same again: 200. On any other booking, or for a day that is still
/// to come at the practice: 400 (BOOK-10).
#[utoipa::path(
    post,
    path = "/bookings/{bookingId}/didNotAttend",
    operation_id = "didNotAttend",
    tag = "bookings",
    request_body(content = Reason, example = json!({"reason": "Waited 15 minutes."})),
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
        did_not_attend(tx, &caller, &context, id, reason.as_deref())
    })
    .await?;
    Ok(done())
}
