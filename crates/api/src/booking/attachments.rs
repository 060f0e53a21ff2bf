//! `/bookings/{bookingId}/attachments`: documents that the patient gives (ATT-1).

use crate::ApiState;
use crate::body::{self, Reserved, attachment_limit};
use crate::booking::{Manager, context};
use crate::call_id::CallId;
use crate::openapi::values::{
    AttachmentFileKind, AttachmentKindName, AttachmentStateName, FormName,
};
use crate::problem::{PROBLEM, Problem, ProblemDetails, Result, created, idempotency_key, kept};
use axum::Json;
use axum::extract::{FromRequest, Request, State};
use axum::response::Response;
use serde::Serialize;
use serde_json::Value;
use slotbridge_domain::document::{Answer, AttachmentKind, FileKind, Form, MOST_FILE_BYTES};
use slotbridge_hub::attachments::AttachmentView;
use slotbridge_hub::auth::hash;
use slotbridge_hub::booking::attachments::{self, NewAttachment};
use slotbridge_hub::{Hub, IdempotencyKey};
use slotbridge_wire::documents::{Base64, content_of};
use slotbridge_wire::read::{
    Fault, Faults, FromJson, Node, NotBase64, array_of, read_with, take_base64,
};
use slotbridge_wire::schema::{Instant, Name, Text};
use utoipa::ToSchema;

/// The key of a file's content.
const CONTENT: &str = "content";
/// The most answers of a form.
const MOST_ANSWERS: usize = 100;

/// A document that the patient gives: a file (`kind`, `content`), or a form (`form`, `answers`).
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "it describes what `read` reads")]
struct AttachmentBody {
    /// What the file is.
    #[schema(value_type = Option<AttachmentFileKind>)]
    kind: Option<String>,
    /// The file's name.
    #[schema(value_type = Option<Name>)]
    file_name: Option<String>,
    /// The file: PDF, PNG or JPEG, of at most 10 MiB.
    #[schema(value_type = Option<Base64>)]
    content: Option<String>,
    /// The form that was filled in.
    #[schema(value_type = Option<FormName>)]
    form: Option<String>,
    /// What was answered.
    #[schema(max_items = 100)]
    answers: Option<Vec<AnswerBody>>,
}

/// An answer.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes what `answer` reads")]
struct AnswerBody {
    /// The field's name.
    #[schema(value_type = Name)]
    field: String,
    /// The answer.
    #[schema(value_type = Text)]
    answer: String,
}

fn answer(node: &Node<'_>, faults: &mut Faults) -> Option<Answer> {
    let mut object = node.object(faults)?;
    let field = object.required_name("field");
    let answer = object.required("answer");
    Some(Answer {
        field: field?,
        answer: answer?,
    })
}

/// A text that is a name of something.
fn named<T>(
    from: impl Fn(&str) -> Option<T>,
    what: &str,
) -> impl Fn(&Node<'_>, &mut Faults) -> Option<T> {
    move |node, faults| {
        let text = String::from_json(node, faults)?;
        from(&text).or_else(|| node.must_be(what, faults))
    }
}

/// Reads the body, of which the content has been taken out.
fn read(
    node: &Node<'_>,
    faults: &mut Faults,
    taken: Option<std::result::Result<Vec<u8>, NotBase64>>,
) -> Option<NewAttachment> {
    let file_kind = |name: &str| {
        AttachmentKind::from_name(name).filter(|kind| AttachmentKind::FILES.contains(kind))
    };
    let mut object = node.object(faults)?;
    let kind = object.optional_with("kind", named(file_kind, "referral, medicalReport or other"));
    let name = object.optional_name("fileName");
    let form = object.optional_with("form", named(Form::from_name, "the name of a form"));
    let answers = object.optional_with("answers", array_of(MOST_ANSWERS, answer));
    let content = content_of(&mut object, CONTENT, taken, form.is_none());
    if let Some(form) = form {
        if content.is_some() {
            return object.fault("form", "comes without a file: send the one or the other");
        }
        return Some(NewAttachment::Form {
            form,
            answers: answers.unwrap_or_default(),
        });
    }
    let content = content?;
    if content.len() > MOST_FILE_BYTES {
        let most = format!("must have at most {MOST_FILE_BYTES} bytes");
        return object.fault(CONTENT, most);
    }
    let Some(file) = FileKind::of(&content) else {
        return object.fault(CONTENT, "is no PDF, PNG or JPEG file");
    };
    Some(NewAttachment::File {
        kind: kind.unwrap_or(AttachmentKind::Other),
        file,
        name: name.unwrap_or_default(),
        content,
    })
}

/// A document as it was sent, with its `Idempotency-Key` and its room in memory.
pub(super) struct Sent {
    new: NewAttachment,
    key: Option<IdempotencyKey>,
    _room: Option<Reserved>,
}

