//! `/practices/{practiceId}/requests`: what the PMS is asked to do, and asking by hand.

use crate::admin::{Admin, Ids, practice_id};
use crate::params::Params;
use crate::problem::{Creating, Result, created};
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use serde_json::{Value, json};
use slotbridge_domain::ids::BookingId;
use slotbridge_domain::request::RequestType;
use slotbridge_hub::Hub;
use slotbridge_hub::admin::requests::{self, ByHand};
use slotbridge_hub::rows::{Request, Target};
use slotbridge_wire::read::{Faults, FromJson, Node};

pub(super) struct Raise(ByHand);

impl FromJson for Raise {
    fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        let mut object = node.object(faults)?;
        let name: Option<String> = object.required("type");
        let number: Option<i64> = object.optional("bookingId");
        let date = object.optional("date");
        let pms_resource_id = object.optional_id("pmsResourceId");
        let kind: Option<RequestType> = name.and_then(|name| {
            name.parse()
                .ok()
                .or_else(|| object.fault("type", "is no type of request"))
        });
        let booking_id = number.and_then(|number| {
            BookingId::new(number).or_else(|| object.fault("bookingId", "is no such id"))
        });
        Some(Self(ByHand {
            kind: kind?,
            booking_id,
            date,
            pms_resource_id,
        }))
    }
}

fn shown(request: &Request) -> Value {
    let (booking, day, resource) = match &request.target {
        Target::Practice => (None, None, None),
        Target::Booking(booking) => (Some(booking.get()), None, None),
        Target::Day {
            day,
            pms_resource_id,
        } => (None, Some(day), pms_resource_id.as_ref()),
    };
    json!({
        "requestId": request.request_id.get(),
        "type": request.kind.as_str(),
        "bookingId": booking,
        "date": day,
        "pmsResourceId": resource,
        "createdAt": request.created_at.to_string(),
    })
}

pub(super) async fn raise(
    State(hub): State<Hub>,
    admin: Admin,
    Ids([id]): Ids<1>,
    Creating(Raise(by_hand), key): Creating<Raise>,
) -> Result<Response> {
    let (id, context, once) = (practice_id(id)?, admin.context(), hub.once(key, shown));
    let answer = hub
        .write(id, move |tx| {
            once.run(tx, |tx| {
                requests::raise(tx, &admin.operator, &context, id, &by_hand)
            })
        })
        .await?;
    Ok(created(answer))
}

pub(super) async fn list(
    State(hub): State<Hub>,
    admin: Admin,
    Ids([id]): Ids<1>,
    params: Params,
) -> Result<Json<Value>> {
    let (id, page) = (practice_id(id)?, params.page()?);
    let window = page.window();
    let found = hub
        .read(id, move |tx| {
            requests::list(tx, &admin.operator, id, window)
        })
        .await?;
    let data: Vec<Value> = found.entries.iter().map(shown).collect();
    Ok(Json(
        json!({"data": data, "page": page.paginated(found.total)}),
    ))
}
