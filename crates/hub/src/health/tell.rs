//! Telling the practice and the PMS's vendor, once per change (HEALTH-2, HEALTH-4).

use crate::Result;
use crate::notify::{self, About};
use crate::outgoing::{Channel, Message};
use slotbridge_domain::feature::Feature;
use slotbridge_domain::health::{Reason, State};
use slotbridge_domain::ids::ConsumerId;
use slotbridge_domain::request::RequestType;
use slotbridge_store::health::Change;
use slotbridge_store::practices::Practice;
use slotbridge_store::{Tx, consumers};

/// A reason in words, for the practice.
#[must_use]
pub const fn explain(reason: Reason) -> &'static str {
    match reason {
        Reason::NoContact => "it has not called for too long",
        Reason::Waiting(RequestType::Bookings) => "bookings wait for its answer",
        Reason::Waiting(RequestType::BookingUpdates) => "cancellations wait for its answer",
        Reason::Waiting(_) => "it was asked for free times and has not sent them",
    }
}

/// Tells of a change of the integration's state, to the practice and to the vendor.
pub(super) fn changed(
    tx: &mut Tx<'_>,
    practice: &Practice,
    consumer: ConsumerId,
    change: &Change,
    number: i64,
) -> Result<()> {
    let name = &practice.name;
    let (kind, subject) = match change.state {
        State::Unhealthy => ("unhealthy", format!("{name}: the PMS does not answer")),
        State::Healthy => ("healthy", format!("{name}: the PMS answers again")),
        State::OutsideLiveHours => (
            "outsideLiveHours",
            format!("{name}: outside of the PMS's hours"),
        ),
    };
    let reasons: Vec<&str> = change.reasons.iter().map(|why| explain(*why)).collect();
    let hides = practice.hide_when_unhealthy;
    let text = match change.state {
        State::Unhealthy => format!(
            "Since {at} (UTC) the practice management system of {name} does not do what was agreed \
             with Slotbridge: {why}.\n\n{times}\n",
            at = change.at,
            why = reasons.join("; "),
            times = if hides {
                "The practice's free times are hidden from patients until it answers again. \
                 Bookings that were made stay."
            } else {
                "The practice's free times are still shown to patients, as the practice chose."
            },
        ),
        State::Healthy => format!(
            "Since {at} (UTC) the practice management system of {name} does what was agreed with \
             Slotbridge again. It is asked whether appointments that are still to come have \
             changed.\n",
            at = change.at,
        ),
        State::OutsideLiveHours => format!(
            "At {at} (UTC) the hours ended in which the practice management system of {name} \
             promised to answer. Until they begin again, the practice's free times are shown to \
             patients. It has not answered yet.\n",
            at = change.at,
        ),
    };
    let vendor = consumers::get(tx, consumer)?.map(|consumer| consumer.contact_email);
    let people = [("practice", practice.email.clone()), ("vendor", vendor)];
    for (who, to) in people {
        if let Some(to) = to {
            queue(tx, kind, format!("{number} {who}"), to, &subject, &text)?;
        }
    }
    Ok(())
}

/// Tells the practice that a feature is late, or no longer.
pub(super) fn feature(
    tx: &mut Tx<'_>,
    practice: &Practice,
    feature: Feature,
    late: bool,
) -> Result<()> {
    let Some(to) = practice.email.clone() else {
        return Ok(());
    };
    let (name, id) = (&practice.name, feature.as_str());
    let (kind, subject, text) = if late {
        (
            "featureLate",
            format!("{name}: the PMS is behind with {id}"),
            format!(
                "The practice management system of {name} has not answered requests of the feature \
                 {id} for more than a day. What needs them pauses until it does.\n"
            ),
        )
    } else {
        (
            "featureInTime",
            format!("{name}: the PMS has caught up with {id}"),
            format!(
                "The practice management system of {name} has answered the requests of the feature \
                 {id}. What needs them goes on.\n"
            ),
        )
    };
    let when = tx.now().as_microsecond();
    queue(tx, kind, format!("{id} {when}"), to, &subject, &text)
}

fn queue(
    tx: &mut Tx<'_>,
    kind: &'static str,
    about: String,
    to: String,
    subject: &str,
    text: &str,
) -> Result<()> {
    let about = About {
        kind,
        subject: about,
        booking_id: None,
        links: Vec::new(),
    };
    let message = Message {
        channel: Channel::Mail,
        to,
        subject: subject.to_owned(),
        text: text.to_owned(),
    };
    notify::queue(tx, &about, &message)
}
