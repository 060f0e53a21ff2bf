//! Content in the object store: put before the transaction that names it, removed after the one that
//! names it no more.
//!
//! ```text
//! plan its removal (ObjectUnused) -> put it -> the use case's transaction: name it, withdraw the plan
//! ```
//!
//! So whatever a crash leaves behind without a name is removed when the plan falls due. A plan that has
//! fallen due cannot be withdrawn: a transaction that comes so late fails, and names nothing that is
//! about to go. What is no longer named is removed a day later, so that a backup that began before
//! still finds it.

use crate::outgoing::ObjectFailure;
use crate::{Error, Hub, Result};
use jiff::{SignedDuration, Timestamp};
use slotbridge_domain::ids::PracticeId;
use slotbridge_store::due::{self, Due, DueKind};
use slotbridge_store::seal::DataKey;
use slotbridge_store::{StoreError, Tx};

/// When an object without a name is removed: later than any call takes.
const UNUSED: SignedDuration = SignedDuration::from_hours(1);
/// When one is removed that lost its name.
const DROPPED: SignedDuration = SignedDuration::from_hours(24);
/// When it is tried again, if it could not be removed.
const AGAIN: SignedDuration = SignedDuration::from_mins(10);

/// An object that is there and has no name in the store yet.
#[derive(Clone, Debug)]
pub(crate) struct Placed {
    name: String,
}

impl Placed {
    /// Keeps it: gives the name that the transaction writes down.
    pub(crate) fn keep(&self, tx: &mut Tx<'_>) -> Result<String> {
        if due::withdraw(tx, DueKind::ObjectUnused, &self.name)? {
            return Ok(self.name.clone());
        }
        let late = "an object was named too late and is being removed";
        Err(StoreError::Unavailable(late.to_owned()).into())
    }
}

/// The content of an object that the store names: found, and not read yet.
pub struct Content {
    name: String,
    key: DataKey,
    bytes: usize,
}

impl Content {
    /// Of an object whose content has that size.
    pub(crate) fn of(name: String, key: DataKey, bytes: i64) -> Self {
        let bytes = usize::try_from(bytes).unwrap_or_default();
        Self { name, key, bytes }
    }

    /// How large it is.
    #[must_use]
    pub const fn bytes(&self) -> usize {
        self.bytes
    }

    /// Reads it. For a moment it takes its size twice.
    ///
    /// # Errors
    /// The object store's.
    pub async fn read(self, hub: &Hub) -> Result<Vec<u8>> {
        let objects = &hub.outgoing().objects;
        let got = objects.get(self.name.clone()).await;
        let sealed = got.map_err(|failure| failed(&failure))?;
        let sealed = sealed.ok_or(StoreError::Corrupt("an object that is gone"))?;
        let mut content = self.key.open(&context(&self.name), &sealed)?;
        Ok(std::mem::take(&mut *content))
    }
}

/// Lets an object go that the transaction names no more.
pub(crate) fn drop_object(tx: &mut Tx<'_>, name: &str) -> Result<()> {
    let at = later(tx.now(), DROPPED);
    Ok(due::set(tx, DueKind::ObjectDropped, name, at)?)
}

fn later(now: Timestamp, by: SignedDuration) -> Timestamp {
    now.saturating_add(by).unwrap_or(Timestamp::MAX)
}

/// Hexadecimal digits as bytes.
pub(crate) fn unhex(text: &str) -> Option<Vec<u8>> {
    let at = |at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok();
    (0..text.len()).step_by(2).map(at).collect()
}

/// Bytes in hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What the content of an object is sealed as.
fn context(name: &str) -> String {
    format!("content {name}")
}

fn failed(failure: &ObjectFailure) -> Error {
    StoreError::Unavailable(format!("the object store: {}", failure.0)).into()
}

impl Hub {
    /// Seals content under a booking's key and puts it.
    pub(crate) async fn place(
        &self,
        practice: PracticeId,
        key: &DataKey,
        content: Vec<u8>,
    ) -> Result<Placed> {
        let name = hex(&self.random().bytes::<16>());
        let sealed = key.seal_owned(&context(&name), content)?;
        let target = name.clone();
        self.write(practice, move |tx| {
            let at = later(tx.now(), UNUSED);
            Ok(due::set(tx, DueKind::ObjectUnused, &target, at)?)
        })
        .await?;
        let objects = &self.outgoing().objects;
        let put = objects.put(name.clone(), sealed).await;
        put.map_err(|failure| failed(&failure))?;
        Ok(Placed { name })
    }

    /// Removes an object that nothing names, then the plan to do so.
    pub(crate) async fn remove_object(&self, row: Due) -> Result<()> {
        let removed = self.outgoing().objects.remove(row.target.clone()).await;
        if let Err(failure) = &removed {
            tracing::error!(error = %failure.0, "an object could not be removed; trying again later");
        }
        self.write(row.practice_id, move |tx| {
            if due::take(tx, row.kind, &row.target)? && removed.is_err() {
                let at = later(tx.now(), AGAIN);
                due::set(tx, row.kind, &row.target, at)?;
            }
            Ok(())
        })
        .await
    }
}

/// An object that was put and never named is to be removed, and can no longer be named.
pub(crate) fn unused(tx: &mut Tx<'_>, name: &str) -> Result<()> {
    let now = tx.now();
    Ok(due::set(tx, DueKind::ObjectDropped, name, now)?)
}
