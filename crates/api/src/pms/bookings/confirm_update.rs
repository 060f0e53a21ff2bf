//! `POST /bookings/{bookingId}/confirmUpdate/{requestId}`: the PMS has taken note (BOOK-8). It
//! needs no body; whatever comes as one is not looked at (WIRE-2).

use crate::pms::bookings::reject_update::answer;
use crate::pms::{Caller, Done, Ids, Raw, Result};
use axum::extract::State;
use axum::response::Response;
use slotbridge_hub::Hub;
use slotbridge_hub::pms::bookings::answer_update::Answer;

/// The PMS has taken note of a change
///
/// So far a change is always a cancellation. The time is offered again from the next snapshot on. The
/// same again: 200; after a reject: 400; an update of another booking: 404. It needs no body, and one
/// that comes is not looked at (BOOK-8, WIRE-2).
#[utoipa::path(
    post,
    path = "/bookings/{bookingId}/confirmUpdate/{requestId}",
    operation_id = "confirmBookingUpdate",
    tag = "bookings",
    responses((status = 200, description = "Taken.", body = Done)),
)]
pub(super) async fn handler(
    State(hub): State<Hub>,
    caller: Caller,
    Ids(ids): Ids<2>,
    raw: Raw,
) -> Result<Response> {
    drop(raw);
    answer(&hub, caller, ids, Answer::Confirmed, None).await
}
