//! The locations, practitioners and appointment types of the client snapshots. Each snapshot lists
//! all of them: what is missing in one is marked deleted (SNAP-2), and forgotten in the end.

use super::content::{Content, Entry};
use crate::Result;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use slotbridge_store::client_snapshots;
use slotbridge_store::{StoreError, Tx};
use std::collections::HashSet;
use zeroize::Zeroizing;

/// How long a deleted entry is remembered.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(24 * 365);
/// The most deleted entries of a kind: the oldest are forgotten first.
const MOST_DELETED: usize = 1_000;

/// An entry, and since when it is missing, if it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// The entry as it was last sent.
    #[serde(flatten)]
    pub entry: Entry,
    /// Since when it is deleted.
    pub deleted_at: Option<Timestamp>,
}

/// All entries of a practice.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Catalogue {
    /// The locations.
    pub locations: Vec<Listed>,
    /// The practitioners.
    pub practitioners: Vec<Listed>,
    /// The appointment types.
    pub types: Vec<Listed>,
}

/// The entries after a snapshot: its own, and those of before that it misses.
fn merged(before: &[Listed], sent: &[Entry], now: Timestamp) -> Vec<Listed> {
    let mut seen = HashSet::new();
    let live = sent.iter().filter(|entry| seen.insert(entry.id.as_str()));
    let mut entries: Vec<Listed> = live
        .map(|entry| Listed {
            entry: entry.clone(),
            deleted_at: None,
        })
        .collect();
    let mut deleted: Vec<Listed> = before
        .iter()
        .filter(|listed| !seen.contains(listed.entry.id.as_str()))
        .map(|listed| Listed {
            deleted_at: listed.deleted_at.or(Some(now)),
            ..listed.clone()
        })
        .filter(|listed| {
            let since = listed.deleted_at.map(|at| now.duration_since(at));
            since.is_none_or(|since| since < REMEMBERED)
        })
        .collect();
    deleted.sort_by_key(|listed| std::cmp::Reverse(listed.deleted_at));
    deleted.truncate(MOST_DELETED);
    entries.append(&mut deleted);
    entries
}

/// The catalogue of the transaction's practice.
///
/// # Errors
/// The store's.
pub fn get(tx: &mut Tx<'_>) -> Result<Catalogue> {
    let Some(sealed) = client_snapshots::catalogue(tx)? else {
        return Ok(Catalogue::default());
    };
    let plain = tx
        .practice_key()?
        .open(client_snapshots::CATALOGUE_AS, &sealed)?;
    Ok(serde_json::from_slice(&plain)
        .map_err(|_| StoreError::Corrupt("a client catalogue that is not in its form"))?)
}

/// Takes in what a snapshot lists. One that lists the same writes nothing.
pub(crate) fn take_in(tx: &mut Tx<'_>, content: &Content) -> Result<()> {
    let (before, now) = (get(tx)?, tx.now());
    let after = Catalogue {
        locations: merged(&before.locations, &content.locations, now),
        practitioners: merged(&before.practitioners, &content.practitioners, now),
        types: merged(&before.types, &content.types, now),
    };
    if after == before {
        return Ok(());
    }
    let plain = serde_json::to_vec(&after)
        .map_err(|_| StoreError::Corrupt("a client catalogue that cannot be written"))?;
    let sealed = tx
        .practice_key()?
        .seal(client_snapshots::CATALOGUE_AS, &Zeroizing::new(plain))?;
    Ok(client_snapshots::put_catalogue(tx, &sealed)?)
}
