//! `POST /bookings/{bookingId}/confirmUpdate/{requestId}`: the PMS has taken note (BOOK-8). It
//! needs no body; whatever comes as one is not looked at (WIRE-2).

use crate::pms::bookings::reject_update::answer;
use crate::pms::{Caller, Ids, Raw, Result};
use axum::extract::State;
use axum::response::Response;
use slotbridge_hub::Hub;
use slotbridge_hub::pms::bookings::answer_update::Answer;

pub(super) async fn handler(
    State(hub): State<Hub>,
    caller: Caller,
    Ids(ids): Ids<2>,
    raw: Raw,
) -> Result<Response> {
    drop(raw);
    answer(&hub, caller, ids, Answer::Confirmed, None).await
}
