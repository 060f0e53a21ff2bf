//! `/portal/{practiceId}/documents`: the documents of the practice's bookings, from the PMS and from
//! patients, with where each stands. Their content is for the patient and the PMS alone.

use super::agenda::{Standing, patient};
use super::{Frame, Member};
use crate::Web;
use crate::failure::Failure;
use crate::page::personal;
use crate::query::Query;
use crate::when::When;
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use jiff::tz::TimeZone;
use slotbridge_domain::document::{AttachmentState, DocumentState};
use slotbridge_domain::ids::{BookingId, DocumentId};
use slotbridge_hub::admin::bookings::BookingView;
use slotbridge_hub::admin::documents::{self, Any};
use slotbridge_hub::{Error, zone};

/// How many documents a page has.
const MOST: usize = 50;

#[derive(Template)]
#[template(path = "portal/documents.html")]
struct DocumentsPage {
    frame: Frame,
    documents: Vec<Paper>,
    /// Whether it is not the first page.
    later: bool,
    /// Before which document the next page begins.
    more: Option<DocumentId>,
}

/// A document in a line.
struct Paper {
    name: String,
    /// Whose it is.
    from: &'static str,
    booking: i64,
    patient: String,
    when: Option<When>,
    state: Standing,
}

const fn of_pms(state: DocumentState) -> (&'static str, &'static str) {
    match state {
        DocumentState::Available => ("The patient has not asked for it", "off"),
        DocumentState::Requested => ("Asked for, your PMS has yet to send it", "wait"),
        DocumentState::Uploaded => ("The patient can open it", "good"),
        DocumentState::Declined => ("Your PMS did not send it", "bad"),
    }
}

const fn of_patient(state: AttachmentState) -> (&'static str, &'static str) {
    match state {
        AttachmentState::Waiting => ("Waits until your PMS confirms the booking", "wait"),
        AttachmentState::Requested => ("Your PMS has yet to take it", "wait"),
        AttachmentState::Attached => ("In your PMS", "good"),
        AttachmentState::Rejected => ("Your PMS did not take it", "bad"),
        AttachmentState::Expired => ("Your PMS did not answer in time", "bad"),
    }
}

fn paper(id: BookingId, document: Any, booking: Option<&BookingView>, zone: &TimeZone) -> Paper {
    let (name, from, (text, tone)) = match document {
        Any::OfPms(view) => (
            view.details.name.unwrap_or_default(),
            "From your PMS",
            of_pms(view.state),
        ),
        Any::OfPatient(view) => (
            view.details.file_name,
            "From the patient",
            of_patient(view.attachment.state),
        ),
    };
    Paper {
        name: if name.trim().is_empty() {
            "Document".to_owned()
        } else {
            name
        },
        from,
        booking: id.get(),
        patient: booking.map(patient).unwrap_or_default(),
        when: booking.map(|view| When::new(zone, view.booking.start)),
        state: Standing { text, tone },
    }
}

pub(crate) async fn show(
    State(web): State<Web>,
    member: Member,
    query: Query,
) -> Result<Response, Failure> {
    let (staff, id) = (member.staff.clone(), member.staff.practice_id());
    let before = query.get("before").and_then(DocumentId::new);
    let (frame, found) = web
        .hub
        .read(id, move |tx| {
            let frame = Frame::of(tx, &staff)?;
            let found = documents::latest(tx, &staff, id, before, MOST)?;
            Ok::<_, Error>((frame, found))
        })
        .await?;
    let zone = zone::of(&frame.0)?;
    let bookings = found.bookings;
    let all = found.documents.into_iter();
    personal(&DocumentsPage {
        documents: all
            .map(|(id, document)| paper(id, document, bookings.get(&id), &zone))
            .collect(),
        later: before.is_some(),
        more: found.more,
        frame: Frame::new(&member, &frame.0, frame.1, "documents"),
    })
}
