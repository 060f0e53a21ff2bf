//! `POST /availability/snapshot`: one resource's day (AVAIL-1).

use crate::failure::Failure;
use crate::pms::availability::to_hub;
use crate::pms::{Caller, Input, Result, done};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use slotbridge_hub::Hub;
use slotbridge_hub::pms::availability::snapshots::{self, Outcome};
use slotbridge_wire::availability::AvailabilitySnapshot;

pub(super) async fn handler(
    State(hub): State<Hub>,
    caller: Caller,
    Input(sent): Input<AvailabilitySnapshot>,
) -> Result<Response> {
    let outcomes = snapshots::apply(&hub, &caller.consented, vec![to_hub(sent)]).await?;
    for outcome in outcomes {
        if let Outcome::Failed(why) = outcome {
            return Err(Failure::new(StatusCode::BAD_REQUEST, why).into());
        }
    }
    Ok(done())
}
