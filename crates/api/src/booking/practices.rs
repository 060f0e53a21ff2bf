//! `GET /practices` and `GET /practices/{practiceId}`: where, whom and what one can book.

use crate::ApiState;
use crate::params::{Params, ids_of};
use crate::problem::{Problem, Result};
use axum::Json;
use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use serde_json::{Value, json};
use slotbridge_domain::ids::PracticeId;
use slotbridge_hub::booking::practices;
use slotbridge_hub::rows::{Practice, PracticeSearch as Search};
use slotbridge_hub::{Error, Hub};

/// The practice that the path names, if it can be one.
pub(crate) struct PracticePath(pub(crate) PracticeId);

impl FromRequestParts<ApiState> for PracticePath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self> {
        let [id] = ids_of(parts, state).await?;
        Ok(Self(
            PracticeId::new(id).ok_or(Error::NotFound("practice"))?,
        ))
    }
}

fn summary(practice: &Practice) -> Value {
    json!({
        "practiceId": practice.practice_id.get(),
        "name": practice.name,
        "timezone": practice.timezone,
        "state": practice.state,
        "address": practice.address,
        "suburb": practice.suburb,
        "postcode": practice.postcode,
        "phone": practice.phone,
        "email": practice.email,
        "specialties": practice.specialties,
    })
}

/// Practices by name; test practices never show (AUTH-4).
pub(super) async fn search(State(hub): State<Hub>, params: Params) -> Result<Json<Value>> {
    let page = params.page()?;
    let search = Search {
        name: params.optional("q")?,
        suburb: params.optional("suburb")?,
        postcode: params.optional("postcode")?,
        specialty: params.optional("specialty")?,
    };
    let window = page.window();
    let found = hub
        .read_global(move |tx| practices::search(tx, &search, window))
        .await?;
    let data: Vec<Value> = found.entries.iter().map(summary).collect();
    Ok(Json(
        json!({"data": data, "page": page.paginated(found.total)}),
    ))
}

/// One practice with its practitioners and their appointment types.
pub(super) async fn one(
    State(hub): State<Hub>,
    PracticePath(id): PracticePath,
) -> Result<Json<Value>> {
    let found = hub.read(id, move |tx| practices::get(tx, id)).await?;
    let mut practice = summary(&found.practice);
    let practitioner = |(who, types): &(_, Vec<practices::OfferedType>)| {
        let who: &slotbridge_hub::rows::Practitioner = who;
        let types: Vec<Value> = types
            .iter()
            .map(|kind| {
                json!({
                    "appointmentTypeId": kind.appointment_type_id.get(),
                    "name": kind.name,
                    "lengthMinutes": kind.length_minutes,
                })
            })
            .collect();
        json!({
            "practitionerId": who.practitioner_id.get(),
            "name": who.name,
            "title": who.title,
            "firstname": who.firstname,
            "lastname": who.lastname,
            "appointmentTypes": types,
        })
    };
    if let Value::Object(fields) = &mut practice {
        let practitioners = found.practitioners.iter().map(practitioner).collect();
        fields.insert("practitioners".into(), practitioners);
    }
    Ok(Json(practice))
}
