//! What patients do: find a practice and a time, hold it, book it, look after the booking.

pub mod alternatives;
pub mod attachments;
pub mod calendar;
pub mod cancel;
pub mod create;
pub mod documents;
pub mod events;
pub mod forms;
pub mod get;
pub mod hold;
pub mod manage_link;
pub mod patient_form;
pub mod practices;
pub mod reschedule;
pub mod slots;
pub mod waitlist;

use crate::{Error, Result, zone};
use jiff::tz::TimeZone;
use slotbridge_domain::feature::Feature;
use slotbridge_domain::ids::PracticeId;
use slotbridge_store::practices::Practice;
use slotbridge_store::{Tx, consents, features};

/// An active practice with its zone.
pub(crate) fn active_practice(tx: &mut Tx<'_>, id: PracticeId) -> Result<(Practice, TimeZone)> {
    active(slotbridge_store::practices::get(tx, id)?)
}

/// The same of what has been read.
pub(crate) fn active(practice: Option<Practice>) -> Result<(Practice, TimeZone)> {
    let practice = practice
        .filter(|practice| practice.deactivated_at.is_none())
        .ok_or(Error::NotFound("practice"))?;
    let zone = zone::of(&practice)?;
    Ok((practice, zone))
}

/// Whether the practice's PMS takes part in a feature: the consumer that has its consent has
/// enabled it.
pub(crate) fn takes_part(tx: &mut Tx<'_>, feature: Feature) -> Result<bool> {
    let Some(consent) = consents::live(tx)? else {
        return Ok(false);
    };
    Ok(features::enabled(tx, consent.consumer_id)?.contains(&feature))
}
