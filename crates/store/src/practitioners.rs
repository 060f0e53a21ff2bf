//! Practitioners: whom patients book. They are linked to the PMS's resources.

use crate::sql::{Row, statements};
use crate::{Asked, Result, Tx, args};
use slotbridge_domain::ids::PractitionerId;

macro_rules! columns {
    () => {
        "practitioner_id, name, title, firstname, lastname, follows_pms, active"
    };
}

statements! {
    INSERT = "INSERT INTO practitioners (practice_id, practitioner_id, name, title, firstname,
            lastname, follows_pms, active)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    LIST = concat!("SELECT ", columns!(), " FROM practitioners WHERE practice_id = $1 ORDER BY practitioner_id");
    GET = concat!("SELECT ", columns!(), " FROM practitioners WHERE practice_id = $1 AND practitioner_id = $2");
    UPDATE = "UPDATE practitioners SET name = $3, title = $4, firstname = $5, lastname = $6,
            follows_pms = $7, active = $8
        WHERE practice_id = $1 AND practitioner_id = $2";
}

/// A practitioner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Practitioner {
    /// The id.
    pub practitioner_id: PractitionerId,
    /// The name that patients see.
    pub name: String,
    /// Title, such as Dr.
    pub title: Option<String>,
    /// First name.
    pub firstname: Option<String>,
    /// Last name.
    pub lastname: Option<String>,
    /// Whether the names follow the PMS's resource; staff's own change ends that.
    pub follows_pms: bool,
    /// Whether patients can book.
    pub active: bool,
}

fn read(row: &Row<'_>) -> Result<Practitioner> {
    Ok(Practitioner {
        practitioner_id: row.id(0, PractitionerId::new)?,
        name: row.text(1)?,
        title: row.opt_text(2)?,
        firstname: row.opt_text(3)?,
        lastname: row.opt_text(4)?,
        follows_pms: row.bool(5)?,
        active: row.bool(6)?,
    })
}

fn write(tx: &mut Tx<'_>, sql: &'static crate::sql::Sql, who: &Practitioner) -> Result<()> {
    let practice = tx.practice()?;
    let args = args![
        practice,
        who.practitioner_id,
        &who.name,
        who.title.as_ref(),
        who.firstname.as_ref(),
        who.lastname.as_ref(),
        who.follows_pms,
        who.active
    ];
    tx.push(sql, args)
}

/// Adds a practitioner.
///
/// # Errors
/// The store's.
pub fn insert(tx: &mut Tx<'_>, practitioner: &Practitioner) -> Result<()> {
    write(tx, &INSERT, practitioner)
}

/// Writes a practitioner's names and state.
///
/// # Errors
/// The store's.
pub fn update(tx: &mut Tx<'_>, practitioner: &Practitioner) -> Result<()> {
    write(tx, &UPDATE, practitioner)
}

/// All practitioners of the practice, active or not.
///
/// # Errors
/// The store's.
pub fn list(tx: &mut Tx<'_>) -> Result<Vec<Practitioner>> {
    ask(tx)?.all(tx)
}

/// Asks for [`list`].
///
/// # Errors
/// The store's.
pub fn ask(tx: &mut Tx<'_>) -> Result<Asked<Practitioner>> {
    let practice = tx.practice()?;
    tx.ask(&LIST, args![practice], read)
}

/// One practitioner.
///
/// # Errors
/// The store's.
pub fn get(tx: &mut Tx<'_>, id: PractitionerId) -> Result<Option<Practitioner>> {
    let practice = tx.practice()?;
    tx.query_opt(&GET, args![practice, id], read)
}
