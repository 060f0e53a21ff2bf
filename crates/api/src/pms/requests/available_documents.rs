//! `GET /requests/availableDocuments`: the bookings whose documents are wanted (DOC-1).

use crate::params::{PageParams, Params};
use crate::pms::{Caller, Result};
use axum::Json;
use axum::extract::State;
use slotbridge_hub::Hub;
use slotbridge_hub::pms::requests::available_documents::{self, BookingAsked};
use slotbridge_wire::documents::AvailableDocumentsRequest;
use slotbridge_wire::page::Page;

/// The bookings whose documents are wanted
///
/// `POST /documents/available` answers all of them that were handed out, oldest first; none while the
/// feature is off (DOC-1).
#[utoipa::path(
    get,
    path = "/requests/availableDocuments",
    operation_id = "availableDocumentsRequests",
    tag = "requests",
    params(PageParams),
    responses((status = 200, description = "A page of bookings.", body = Page<AvailableDocumentsRequest>)),
)]
pub(super) async fn handler(
    State(hub): State<Hub>,
    caller: Caller,
    params: Params,
) -> Result<Json<Page<AvailableDocumentsRequest>>> {
    let number = params.page()?;
    let found = available_documents::list(&hub, &caller.consented, number.window()).await?;
    let booking = |asked: BookingAsked| AvailableDocumentsRequest {
        booking_id: asked.booking_id.get(),
        pms_appointment_ids: asked.pms_record.pms_appointment_ids,
        pms_patient_id: asked.pms_record.pms_patient_id,
    };
    Ok(Json(Page {
        data: found.entries.into_iter().map(booking).collect(),
        page: number.paginated(found.total),
    }))
}
