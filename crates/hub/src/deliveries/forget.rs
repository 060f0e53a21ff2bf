//! How long what became of callbacks is kept (SUB-4).

use crate::Result;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use slotbridge_store::due::{self, DueKind};
use slotbridge_store::{Tx, callback_errors, deliveries};

/// The end of a day, in UTC.
fn end_of(day: Date) -> Timestamp {
    day.checked_add(1.day())
        .and_then(|next| TimeZone::UTC.to_timestamp(next.to_datetime(jiff::civil::Time::midnight())))
        .unwrap_or(Timestamp::MAX)
}

/// Plans the end of what is written today: once a day, since a plan made again is the same.
pub(super) fn plan(tx: &mut Tx<'_>, days: i64) -> Result<()> {
    let today = TimeZone::UTC.to_datetime(tx.now()).date();
    let kept = SignedDuration::from_hours(days.saturating_mul(24));
    let at = end_of(today).saturating_add(kept).unwrap_or(Timestamp::MAX);
    let target = today.to_string();
    Ok(due::set(tx, DueKind::CallbacksForgotten, &target, at)?)
}

/// Deletes what was written on a day, or before; `target` is the day as it was planned.
pub(crate) fn forget(tx: &mut Tx<'_>, target: &str) -> Result<()> {
    if let Ok(day) = target.parse() {
        let before = end_of(day);
        callback_errors::sweep(tx, before)?;
        deliveries::sweep(tx, before)?;
    }
    Ok(())
}
