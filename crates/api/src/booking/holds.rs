//! `POST /holds`: keeps a time while the form is filled in.

use crate::booking::{WantedInput, WantedTime};
use crate::problem::{Creating, PROBLEM, ProblemDetails, Result, created, kept};
use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use slotbridge_hub::Hub;
use slotbridge_hub::booking::hold;
use slotbridge_wire::schema::Instant;
use utoipa::ToSchema;

/// A time that is kept.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Held<'a> {
    /// The hold: a secret.
    hold_id: &'a str,
    /// Until when, in UTC.
    #[schema(value_type = Instant)]
    expires_at: String,
}

/// Keeps a time while the form is filled in
///
/// For five minutes unless the hub is set otherwise. Nobody else can book the time meanwhile, and
/// whoever has the `holdId` can (AVAIL-3).
#[utoipa::path(
    post,
    path = "/holds",
    operation_id = "createHold",
    tag = "bookings",
    request_body(
        content = WantedTime,
        example = json!({
            "practiceId": 1,
            "practitionerId": 100_000_004,
            "appointmentTypeId": 100_000_005,
            "start": "2027-03-01T09:00:00+08:00",
        }),
    ),
    responses(
        (status = 201, description = "It is kept.", body = Held<'_>),
        (status = 404, description = "There is no such practice.", body = ProblemDetails, content_type = PROBLEM),
        (status = 409, description = "The time is not available.", body = ProblemDetails, content_type = PROBLEM),
    ),
)]
pub(super) async fn create(
    State(hub): State<Hub>,
    Creating(WantedInput(wanted), key): Creating<WantedInput>,
) -> Result<Response> {
    let once = hub.once(key, |held: &hold::Held| {
        kept(Held {
            hold_id: &held.hold_id,
            expires_at: held.expires_at.to_string(),
        })
    });
    Ok(created(hold::create(&hub, wanted, once).await?))
}
