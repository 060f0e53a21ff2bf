//! `/practices/{practiceId}/messages`: what people were told, or would have been.

use crate::admin::{Admin, Ids, page_of, practice_id};
use crate::params::{PageParams, Params};
use crate::problem::Result;
use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use slotbridge_domain::ids::BookingId;
use slotbridge_domain::message;
use slotbridge_hub::Hub;
use slotbridge_hub::admin::messages::{self, MessageView};
use slotbridge_wire::page::Page;
use slotbridge_wire::schema::{self, Instant};
use slotbridge_wire::schemas;
use utoipa::ToSchema;

schemas! {
    /// Where a message stands.
    MessageState = schema::one_of(
        message::State::ALL.map(message::State::as_str),
        "Where a message stands. `kept`: this hub does not send by its way, or the practice is a \
         test one.",
    );
    /// By which way a message goes.
    ChannelName = schema::one_of(["mail", "sms"], "By which way a message goes.");
}

/// A message to somebody.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct MessageShown {
    /// What kind of message it is.
    kind: String,
    /// What it is about within its kind.
    about: String,
    /// The booking, if it is about one.
    #[schema(required)]
    booking_id: Option<i64>,
    /// By which way it goes.
    #[schema(value_type = ChannelName)]
    channel: String,
    /// Where it stands.
    #[schema(value_type = MessageState)]
    state: &'static str,
    /// How often it was tried.
    attempts: i64,
    /// When it was written.
    #[schema(value_type = Instant)]
    created_at: String,
    /// When it was sent, kept or given up.
    #[schema(value_type = Option<Instant>, required)]
    settled_at: Option<String>,
    /// Why the last attempt failed.
    #[schema(required)]
    why: Option<String>,
    /// The address or phone number; none once the patient is erased.
    #[schema(required)]
    to: Option<String>,
    /// The subject, of a mail.
    #[schema(required)]
    subject: Option<String>,
    /// The text.
    #[schema(required)]
    text: Option<String>,
}

fn shown(view: MessageView) -> MessageShown {
    let stored = view.stored;
    let (to, subject, text) = match view.message {
        Some(message) => (Some(message.to), Some(message.subject), Some(message.text)),
        None => (None, None, None),
    };
    MessageShown {
        kind: stored.key.kind,
        about: stored.key.subject,
        booking_id: stored.booking_id.map(BookingId::get),
        channel: stored.channel,
        state: stored.state.as_str(),
        attempts: stored.attempts,
        created_at: stored.created_at.to_string(),
        settled_at: stored.settled_at.map(|at| at.to_string()),
        why: stored.why,
        to,
        subject: subject.filter(|subject| !subject.is_empty()),
        text,
    }
}

/// What people were told
///
/// Notices and reminders, newest first, 100 a page. A hub that has no way to send them keeps them here.
#[utoipa::path(
    get,
    path = "/practices/{practiceId}/messages",
    operation_id = "listMessages",
    tag = "messages",
    params(PageParams),
    responses(
        (status = 200, description = "A page of messages.", body = Page<MessageShown>),
    ),
)]
pub(super) async fn list(
    State(hub): State<Hub>,
    admin: Admin,
    Ids([id]): Ids<1>,
    params: Params,
) -> Result<Response> {
    let (id, page) = (practice_id(id)?, params.page()?);
    let window = page.window();
    let found = hub
        .read(id, move |tx| {
            messages::list(tx, &admin.operator, id, window)
        })
        .await?;
    let data = found.entries.into_iter().map(shown);
    Ok(page_of(data, page.paginated(found.total)))
}