/// A body taken apart: what it says, and what is equal for equal bodies, if that is wanted.
fn take_apart(
    mut bytes: Vec<u8>,
    has_key: bool,
) -> std::result::Result<(NewAttachment, String), Vec<Fault>> {
    let taken = take_base64(&mut bytes, CONTENT);
    let same = match (&taken, has_key) {
        (_, false) => String::new(),
        (content, true) => {
            let mut rest: Value = serde_json::from_slice(&bytes).unwrap_or_default();
            if let (Some(Ok(content)), Some(rest)) = (content, rest.as_object_mut()) {
                let hash = hash(content).map(|byte| format!("{byte:02x}")).concat();
                rest.insert(CONTENT.to_owned(), hash.into());
            }
            rest.to_string()
        }
    };
    let new = read_with(&bytes, |node, faults| read(node, faults, taken))?;
    Ok((new, same))
}

impl FromRequest<ApiState> for Sent {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &ApiState) -> Result<Self> {
        let (parts, body) = request.into_parts();
        let limit = attachment_limit(&state.limits);
        let body = body::read_within(&state.rooms.attachments, limit, &parts, body).await?;
        body::check_type(&parts.headers, &body)?;
        let has_key = parts.headers.contains_key("idempotency-key");
        let (read, room) = body
            .take_apart(move |bytes| take_apart(bytes, has_key))
            .await;
        let (new, same) = read?;
        Ok(Self {
            new,
            key: idempotency_key(&parts, &same)?,
            _room: room,
        })
    }
}

/// A document that the patient gave.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct PatientAttachment {
    /// Its id.
    document_id: i64,
    /// What it is.
    #[schema(value_type = AttachmentKindName)]
    kind: &'static str,
    /// Where it stands.
    #[schema(value_type = AttachmentStateName)]
    status: &'static str,
    /// The file's name, as the practice sees it.
    file_name: String,
    /// Its media type.
    format: String,
    /// Its size in bytes.
    size: i64,
    /// When it was given.
    #[schema(value_type = Instant)]
    created_at: String,
}

fn shown(view: &AttachmentView) -> PatientAttachment {
    PatientAttachment {
        document_id: view.attachment.document_id.get(),
        kind: view.attachment.kind.as_str(),
        status: view.attachment.state.as_str(),
        file_name: view.details.file_name.clone(),
        format: view.details.format.clone(),
        size: view.details.size,
        created_at: view.attachment.created_at.to_string(),
    }
}

/// The documents that a patient gave.
#[derive(Serialize, ToSchema)]
pub(super) struct PatientAttachments {
    /// All of them, oldest first.
    attachments: Vec<PatientAttachment>,
}

/// What the patient gave for a booking
///
/// For whoever has its token; without the content (ATT-1).
#[utoipa::path(
    get,
    path = "/bookings/{bookingId}/attachments",
    operation_id = "listAttachments",
    tag = "attachments",
    security(("manageToken" = [])),
    responses((status = 200, description = "The documents.", body = PatientAttachments)),
)]
pub(super) async fn list(
    State(hub): State<Hub>,
    Manager(patient): Manager,
) -> Result<Json<PatientAttachments>> {
    let practice = patient.booking_id().practice();
    let found = hub
        .read(practice, move |tx| attachments::list(tx, patient))
        .await?;
    let attachments = found.iter().map(shown).collect();
    Ok(Json(PatientAttachments { attachments }))
}

/// Gives the practice a document
///
/// A file (PDF, PNG or JPEG, at most 10 MiB, as base64), or a form of `GET /bookings/{bookingId}/forms`
/// with its answers, which becomes a PDF. The practice's system is asked to attach it once it has said
/// who the patient is (ATT-1).
#[utoipa::path(
    post,
    path = "/bookings/{bookingId}/attachments",
    operation_id = "createAttachment",
    tag = "attachments",
    security(("manageToken" = [])),
    request_body(
        content = AttachmentBody,
        example = json!({
            "kind": "referral", "fileName": "Referral.pdf", "content": "JVBERi0xLjcK",
        }),
    ),
    responses(
        (status = 201, description = "It is taken.", body = PatientAttachment),
        (status = 409, description = "The practice takes no such document, or no more.", body = ProblemDetails, content_type = PROBLEM),
    ),
)]
pub(super) async fn create(
    State(hub): State<Hub>,
    call_id: CallId,
    Manager(patient): Manager,
    sent: Sent,
) -> Result<Response> {
    let once = hub.once(sent.key, |view| kept(shown(view)));
    let context = context(&call_id);
    let answer = attachments::attach(&hub, context, patient, sent.new, once).await?;
    Ok(created(answer))
}
