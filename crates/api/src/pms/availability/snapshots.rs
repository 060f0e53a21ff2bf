//! `POST /availability/snapshots`: up to a hundred days, each judged alone (AVAIL-6).

use crate::ApiState;
use crate::pms::availability::to_hub;
use crate::pms::{Caller, Packed, Raw, Result};
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use slotbridge_hub::Hub;
use slotbridge_hub::pms::availability::snapshots::{self, Outcome};
use slotbridge_wire::availability::{
    AvailabilitySnapshots, SnapshotError, SnapshotsResult, read_batch,
};
use slotbridge_wire::read::describe;

/// The free times of up to a hundred resources and days
///
/// Each snapshot is judged alone, in order, and named in the answer by its `id`, or else by its index
/// from 0. `existing` are those that change nothing (AVAIL-6).
#[utoipa::path(
    post,
    path = "/availability/snapshots",
    operation_id = "sendAvailabilitySnapshots",
    tag = "availability",
    request_body(
        content = AvailabilitySnapshots,
        example = json!([
            {
                "id": "dr-lee/2027-03-01",
                "date": "2027-03-01",
                "pmsResourceId": "dr-lee",
                "availability": [{"start": "09:00", "end": "12:00", "slotLength": 900}],
            },
            {"id": "dr-lee/2027-03-02", "date": "2027-03-02", "pmsResourceId": "dr-lee", "availability": []},
        ]),
    ),
    responses((status = 200, description = "What became of each.", body = SnapshotsResult)),
)]
pub(super) async fn handler(
    State(state): State<ApiState>,
    State(hub): State<Hub>,
    caller: Caller,
    Packed(sent, headers): Packed,
) -> Result<Response> {
    let (practice, digest) = (caller.consented.practice_id(), sent.digest(&headers));
    if let Some(answer) = hub.unchanged(practice, digest) {
        return Ok(json(answer.to_vec()));
    }
    let body = sent.unpack(&state.rooms.bodies, &headers).await?;
    let raw = Raw { headers, body };
    let batch = raw.read(read_batch).await?;
    // What can't be read is settled; the rest goes to the hub in order.
    let mut names = Vec::new();
    let mut readable = Vec::new();
    for (index, (id, read)) in batch.into_iter().enumerate() {
        let name = id.unwrap_or_else(|| index.to_string());
        let fault = match read {
            Ok(snapshot) => {
                readable.push(to_hub(snapshot));
                None
            }
            Err(faults) => Some(describe(&faults)),
        };
        names.push((name, fault));
    }
    let applied = snapshots::apply(&hub, &caller.consented, readable).await?;
    // Names and texts: there is nothing in it that could not be written.
    let answer = serde_json::to_vec(&result(names, applied.outcomes)).unwrap_or_default();
    if let Some(stamp) = applied.nothing_written_at {
        hub.remember_unchanged(practice, digest, stamp, &answer);
    }
    Ok(json(answer))
}

/// An answer that is JSON already.
fn json(bytes: Vec<u8>) -> Response {
    let json = HeaderValue::from_static("application/json");
    ([(header::CONTENT_TYPE, json)], bytes).into_response()
}

fn result(names: Vec<(String, Option<String>)>, outcomes: Vec<Outcome>) -> SnapshotsResult {
    let mut outcomes = outcomes.into_iter();
    let mut result = SnapshotsResult::default();
    for (name, fault) in names {
        let outcome = fault.map(Outcome::Failed).or_else(|| outcomes.next());
        match outcome {
            Some(Outcome::Created) => result.created.push(name),
            Some(Outcome::Existing) => result.existing.push(name),
            Some(Outcome::Failed(error)) => {
                result.failed.push(name.clone());
                result.errors.push(SnapshotError {
                    snapshot: name,
                    error,
                });
            }
            None => {}
        }
    }
    result
}
