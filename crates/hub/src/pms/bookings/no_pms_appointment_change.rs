//! `noPmsAppointmentChange` (BOOK-11): the appointment is as it was inserted.

use crate::{Context, Result, life};
use serde_json::json;
use slotbridge_domain::ids::BookingId;
use slotbridge_domain::request::RequestType;
use slotbridge_store::Tx;
use slotbridge_store::requests::{self, Target};

/// Resolves what is asked for of the booking. With nothing asked: nothing changes.
///
/// # Errors
/// No such booking.
pub fn no_pms_appointment_change(tx: &mut Tx<'_>, context: &Context, id: BookingId) -> Result<()> {
    life::load(tx, id)?;
    let (kind, target) = (RequestType::PmsAppointmentChanges, Target::Booking(id));
    let Some(request) = requests::find_outstanding(tx, kind, &target)? else {
        return Ok(());
    };
    requests::resolve_id(tx, request, "confirmed")?;
    let detail = json!({"requestId": request.get()});
    context.record(tx, "noPmsAppointmentChange", Some(id), &detail, None)
}
