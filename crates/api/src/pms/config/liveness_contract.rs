//! `/config/livenessContract`: the hours in which the integration promises to answer (CONF-3).

use crate::pms::{Caller, Done, Input, Result, done};
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use slotbridge_domain::liveness::{Hours, LivenessContract};
use slotbridge_hub::Hub;
use slotbridge_hub::pms::config::liveness_contract;
use slotbridge_wire::config::{self as wire, LivenessRange, Schedule};

/// The hours in which the integration answers
///
/// Before any were set: always. Posting the answer back changes nothing (CONF-3).
#[utoipa::path(
    get,
    path = "/config/livenessContract",
    operation_id = "getLivenessContract",
    tag = "configuration",
    responses((status = 200, description = "The contract in force.", body = wire::LivenessContract)),
)]
pub(super) async fn get(
    State(hub): State<Hub>,
    caller: Caller,
) -> Result<Json<wire::LivenessContract>> {
    let contract = hub
        .read(caller.consented.practice_id(), liveness_contract::get)
        .await?;
    let ranges = |hours: Option<Vec<Hours>>| {
        hours.map(|hours| {
            hours
                .into_iter()
                .map(|h| LivenessRange {
                    start: h.start,
                    end: h.end,
                })
                .collect()
        })
    };
    let [
        monday,
        tuesday,
        wednesday,
        thursday,
        friday,
        saturday,
        sunday,
    ] = contract.weekdays.map(ranges);
    let schedule = Schedule {
        monday,
        tuesday,
        wednesday,
        thursday,
        friday,
        saturday,
        sunday,
        public_holidays: ranges(contract.public_holidays),
    };
    Ok(Json(wire::LivenessContract {
        live_hours: Some(schedule),
    }))
}

/// Replaces the hours in which the integration answers
///
/// Days that are left out are not live. `publicHolidays` replaces the weekday's hours on a public
/// holiday of the practice's state. An end before its start runs past midnight; an end of 23:59, 24:00
/// or 00:00 is the end of the day; equal ends are refused. Without `liveHours` the state before any
/// were set comes back (CONF-3).
#[utoipa::path(
    post,
    path = "/config/livenessContract",
    operation_id = "uploadLivenessContract",
    tag = "configuration",
    request_body(
        content = wire::LivenessContract,
        example = json!({"liveHours": {
            "monday": [{"start": "08:00", "end": "18:00"}],
            "saturday": [{"start": "09:00", "end": "12:00"}],
            "publicHolidays": [],
        }}),
    ),
    responses((status = 200, description = "Taken.", body = Done)),
)]
pub(super) async fn replace(
    State(hub): State<Hub>,
    caller: Caller,
    Input(sent): Input<wire::LivenessContract>,
) -> Result<Response> {
    let hours = |ranges: &[LivenessRange]| {
        ranges
            .iter()
            .map(|r| Hours {
                start: r.start,
                end: r.end,
            })
            .collect()
    };
    let contract = sent
        .live_hours
        .map_or_else(LivenessContract::always, |schedule| LivenessContract {
            weekdays: schedule.weekdays().map(|ranges| ranges.map(hours)),
            public_holidays: schedule.public_holidays.as_deref().map(hours),
        });
    let context = caller.context();
    hub.write(caller.consented.practice_id(), move |tx| {
        liveness_contract::replace(tx, &context, &contract)
    })
    .await?;
    Ok(done())
}
