//! A client snapshot as it is kept: content and summary sealed under a key of its own, so that all
//! of it is gone with the key.

use super::content::Content;
use super::warnings;
use crate::Result;
use jiff::civil::Date;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use slotbridge_domain::clock::Random;
use slotbridge_domain::date_type::DateType;
use slotbridge_store::client_snapshots::{self, ClientSnapshot};
use slotbridge_store::seal::DataKey;
use slotbridge_store::{StoreError, Tx};
use std::sync::Arc;
use zeroize::Zeroizing;

const CONTENT: &str = "content";
const SUMMARY: &str = "summary";
const UNREADABLE: StoreError = StoreError::Corrupt("a client snapshot that is not in its form");

/// What operators see of a snapshot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// How many appointments it holds.
    pub appointments: usize,
    /// How many patients it holds.
    pub patients: usize,
    /// What looks wrong in it (SNAP-2).
    pub warnings: Vec<String>,
}

/// Which snapshot it is, for what its key is wrapped as.
fn name(date: &str, date_type: DateType) -> String {
    format!("client snapshot {date} {}", date_type.as_str())
}

/// A snapshot sealed before the writer is entered; only the key remains to be wrapped there.
pub(crate) struct Sealed {
    date: String,
    date_type: DateType,
    key: DataKey,
    content: Vec<u8>,
    summary: Vec<u8>,
}

fn seal<T: Serialize>(key: &DataKey, context: &str, value: &T) -> Result<Vec<u8>> {
    let plain = Zeroizing::new(serde_json::to_vec(value).map_err(|_| UNREADABLE)?);
    Ok(key.seal(context, &plain)?)
}

impl Sealed {
    /// Looks for what is wrong in a snapshot, and seals it.
    pub(crate) fn new(
        date: Date,
        date_type: DateType,
        content: &Content,
        random: Arc<dyn Random>,
    ) -> Result<Self> {
        let key = DataKey::generate(random)?;
        let summary = Summary {
            appointments: content.appointments.len(),
            patients: content.patients.len(),
            warnings: warnings::of(content, date, date_type),
        };
        Ok(Self {
            date: date.to_string(),
            date_type,
            content: seal(&key, CONTENT, content)?,
            summary: seal(&key, SUMMARY, &summary)?,
            key,
        })
    }

    /// Keeps it, in place of the one before of its date and type.
    pub(crate) fn put(&self, tx: &mut Tx<'_>) -> Result<()> {
        let name = name(&self.date, self.date_type);
        let snapshot = ClientSnapshot {
            date: self.date.clone(),
            date_type: self.date_type,
            received_at: tx.now(),
            data_key: tx.practice_key()?.wrap_key_of(&name, &self.key)?,
            content: self.content.clone(),
            summary: self.summary.clone(),
        };
        Ok(client_snapshots::put(tx, &snapshot)?)
    }
}

fn open<T: DeserializeOwned>(
    tx: &mut Tx<'_>,
    (date, date_type): (&str, DateType),
    data_key: &[u8],
    context: &str,
    sealed: &[u8],
) -> Result<T> {
    let key = tx
        .practice_key()?
        .unwrap_key_of(&name(date, date_type), data_key)?;
    let plain = key.open(context, sealed)?;
    Ok(serde_json::from_slice(&plain).map_err(|_| UNREADABLE)?)
}

/// What a snapshot holds.
pub(crate) fn content(tx: &mut Tx<'_>, of: &ClientSnapshot) -> Result<Content> {
    open(
        tx,
        (&of.date, of.date_type),
        &of.data_key,
        CONTENT,
        &of.content,
    )
}

/// What operators see of a snapshot.
pub(crate) fn summary(tx: &mut Tx<'_>, of: &client_snapshots::Summary) -> Result<Summary> {
    open(
        tx,
        (&of.date, of.date_type),
        &of.data_key,
        SUMMARY,
        &of.summary,
    )
}
