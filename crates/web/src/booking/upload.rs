//! `/bookings/{bookingId}/attachments`: a document that the patient gives the practice (ATT-1).

use super::Manager;
use crate::failure::Failure;
use crate::form::Token;
use crate::upload::Upload;
use crate::{Web, context, page};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::Value;
use slotbridge_domain::document::{AttachmentKind, FileKind, MOST_FILE_BYTES};
use slotbridge_hub::attachments::AttachmentView;
use slotbridge_hub::auth::{Patient, hash};
use slotbridge_hub::booking::attachments::{self, NewAttachment};
use slotbridge_hub::booking::get;
use slotbridge_hub::{Error, IdempotencyKey};

#[derive(Template)]
#[template(path = "upload.html")]
struct UploadPage<'a> {
    id: i64,
    practice: &'a str,
    kinds: Vec<Kind>,
    error: &'a str,
    token: &'a str,
}

/// What the document may be.
struct Kind {
    name: &'static str,
    title: &'static str,
    chosen: bool,
}

fn kinds(chosen: AttachmentKind) -> Vec<Kind> {
    let kind = |kind: AttachmentKind| Kind {
        name: kind.as_str(),
        title: match kind {
            AttachmentKind::Referral => "A referral",
            AttachmentKind::MedicalReport => "A report or result",
            _ => "Something else",
        },
        chosen: kind == chosen,
    };
    AttachmentKind::FILES.into_iter().map(kind).collect()
}

async fn shown(
    web: &Web,
    patient: Patient,
    token: &Token,
    chosen: AttachmentKind,
    error: &str,
) -> Result<Response, Failure> {
    let id = patient.booking_id();
    let (booking, taken) = web
        .hub
        .read(id.practice(), move |tx| {
            let taken = attachments::are_taken(tx, patient)?;
            Ok::<_, Error>((get::get(tx, patient)?, taken))
        })
        .await?;
    if !taken {
        return Ok(page::see_other(&format!("/bookings/{id}")));
    }
    let status = if error.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::BAD_REQUEST
    };
    let shown = UploadPage {
        id: id.get(),
        practice: &booking.practice.name,
        kinds: kinds(chosen),
        error,
        token: token.value(),
    };
    page::with_status(status, &shown)
}

/// Asks for the document.
pub(crate) async fn show(
    State(web): State<Web>,
    Manager(patient): Manager,
    token: Token,
) -> Result<Response, Failure> {
    let page = shown(&web, patient, &token, AttachmentKind::Referral, "").await?;
    Ok(token.keep(&web, page))
}

/// Takes it; sent twice, it is one.
pub(crate) async fn send(
    State(web): State<Web>,
    Manager(patient): Manager,
    upload: Upload,
) -> Result<Response, Failure> {
    let kind = AttachmentKind::from_name(&upload.kind)
        .filter(|kind| AttachmentKind::FILES.contains(kind))
        .unwrap_or(AttachmentKind::Other);
    let file = FileKind::of(&upload.content);
    let error = match file {
        _ if upload.content.is_empty() => "Choose a file.",
        _ if upload.content.len() > MOST_FILE_BYTES => "Choose a file of at most 10 MB.",
        None => "Choose a PDF, or a photo as PNG or JPEG.",
        Some(_) => "",
    };
    let Some(file) = file.filter(|_| error.is_empty()) else {
        return shown(&web, patient, &upload.token, kind, error).await;
    };
    let id = patient.booking_id();
    let same: String = hash(&upload.content)
        .map(|byte| format!("{byte:02x}"))
        .concat();
    let key = format!("{} {same}", upload.token.value());
    let key = IdempotencyKey::new(&format!("attach to {id}"), &key, "");
    let once = web.hub.once(Some(key), |_: &AttachmentView| Value::Null);
    let Upload { name, content, .. } = upload;
    let new = NewAttachment::File {
        kind,
        file,
        name,
        content,
    };
    attachments::attach(&web.hub, context(), patient, new, once).await?;
    Ok(page::see_other(&format!("/bookings/{id}#forms")))
}
