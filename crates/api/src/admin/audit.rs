//! `/practices/{practiceId}/audit`: every change with its cause, time and actor.

use crate::admin::{Admin, Ids, page_of, practice_id};
use crate::openapi::values::ScopedNumber;
use crate::params::{PageParams, Params};
use crate::problem::Result;
use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use serde_json::Value;
use slotbridge_domain::ids::BookingId;
use slotbridge_hub::Hub;
use slotbridge_hub::admin::trail;
use slotbridge_hub::rows::AuditEntry as Entry;
use slotbridge_wire::page::Page;
use slotbridge_wire::schema::Instant;
use utoipa::{IntoParams, ToSchema};

/// A change, with its cause, time and actor.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct AuditEntryView {
    /// Its number, which grows with time.
    audit_id: i64,
    /// When.
    #[schema(value_type = Instant)]
    at: String,
    /// Who: a patient, an operator, an integration, or the hub itself.
    actor: String,
    /// What was done.
    action: String,
    /// The booking, if it is about one.
    #[schema(required)]
    booking_id: Option<i64>,
    /// More of it; its members depend on the action. Nothing of a person.
    #[schema(value_type = Value)]
    detail: Value,
    /// Free text that came with it, e.g. a reason.
    #[schema(required)]
    note: Option<String>,
    /// The `X-Request-Id` of the call that did it.
    request_id: String,
}

fn shown((entry, note): (Entry, Option<String>)) -> AuditEntryView {
    AuditEntryView {
        audit_id: entry.audit_id,
        at: entry.at.to_string(),
        actor: entry.actor,
        action: entry.action,
        booking_id: entry.booking_id.map(BookingId::get),
        detail: serde_json::from_str(&entry.detail).unwrap_or_default(),
        note,
        request_id: entry.call_id,
    }
}

/// Of what the changes are listed.
#[derive(IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
#[expect(dead_code, reason = "it describes what `list` reads")]
struct AuditParams {
    /// Of this booking only.
    #[param(value_type = Option<ScopedNumber>)]
    booking_id: Option<i64>,
}

/// What was changed, by whom and why
///
/// Newest first, 100 a page (BOOK-2, WIRE-8).
#[utoipa::path(
    get,
    path = "/practices/{practiceId}/audit",
    operation_id = "listAudit",
    tag = "practices",
    params(AuditParams, PageParams),
    responses(
        (status = 200, description = "A page of changes.", body = Page<AuditEntryView>),
    ),
)]
pub(super) async fn list(
    State(hub): State<Hub>,
    admin: Admin,
    Ids([id]): Ids<1>,
    params: Params,
) -> Result<Response> {
    let id = practice_id(id)?;
    let (booking, page) =
        params.read(|query| Some((query.id("bookingId", BookingId::new), query.page())))?;
    let window = page.window();
    let found = hub
        .read(id, move |tx| {
            trail::list(tx, &admin.operator, id, booking, window)
        })
        .await?;
    let data = found.entries.into_iter().map(shown);
    Ok(page_of(data, page.paginated(found.total)))
}
