//! `/consumers`: PMS vendors, their keys and webhook secrets.

use crate::admin::{Admin, Ids, consumer_id};
use crate::params::Params;
use crate::problem::{Creating, Input, Nothing, Result, created, no_content};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};
use slotbridge_domain::patient;
use slotbridge_hub::Hub;
use slotbridge_hub::admin::consumers::{self, Change, NewConsumer, Secrets};
use slotbridge_hub::rows::{Consumer, ConsumerKey};
use slotbridge_wire::profile::WireProfile;
use slotbridge_wire::read::{Faults, FromJson, Node, Object};

const PROFILE: &str = "must be documented or generated";

fn profile(object: &mut Object<'_>) -> Option<String> {
    let name: String = object.optional("wireProfile")?;
    match name.parse::<WireProfile>() {
        Ok(profile) => Some(profile.as_str().to_owned()),
        Err(_) => object.fault("wireProfile", PROFILE),
    }
}

fn email(object: &mut Object<'_>, text: Option<String>) -> Option<String> {
    match patient::email(&text?) {
        Ok(email) => Some(email),
        Err(why) => object.fault("contactEmail", why),
    }
}

pub(super) struct New(NewConsumer);

impl FromJson for New {
    fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        let mut object = node.object(faults)?;
        let name = object.required_name("name");
        let contact_email = object.required("contactEmail");
        let contact_email = email(&mut object, contact_email);
        let test = object.optional("test");
        let wire_profile = profile(&mut object);
        Some(Self(NewConsumer {
            name: name?,
            contact_email: contact_email?,
            test: test.unwrap_or(false),
            wire_profile: wire_profile
                .unwrap_or_else(|| WireProfile::Documented.as_str().to_owned()),
        }))
    }
}

pub(super) struct Changed(Change);

impl FromJson for Changed {
    fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        let mut object = node.object(faults)?;
        let contact_email = object.optional("contactEmail");
        Some(Self(Change {
            name: object.optional_name("name"),
            contact_email: email(&mut object, contact_email),
            wire_profile: profile(&mut object),
            active: object.optional("active"),
        }))
    }
}

fn shown(consumer: &Consumer) -> Value {
    json!({
        "consumerId": consumer.consumer_id.get(),
        "name": consumer.name,
        "contactEmail": consumer.contact_email,
        "test": consumer.test,
        "wireProfile": consumer.wire_profile,
        "active": consumer.deactivated_at.is_none(),
        "createdAt": consumer.created_at.to_string(),
    })
}

fn with(consumer: &Consumer, more: Value) -> Value {
    let mut shown = shown(consumer);
    if let (Value::Object(shown), Value::Object(more)) = (&mut shown, more) {
        shown.extend(more);
    }
    shown
}

fn with_keys(consumer: &Consumer, keys: &[ConsumerKey]) -> Value {
    let key = |key: &ConsumerKey| {
        json!({
            "keyId": key.key_id,
            "createdAt": key.created_at.to_string(),
            "revokedAt": key.revoked_at.map(|at| at.to_string()),
        })
    };
    with(
        consumer,
        json!({"keys": keys.iter().map(key).collect::<Vec<_>>()}),
    )
}

pub(super) async fn list(
    State(hub): State<Hub>,
    admin: Admin,
    params: Params,
) -> Result<Json<Value>> {
    let page = params.page()?;
    let found = consumers::list(&hub, &admin.operator, page.window()).await?;
    let data: Vec<Value> = found.entries.iter().map(shown).collect();
    Ok(Json(
        json!({"data": data, "page": page.paginated(found.total)}),
    ))
}

pub(super) async fn create(
    State(hub): State<Hub>,
    admin: Admin,
    Creating(New(new), key): Creating<New>,
) -> Result<Response> {
    let once = hub.once(key, |(consumer, secrets): &(Consumer, Secrets)| {
        let secrets = json!({"apiKey": secrets.api_key, "webhookSecret": secrets.webhook_secret});
        with(consumer, secrets)
    });
    Ok(created(
        consumers::create(&hub, &admin.operator, new, once).await?,
    ))
}

pub(super) async fn one(
    State(hub): State<Hub>,
    admin: Admin,
    Ids([id]): Ids<1>,
) -> Result<Json<Value>> {
    let (consumer, keys) = consumers::get(&hub, &admin.operator, consumer_id(id)?).await?;
    Ok(Json(with_keys(&consumer, &keys)))
}

pub(super) async fn update(
    State(hub): State<Hub>,
    admin: Admin,
    Ids([id]): Ids<1>,
    Input(Changed(change)): Input<Changed>,
) -> Result<Json<Value>> {
    let id = consumer_id(id)?;
    let (consumer, keys) = consumers::update(&hub, &admin.operator, id, change).await?;
    Ok(Json(with_keys(&consumer, &keys)))
}

pub(super) async fn deactivate(
    State(hub): State<Hub>,
    admin: Admin,
    Ids([id]): Ids<1>,
) -> Result<StatusCode> {
    let change = Change {
        active: Some(false),
        ..Change::default()
    };
    consumers::update(&hub, &admin.operator, consumer_id(id)?, change).await?;
    Ok(no_content())
}

pub(super) async fn add_key(
    State(hub): State<Hub>,
    admin: Admin,
    Ids([id]): Ids<1>,
    Creating(Nothing, key): Creating<Nothing>,
) -> Result<Response> {
    let once = hub.once(
        key,
        |(key_id, api_key): &(i64, String)| json!({"keyId": key_id, "apiKey": api_key}),
    );
    Ok(created(
        consumers::add_key(&hub, &admin.operator, consumer_id(id)?, once).await?,
    ))
}

pub(super) async fn revoke_key(
    State(hub): State<Hub>,
    admin: Admin,
    Ids([id, key_id]): Ids<2>,
) -> Result<StatusCode> {
    consumers::revoke_key(&hub, &admin.operator, consumer_id(id)?, key_id).await?;
    Ok(no_content())
}

pub(super) async fn rotate_webhook_secret(
    State(hub): State<Hub>,
    admin: Admin,
    Ids([id]): Ids<1>,
    Creating(Nothing, key): Creating<Nothing>,
) -> Result<Response> {
    let once = hub.once(key, |secret: &String| json!({"webhookSecret": secret}));
    let id = consumer_id(id)?;
    Ok(created(
        consumers::rotate_webhook_secret(&hub, &admin.operator, id, once).await?,
    ))
}
