//! The latest snapshot of each resource and day (AVAIL-1).

use crate::each::{args_of_each, of_each};
use crate::sql::{Row, statements};
use crate::{Asked, Result, Tx, args};
use jiff::Timestamp;
use slotbridge_domain::ids::PracticeId;

macro_rules! columns {
    () => {
        "pms_resource_id, day, ranges, received_at"
    };
}

statements! {
    GET = concat!("SELECT ", columns!(), " FROM resource_days
        WHERE practice_id = $1 AND pms_resource_id = $2 AND day = $3");
    BETWEEN = concat!("SELECT ", columns!(), " FROM resource_days
        WHERE practice_id = $1 AND day >= $2 AND day <= $3");
    BETWEEN_OF_EACH = concat!("SELECT ", columns!(), ", practice_id FROM resource_days
        WHERE day >= $41 AND day <= $42 AND ", of_each!());
    UPSERT = "INSERT INTO resource_days (practice_id, pms_resource_id, day, ranges, received_at)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (practice_id, pms_resource_id, day) DO UPDATE
        SET ranges = excluded.ranges, received_at = excluded.received_at";
    DELETE = "DELETE FROM resource_days WHERE practice_id = $1 AND pms_resource_id = $2";
    ANY = "SELECT 1 FROM resource_days WHERE practice_id = $1 LIMIT 1";
    MISSING = "SELECT COUNT(*) FROM pms_resources r
        WHERE r.practice_id = $1 AND r.live = 1 AND NOT EXISTS (
            SELECT 1 FROM resource_days d
            WHERE d.practice_id = r.practice_id AND d.pms_resource_id = r.pms_resource_id
                AND d.day = $2 AND d.received_at >= $3)";
}

/// A resource's day as last sent.
#[derive(Clone, Debug)]
pub struct ResourceDay {
    /// The resource.
    pub pms_resource_id: String,
    /// The day at the practice, `YYYY-MM-DD`.
    pub day: String,
    /// Its ranges in their canonical text.
    pub ranges: String,
    /// When the snapshot was applied.
    pub received_at: Timestamp,
}

fn read(row: &Row<'_>) -> Result<ResourceDay> {
    Ok(ResourceDay {
        pms_resource_id: row.text(0)?,
        day: row.text(1)?,
        ranges: row.text(2)?,
        received_at: row.timestamp(3)?,
    })
}

/// One resource's day.
///
/// # Errors
/// The store's.
pub fn get(tx: &mut Tx<'_>, resource: &str, day: &str) -> Result<Option<ResourceDay>> {
    let practice = tx.practice()?;
    tx.query_opt(&GET, args![practice, resource, day], read)
}

/// All resources' days from `first` to `last`, both included.
///
/// # Errors
/// The store's.
pub fn between(tx: &mut Tx<'_>, first: &str, last: &str) -> Result<Asked<ResourceDay>> {
    let practice = tx.practice()?;
    tx.ask(&BETWEEN, args![practice, first, last], read)
}

/// The same of several practices, [`AT_ONCE`](crate::AT_ONCE) at most. Runs globally.
///
/// # Errors
/// The store's.
pub fn between_of_each(
    tx: &mut Tx<'_>,
    practices: &[PracticeId],
    first: &str,
    last: &str,
) -> Result<Asked<(PracticeId, ResourceDay)>> {
    let args = args_of_each(practices, args![first, last]);
    tx.ask(&BETWEEN_OF_EACH, &args, |row| {
        Ok((row.id(4, PracticeId::new)?, read(row)?))
    })
}

/// Replaces a resource's day.
///
/// # Errors
/// The store's.
pub fn upsert(tx: &mut Tx<'_>, resource: &str, day: &str, ranges: &str) -> Result<()> {
    let (practice, now) = (tx.practice()?, tx.now());
    tx.push(&UPSERT, args![practice, resource, day, ranges, now])
}

/// Drops all days of a resource.
///
/// # Errors
/// The store's.
pub fn delete(tx: &mut Tx<'_>, resource: &str) -> Result<()> {
    let practice = tx.practice()?;
    tx.push(&DELETE, args![practice, resource])
}

/// Whether the practice has any availability.
///
/// # Errors
/// The store's.
pub fn any(tx: &mut Tx<'_>) -> Result<bool> {
    let practice = tx.practice()?;
    Ok(tx.query_opt(&ANY, args![practice], |_| Ok(()))?.is_some())
}

/// How many live resources have not sent the day since `since` (AVAIL-7).
///
/// # Errors
/// The store's.
pub fn resources_missing(tx: &mut Tx<'_>, day: &str, since: Timestamp) -> Result<i64> {
    let practice = tx.practice()?;
    tx.query_one(&MISSING, args![practice, day, since], |row| row.int(0))
}
