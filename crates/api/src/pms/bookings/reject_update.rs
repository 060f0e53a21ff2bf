//! `POST /bookings/{bookingId}/rejectUpdate/{requestId}`: the PMS does not take note (BOOK-8).

use crate::pms::{Caller, Done, Ids, Input, Result, booking_id, done};
use axum::extract::State;
use axum::response::Response;
use slotbridge_domain::ids::RequestId;
use slotbridge_hub::pms::bookings::answer_update::{Answer, answer_update};
use slotbridge_hub::{Error, Hub};
use slotbridge_wire::bookings::Reason;

/// The PMS does not take note of a change
///
/// The request is resolved and the practice alerted. The same again: 200; after a confirm: 400; an
/// update of another booking: 404 (BOOK-8).
#[utoipa::path(
    post,
    path = "/bookings/{bookingId}/rejectUpdate/{requestId}",
    operation_id = "rejectBookingUpdate",
    tag = "bookings",
    request_body(content = Reason, example = json!({"reason": "There is no such appointment."})),
    responses((status = 200, description = "Taken.", body = Done)),
)]
pub(super) async fn handler(
    State(hub): State<Hub>,
    caller: Caller,
    Ids(ids): Ids<2>,
    Input(Reason { reason }): Input<Reason>,
) -> Result<Response> {
    answer(&hub, caller, ids, Answer::Rejected, reason).await
}

/// Both answers, in the one way.
pub(super) async fn answer(
    hub: &Hub,
    caller: Caller,
    [booking, request]: [i64; 2],
    answer: Answer,
    reason: Option<String>,
) -> Result<Response> {
    let (id, context) = (booking_id(booking)?, caller.context());
    let request = RequestId::new(request).ok_or(Error::NotFound("update of this booking"))?;
    let caller = caller.consented;
    hub.write(caller.practice_id(), move |tx| {
        answer_update(
            tx,
            &caller,
            &context,
            id,
            request,
            (answer, reason.as_deref()),
        )
    })
    .await?;
    Ok(done())
}
