//! How long messages are kept once they are settled.

use crate::Result;
use jiff::{SignedDuration, Timestamp};
use slotbridge_store::Tx;
use slotbridge_store::due::{self, DueKind};
use slotbridge_store::messages::{self, MessageKey};

/// Plans the end of a message that was settled just now.
pub(super) fn plan(tx: &mut Tx<'_>, key: &MessageKey, days: i64) -> Result<()> {
    let kept = SignedDuration::from_hours(days.saturating_mul(24));
    let end = tx.now().saturating_add(kept).unwrap_or(Timestamp::MAX);
    let target = format!("{} {}", key.kind, key.subject);
    Ok(due::set(tx, DueKind::MessageExpires, &target, end)?)
}

/// Deletes the message whose end has come; `target` is as it was planned. A kind has no blanks.
pub(crate) fn expire(tx: &mut Tx<'_>, target: &str) -> Result<()> {
    let Some((kind, subject)) = target.split_once(' ') else {
        return Ok(());
    };
    let key = MessageKey {
        kind: kind.to_owned(),
        subject: subject.to_owned(),
    };
    Ok(messages::delete(tx, &key)?)
}
