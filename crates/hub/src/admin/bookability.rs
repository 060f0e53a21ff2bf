//! "Why is this time not bookable?", answered by the rules that decide.

use crate::admin::practice;
use crate::auth::Manages;
use crate::picture::{Own, Picture};
use crate::{Result, zone};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use slotbridge_domain::availability::Slot;
use slotbridge_domain::ids::{AppointmentTypeId, PracticeId, PractitionerId};
use slotbridge_domain::staff::Right;
use slotbridge_store::Tx;

/// The answer.
#[derive(Clone, Debug)]
pub struct Bookability {
    /// The slot, if the time is bookable.
    pub slot: Option<Slot>,
    /// Every reason against it; none if it is bookable.
    pub reasons: Vec<&'static str>,
    /// The practice's zone.
    pub zone: TimeZone,
}

/// Says whether a time is bookable, or every reason why not.
///
/// # Errors
/// No such practice.
pub fn get(
    tx: &mut Tx<'_>,
    who: &impl Manages,
    practice_id: PracticeId,
    practitioner: PractitionerId,
    kind: AppointmentTypeId,
    start: Timestamp,
) -> Result<Bookability> {
    let practice = practice(tx, who, Right::Bookings, practice_id)?;
    let zone = zone::of(&practice)?;
    let day = zone::day(&zone, start);
    let (slot, mut reasons) = {
        let picture = Picture::load(tx, &practice, &zone, day, day, Own::default())?;
        let (found, reasons) = picture.verdict(tx.now(), practitioner, kind, start);
        (found.map(|found| found.slot), reasons)
    };
    if practice.deactivated_at.is_some() {
        reasons.push("the practice is deactivated");
    }
    Ok(Bookability {
        slot: slot.filter(|_| reasons.is_empty()),
        reasons,
        zone,
    })
}
