//! `/practices/{practiceId}/consents`: which integration acts for a practice (AUTH-0).

use crate::admin::{Admin, Ids, consumer_id, practice_id};
use crate::problem::{Creating, Result, created, no_content};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};
use slotbridge_domain::ids::{ConsumerId, PracticeId};
use slotbridge_hub::Hub;
use slotbridge_hub::admin::consents;
use slotbridge_wire::read::{Faults, FromJson, Node};

pub(super) struct Grant {
    consumer_id: ConsumerId,
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
        json!({"practiceId": practice.get(), "practiceKey": key})
    });
    let operator = &admin.operator;
    let answer = consents::grant(&hub, operator, context, id, consumer_id, replace, once).await?;
    Ok(created(answer))
}

pub(super) async fn list(
    State(hub): State<Hub>,
    admin: Admin,
    Ids([id]): Ids<1>,
) -> Result<Json<Value>> {
    let (consents, contacts) = consents::list(&hub, &admin.operator, practice_id(id)?).await?;
    let shown = |consent: &slotbridge_hub::rows::Consent| {
        let contact = contacts
            .iter()
            .find(|c| c.consumer_id == consent.consumer_id);
        json!({
            "consumerId": consent.consumer_id.get(),
            "grantedAt": consent.granted_at.to_string(),
            "revokedAt": consent.revoked_at.map(|at| at.to_string()),
            "lastContactAt": contact.map(|contact| contact.last_contact_at.to_string()),
            "userAgent": contact.and_then(|contact| contact.user_agent.clone()),
        })
    };
    let data: Vec<Value> = consents.iter().map(shown).collect();
    Ok(Json(json!({"data": data})))
}

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
