//! `GET /requests/pmsAppointmentChanges`: the appointments that may have changed (BOOK-12).

use crate::params::{PageParams, Params};
use crate::pms::{Caller, Result};
use axum::Json;
use axum::extract::State;
use slotbridge_hub::Hub;
use slotbridge_hub::pms::requests::pms_appointment_changes::{self, AskedFor};
use slotbridge_wire::page::Page;
use slotbridge_wire::requests::PmsAppointmentChangesRequest;

/// The bookings whose appointments may have changed
///
/// Tell what became of each with `cancel`, `didNotAttend` or `noPmsAppointmentChange`. Such requests are
/// the exception: send changes as they happen (BOOK-11, BOOK-12).
#[utoipa::path(
    get,
    path = "/requests/pmsAppointmentChanges",
    operation_id = "pmsAppointmentChangeRequests",
    tag = "requests",
    params(PageParams),
    responses((status = 200, description = "A page of bookings.", body = Page<PmsAppointmentChangesRequest>)),
)]
pub(super) async fn handler(
    State(hub): State<Hub>,
    caller: Caller,
    params: Params,
) -> Result<Json<Page<PmsAppointmentChangesRequest>>> {
    let number = params.page()?;
    let window = number.window();
    let practice = caller.consented.practice_id();
    let found = hub
        .read(practice, move |tx| {
            pms_appointment_changes::list(tx, window)
        })
        .await?;
    let asked = |asked: AskedFor| PmsAppointmentChangesRequest {
        booking_id: asked.booking_id.get(),
        pms_appointment_ids: asked.pms_record.pms_appointment_ids,
        pms_patient_id: asked.pms_record.pms_patient_id,
    };
    Ok(Json(Page {
        data: found.entries.into_iter().map(asked).collect(),
        page: number.paginated(found.total),
    }))
}
