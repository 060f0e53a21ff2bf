//! Due work: everything that happens later is a row with a due time.
//!
//! A row is deleted in the transaction that does its work, so that it is done exactly once in
//! effect: after a crash before the commit it is still there, after the commit it is gone.
//!
//! Of several nodes the one that planned it does it, so that they don't get in one another's way; if
//! it does not, any other.

use crate::sql::{Row, statements};
use crate::{Result, Tx, args};
use jiff::Timestamp;
use slotbridge_domain::ids::PracticeId;

statements! {
    SET = "INSERT INTO due (practice_id, kind, target, due_at, node) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (practice_id, kind, target) DO UPDATE
        SET due_at = excluded.due_at, node = excluded.node";
    PUT_OFF = "UPDATE due SET due_at = $4, node = $5
        WHERE practice_id = $1 AND kind = $2 AND target = $3";
    TAKE = "DELETE FROM due WHERE practice_id = $1 AND kind = $2 AND target = $3 AND due_at <= $4";
    CANCEL = "DELETE FROM due WHERE practice_id = $1 AND kind = $2 AND target = $3";
    NEXT = "SELECT practice_id, kind, target, due_at FROM due
        WHERE due_at <= $1 AND (node = $3 OR due_at <= $4)
        ORDER BY due_at, practice_id, kind, target LIMIT $2";
    OVERDUE = "SELECT COUNT(*), MIN(due_at) FROM due WHERE due_at <= $1";
    EARLIEST = "SELECT due_at FROM due ORDER BY due_at LIMIT 1";
}

/// What is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DueKind {
    /// A booking's 20 seconds are over (BOOK-3); the target is the booking.
    BookingStands,
    /// A request's day has ended at the practice (AVAIL-7); the target is the request.
    RequestDayEnds,
    /// A hold has expired and can be removed; the target is its hash.
    HoldExpires,
    /// How the practice's integration does can have changed (HEALTH-1); there is no target.
    Health,
    /// A day has ended at a practice that asks for its appointments then (BOOK-12); there is no
    /// target.
    AppointmentsPassed,
    /// A day begins for which client snapshots are asked (SNAP-1); no target.
    ClientSnapshotDay,
    /// Appointments of a date are to be recalled (SNAP-3); the target is the date.
    Reminders,
    /// What the practice no longer keeps is to be forgotten.
    Retention,
    /// An object was put and nothing has come to name it; the target is its name.
    ObjectUnused,
    /// Nothing names an object any more; the target is its name.
    ObjectDropped,
    /// Somebody has lost the links to their bookings; the target is what they said, sealed.
    LostLink,
    /// A time may have come free for those who wait for one, or an offer has ended; there is no
    /// target.
    Waitlist,
    /// A patient's document was not fetched in time (ATT-2); the target is its request.
    AttachExpires,
}

impl DueKind {
    const ALL: &[Self] = &[
        Self::BookingStands,
        Self::RequestDayEnds,
        Self::HoldExpires,
        Self::Health,
        Self::AppointmentsPassed,
        Self::Retention,
        Self::ObjectUnused,
        Self::ObjectDropped,
        Self::AttachExpires,
        Self::ClientSnapshotDay,
        Self::Reminders,
        Self::LostLink,
        Self::Waitlist,
    ];

    const fn as_str(self) -> &'static str {
        match self {
            Self::BookingStands => "bookingStands",
            Self::RequestDayEnds => "requestDayEnds",
            Self::HoldExpires => "holdExpires",
            Self::Health => "health",
            Self::AppointmentsPassed => "appointmentsPassed",
            Self::ClientSnapshotDay => "clientSnapshotDay",
            Self::Reminders => "reminders",
            Self::Retention => "retention",
            Self::ObjectUnused => "objectUnused",
            Self::ObjectDropped => "objectDropped",
            Self::LostLink => "lostLink",
            Self::Waitlist => "waitlist",
            Self::AttachExpires => "attachExpires",
        }
    }
}

