//! Setting up a practice, a vendor and the practice's consent: what an operator does, through the
//! admin API.

use crate::admin::describe;
use crate::failure::Failure;
use crate::http::{Answer, Api, Call};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// The demo's practice.
pub(super) const PRACTICE: &str = "Harbour Street Medical";
/// The file in the data folder by which a later demo finds what an earlier one set up.
const FILE: &str = "demo.json";

/// What the practice's PMS needs to get in, and who it is.
#[derive(Clone)]
pub(super) struct Account {
    pub(super) practice_id: i64,
    pub(super) consumer_id: i64,
    pub(super) api_key: String,
    pub(super) practice_key: String,
}

/// What a later demo needs to know.
#[derive(Deserialize, Serialize)]
struct Kept {
    practice_id: i64,
    consumer_id: i64,
    api_key: String,
}

/// The answer, if it has this status.
pub(super) fn expect(answer: Answer, status: u16) -> Result<Answer, Failure> {
    if answer.status.as_u16() == status {
        Ok(answer)
    } else {
        Err(Failure::new(describe(&answer)))
    }
}

fn field<'b, T>(
    answer: &'b Answer,
    name: &str,
    of: impl Fn(&'b Value) -> Option<T>,
) -> Result<T, Failure> {
    answer
        .body
        .get(name)
        .and_then(of)
        .ok_or_else(|| Failure::new(format!("the hub's answer has no {name}")))
}

/// An id in an answer.
pub(super) fn id(answer: &Answer, name: &str) -> Result<i64, Failure> {
    field(answer, name, Value::as_i64)
}

/// A text in an answer.
pub(super) fn text(answer: &Answer, name: &str) -> Result<String, Failure> {
    field(answer, name, Value::as_str).map(str::to_owned)
}

async fn create(admin: &Api, path: &str, body: Value) -> Result<Answer, Failure> {
    expect(admin.call(Call::post(path, body)).await?, 201)
}

/// Makes a practice and a vendor.
async fn make(admin: &Api) -> Result<Kept, Failure> {
    let practice = json!({
        "name": PRACTICE,
        "timezone": super::wall::ZONE,
        "state": "NSW",
        "address": "12 Harbour Street",
        "suburb": "Sydney",
        "postcode": "2000",
        "phone": "02 9876 5432",
        "email": "desk@harbourstreet.example",
        "specialties": ["general practice"],
        "autoPublish": true,
    });
    let practice = create(admin, "practices", practice).await?;
    let consumer = json!({"name": "Demo PMS", "contactEmail": "demo-pms@slotbridge.example"});
    let consumer = create(admin, "consumers", consumer).await?;
    Ok(Kept {
        practice_id: id(&practice, "practiceId")?,
        consumer_id: id(&consumer, "consumerId")?,
        api_key: text(&consumer, "apiKey")?,
    })
}

/// Grants the practice's consent.
async fn grant(admin: &Api, kept: Kept) -> Result<Account, Failure> {
    let body = json!({"consumerId": kept.consumer_id});
    let path = format!("practices/{}/consents", kept.practice_id);
    let consent = create(admin, &path, body).await?;
    Ok(Account {
        practice_id: kept.practice_id,
        consumer_id: kept.consumer_id,
        api_key: kept.api_key,
        practice_key: text(&consent, "practiceKey")?,
    })
}

/// Sets everything up anew.
pub(super) async fn anew(admin: &Api) -> Result<Account, Failure> {
    let kept = make(admin).await?;
    grant(admin, kept).await
}

/// Takes up what an earlier demo set up in this folder, or sets it up. A new consent replaces the
/// one before, as when a PMS is linked again.
pub(super) async fn kept_in(folder: &Path, admin: &Api) -> Result<Account, Failure> {
    let path = folder.join(FILE);
    let fails = |error: std::io::Error| Failure::new(format!("{}: {error}", path.display()));
    let earlier = std::fs::read_to_string(&path).unwrap_or_default();
    if let Ok(kept) = serde_json::from_str::<Kept>(&earlier) {
        let practice = Call::get(format!("practices/{}", kept.practice_id));
        if admin.call(practice).await?.status.is_success() {
            return grant(admin, kept).await;
        }
    }
    let kept = make(admin).await?;
    let mut file = OpenOptions::new()
        .create(true)
        .truncate(true)
        .write(true)
        .mode(0o600)
        .open(&path)
        .map_err(fails)?;
    let text = serde_json::to_string(&kept)
        .map_err(|error| Failure::new(format!("{}: {error}", path.display())))?;
    file.write_all(text.as_bytes()).map_err(fails)?;
    grant(admin, kept).await
}
