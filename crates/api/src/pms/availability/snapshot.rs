//! `POST /availability/snapshot`: one resource's day (AVAIL-1).

use crate::failure::Failure;
use crate::pms::availability::to_hub;
use crate::pms::{Caller, Done, Input, Result, done};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use slotbridge_hub::Hub;
use slotbridge_hub::pms::availability::snapshots::{self, Outcome};
use slotbridge_wire::availability::AvailabilitySnapshot;

/// The free times of one resource on one day
///
/// Replaces everything known for that resource and day; an empty list means that nothing is free. The
/// resource must be known and live. A day that is over has no effect. `slotLength` is in seconds; below
/// 60 the appointment type's length counts. Resolves a request for that day (AVAIL-1, AVAIL-2,
/// AVAIL-7).
#[utoipa::path(
    post,
    path = "/availability/snapshot",
    operation_id = "sendAvailabilitySnapshot",
    tag = "availability",
    request_body(
        content = AvailabilitySnapshot,
        example = json!({
            "date": "2027-03-01",
            "pmsResourceId": "dr-lee",
            "availability": [
                {"start": "09:00", "end": "12:00", "slotLength": 900},
                {"start": "13:00", "end": "17:00", "slotLength": 0, "pmsAppointmentTypeIds": ["std"]},
            ],
        }),
    ),
    responses((status = 200, description = "Taken.", body = Done)),
)]
pub(super) async fn handler(
    State(hub): State<Hub>,
    caller: Caller,
    Input(sent): Input<AvailabilitySnapshot>,
) -> Result<Response> {
    let applied = snapshots::apply(&hub, &caller.consented, vec![to_hub(sent)]).await?;
    for outcome in applied.outcomes {
        if let Outcome::Failed(why) = outcome {
            return Err(Failure::new(StatusCode::BAD_REQUEST, why).into());
        }
    }
    Ok(done())
}