/// A row of due work.
#[derive(Clone, Debug)]
pub struct Due {
    /// Whose.
    pub practice_id: PracticeId,
    /// What.
    pub kind: DueKind,
    /// On what.
    pub target: String,
    /// When.
    pub due_at: Timestamp,
}

/// Until when work is looked for, which is done by the node that planned it as long as that does it.
#[derive(Clone, Copy, Debug)]
pub struct Until {
    /// What this node has planned.
    pub own: Timestamp,
    /// What any has; not after the former.
    pub any: Timestamp,
}

impl Until {
    /// Whoever planned it.
    #[must_use]
    pub const fn any(at: Timestamp) -> Self {
        Self { own: at, any: at }
    }
}

/// Plans work of the transaction's practice.
///
/// # Errors
/// The store's.
pub fn set(tx: &mut Tx<'_>, kind: DueKind, target: &str, due_at: Timestamp) -> Result<()> {
    let (practice, node) = (tx.practice()?, tx.node);
    tx.push(&SET, args![practice, kind.as_str(), target, due_at, node])
}

/// Plans work of the transaction's practice for another time, if it is planned.
///
/// # Errors
/// The store's.
pub fn put_off(tx: &mut Tx<'_>, kind: DueKind, target: &str, due_at: Timestamp) -> Result<()> {
    let (practice, node) = (tx.practice()?, tx.node);
    tx.push(
        &PUT_OFF,
        args![practice, kind.as_str(), target, due_at, node],
    )
}

/// Takes a row that is due; `false` if it is not there (any more) or not due yet.
///
/// # Errors
/// The store's.
pub fn take(tx: &mut Tx<'_>, kind: DueKind, target: &str) -> Result<bool> {
    let (practice, now) = (tx.practice()?, tx.now());
    Ok(tx.execute(&TAKE, args![practice, kind.as_str(), target, now])? > 0)
}

/// Drops work that is no longer needed.
///
/// # Errors
/// The store's.
pub fn cancel(tx: &mut Tx<'_>, kind: DueKind, target: &str) -> Result<()> {
    let practice = tx.practice()?;
    tx.push(&CANCEL, args![practice, kind.as_str(), target])
}

/// Drops planned work, due or not, and says whether it was still planned.
///
/// # Errors
/// The store's.
pub fn withdraw(tx: &mut Tx<'_>, kind: DueKind, target: &str) -> Result<bool> {
    let practice = tx.practice()?;
    Ok(tx.execute(&CANCEL, args![practice, kind.as_str(), target])? > 0)
}

/// What is due by then, of all practices, in the order of due times. Runs globally.
///
/// # Errors
/// The store's.
pub fn next(tx: &mut Tx<'_>, until: Until, limit: usize) -> Result<Vec<Due>> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    tx.query(
        &NEXT,
        args![until.own, limit, tx.node, until.any],
        |row: &Row<'_>| {
            Ok(Due {
                practice_id: row.id(0, PracticeId::new)?,
                kind: row.named(1, |name| {
                    DueKind::ALL.iter().copied().find(|k| k.as_str() == name)
                })?,
                target: row.text(2)?,
                due_at: row.timestamp(3)?,
            })
        },
    )
}

/// How much is due at `at` and not done, and since when the oldest is. Runs globally.
///
/// # Errors
/// The store's.
pub fn overdue(tx: &mut Tx<'_>, at: Timestamp) -> Result<(i64, Option<Timestamp>)> {
    tx.query_one(&OVERDUE, args![at], |row| {
        Ok((row.int(0)?, row.opt_timestamp(1)?))
    })
}

/// When the next work of any practice is due. Runs globally.
///
/// # Errors
/// The store's.
pub fn earliest(tx: &mut Tx<'_>) -> Result<Option<Timestamp>> {
    tx.query_opt(&EARLIEST, args![], |row| row.timestamp(0))
}
