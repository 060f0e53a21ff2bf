//! What came with client snapshots, as the practice sees it: their warnings, and the catalogue.

use crate::Result;
use crate::admin::practice;
use crate::auth::Manages;
use crate::client_snapshots::catalogue::{self, Catalogue};
use crate::client_snapshots::{Summary, kept};
use jiff::Timestamp;
use slotbridge_domain::date_type::DateType;
use slotbridge_domain::ids::PracticeId;
use slotbridge_domain::staff::Right;
use slotbridge_store::client_snapshots;
use slotbridge_store::{Listed, Tx, Window};

/// The last snapshot of a date and type.
#[derive(Clone, Debug)]
pub struct SnapshotView {
    /// The date at the practice, `YYYY-MM-DD`.
    pub date: String,
    /// By which of their times it takes appointments.
    pub date_type: DateType,
    /// When it came.
    pub received_at: Timestamp,
    /// How much it holds, and its warnings.
    pub summary: Summary,
}

/// The practice's snapshots, latest date first.
///
/// # Errors
/// No such practice.
pub fn list(
    tx: &mut Tx<'_>,
    who: &impl Manages,
    id: PracticeId,
    window: Window,
) -> Result<Listed<SnapshotView>> {
    practice(tx, who, Right::Settings, id)?;
    let page = client_snapshots::list(tx, window)?;
    let entries = page
        .entries
        .into_iter()
        .map(|one| {
            Ok(SnapshotView {
                summary: kept::summary(tx, &one)?,
                date: one.date,
                date_type: one.date_type,
                received_at: one.received_at,
            })
        })
        .collect::<Result<_>>()?;
    Ok(Listed {
        entries,
        total: page.total,
    })
}

/// The practice's catalogue, with what is deleted.
///
/// # Errors
/// No such practice.
pub fn catalogue(tx: &mut Tx<'_>, who: &impl Manages, id: PracticeId) -> Result<Catalogue> {
    practice(tx, who, Right::Settings, id)?;
    catalogue::get(tx)
}
