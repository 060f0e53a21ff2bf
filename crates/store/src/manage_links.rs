//! How often the links to bookings were sent to an address, by the blind index of the address.

use crate::sql::statements;
use crate::{Result, Tx, args};
use slotbridge_domain::ids::BookingId;

statements! {
    COUNT = "INSERT INTO manage_links_sent (practice_id, email_index, day, times)
        VALUES ($1, $2, $3, 1)
        ON CONFLICT (practice_id, email_index, day)
        DO UPDATE SET times = manage_links_sent.times + 1 WHERE manage_links_sent.times < $4";
    FORGET_BEFORE = "DELETE FROM manage_links_sent WHERE practice_id = $1 AND day < $2";
    FORGET = "DELETE FROM manage_links_sent WHERE practice_id = $1
        AND email_index = (SELECT email_index FROM bookings
            WHERE practice_id = $1 AND booking_id = $2)";
    FORGET_ALL = "DELETE FROM manage_links_sent WHERE practice_id = $1";
}

/// Counts a sending on a day; `false` if there were `most` already, and nothing is counted.
///
/// # Errors
/// The store's.
pub fn count(tx: &mut Tx<'_>, email_index: &[u8], day: &str, most: i64) -> Result<bool> {
    let practice = tx.practice()?;
    Ok(tx.execute(&COUNT, args![practice, email_index, day, most])? > 0)
}

/// Forgets the counts of days before `day`.
///
/// # Errors
/// The store's.
pub fn forget_before(tx: &mut Tx<'_>, day: &str) -> Result<()> {
    let practice = tx.practice()?;
    tx.push(&FORGET_BEFORE, args![practice, day])
}

/// Forgets the counts of a booking's address, or of all. The booking must not be erased yet.
///
/// # Errors
/// The store's.
pub fn forget(tx: &mut Tx<'_>, booking: Option<BookingId>) -> Result<()> {
    let practice = tx.practice()?;
    match booking {
        Some(booking) => tx.push(&FORGET, args![practice, booking]),
        None => tx.push(&FORGET_ALL, args![practice]),
    }
}
