//! `/consumers`: PMS vendors, their keys and webhook secrets.

use crate::admin::{Admin, Ids, consumer_id, page_of};
use crate::openapi::values::Email;
use crate::params::{PageParams, Params};
use crate::problem::{
    Creating, Input, Nothing, PROBLEM, ProblemDetails, Result, created, kept, no_content,
};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use slotbridge_domain::patient;
use slotbridge_hub::Hub;
use slotbridge_hub::admin::consumers::{self, Change, NewConsumer, Secrets};
use slotbridge_hub::rows::{Consumer, ConsumerKey};
use slotbridge_wire::page::Page;
use slotbridge_wire::profile::WireProfile;
use slotbridge_wire::read::{Faults, FromJson, Node, Object};
use slotbridge_wire::schema::{Instant, Name};
use utoipa::ToSchema;

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

/// A consumer to be made.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "it describes what `New` reads")]
struct NewConsumerBody {
    /// The vendor's name.
    #[schema(value_type = Name)]
    name: String,
    /// Whom to write to.
    #[schema(value_type = Email)]
    contact_email: String,
    /// Whether it reaches test practices only (AUTH-4); it stays as it is made.
    #[schema(default = false)]
    test: Option<bool>,
    /// How its client was made (WIRE-9); `documented` if not said.
    #[schema(value_type = Option<WireProfile>)]
    wire_profile: Option<String>,
}

/// What changes of a consumer.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "it describes what `Changed` reads")]
struct ConsumerChange {
    /// The vendor's name.
    #[schema(value_type = Option<Name>)]
    name: Option<String>,
    /// Whom to write to.
    #[schema(value_type = Option<Email>)]
    contact_email: Option<String>,
    /// How its client was made (WIRE-9).
    #[schema(value_type = Option<WireProfile>)]
    wire_profile: Option<String>,
    /// Whether it may call at all.
    active: Option<bool>,
}

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

/// A consumer.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ConsumerView {
    /// Its id.
    consumer_id: i64,
    /// The vendor's name.
    name: String,
    /// Whom to write to.
    contact_email: String,
    /// Whether it reaches test practices only.
    test: bool,
    /// How its client was made.
    #[schema(value_type = WireProfile)]
    wire_profile: String,
    /// Whether it may call at all.
    active: bool,
    /// Since when it is there.
    #[schema(value_type = Instant)]
    created_at: String,
}

/// A consumer with its keys.
#[derive(Serialize, ToSchema)]
pub(super) struct ConsumerWithKeys {
    #[serde(flatten)]
    consumer: ConsumerView,
    /// Its keys, without themselves.
    keys: Vec<ConsumerKeyView>,
}

/// A key of a consumer, without itself.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ConsumerKeyView {
    /// Its id.
    key_id: i64,
    /// Since when it is there.
    #[schema(value_type = Instant)]
    created_at: String,
    /// Since when it no longer opens anything.
    #[schema(value_type = Option<Instant>, required)]
    revoked_at: Option<String>,
}

/// A consumer that was made, with its secrets.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct MadeConsumer<'a> {
    #[serde(flatten)]
    consumer: ConsumerView,
    /// The header `api-key`, shown this once.
    api_key: &'a str,
    /// The secret with which callbacks are signed, shown this once.
    webhook_secret: &'a str,
}

/// A key that was made.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct MadeKey<'a> {
    /// Its id.
    key_id: i64,
    /// The header `api-key`, shown this once.
    api_key: &'a str,
}

/// A webhook secret that was made.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct MadeWebhookSecret<'a> {
    /// The secret, shown this once.
    webhook_secret: &'a str,
}

fn shown(consumer: &Consumer) -> ConsumerView {
    ConsumerView {
        consumer_id: consumer.consumer_id.get(),
        name: consumer.name.clone(),
        contact_email: consumer.contact_email.clone(),
        test: consumer.test,
        wire_profile: consumer.wire_profile.clone(),
        active: consumer.deactivated_at.is_none(),
        created_at: consumer.created_at.to_string(),
    }
}

fn with_keys(consumer: &Consumer, keys: &[ConsumerKey]) -> ConsumerWithKeys {
    let key = |key: &ConsumerKey| ConsumerKeyView {
        key_id: key.key_id,
        created_at: key.created_at.to_string(),
        revoked_at: key.revoked_at.map(|at| at.to_string()),
    };
    ConsumerWithKeys {
        consumer: shown(consumer),
        keys: keys.iter().map(key).collect(),
    }
}

/// The PMS vendors
///
/// 100 a page, in the order in which they were made.
#[utoipa::path(
    get,
    path = "/consumers",
    operation_id = "listConsumers",
    tag = "consumers",
    params(PageParams),
    responses(
        (status = 200, description = "A page of consumers.", body = Page<ConsumerView>),
    ),
)]
pub(super) async fn list(State(hub): State<Hub>, admin: Admin, params: Params) -> Result<Response> {
    let page = params.page()?;
    let found = consumers::list(&hub, &admin.operator, page.window()).await?;
    let data = found.entries.iter().map(shown);
    Ok(page_of(data, page.paginated(found.total)))
}

