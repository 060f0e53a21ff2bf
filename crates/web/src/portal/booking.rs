//! `/portal/{practiceId}/bookings/{bookingId}`: a booking, what staff do with it, and all that
//! became of it.

use super::agenda::{Standing, patient};
use super::{Frame, Member, Sent, practitioners};
use crate::failure::{Failure, sentence};
use crate::page::{id_in_path, personal, see_other, with_status};
use crate::search::phone;
use crate::when::When;
use crate::{Web, when};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jiff::tz::TimeZone;
use slotbridge_domain::ids::BookingId;
use slotbridge_hub::admin::bookings::{self, BookingView, Deed};
use slotbridge_hub::admin::{catalogue, trail};
use slotbridge_hub::rows::{AuditEntry, Window};
use slotbridge_hub::{Error, zone};

/// The most of the trail that is shown.
const TRAIL: Window = Window {
    limit: 100,
    offset: 0,
};

#[derive(Template)]
#[template(path = "portal/booking.html")]
struct BookingPage {
    frame: Frame,
    id: i64,
    patient: String,
    person: Option<Details>,
    when: When,
    city: String,
    kind: String,
    whom: String,
    is_new: bool,
    standing: Standing,
    pms_ids: String,
    can_enter: bool,
    can_cancel: bool,
    can_attend: bool,
    /// Whether the patient is asked to cancel: it is asked once more.
    asks: bool,
    error: String,
    trail: Vec<Step>,
}

struct Details {
    dob: String,
    phone: String,
    phone_shown: String,
    email: String,
    reason: String,
}

/// A step of the trail.
pub(super) struct Step {
    pub(super) when: When,
    pub(super) who: String,
    pub(super) what: String,
    pub(super) note: String,
    pub(super) call_id: String,
}

impl Step {
    pub(super) fn of(zone: &TimeZone, (entry, note): (AuditEntry, Option<String>)) -> Self {
        Self {
            when: When::new(zone, entry.at),
            who: who(&entry.actor),
            what: what(&entry.action),
            note: note.unwrap_or_default(),
            call_id: entry.call_id,
        }
    }
}

/// Who it was, in words.
fn who(actor: &str) -> String {
    let (kind, id) = actor.split_once(':').unwrap_or((actor, ""));
    match kind {
        "pms" => "Your PMS".to_owned(),
        "patient" => "The patient".to_owned(),
        "operator" => "An operator".to_owned(),
        "staff" => format!("Staff {id}"),
        _ => "Slotbridge".to_owned(),
    }
}

/// `enteredByHand` as `Entered by hand`.
fn what(action: &str) -> String {
    let mut text = String::new();
    for (at, letter) in action.chars().enumerate() {
        match (at, letter) {
            (0, _) => text.extend(letter.to_uppercase()),
            (_, letter) if letter.is_ascii_uppercase() => {
                text.push(' ');
                text.push(letter.to_ascii_lowercase());
            }
            _ => text.push(letter),
        }
    }
    text.replace("Pms", "PMS").replace("pms", "PMS")
}

async fn page(
    web: &Web,
    member: &Member,
    id: BookingId,
    asks: bool,
    error: &str,
) -> Result<Response, Failure> {
    let (staff, practice) = (member.staff.clone(), member.staff.practice_id());
    if id.practice() != practice {
        return Err(Failure::no_page());
    }
    let (frame, view, names, trail, now) = web
        .hub
        .read(practice, move |tx| {
            let frame = Frame::of(tx, &staff)?;
            let (view, _) = bookings::get(tx, &staff, practice, id)?;
            let names = practitioners(&catalogue::get(tx, &staff, practice)?);
            let trail = trail::list(tx, &staff, practice, Some(id), TRAIL)?;
            Ok::<_, Error>((frame, view, names, trail.entries, tx.now()))
        })
        .await?;
    let zone = zone::of(&frame.0)?;
    let BookingView {
        booking,
        pms_record,
        ..
    } = &view;
    let can = |deed| view.would_change(deed, &zone, now);
    let shown = BookingPage {
        id: id.get(),
        patient: patient(&view),
        person: view.person.as_ref().map(|person| Details {
            dob: person.dob.clone(),
            phone_shown: phone(&person.phone),
            phone: person.phone.clone(),
            email: person.email.clone(),
            reason: person.reason.clone().unwrap_or_default(),
        }),
        when: When::new(&zone, booking.start),
        city: when::city(&frame.0.timezone),
        kind: booking.comments.clone(),
        whom: names
            .get(&booking.practitioner_id.get())
            .cloned()
            .unwrap_or_default(),
        is_new: booking.is_new_patient,
        standing: Standing::of(&view),
        pms_ids: pms_record.pms_appointment_ids.join(", "),
        can_enter: can(Deed::EnteredByHand),
        can_cancel: can(Deed::Cancel),
        can_attend: can(Deed::Attended),
        asks,
        error: error.to_owned(),
        trail: trail
            .into_iter()
            .map(|entry| Step::of(&zone, entry))
            .collect(),
        frame: Frame::new(member, &frame.0, frame.1, "booking"),
    };
    if error.is_empty() {
        personal(&shown)
    } else {
        with_status(StatusCode::CONFLICT, &shown)
    }
}

pub(crate) async fn show(
    State(web): State<Web>,
    member: Member,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, Failure> {
    page(&web, &member, id_in_path(&id, BookingId::new)?, false, "").await
}

/// Does something with the booking. Cancelling asks first, on the same page.
pub(crate) async fn change(
    State(web): State<Web>,
    Path((_, id)): Path<(String, String)>,
    sent: Sent,
) -> Result<Response, Failure> {
    let id = id_in_path(&id, BookingId::new)?;
    let deed = match sent.text("deed") {
        "enteredByHand" => Deed::EnteredByHand,
        "attended" => Deed::Attended,
        "cancel" if sent.text("sure") != "yes" => {
            return page(&web, &sent.who, id, true, "").await;
        }
        "cancel" => Deed::Cancel,
        _ => return Err(Failure::new(StatusCode::BAD_REQUEST)),
    };
    let (staff, context) = (sent.who.staff.clone(), sent.who.context());
    let practice = staff.practice_id();
    if id.practice() != practice {
        return Err(Failure::no_page());
    }
    let reason = sent.text("reason").trim().to_owned();
    let done = web
        .hub
        .write(practice, move |tx| {
            let reason = Some(reason.as_str()).filter(|reason| !reason.is_empty());
            bookings::change(tx, &staff, &context, practice, id, deed, reason).map(drop)
        })
        .await;
    match done {
        Ok(()) => Ok(see_other(&format!("/portal/{practice}/bookings/{id}"))),
        // Somebody, or the PMS, was quicker: the page says how it stands now.
        Err(error @ (Error::Refused(_) | Error::Conflict(_))) => {
            let text = sentence(&error.to_string());
            Ok(page(&web, &sent.who, id, false, &text)
                .await
                .into_response())
        }
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_trail_speaks_in_words() {
        assert_eq!(what("enteredByHand"), "Entered by hand");
        assert_eq!(what("cancel"), "Cancel");
        assert_eq!(what("linkPmsResource"), "Link PMS resource");
        assert_eq!(who("pms:3"), "Your PMS");
        assert_eq!(who("staff:7"), "Staff 7");
        assert_eq!(who("hub"), "Slotbridge");
    }
}
