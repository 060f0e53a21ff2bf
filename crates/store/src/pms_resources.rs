//! The PMS's resources. A deleted one is kept, so that a returning id finds its link (CONF-1).

use crate::sql::{Row, statements};
use crate::{Asked, Result, Tx, args};
use slotbridge_domain::ids::PractitionerId;

macro_rules! columns {
    () => {
        "pms_resource_id, name, title, firstname, lastname, live, position, practitioner_id"
    };
}

statements! {
    LIST = concat!("SELECT ", columns!(), " FROM pms_resources WHERE practice_id = $1 ORDER BY position, pms_resource_id");
    GET = concat!("SELECT ", columns!(), " FROM pms_resources WHERE practice_id = $1 AND pms_resource_id = $2");
    UPSERT = "INSERT INTO pms_resources (practice_id, pms_resource_id, name, title, firstname,
            lastname, live, position, practitioner_id)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        ON CONFLICT (practice_id, pms_resource_id) DO UPDATE
        SET name = excluded.name, title = excluded.title, firstname = excluded.firstname,
            lastname = excluded.lastname, live = excluded.live, position = excluded.position,
            practitioner_id = excluded.practitioner_id";
}

/// A resource of the PMS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PmsResource {
    /// The PMS's id.
    pub pms_resource_id: String,
    /// Its name.
    pub name: String,
    /// The practitioner's title.
    pub title: Option<String>,
    /// The practitioner's first name.
    pub firstname: Option<String>,
    /// The practitioner's last name.
    pub lastname: Option<String>,
    /// Whether the last snapshot had it.
    pub live: bool,
    /// Its place in the last snapshot.
    pub position: i64,
    /// The practitioner that it is linked to.
    pub practitioner_id: Option<PractitionerId>,
}

fn read(row: &Row<'_>) -> Result<PmsResource> {
    Ok(PmsResource {
        pms_resource_id: row.text(0)?,
        name: row.text(1)?,
        title: row.opt_text(2)?,
        firstname: row.opt_text(3)?,
        lastname: row.opt_text(4)?,
        live: row.bool(5)?,
        position: row.int(6)?,
        practitioner_id: row.opt_int(7)?.and_then(PractitionerId::new),
    })
}

/// All resources, deleted ones too, in the order of the last snapshot.
///
/// # Errors
/// The store's.
pub fn list(tx: &mut Tx<'_>) -> Result<Vec<PmsResource>> {
    ask(tx)?.all(tx)
}

/// Asks for [`list`].
///
/// # Errors
/// The store's.
pub fn ask(tx: &mut Tx<'_>) -> Result<Asked<PmsResource>> {
    let practice = tx.practice()?;
    tx.ask(&LIST, args![practice], read)
}

/// One resource, deleted or not.
///
/// # Errors
/// The store's.
pub fn get(tx: &mut Tx<'_>, id: &str) -> Result<Option<PmsResource>> {
    let practice = tx.practice()?;
    tx.query_opt(&GET, args![practice, id], read)
}

/// Adds a resource or replaces what is known of it.
///
/// # Errors
/// The store's.
pub fn upsert(tx: &mut Tx<'_>, resource: &PmsResource) -> Result<()> {
    let practice = tx.practice()?;
    let args = args![
        practice,
        &resource.pms_resource_id,
        &resource.name,
        resource.title.as_ref(),
        resource.firstname.as_ref(),
        resource.lastname.as_ref(),
        resource.live,
        resource.position,
        resource.practitioner_id
    ];
    tx.push(&UPSERT, args)
}