/// Makes a consumer
///
/// With a first key and a webhook secret, each shown once (AUTH-2).
#[utoipa::path(
    post,
    path = "/consumers",
    operation_id = "createConsumer",
    tag = "consumers",
    request_body(
        content = NewConsumerBody,
        example = json!({"name": "Acme PMS", "contactEmail": "dev@acme.example", "test": true}),
    ),
    responses(
        (status = 201, description = "It is there.", body = MadeConsumer<'_>),
    ),
)]
pub(super) async fn create(
    State(hub): State<Hub>,
    admin: Admin,
    Creating(New(new), key): Creating<New>,
) -> Result<Response> {
    let once = hub.once(key, |(consumer, secrets): &(Consumer, Secrets)| {
        kept(MadeConsumer {
            consumer: shown(consumer),
            api_key: &secrets.api_key,
            webhook_secret: &secrets.webhook_secret,
        })
    });
    Ok(created(
        consumers::create(&hub, &admin.operator, new, once).await?,
    ))
}

/// One PMS vendor
///
/// With its keys, without themselves.
#[utoipa::path(
    get,
    path = "/consumers/{consumerId}",
    operation_id = "getConsumer",
    tag = "consumers",
    responses(
        (status = 200, description = "The consumer.", body = ConsumerWithKeys),
    ),
)]
pub(super) async fn one(
    State(hub): State<Hub>,
    admin: Admin,
    Ids([id]): Ids<1>,
) -> Result<Json<ConsumerWithKeys>> {
    let (consumer, keys) = consumers::get(&hub, &admin.operator, consumer_id(id)?).await?;
    Ok(Json(with_keys(&consumer, &keys)))
}

/// Changes a consumer
///
/// What is not sent stays.
#[utoipa::path(
    patch,
    path = "/consumers/{consumerId}",
    operation_id = "updateConsumer",
    tag = "consumers",
    request_body(content = ConsumerChange, example = json!({"wireProfile": "generated"})),
    responses(
        (status = 200, description = "The consumer.", body = ConsumerWithKeys),
    ),
)]
pub(super) async fn update(
    State(hub): State<Hub>,
    admin: Admin,
    Ids([id]): Ids<1>,
    Input(Changed(change)): Input<Changed>,
) -> Result<Json<ConsumerWithKeys>> {
    let id = consumer_id(id)?;
    let (consumer, keys) = consumers::update(&hub, &admin.operator, id, change).await?;
    Ok(Json(with_keys(&consumer, &keys)))
}

/// Deactivates a consumer
///
/// None of its keys opens anything; `PATCH` with `active` brings it back.
#[utoipa::path(
    delete,
    path = "/consumers/{consumerId}",
    operation_id = "deactivateConsumer",
    tag = "consumers",
    responses(
        (status = 204, description = "It is deactivated."),
    ),
)]
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

/// Makes another key
///
/// So that a consumer can change over without an outage; up to 5 live ones (AUTH-2).
#[utoipa::path(
    post,
    path = "/consumers/{consumerId}/keys",
    operation_id = "addConsumerKey",
    tag = "consumers",
    responses(
        (status = 201, description = "It is there.", body = MadeKey<'_>),
        (status = 409, description = "There are as many live keys as there may be.", body = ProblemDetails, content_type = PROBLEM),
    ),
)]
pub(super) async fn add_key(
    State(hub): State<Hub>,
    admin: Admin,
    Ids([id]): Ids<1>,
    Creating(Nothing, key): Creating<Nothing>,
) -> Result<Response> {
    let once = hub.once(key, |(key_id, api_key): &(i64, String)| {
        kept(MadeKey {
            key_id: *key_id,
            api_key,
        })
    });
    Ok(created(
        consumers::add_key(&hub, &admin.operator, consumer_id(id)?, once).await?,
    ))
}

/// Revokes a key
///
/// On every node within 2 seconds (AUTH-2).
#[utoipa::path(
    delete,
    path = "/consumers/{consumerId}/keys/{keyId}",
    operation_id = "revokeConsumerKey",
    tag = "consumers",
    responses(
        (status = 204, description = "It opens nothing any more."),
    ),
)]
pub(super) async fn revoke_key(
    State(hub): State<Hub>,
    admin: Admin,
    Ids([id, key_id]): Ids<2>,
) -> Result<StatusCode> {
    consumers::revoke_key(&hub, &admin.operator, consumer_id(id)?, key_id).await?;
    Ok(no_content())
}

/// Makes another webhook secret
///
/// Shown once (SUB-6).
#[utoipa::path(
    post,
    path = "/consumers/{consumerId}/webhookSecret",
    operation_id = "rotateWebhookSecret",
    tag = "consumers",
    responses(
        (status = 201, description = "It is in force.", body = MadeWebhookSecret<'_>),
    ),
)]
pub(super) async fn rotate_webhook_secret(
    State(hub): State<Hub>,
    admin: Admin,
    Ids([id]): Ids<1>,
    Creating(Nothing, key): Creating<Nothing>,
) -> Result<Response> {
    let once = hub.once(key, |secret: &String| {
        kept(MadeWebhookSecret {
            webhook_secret: secret,
        })
    });
    let id = consumer_id(id)?;
    Ok(created(
        consumers::rotate_webhook_secret(&hub, &admin.operator, id, once).await?,
    ))
}
