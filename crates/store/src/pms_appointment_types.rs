//! The PMS's appointment types. A deleted one is kept, so that a returning id finds its link.

use crate::sql::{Row, statements};
use crate::{Asked, Result, Tx, args};
use slotbridge_domain::ids::AppointmentTypeId;

statements! {
    LIST = "SELECT pms_appointment_type_id, name, length_minutes, pms_resource_id, live, position,
            appointment_type_id
        FROM pms_appointment_types WHERE practice_id = $1
        ORDER BY position, pms_appointment_type_id";
    UPSERT = "INSERT INTO pms_appointment_types (practice_id, pms_appointment_type_id, name,
            length_minutes, pms_resource_id, live, position, appointment_type_id)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT (practice_id, pms_appointment_type_id) DO UPDATE
        SET name = excluded.name, length_minutes = excluded.length_minutes,
            pms_resource_id = excluded.pms_resource_id, live = excluded.live,
            position = excluded.position, appointment_type_id = excluded.appointment_type_id";
}

/// An appointment type of the PMS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PmsAppointmentType {
    /// The PMS's id.
    pub pms_appointment_type_id: String,
    /// Its name.
    pub name: String,
    /// Its length in minutes; `None` if not set (CONF-2).
    pub length_minutes: Option<i64>,
    /// The resource that it is for; `None`: all.
    pub pms_resource_id: Option<String>,
    /// Whether the last snapshot had it.
    pub live: bool,
    /// Its place in the last snapshot.
    pub position: i64,
    /// The appointment type that it is linked to.
    pub appointment_type_id: Option<AppointmentTypeId>,
}

/// All types, deleted ones too, in the order of the last snapshot.
///
/// # Errors
/// The store's.
pub fn list(tx: &mut Tx<'_>) -> Result<Vec<PmsAppointmentType>> {
    ask(tx)?.all(tx)
}

/// Asks for [`list`].
///
/// # Errors
/// The store's.
pub fn ask(tx: &mut Tx<'_>) -> Result<Asked<PmsAppointmentType>> {
    let practice = tx.practice()?;
    tx.ask(&LIST, args![practice], |row: &Row<'_>| {
        Ok(PmsAppointmentType {
            pms_appointment_type_id: row.text(0)?,
            name: row.text(1)?,
            length_minutes: row.opt_int(2)?,
            pms_resource_id: row.opt_text(3)?,
            live: row.bool(4)?,
            position: row.int(5)?,
            appointment_type_id: row.opt_int(6)?.and_then(AppointmentTypeId::new),
        })
    })
}

/// Adds a type or replaces what is known of it.
///
/// # Errors
/// The store's.
pub fn upsert(tx: &mut Tx<'_>, kind: &PmsAppointmentType) -> Result<()> {
    let practice = tx.practice()?;
    let args = args![
        practice,
        &kind.pms_appointment_type_id,
        &kind.name,
        kind.length_minutes,
        kind.pms_resource_id.as_ref(),
        kind.live,
        kind.position,
        kind.appointment_type_id
    ];
    tx.push(&UPSERT, args)
}
