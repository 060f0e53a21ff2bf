//! `/practices`: made, listed, changed, deactivated.

use crate::admin::{Admin, Ids, practice_id};
use crate::params::Params;
use crate::problem::{Creating, Input, Result, created, no_content};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};
use slotbridge_domain::patient;
use slotbridge_hub::Hub;
use slotbridge_hub::admin::practices::{self, Details};
use slotbridge_hub::rows::Practice;
use slotbridge_wire::profile::Field;
use slotbridge_wire::read::{self, Faults, FromJson, Node, Object};

/// The most minutes of notice: four weeks.
const MOST_NOTICE: i64 = 28 * 24 * 60;
const MOST_NAMES: usize = 50;

/// A text that can be unset by `null` or `""`.
fn text(object: &mut Object<'_>, key: &str) -> Option<Option<String>> {
    match object.field::<String>(key) {
        Field::Absent => None,
        Field::Null => Some(None),
        Field::Value(text) if text.trim().is_empty() => Some(None),
        Field::Value(text) if text.chars().count() > read::MAX_NAME => object.fault(
            key,
            format!("must have at most {} characters", read::MAX_NAME),
        ),
        Field::Value(text) => Some(Some(text.trim().to_owned())),
    }
}

fn checked(
    object: &mut Object<'_>,
    key: &str,
    check: impl FnOnce(&str) -> std::result::Result<String, &'static str>,
) -> Option<Option<String>> {
    match text(object, key)? {
        None => Some(None),
        Some(text) => match check(&text) {
            Ok(text) => Some(Some(text)),
            Err(why) => object.fault(key, why),
        },
    }
}

/// The details as sent; a new practice must have a name and a zone.
fn details(object: &mut Object<'_>, new: bool) -> Details {
    let names = || read::array_of(MOST_NAMES, read::name);
    let mut name = |key| match new {
        true => object.required_name(key),
        false => object.optional_name(key),
    };
    let (name, timezone) = (name("name"), name("timezone"));
    let timezone = timezone.and_then(|name| match practices::zone_name(&name) {
        Ok(name) => Some(name),
        Err(why) => object.fault("timezone", why),
    });
    Details {
        name,
        timezone,
        state: checked(object, "state", |text| {
            patient::state(text).map(str::to_owned)
        }),
        address: text(object, "address"),
        suburb: text(object, "suburb"),
        postcode: checked(object, "postcode", patient::postcode),
        phone: checked(object, "phone", patient::phone),
        email: checked(object, "email", patient::email),
        specialties: object.optional_with("specialties", names()),
        products: object.optional_with("products", names()),
        auto_publish: object.optional("autoPublish"),
        hide_when_unhealthy: object.optional("hideWhenUnhealthy"),
        minimum_notice_minutes: object
            .optional_with("minimumNoticeMinutes", read::integer(0..=MOST_NOTICE)),
        default_length_minutes: object
            .optional_with("defaultLengthMinutes", read::integer(1..=1440)),
        active: object.optional("active"),
    }
}

pub(super) struct New {
    details: Details,
    test: bool,
}

impl FromJson for New {
    fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        let mut object = node.object(faults)?;
        let test = object.optional("test");
        let details = details(&mut object, true);
        Some(Self {
            details,
            test: test.unwrap_or(false),
        })
    }
}

pub(super) struct Changed(Details);

impl FromJson for Changed {
    fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        Some(Self(details(&mut node.object(faults)?, false)))
    }
}

fn shown(practice: &Practice) -> Value {
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
        "products": practice.products,
        "test": practice.test,
        "autoPublish": practice.auto_publish,
        "hideWhenUnhealthy": practice.hide_when_unhealthy,
        "minimumNoticeMinutes": practice.minimum_notice_minutes,
        "defaultLengthMinutes": practice.default_length_minutes,
        "active": practice.deactivated_at.is_none(),
        "createdAt": practice.created_at.to_string(),
    })
}

pub(super) async fn list(
    State(hub): State<Hub>,
    admin: Admin,
    params: Params,
) -> Result<Json<Value>> {
    let page = params.page()?;
    let found = practices::list(&hub, &admin.operator, page.window()).await?;
    let data: Vec<Value> = found.entries.iter().map(shown).collect();
    Ok(Json(
        json!({"data": data, "page": page.paginated(found.total)}),
    ))
}

pub(super) async fn create(
    State(hub): State<Hub>,
    admin: Admin,
    Creating(New { details, test }, key): Creating<New>,
) -> Result<Response> {
    let (context, once) = (admin.context(), hub.once(key, shown));
    let answer = practices::create(&hub, &admin.operator, context, details, test, once).await?;
    Ok(created(answer))
}

pub(super) async fn one(
    State(hub): State<Hub>,
    admin: Admin,
    Ids([id]): Ids<1>,
) -> Result<Json<Value>> {
    let id = practice_id(id)?;
    let practice = hub
        .read(id, move |tx| practices::get(tx, &admin.operator, id))
        .await?;
    Ok(Json(shown(&practice)))
}

async fn change(hub: &Hub, admin: Admin, id: i64, details: Details) -> Result<Practice> {
    let (id, context) = (practice_id(id)?, admin.context());
    let practice = hub.write(id, move |tx| {
        practices::update(tx, &admin.operator, &context, id, details.clone())
    });
    Ok(practice.await?)
}

pub(super) async fn update(
    State(hub): State<Hub>,
    admin: Admin,
    Ids([id]): Ids<1>,
    Input(Changed(details)): Input<Changed>,
) -> Result<Json<Value>> {
    Ok(Json(shown(&change(&hub, admin, id, details).await?)))
}

pub(super) async fn deactivate(
    State(hub): State<Hub>,
    admin: Admin,
    Ids([id]): Ids<1>,
) -> Result<StatusCode> {
    let details = Details {
        active: Some(false),
        ..Details::default()
    };
    change(&hub, admin, id, details).await?;
    Ok(no_content())
}
