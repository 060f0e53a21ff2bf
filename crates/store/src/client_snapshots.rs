//! Client snapshots (SNAP-1, SNAP-2) and the catalogue that they make up; all of it sealed.

use crate::sql::{Row, statements};
use crate::{Listed, Result, Tx, Window, args};
use jiff::Timestamp;
use slotbridge_domain::date_type::DateType;

macro_rules! columns {
    () => {
        "date, date_type, received_at, data_key, content, summary"
    };
}

statements! {
    PUT = "INSERT INTO client_snapshots
            (practice_id, date, date_type, received_at, data_key, content, summary)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (practice_id, date, date_type) DO UPDATE SET
            received_at = excluded.received_at, data_key = excluded.data_key,
            content = excluded.content, summary = excluded.summary";
    GET = concat!("SELECT ", columns!(), " FROM client_snapshots
        WHERE practice_id = $1 AND date = $2 AND date_type = $3");
    /// Since `$4`, of other dates than `$3`.
    OTHERS_SINCE = concat!("SELECT ", columns!(), " FROM client_snapshots
        WHERE practice_id = $1 AND date_type = $2 AND date <> $3 AND received_at > $4
            AND date >= $5
        ORDER BY date");
    RECEIVED_AT = "SELECT received_at FROM client_snapshots
        WHERE practice_id = $1 AND date = $2 AND date_type = $3";
    DATES = "SELECT date, date_type FROM client_snapshots WHERE practice_id = $1";
    LIST = "SELECT date, date_type, received_at, data_key, summary FROM client_snapshots
        WHERE practice_id = $1 ORDER BY date DESC, date_type LIMIT $2 OFFSET $3";
    COUNT = "SELECT COUNT(*) FROM client_snapshots WHERE practice_id = $1";
    FORGET = "DELETE FROM client_snapshots WHERE practice_id = $1";
    FORGET_CATALOGUE = "DELETE FROM client_catalogues WHERE practice_id = $1";
    CATALOGUE = "SELECT content FROM client_catalogues WHERE practice_id = $1";
    PUT_CATALOGUE = "INSERT INTO client_catalogues (practice_id, content) VALUES ($1, $2)
        ON CONFLICT (practice_id) DO UPDATE SET content = excluded.content";
}

/// What the catalogue is sealed as, under the practice's key.
pub const CATALOGUE_AS: &str = "client catalogue";

/// Which snapshot it is, for what its key is wrapped as.
#[must_use]
pub fn sealed_as(date: &str, date_type: DateType) -> String {
    format!("client snapshot {date} {}", date_type.as_str())
}

/// A snapshot.
#[derive(Clone, Debug)]
pub struct ClientSnapshot {
    /// Its date at the practice, `YYYY-MM-DD`.
    pub date: String,
    /// By which of their times it takes appointments.
    pub date_type: DateType,
    /// When it came.
    pub received_at: Timestamp,
    /// The wrapped key of what follows.
    pub data_key: Vec<u8>,
    /// The snapshot, sealed.
    pub content: Vec<u8>,
    /// What operators see of it, sealed.
    pub summary: Vec<u8>,
}

/// A snapshot without what it holds.
#[derive(Clone, Debug)]
pub struct Summary {
    /// Its date at the practice, `YYYY-MM-DD`.
    pub date: String,
    /// By which of their times it takes appointments.
    pub date_type: DateType,
    /// When it came.
    pub received_at: Timestamp,
    /// The wrapped key of what follows.
    pub data_key: Vec<u8>,
    /// What operators see of it, sealed.
    pub summary: Vec<u8>,
}

fn date_type(row: &Row<'_>) -> Result<DateType> {
    row.named(1, |name| name.parse().ok())
}

fn read(row: &Row<'_>) -> Result<ClientSnapshot> {
    Ok(ClientSnapshot {
        date: row.text(0)?,
        date_type: date_type(row)?,
        received_at: row.timestamp(2)?,
        data_key: row.blob(3)?,
        content: row.blob(4)?,
        summary: row.blob(5)?,
    })
}

/// Keeps a snapshot in place of the one before.
///
/// # Errors
/// The store's.
pub fn put(tx: &mut Tx<'_>, snapshot: &ClientSnapshot) -> Result<()> {
    let practice = tx.practice()?;
    let args = args![
        practice,
        &snapshot.date,
        snapshot.date_type.as_str(),
        snapshot.received_at,
        &snapshot.data_key,
        &snapshot.content,
        &snapshot.summary
    ];
    tx.push(&PUT, args)
}

/// The last snapshot of a date and type.
///
/// # Errors
/// The store's.
pub fn get(tx: &mut Tx<'_>, date: &str, date_type: DateType) -> Result<Option<ClientSnapshot>> {
    let practice = tx.practice()?;
    tx.query_opt(&GET, args![practice, date, date_type.as_str()], read)
}

/// Of which dates and types there are snapshots.
///
/// # Errors
/// The store's.
pub fn dates(tx: &mut Tx<'_>) -> Result<Vec<(String, DateType)>> {
    let practice = tx.practice()?;
    tx.query(&DATES, args![practice], |row| {
        Ok((row.text(0)?, date_type(row)?))
    })
}

/// The snapshots of that type that came after an instant, of the dates from `first` on other than
/// `date`.
///
/// # Errors
/// The store's.
pub fn others_since(
    tx: &mut Tx<'_>,
    date: &str,
    date_type: DateType,
    since: Timestamp,
    first: &str,
) -> Result<Vec<ClientSnapshot>> {
    let practice = tx.practice()?;
    let args = args![practice, date_type.as_str(), date, since, first];
    tx.query(&OTHERS_SINCE, args, read)
}

/// When the last snapshot of a date and type came.
///
/// # Errors
/// The store's.
pub fn received_at(tx: &mut Tx<'_>, date: &str, date_type: DateType) -> Result<Option<Timestamp>> {
    let practice = tx.practice()?;
    tx.query_opt(
        &RECEIVED_AT,
        args![practice, date, date_type.as_str()],
        |row| row.timestamp(0),
    )
}

/// The snapshots, latest date first.
///
/// # Errors
/// The store's.
pub fn list(tx: &mut Tx<'_>, window: Window) -> Result<Listed<Summary>> {
    let practice = tx.practice()?;
    let entries = tx.query(&LIST, args![practice, window.limit, window.offset], |row| {
        Ok(Summary {
            date: row.text(0)?,
            date_type: date_type(row)?,
            received_at: row.timestamp(2)?,
            data_key: row.blob(3)?,
            summary: row.blob(4)?,
        })
    })?;
    Ok(Listed {
        entries,
        total: tx.query_one(&COUNT, args![practice], |row| row.int(0))?,
    })
}

/// Deletes all snapshots and the catalogue.
///
/// # Errors
/// The store's.
pub fn forget(tx: &mut Tx<'_>) -> Result<()> {
    let practice = tx.practice()?;
    tx.push(&FORGET, args![practice])?;
    tx.push(&FORGET_CATALOGUE, args![practice])
}

/// The catalogue, sealed.
///
/// # Errors
/// The store's.
pub fn catalogue(tx: &mut Tx<'_>) -> Result<Option<Vec<u8>>> {
    let practice = tx.practice()?;
    tx.query_opt(&CATALOGUE, args![practice], |row| row.blob(0))
}

/// Keeps the catalogue.
///
/// # Errors
/// The store's.
pub fn put_catalogue(tx: &mut Tx<'_>, content: &[u8]) -> Result<()> {
    let practice = tx.practice()?;
    tx.push(&PUT_CATALOGUE, args![practice, content])
}
