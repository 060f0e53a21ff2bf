//! `/practices/{practiceId}/audit`: every change with its cause, time and actor.

use crate::admin::{Admin, Ids, practice_id};
use crate::params::Params;
use crate::problem::Result;
use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};
use slotbridge_domain::ids::BookingId;
use slotbridge_hub::admin::trail;
use slotbridge_hub::rows::AuditEntry as Entry;
use slotbridge_hub::{Error, Hub};

fn shown((entry, note): &(Entry, Option<String>)) -> Value {
    json!({
        "auditId": entry.audit_id,
        "at": entry.at.to_string(),
        "actor": entry.actor,
        "action": entry.action,
        "bookingId": entry.booking_id.map(BookingId::get),
        "detail": serde_json::from_str::<Value>(&entry.detail).unwrap_or_default(),
        "note": note,
        "requestId": entry.call_id,
    })
}

pub(super) async fn list(
    State(hub): State<Hub>,
    admin: Admin,
    Ids([id]): Ids<1>,
    params: Params,
) -> Result<Json<Value>> {
    let (id, page) = (practice_id(id)?, params.page()?);
    let booking: Option<i64> = params.optional("bookingId")?;
    let wrong = || Error::field("bookingId", "is no such id");
    let booking = booking
        .map(|id| BookingId::new(id).ok_or_else(wrong))
        .transpose()?;
    let window = page.window();
    let found = hub
        .read(id, move |tx| {
            trail::list(tx, &admin.operator, id, booking, window)
        })
        .await?;
    let data: Vec<Value> = found.entries.iter().map(shown).collect();
    Ok(Json(
        json!({"data": data, "page": page.paginated(found.total)}),
    ))
}
