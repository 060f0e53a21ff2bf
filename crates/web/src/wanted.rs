//! A bookable time as it travels in forms and URLs: `practitioner-type-seconds`.

use jiff::Timestamp;
use slotbridge_domain::ids::{AppointmentTypeId, PracticeId, PractitionerId};
use slotbridge_hub::booking::hold::Wanted;
use slotbridge_hub::booking::slots::BookableSlot;

/// A time as a text.
pub(crate) fn code(slot: &BookableSlot) -> String {
    format!(
        "{}-{}-{}",
        slot.practitioner_id,
        slot.appointment_type_id,
        slot.start.as_second()
    )
}

/// The time of a text, if it can be one of that practice.
pub(crate) fn read(practice_id: PracticeId, code: &str) -> Option<Wanted> {
    let mut parts = code.split('-').map(str::parse::<i64>);
    let mut next = || parts.next()?.ok();
    let wanted = Wanted {
        practice_id,
        practitioner_id: PractitionerId::new(next()?)?,
        appointment_type_id: AppointmentTypeId::new(next()?)?,
        start: Timestamp::from_second(next()?).ok()?,
    };
    parts.next().is_none().then_some(wanted)
}
