//! Transactions: all of it is done, or nothing.

use crate::fhir::{Meta, Reference};
use crate::server::{Server, unexpected};
use reqwest::StatusCode;
use serde_json::{Value, json};
use slotbridge_agent::adapter::Trouble;

/// What a transaction came to.
pub(crate) enum Outcome {
    /// All is done; where each of its resources is, in their order.
    Done(Vec<Reference>),
    /// Nothing is done: something is no longer as it was read.
    Changed,
    /// Nothing is done, nor would be another time: the status says why.
    Refused(u16),
}

/// An entry that creates a resource unless there is one that a search finds.
pub(crate) fn post(kind: &'static str, resource: &Value, unless: &str) -> Value {
    json!({
        "resource": resource,
        "request": {"method": "POST", "url": kind, "ifNoneExist": unless},
    })
}

/// An entry that gives a resource another status if it is still as it was read.
pub(crate) fn put(
    kind: &'static str,
    id: &str,
    meta: &Meta,
    mut resource: Value,
    status: &str,
) -> Result<Value, Trouble> {
    let url = format!("{kind}/{id}");
    let version = meta.version_id.as_deref().ok_or_else(|| {
        Trouble::Later(format!(
            "{url} has no meta.versionId: the FHIR server must keep versions"
        ))
    })?;
    let if_match = format!("W/\"{version}\"");
    if let Some(object) = resource.as_object_mut() {
        object.insert("status".to_owned(), json!(status));
    }
    Ok(json!({
        "resource": resource,
        "request": {"method": "PUT", "url": url, "ifMatch": if_match},
    }))
}

impl Server {
    /// Makes a transaction of entries.
    pub(crate) async fn transact(&self, entries: Vec<Value>) -> Result<Outcome, Trouble> {
        let bundle = json!({"resourceType": "Bundle", "type": "transaction", "entry": entries});
        let answer = self.transaction(&bundle).await?;
        match answer.status {
            status if status.is_success() => done(&answer.body).map(Outcome::Done),
            StatusCode::CONFLICT | StatusCode::PRECONDITION_FAILED => Ok(Outcome::Changed),
            StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY => {
                Ok(Outcome::Refused(answer.status.as_u16()))
            }
            status => Err(unexpected(status, "transactions")),
        }
    }
}

/// Where the resources of a transaction are. A server that did only a part has made a batch of it.
fn done(body: &Value) -> Result<Vec<Reference>, Trouble> {
    let entries = body.get("entry").and_then(Value::as_array);
    let answers = entries.into_iter().flatten();
    let answers: Option<Vec<Reference>> = answers
        .map(|entry| {
            let response = entry.get("response")?;
            let status = response.get("status").and_then(Value::as_str)?;
            let location = response.get("location").and_then(Value::as_str);
            status.starts_with('2').then(|| Reference {
                reference: location.map(str::to_owned),
                display: None,
            })
        })
        .collect();
    answers.ok_or_else(|| {
        let why = "the FHIR server did only a part of a transaction: it cannot be used";
        Trouble::Later(why.to_owned())
    })
}
