//! `/bookings/{bookingId}/waitlist`: "tell me if an earlier time comes free".

use super::Manager;
use crate::failure::Failure;
use crate::form::Form;
use crate::holds::whom;
use crate::when::When;
use crate::{Web, context, page, wanted};
use axum::extract::State;
use axum::response::Response;
use serde_json::Value;
use slotbridge_hub::auth::Patient;
use slotbridge_hub::booking::hold::Wanted;
use slotbridge_hub::booking::practices::PracticePage;
use slotbridge_hub::booking::slots::BookableSlot;
use slotbridge_hub::booking::waitlist::{self, Offer, Place, Whom, Wish};
use slotbridge_hub::rows::Tx;
use slotbridge_hub::{Error, Result as HubResult};

/// What the page of the booking says of the patient's place.
pub(super) struct Waiting {
    /// With whom an earlier time suits them; nothing: with anybody.
    pub(super) whom: String,
    pub(super) offer: Option<Offered>,
}

/// A time that is kept for them.
pub(super) struct Offered {
    pub(super) code: String,
    pub(super) when: When,
    pub(super) whom: String,
    pub(super) until: When,
}

/// The patient's place on the list, if they are on it.
pub(super) fn place(tx: &mut Tx<'_>, patient: Patient) -> HubResult<Option<Place>> {
    match waitlist::get(tx, patient) {
        Ok(place) => Ok(Some(place)),
        Err(Error::NotFound(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The hold behind a time, if it is the one that is kept for them.
pub(super) fn hold_on(
    tx: &mut Tx<'_>,
    patient: Patient,
    wanted: &Wanted,
) -> HubResult<Option<String>> {
    let offer = place(tx, patient)?.and_then(|place| place.offer);
    let is_wanted = |offer: &Offer| {
        (
            offer.start,
            offer.practitioner_id,
            offer.appointment_type_id,
        ) == (
            wanted.start,
            wanted.practitioner_id,
            wanted.appointment_type_id,
        )
    };
    Ok(offer.filter(is_wanted).map(|offer| offer.hold_id))
}

impl Waiting {
    pub(super) fn of(place: Place, page: &PracticePage) -> Self {
        let Place {
            practitioner_id,
            offer,
            zone,
            ..
        } = place;
        let offered = |offer: Offer| Offered {
            code: wanted::code(&BookableSlot {
                practitioner_id: offer.practitioner_id,
                appointment_type_id: offer.appointment_type_id,
                start: offer.start,
                end: offer.end,
            }),
            when: When::new(&zone, offer.start),
            whom: whom(page, offer.practitioner_id),
            until: When::new(&zone, offer.expires_at),
        };
        Self {
            whom: practitioner_id.map_or_else(String::new, |id| whom(page, id)),
            offer: offer.map(offered),
        }
    }
}

/// Puts the patient on the list.
pub(crate) async fn join(
    State(web): State<Web>,
    Manager(patient): Manager,
    form: Form,
) -> Result<Response, Failure> {
    let wish = Wish {
        earliest: None,
        latest: None,
        whom: match form.text("whom") {
            "any" => Whom::Anybody,
            _ => Whom::Same,
        },
    };
    let once = web.hub.once(None, |_: &Place| Value::Null);
    waitlist::join(&web.hub, context(), patient, wish, once).await?;
    Ok(to_the_list(patient))
}

/// Takes them off the list.
pub(crate) async fn leave(
    State(web): State<Web>,
    Manager(patient): Manager,
    _: Form,
) -> Result<Response, Failure> {
    let context = context();
    web.hub
        .write(patient.booking_id().practice(), move |tx| {
            waitlist::leave(tx, &context, patient)
        })
        .await?;
    Ok(to_the_list(patient))
}

fn to_the_list(patient: Patient) -> Response {
    page::see_other(&format!("/bookings/{}#waitlist", patient.booking_id()))
}
