//! `GET /requests/bookingUpdates`: the cancellations to be taken note of (BOOK-8).

use crate::params::{PageParams, Params};
use crate::pms::{Caller, Result};
use axum::Json;
use axum::extract::State;
use slotbridge_domain::booking::Status;
use slotbridge_hub::Hub;
use slotbridge_hub::pms::requests::booking_updates;
use slotbridge_wire::bookings::{BookingStatus, BookingUpdate};
use slotbridge_wire::page::Page;

/// The changes of bookings to take note of
///
/// Cancellations of bookings that the PMS has or may have, oldest first. `updatedAt` is UTC (BOOK-7,
/// BOOK-8).
#[utoipa::path(
    get,
    path = "/requests/bookingUpdates",
    operation_id = "bookingUpdateRequests",
    tag = "requests",
    params(PageParams),
    responses((status = 200, description = "A page of changes.", body = Page<BookingUpdate>)),
)]
pub(super) async fn handler(
    State(hub): State<Hub>,
    caller: Caller,
    params: Params,
) -> Result<Json<Page<BookingUpdate>>> {
    let number = params.page()?;
    let window = number.window();
    let practice = caller.consented.practice_id();
    let found = hub
        .read(practice, move |tx| booking_updates::list(tx, window))
        .await?;
    let update = |update: booking_updates::BookingUpdate| BookingUpdate {
        request_id: update.request_id.get(),
        booking_id: update.booking_id.get(),
        pms_appointment_ids: update.pms_record.pms_appointment_ids,
        pms_patient_id: update.pms_record.pms_patient_id,
        updated_at: update.updated_at,
        booking_status: match update.status {
            Status::Requested => BookingStatus::Requested,
            Status::Confirmed => BookingStatus::Confirmed,
            Status::Cancelled | Status::Rejected => BookingStatus::Cancelled,
        },
    };
    let data = found.entries.into_iter().map(update).collect();
    Ok(Json(Page {
        data,
        page: number.paginated(found.total),
    }))
}
