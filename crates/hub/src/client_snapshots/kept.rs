//! A client snapshot as it is kept: content and summary sealed under a key of its own, so that all
//! of it is gone with the key.

use super::content::Content;
use super::warnings;
use crate::Result;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use slotbridge_domain::clock::Random;
use slotbridge_domain::date_type::DateType;
use slotbridge_store::client_snapshots::{self, ClientSnapshot};
use slotbridge_store::seal::DataKey;
use slotbridge_store::{StoreError, Tx};
use std::collections::HashSet;
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
        Self::under(DataKey::generate(random)?, date, date_type, content)
    }

    fn under(key: DataKey, date: Date, date_type: DateType, content: &Content) -> Result<Self> {
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
        let now = tx.now();
        self.put_as_of(tx, now)
    }

    fn put_as_of(&self, tx: &mut Tx<'_>, received_at: Timestamp) -> Result<()> {
        let name = client_snapshots::sealed_as(&self.date, self.date_type);
        let snapshot = ClientSnapshot {
            date: self.date.clone(),
            date_type: self.date_type,
            received_at,
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
        .unwrap_key_of(&client_snapshots::sealed_as(date, date_type), data_key)?;
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

/// Takes patients out of a snapshot, with their appointments, under a new key.
pub(crate) fn put_without(
    tx: &mut Tx<'_>,
    snapshot: &ClientSnapshot,
    mut content: Content,
    patient_ids: &HashSet<String>,
) -> Result<()> {
    content
        .appointments
        .retain(|appointment| !patient_ids.contains(&appointment.patient_id));
    content
        .patients
        .retain(|patient| !patient_ids.contains(&patient.id));
    let date = snapshot.date.parse().map_err(|_| UNREADABLE)?;
    let key = tx.practice_key()?.new_data_key()?;
    Sealed::under(key, date, snapshot.date_type, &content)?.put_as_of(tx, snapshot.received_at)
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
