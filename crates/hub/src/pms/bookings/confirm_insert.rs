//! `confirmInsert` (BOOK-4): the PMS has the booking.

use crate::auth::Consented;
use crate::life::{self, Event};
use crate::person::{PmsRecord, pms_record_of, seal_pms_record};
use crate::{Context, Result, attachments};
use slotbridge_domain::booking::Ids;
use slotbridge_domain::ids::BookingId;
use slotbridge_store::{Tx, bookings};

/// Confirms the insert. The same again changes nothing. Documents of the patient that waited for
/// it are to be attached now, for so many days (ATT-1).
///
/// # Errors
/// No such booking; it was rejected before.
pub fn confirm_insert(
    tx: &mut Tx<'_>,
    caller: &Consented,
    context: &Context,
    id: BookingId,
    record: &PmsRecord,
    attach_days: i64,
) -> Result<()> {
    let mut booking = life::load(tx, id)?;
    let known = pms_record_of(tx, &booking)?;
    let ids = match &known {
        None => Ids::First,
        Some(known) if known.same_ids(record) => Ids::Same,
        Some(_) => Ids::Different,
    };
    let change = booking.life.confirm_insert(ids)?;
    let news = known.as_ref() != Some(record);
    if let (true, Some(sealed)) = (news, seal_pms_record(tx, &booking, record)?) {
        bookings::set_pms_record(tx, id, &sealed)?;
    }
    let event = Event {
        context,
        action: "confirmInsert",
        note: None,
        more: news,
    };
    life::apply(tx, caller.zone(), &mut booking, &change, &event)?;
    attachments::ask_waiting(tx, &booking, record, attach_days)
}
