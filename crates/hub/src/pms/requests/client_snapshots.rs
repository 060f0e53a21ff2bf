//! `GET /requests/clientSnapshots` (SNAP-1): the dates whose appointment book is wanted.

use crate::Result;
use crate::auth::Consented;
use slotbridge_domain::feature::Feature;
use slotbridge_domain::request::RequestType;
use slotbridge_store::requests::{self, Target};
use slotbridge_store::{Listed, Tx, Window, features};

/// A snapshot that is asked for.
#[derive(Clone, Debug)]
pub struct SnapshotRequest {
    /// The date at the practice, `YYYY-MM-DD`.
    pub date: String,
    /// The date type.
    pub date_type: String,
}

/// A page of the list; nothing while the feature is not enabled (CONF-4).
///
/// # Errors
/// The store's.
pub fn list(
    tx: &mut Tx<'_>,
    caller: &Consented,
    window: Window,
) -> Result<Listed<SnapshotRequest>> {
    if !features::enabled(tx, caller.consumer_id())?.contains(&Feature::ClientSnapshots) {
        return Ok(Listed {
            entries: Vec::new(),
            total: 0,
        });
    }
    let page = requests::list(tx, RequestType::ClientSnapshots, window)?;
    let asked = |request: requests::Request| match request.target {
        Target::ClientSnapshot { date, date_type } => Some(SnapshotRequest { date, date_type }),
        _ => None,
    };
    Ok(Listed {
        entries: page.entries.into_iter().filter_map(asked).collect(),
        total: page.total,
    })
}
