//! What patients do: find a practice and a time, hold it, book it, look after the booking.

pub mod alternatives;
pub mod cancel;
pub mod create;
pub mod get;
pub mod hold;
pub mod patient_form;
pub mod practices;
pub mod slots;

use crate::{Error, Result, zone};
use jiff::tz::TimeZone;
use slotbridge_domain::ids::PracticeId;
use slotbridge_store::Tx;
use slotbridge_store::practices::Practice;

/// An active practice with its zone.
pub(crate) fn active_practice(tx: &mut Tx<'_>, id: PracticeId) -> Result<(Practice, TimeZone)> {
    let practice = slotbridge_store::practices::get(tx, id)?
        .filter(|practice| practice.deactivated_at.is_none())
        .ok_or(Error::NotFound("practice"))?;
    let zone = zone::of(&practice)?;
    Ok((practice, zone))
}
