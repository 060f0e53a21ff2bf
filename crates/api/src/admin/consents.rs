//! `/practices/{practiceId}/consents`: which integration acts for a practice (AUTH-0).

use crate::admin::{Admin, Ids, List, consumer_id, list_of, practice_id};
use crate::openapi::values::ConsumerNumber;
use crate::problem::{Creating, PROBLEM, ProblemDetails, Result, created, kept, no_content};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use slotbridge_domain::ids::{ConsumerId, PracticeId};
use slotbridge_hub::Hub;
use slotbridge_hub::admin::consents;
use slotbridge_wire::read::{Faults, FromJson, Node};
use slotbridge_wire::schema::Instant;
use utoipa::ToSchema;

/// A consent to be granted.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(super) struct Grant {
    /// To whom.
    #[schema(value_type = ConsumerNumber)]
    consumer_id: ConsumerId,
    /// Whether it ends another consumer's live consent.
    #[schema(required = false, default = false, nullable)]
    replace: bool,
}

impl FromJson for Grant {
    fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        let mut object = node.object(faults)?;
        let number: Option<i64> = object.required("consumerId");
        let replace = object.optional("replace");
        let consumer_id = ConsumerId::new(number?)
            .or_else(|| object.fault("consumerId", "is no active consumer"));
        Some(Self {
            consumer_id: consumer_id?,
            replace: replace.unwrap_or(false),
        })
    }
}

/// A consent that was granted.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct GrantedConsent<'a> {
    /// The practice: the header `practice-id`.
    practice_id: i64,
    /// The header `practice-key`, shown this once.
    practice_key: &'a str,
}

/// A consent, live or not.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ConsentView {
    /// Whose it is.
    consumer_id: i64,
    /// Since when.
    #[schema(value_type = Instant)]
    granted_at: String,
    /// Until when it held.
    #[schema(value_type = Option<Instant>, required)]
    revoked_at: Option<String>,
    /// When the integration last called for the practice.
    #[schema(value_type = Option<Instant>, required)]
    last_contact_at: Option<String>,
    /// What it called itself then (AUTH-5).
    #[schema(required)]
    user_agent: Option<String>,
}

/// Grants a consumer a practice's consent
///
/// The key is shown once. Again to the same consumer: a new key, and the old one ends. To another one
/// while a consent is live: 409 unless `replace` says so. A test consumer gets test practices only
/// (AUTH-0, AUTH-4).
#[utoipa::path(
    post,
    path = "/practices/{practiceId}/consents",
    operation_id = "grantConsent",
    tag = "consents",
    request_body(content = Grant, example = json!({"consumerId": 1})),
    responses(
        (status = 201, description = "It is granted.", body = GrantedConsent<'_>),
        (status = 409, description = "Another consent is live, or the two do not go together.", body = ProblemDetails, content_type = PROBLEM),
    ),
)]
pub(super) async fn grant(
    State(hub): State<Hub>,
    admin: Admin,
    Ids([id]): Ids<1>,
    Creating(
        Grant {
            consumer_id,
            replace,
        },
        key,
    ): Creating<Grant>,
) -> Result<Response> {
    let (id, context) = (practice_id(id)?, admin.context());
    let once = hub.once(key, |(practice, key): &(PracticeId, String)| {
        kept(GrantedConsent {
            practice_id: practice.get(),
            practice_key: key,
        })
    });
    let operator = &admin.operator;
    let answer = consents::grant(&hub, operator, context, id, consumer_id, replace, once).await?;
    Ok(created(answer))
}

/// A practice's consents
///
/// Ended ones too, with the last contact of each integration (AUTH-5).
#[utoipa::path(
    get,
    path = "/practices/{practiceId}/consents",
    operation_id = "listConsents",
    tag = "consents",
    responses(
        (status = 200, description = "The consents.", body = List<ConsentView>),
    ),
)]
pub(super) async fn list(
    State(hub): State<Hub>,
    admin: Admin,
    Ids([id]): Ids<1>,
) -> Result<Response> {
    let (consents, contacts) = consents::list(&hub, &admin.operator, practice_id(id)?).await?;
    let shown = |consent: &slotbridge_hub::rows::Consent| {
        let contact = contacts
            .iter()
            .find(|c| c.consumer_id == consent.consumer_id);
        ConsentView {
            consumer_id: consent.consumer_id.get(),
            granted_at: consent.granted_at.to_string(),
            revoked_at: consent.revoked_at.map(|at| at.to_string()),
            last_contact_at: contact.map(|contact| contact.last_contact_at.to_string()),
            user_agent: contact.and_then(|contact| contact.user_agent.clone()),
        }
    };
    Ok(list_of(consents.iter().map(shown)))
}

/// Ends a consent
///
/// On every node within 2 seconds (AUTH-2).
#[utoipa::path(
    delete,
    path = "/practices/{practiceId}/consents/{consumerId}",
    operation_id = "revokeConsent",
    tag = "consents",
    responses(
        (status = 204, description = "It has ended."),
    ),
)]
pub(super) async fn revoke(
    State(hub): State<Hub>,
    admin: Admin,
    Ids([id, consumer]): Ids<2>,
) -> Result<StatusCode> {
    let (id, consumer, context) = (practice_id(id)?, consumer_id(consumer)?, admin.context());
    hub.write(id, move |tx| {
        consents::revoke(tx, &admin.operator, &context, consumer)
    })
    .await?;
    Ok(no_content())
}
