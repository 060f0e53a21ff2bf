//! Appointment types: what patients book. They are linked to the PMS's types.

use crate::sql::{Row, statements};
use crate::{Asked, Result, Tx, args};
use slotbridge_domain::ids::AppointmentTypeId;

macro_rules! columns {
    () => {
        "appointment_type_id, name, length_minutes, follows_pms, active"
    };
}

statements! {
    INSERT = "INSERT INTO appointment_types (practice_id, appointment_type_id, name,
            length_minutes, follows_pms, active)
        VALUES ($1, $2, $3, $4, $5, $6)";
    LIST = concat!("SELECT ", columns!(), " FROM appointment_types WHERE practice_id = $1 ORDER BY appointment_type_id");
    GET = concat!("SELECT ", columns!(), " FROM appointment_types WHERE practice_id = $1 AND appointment_type_id = $2");
    UPDATE = "UPDATE appointment_types SET name = $3, length_minutes = $4, follows_pms = $5,
            active = $6
        WHERE practice_id = $1 AND appointment_type_id = $2";
}

/// An appointment type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppointmentType {
    /// The id.
    pub appointment_type_id: AppointmentTypeId,
    /// The name that patients see.
    pub name: String,
    /// The length set here in minutes; it counts before the PMS's (AVAIL-2).
    pub length_minutes: Option<i64>,
    /// Whether the name follows the PMS's type; staff's own change ends that.
    pub follows_pms: bool,
    /// Whether patients can book it.
    pub active: bool,
}

fn read(row: &Row<'_>) -> Result<AppointmentType> {
    Ok(AppointmentType {
        appointment_type_id: row.id(0, AppointmentTypeId::new)?,
        name: row.text(1)?,
        length_minutes: row.opt_int(2)?,
        follows_pms: row.bool(3)?,
        active: row.bool(4)?,
    })
}

fn write(tx: &mut Tx<'_>, sql: &'static crate::sql::Sql, kind: &AppointmentType) -> Result<()> {
    let practice = tx.practice()?;
    let args = args![
        practice,
        kind.appointment_type_id,
        &kind.name,
        kind.length_minutes,
        kind.follows_pms,
        kind.active
    ];
    tx.push(sql, args)
}

/// Adds a type.
///
/// # Errors
/// The store's.
pub fn insert(tx: &mut Tx<'_>, appointment_type: &AppointmentType) -> Result<()> {
    write(tx, &INSERT, appointment_type)
}

/// Writes a type's name, length and state.
///
/// # Errors
/// The store's.
pub fn update(tx: &mut Tx<'_>, appointment_type: &AppointmentType) -> Result<()> {
    write(tx, &UPDATE, appointment_type)
}

/// All types of the practice, active or not.
///
/// # Errors
/// The store's.
pub fn list(tx: &mut Tx<'_>) -> Result<Vec<AppointmentType>> {
    ask(tx)?.all(tx)
}

/// Asks for [`list`].
///
/// # Errors
/// The store's.
pub fn ask(tx: &mut Tx<'_>) -> Result<Asked<AppointmentType>> {
    let practice = tx.practice()?;
    tx.ask(&LIST, args![practice], read)
}

/// One type.
///
/// # Errors
/// The store's.
pub fn get(tx: &mut Tx<'_>, id: AppointmentTypeId) -> Result<Option<AppointmentType>> {
    let practice = tx.practice()?;
    tx.query_opt(&GET, args![practice, id], read)
}
