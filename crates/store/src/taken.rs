//! What takes time of the practice's resources, whatever it is: bookings, holds in force, and times
//! that are off.

use crate::each::{args_of_each, of_each};
use crate::sql::{Row, statements};
use crate::{Asked, Result, Tx, args, bookings};
use jiff::Timestamp;
use slotbridge_domain::booking::Status;
use slotbridge_domain::ids::{BookingId, PracticeId};

statements! {
    /// PostgreSQL takes the types of the columns from the first two.
    LIST = "SELECT pms_resource_id, start_at, end_at, hold_hash, expires_at, NULL, NULL
            FROM holds
            WHERE practice_id = $1 AND start_at < $2 AND end_at > $3 AND expires_at > $5
        UNION ALL SELECT pms_resource_id, start_at, end_at, NULL, NULL, booking_id, status
            FROM bookings
            WHERE practice_id = $1 AND start_at >= $4 AND start_at < $2 AND occupies = 1
                AND end_at > $3
        UNION ALL SELECT pms_resource_id, start_at, end_at, NULL, NULL, NULL, NULL
            FROM slot_blocks
            WHERE practice_id = $1 AND day >= $6 AND day <= $7";
    LIST_OF_EACH = concat!("SELECT pms_resource_id, start_at, end_at, hold_hash, expires_at, NULL, NULL,
                practice_id
            FROM holds
            WHERE start_at < $41 AND end_at > $42 AND expires_at > $44 AND ", of_each!(), "
        UNION ALL SELECT pms_resource_id, start_at, end_at, NULL, NULL, booking_id, status, practice_id
            FROM bookings
            WHERE start_at >= $43 AND start_at < $41 AND occupies = 1 AND end_at > $42 AND ",
                of_each!(), "
        UNION ALL SELECT pms_resource_id, start_at, end_at, NULL, NULL, NULL, NULL, practice_id
            FROM slot_blocks
            WHERE day >= $45 AND day <= $46 AND ", of_each!());
}

/// A time that is taken.
#[derive(Clone, Debug)]
pub struct Taken {
    /// Whose.
    pub pms_resource_id: String,
    /// From when.
    pub start: Timestamp,
    /// Until when.
    pub end: Timestamp,
    /// What takes it.
    pub by: TakenBy,
}

/// What takes a time.
#[derive(Clone, Debug)]
pub enum TakenBy {
    /// A hold in force.
    Hold {
        /// The hash of its id, which is a secret.
        hold_hash: Vec<u8>,
        /// When it ends.
        expires_at: Timestamp,
    },
    /// A booking.
    Booking {
        /// Which.
        booking_id: BookingId,
        /// How it stands.
        status: Status,
    },
    /// A rejection, until the next snapshot of the resource and day (BOOK-5).
    Block,
}

fn by(row: &Row<'_>) -> Result<TakenBy> {
    if let Some(hold_hash) = row.opt_blob(3)? {
        return Ok(TakenBy::Hold {
            hold_hash,
            expires_at: row.timestamp(4)?,
        });
    }
    if row.opt_int(5)?.is_some() {
        return Ok(TakenBy::Booking {
            booking_id: row.id(5, BookingId::new)?,
            status: row.named(6, Status::from_name)?,
        });
    }
    Ok(TakenBy::Block)
}

fn read(row: &Row<'_>) -> Result<Taken> {
    Ok(Taken {
        pms_resource_id: row.text(0)?,
        start: row.timestamp(1)?,
        end: row.timestamp(2)?,
        by: by(row)?,
    })
}

/// Asks for what takes time in `[from, to)`, and for what is off on the days from `first` to `last`,
/// both included, of any resource.
///
/// # Errors
/// The store's.
pub fn ask(
    tx: &mut Tx<'_>,
    (from, to): (Timestamp, Timestamp),
    (first, last): (&str, &str),
) -> Result<Asked<Taken>> {
    let (practice, now) = (tx.practice()?, tx.now());
    let args = args![practice, to, from, bookings::before(from), now, first, last];
    tx.ask(&LIST, args, read)
}

/// The same of several practices, [`AT_ONCE`](crate::AT_ONCE) at most. Runs globally.
///
/// # Errors
/// The store's.
pub fn ask_of_each(
    tx: &mut Tx<'_>,
    practices: &[PracticeId],
    (from, to): (Timestamp, Timestamp),
    (first, last): (&str, &str),
) -> Result<Asked<(PracticeId, Taken)>> {
    let now = tx.now();
    let args = args![to, from, bookings::before(from), now, first, last];
    tx.ask(&LIST_OF_EACH, &args_of_each(practices, args), |row| {
        Ok((row.id(7, PracticeId::new)?, read(row)?))
    })
}
