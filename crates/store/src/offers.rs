//! Offers: who can be booked for what. A practitioner that is active offers what their live
//! resources have of live types whose own type is active.

use crate::sql::statements;
use crate::{Asked, Result, Tx, args};
use slotbridge_domain::ids::{AppointmentTypeId, PractitionerId};

statements! {
    LIST = "SELECT w.practitioner_id, t.appointment_type_id, t.name, r.pms_resource_id,
            k.pms_appointment_type_id, COALESCE(t.length_minutes, k.length_minutes)
        FROM practitioners w
        JOIN pms_resources r ON r.practice_id = w.practice_id
            AND r.practitioner_id = w.practitioner_id AND r.live = 1
        JOIN pms_appointment_types k ON k.practice_id = w.practice_id AND k.live = 1
            AND (k.pms_resource_id IS NULL OR k.pms_resource_id = r.pms_resource_id)
        JOIN appointment_types t ON t.practice_id = w.practice_id
            AND t.appointment_type_id = k.appointment_type_id AND t.active = 1
        WHERE w.practice_id = $1 AND w.active = 1
        ORDER BY w.practitioner_id, r.position, r.pms_resource_id, k.position,
            k.pms_appointment_type_id";
}

/// A practitioner's resource with a type of the PMS.
#[derive(Clone, Debug)]
pub struct Offer {
    /// Whom patients book.
    pub practitioner_id: PractitionerId,
    /// What they book.
    pub appointment_type_id: AppointmentTypeId,
    /// The name of the type.
    pub type_name: String,
    /// The resource in the PMS.
    pub pms_resource_id: String,
    /// The type in the PMS.
    pub pms_appointment_type_id: String,
    /// The type's length in minutes (AVAIL-2); `None` if it has none.
    pub length_minutes: Option<i64>,
}

/// Asks for all of the practice, by practitioner and then in the PMS's order.
///
/// # Errors
/// The store's.
pub fn ask(tx: &mut Tx<'_>) -> Result<Asked<Offer>> {
    let practice = tx.practice()?;
    tx.ask(&LIST, args![practice], |row| {
        Ok(Offer {
            practitioner_id: row.id(0, PractitionerId::new)?,
            appointment_type_id: row.id(1, AppointmentTypeId::new)?,
            type_name: row.text(2)?,
            pms_resource_id: row.text(3)?,
            pms_appointment_type_id: row.text(4)?,
            length_minutes: row.opt_int(5)?,
        })
    })
}
