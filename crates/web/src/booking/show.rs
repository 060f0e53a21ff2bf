//! The booking's page: where it stands, and everything that can be done with it.

use super::Manager;
use super::documents::{self, Document};
use super::waitlist::{self, Waiting};
use crate::failure::Failure;
use crate::form::Token;
use crate::holds::{Alternative, alternatives_of, whom};
use crate::practice::address;
use crate::search::place;
use crate::when::{When, city};
use crate::{Web, page};
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use jiff::Timestamp;
use slotbridge_domain::booking::Status;
use slotbridge_domain::document::AttachmentState;
use slotbridge_domain::ids::BookingId;
use slotbridge_hub::attachments::AttachmentView;
use slotbridge_hub::booking::forms::{self, WantedForm};
use slotbridge_hub::booking::get::{self, BookingPage};
use slotbridge_hub::booking::{attachments, practices, reschedule};
use slotbridge_hub::rows::Practice;
use slotbridge_hub::{Error, Result as HubResult};

#[derive(Template)]
#[template(path = "booking.html")]
struct BookingTemplate<'a> {
    id: i64,
    status: &'static str,
    practice: &'a Practice,
    place: String,
    directions: Option<String>,
    when: When,
    city: String,
    whom: String,
    kind: &'a str,
    telehealth: Option<&'a str>,
    telehealth_text: &'a str,
    can_cancel: bool,
    can_move: bool,
    /// What is said of the patient's place on the waitlist.
    waiting: Option<Waiting>,
    in_calendar: bool,
    /// Where it was moved to.
    moved_to: Option<i64>,
    alternatives: Vec<Alternative>,
    find_anew: String,
    documents: Vec<Document>,
    forms: Vec<Wanted>,
    given: Vec<Given>,
    /// Whether documents are taken.
    takes: bool,
    token: &'a str,
}

/// What the hub says.
struct Seen {
    booking: BookingPage,
    whom: String,
    waiting: Option<Waiting>,
    alternatives: Vec<Alternative>,
    documents: Vec<Document>,
    forms: Vec<WantedForm>,
    given: Vec<AttachmentView>,
    takes: bool,
    now: Timestamp,
}

/// A form that the practice wants.
struct Wanted {
    name: &'static str,
    title: &'static str,
    filled_in: bool,
}

/// Something that the patient gave.
struct Given {
    title: &'static str,
    file: String,
    state: &'static str,
}

impl Given {
    fn of(view: AttachmentView) -> Self {
        Self {
            title: view.attachment.kind.title(),
            file: view.details.file_name,
            state: match view.attachment.state {
                AttachmentState::Waiting | AttachmentState::Requested => {
                    "On its way to the practice"
                }
                AttachmentState::Attached => "The practice has it",
                AttachmentState::Rejected | AttachmentState::Expired => {
                    "The practice couldn’t take it: please bring it with you"
                }
            },
        }
    }
}

/// A list of things sealed with the patient; of a booking that was erased, nothing.
fn unless_erased<T>(found: HubResult<Vec<T>>) -> HubResult<Vec<T>> {
    match found {
        Err(Error::NotFound(_)) => Ok(Vec::new()),
        other => other,
    }
}

pub(crate) async fn show(
    State(web): State<Web>,
    Manager(patient): Manager,
    token: Token,
) -> Result<Response, Failure> {
    let id = patient.booking_id();
    let seen = web
        .hub
        .read(id.practice(), move |tx| -> HubResult<Seen> {
            let booking = get::get(tx, patient)?;
            let (whom, alternatives, waiting) = match practices::get(tx, id.practice()) {
                Ok(page) => (
                    whom(&page, booking.booking.practitioner_id),
                    alternatives_of(&page, &booking.zone, &booking.alternatives),
                    waitlist::place(tx, patient)?.map(|place| Waiting::of(place, &page)),
                ),
                // The booking stands, though nobody can book there any more.
                Err(Error::NotFound(_)) => (String::new(), Vec::new(), None),
                Err(error) => return Err(error),
            };
            Ok(Seen {
                documents: unless_erased(documents::list(tx, patient))?,
                given: unless_erased(attachments::list(tx, patient))?,
                forms: forms::list(tx, patient)?,
                takes: attachments::are_taken(tx, patient)?,
                booking,
                whom,
                waiting,
                alternatives,
                now: tx.now(),
            })
        })
        .await?;
    let (booking, practice) = (&seen.booking.booking, &seen.booking.practice);
    let record = &seen.booking.pms_record;
    let place = place(practice);
    let live = matches!(booking.life.status, Status::Requested | Status::Confirmed);
    let shown = BookingTemplate {
        id: id.get(),
        status: seen.booking.status(),
        directions: directions(practice),
        place,
        practice,
        when: When::new(&seen.booking.zone, booking.start),
        city: city(&practice.timezone),
        whom: seen.whom,
        kind: &booking.comments,
        telehealth: seen.booking.telehealth_link(),
        telehealth_text: record
            .patient_appointment_description
            .as_deref()
            .unwrap_or_default(),
        in_calendar: live,
        moved_to: booking.rescheduled_to.map(BookingId::get),
        can_cancel: live && booking.start > seen.now,
        can_move: reschedule::is_movable(booking, seen.now),
        waiting: seen.waiting,
        alternatives: seen.alternatives,
        find_anew: address(
            practice.practice_id,
            Some(booking.appointment_type_id),
            None,
            None,
        ),
        documents: seen.documents,
        forms: seen
            .forms
            .iter()
            .filter(|_| live)
            .map(|one| Wanted {
                name: one.form.as_str(),
                title: one.form.kind().title(),
                filled_in: one.filled_in,
            })
            .collect(),
        given: seen.given.into_iter().map(Given::of).collect(),
        takes: seen.takes,
        token: token.value(),
    };
    let shown = page::personal(&shown)?;
    Ok(token.keep(&web, shown))
}

/// A search for the practice's address on a map; nothing if it has none.
fn directions(practice: &Practice) -> Option<String> {
    practice.address.as_ref()?;
    let mut url =
        form_urlencoded::Serializer::new(String::from("https://www.openstreetmap.org/search?"));
    let place = place(practice).replace('\u{a0}', " ");
    Some(url.append_pair("query", &place).finish())
}
