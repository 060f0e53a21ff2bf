//! `POST /availability/...`: the free times of resources and days.

mod snapshot;
mod snapshots;

use crate::ApiState;
use slotbridge_domain::availability::Range;
use slotbridge_hub::pms::availability::snapshots::Snapshot;
use slotbridge_wire::availability::AvailabilitySnapshot;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::default()
        .routes(routes!(snapshot::handler))
        .routes(routes!(snapshots::handler))
}

fn to_hub(sent: AvailabilitySnapshot) -> Snapshot {
    let range = |range: slotbridge_wire::availability::AvailabilityRange| Range {
        start: range.start,
        end: range.end,
        slot_length: range.slot_length,
        pms_appointment_type_ids: range.pms_appointment_type_ids,
    };
    Snapshot {
        date: sent.date,
        pms_resource_id: sent.pms_resource_id,
        ranges: sent.availability.into_iter().map(range).collect(),
    }
}
