//! `POST /documents/available`: which documents there are (DOC-1).

use super::details;
use crate::pms::{Caller, Done, Raw, Result, done};
use axum::extract::State;
use axum::response::Response;
use slotbridge_hub::Hub;
use slotbridge_hub::pms::documents::available::{Available, available};
use slotbridge_wire::documents::{AvailableDocuments, DocumentMetadata, read_available_documents};

/// Which documents there are for bookings
///
/// What is said of a document replaces what was said before. It answers the requests of the bookings
/// that it names and all that were handed out in `GET /requests/availableDocuments` before: a booking
/// without documents is answered by an empty list. A booking that there is not: 400, and nothing is
/// stored (DOC-1).
#[utoipa::path(
    post,
    path = "/documents/available",
    operation_id = "availableDocuments",
    tag = "documents",
    request_body(
        content = AvailableDocuments,
        example = json!([{
            "bookingId": 100_000_001,
            "pmsDocumentId": "D-77",
            "documentType": "referral",
            "documentName": "Referral to Dr Wu",
            "documentFormat": "application/pdf",
            "documentSize": 48_213,
            "createdAt": "2027-03-01 01:30:00",
        }]),
    ),
    responses((status = 200, description = "Taken.", body = Done)),
)]
pub(super) async fn handler(State(hub): State<Hub>, caller: Caller, raw: Raw) -> Result<Response> {
    let sent = raw.read(read_available_documents).await?;
    let document = |sent: DocumentMetadata| {
        let (booking_id, details) = details(sent);
        Available {
            booking_id,
            details,
        }
    };
    let documents: Vec<Available> = sent.into_iter().map(document).collect();
    let (context, caller) = (caller.context(), caller.consented);
    hub.write(caller.practice_id(), move |tx| {
        available(tx, &caller, &context, &documents)
    })
    .await?;
    Ok(done())
}
