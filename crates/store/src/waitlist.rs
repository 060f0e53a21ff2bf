//! Who wants to be told if an earlier time comes free, and the times that were offered to them.

use crate::sql::{Row, statements};
use crate::{Result, Tx, args};
use jiff::Timestamp;
use slotbridge_domain::ids::{BookingId, PractitionerId};

macro_rules! offer_columns {
    () => {
        "booking_id, practitioner_id, start_at, end_at, expires_at, hold_hash"
    };
}

statements! {
    PUT = "INSERT INTO waitlist (practice_id, booking_id, practitioner_id, earliest_at, latest_at,
            created_at)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (practice_id, booking_id) DO UPDATE
        SET practitioner_id = excluded.practitioner_id, earliest_at = excluded.earliest_at,
            latest_at = excluded.latest_at";
    GET = "SELECT booking_id, practitioner_id, earliest_at, latest_at, created_at FROM waitlist
        WHERE practice_id = $1 AND booking_id = $2";
    LIST = "SELECT booking_id, practitioner_id, earliest_at, latest_at, created_at FROM waitlist
        WHERE practice_id = $1 ORDER BY created_at, booking_id LIMIT $2";
    REMOVE = "DELETE FROM waitlist WHERE practice_id = $1 AND booking_id = $2";
    REMOVE_ALL = "DELETE FROM waitlist WHERE practice_id = $1";
    /// No later than then, if anybody is on the list.
    LOOK_BY = "UPDATE due SET due_at = $2
        WHERE practice_id = $1 AND kind = 'waitlist' AND target = '' AND due_at > $2";
    OFFER = "INSERT INTO waitlist_offers (practice_id, booking_id, practitioner_id, start_at, end_at,
            expires_at, hold_hash)
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    OFFERS = concat!("SELECT ", offer_columns!(), " FROM waitlist_offers WHERE practice_id = $1");
    IN_FORCE = concat!("SELECT ", offer_columns!(), " FROM waitlist_offers
        WHERE practice_id = $1 AND booking_id = $2 AND expires_at > $3");
    /// Its hold ends with it.
    END_HOLD = "DELETE FROM holds WHERE practice_id = $1 AND hold_hash IN (
            SELECT hold_hash FROM waitlist_offers
            WHERE practice_id = $1 AND booking_id = $2 AND expires_at > $3)";
    END_OFFER = "UPDATE waitlist_offers SET expires_at = $3
        WHERE practice_id = $1 AND booking_id = $2 AND expires_at > $3";
    FORGET_OFFERS = "DELETE FROM waitlist_offers WHERE practice_id = $1 AND start_at < $2";
    FORGET_OFFERS_OF = "DELETE FROM waitlist_offers WHERE practice_id = $1 AND booking_id = $2";
    FORGET_ALL_OFFERS = "DELETE FROM waitlist_offers WHERE practice_id = $1";
}

/// What somebody waits for.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The booking that they have.
    pub booking_id: BookingId,
    /// With whom; `None`: with anybody.
    pub practitioner_id: Option<PractitionerId>,
    /// From when on a time suits them.
    pub earliest: Timestamp,
    /// Until when it may begin.
    pub latest: Timestamp,
    /// Since when they wait: their place in the line.
    pub created_at: Timestamp,
}

/// A time that was offered.
#[derive(Clone, Debug)]
pub struct Offer {
    /// Whose it was: the booking that they have.
    pub booking_id: BookingId,
    /// With whom it is.
    pub practitioner_id: PractitionerId,
    /// From when.
    pub start: Timestamp,
    /// Until when.
    pub end: Timestamp,
    /// When the offer ends, or has ended.
    pub expires_at: Timestamp,
    /// The hash of the hold behind it.
    pub hold_hash: Vec<u8>,
}

fn read(row: &Row<'_>) -> Result<Entry> {
    Ok(Entry {
        booking_id: row.id(0, BookingId::new)?,
        practitioner_id: row.opt_int(1)?.and_then(PractitionerId::new),
        earliest: row.timestamp(2)?,
        latest: row.timestamp(3)?,
        created_at: row.timestamp(4)?,
    })
}

fn read_offer(row: &Row<'_>) -> Result<Offer> {
    Ok(Offer {
        booking_id: row.id(0, BookingId::new)?,
        practitioner_id: row.id(1, PractitionerId::new)?,
        start: row.timestamp(2)?,
        end: row.timestamp(3)?,
        expires_at: row.timestamp(4)?,
        hold_hash: row.blob(5)?,
    })
}

/// Puts somebody on the list. Who is there keeps their place and waits for this now.
///
/// # Errors
/// The store's.
pub fn put(tx: &mut Tx<'_>, entry: &Entry) -> Result<()> {
    let practice = tx.practice()?;
    let args = args![
        practice,
        entry.booking_id,
        entry.practitioner_id,
        entry.earliest,
        entry.latest,
        entry.created_at
    ];
    tx.push(&PUT, args)
}

/// What the patient of a booking waits for.
///
/// # Errors
/// The store's.
pub fn get(tx: &mut Tx<'_>, booking: BookingId) -> Result<Option<Entry>> {
    let practice = tx.practice()?;
    tx.query_opt(&GET, args![practice, booking], read)
}

/// Who waits, the first in line first.
///
/// # Errors
/// The store's.
pub fn list(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<Entry>> {
    let practice = tx.practice()?;
    tx.query(&LIST, args![practice, limit], read)
}

/// Takes somebody off the list; says whether they were there. What they are offered ends.
///
/// # Errors
/// The store's.
pub fn remove(tx: &mut Tx<'_>, booking: BookingId) -> Result<bool> {
    let (practice, now) = (tx.practice()?, tx.now());
    let there = tx.execute(&REMOVE, args![practice, booking])? > 0;
    if there {
        tx.push(&END_HOLD, args![practice, booking, now])?;
        tx.push(&END_OFFER, args![practice, booking, now])?;
    }
    Ok(there)
}

/// Has the list looked at no later than then, if anybody is on it.
///
/// # Errors
/// The store's.
pub fn look_by(tx: &mut Tx<'_>, at: Timestamp) -> Result<()> {
    let practice = tx.practice()?;
    tx.push(&LOOK_BY, args![practice, at])
}

/// Writes down an offer.
///
/// # Errors
/// The store's; the same was offered to them before.
pub fn offer(tx: &mut Tx<'_>, offer: &Offer) -> Result<()> {
    let practice = tx.practice()?;
    let args = args![
        practice,
        offer.booking_id,
        offer.practitioner_id,
        offer.start,
        offer.end,
        offer.expires_at,
        &offer.hold_hash
    ];
    tx.push(&OFFER, args)
}

/// All offers, in force or not, of times that are not over.
///
/// # Errors
/// The store's.
pub fn offers(tx: &mut Tx<'_>) -> Result<Vec<Offer>> {
    let practice = tx.practice()?;
    tx.query(&OFFERS, args![practice], read_offer)
}

/// What the patient of a booking is offered at the moment.
///
/// # Errors
/// The store's.
pub fn in_force(tx: &mut Tx<'_>, booking: BookingId) -> Result<Option<Offer>> {
    let (practice, now) = (tx.practice()?, tx.now());
    tx.query_opt(&IN_FORCE, args![practice, booking, now], read_offer)
}

/// Forgets offers of times before `until`.
///
/// # Errors
/// The store's.
pub fn forget_offers(tx: &mut Tx<'_>, until: Timestamp) -> Result<()> {
    let practice = tx.practice()?;
    tx.push(&FORGET_OFFERS, args![practice, until])
}

/// Forgets what the patient of a booking waits for and was offered, or all patients.
///
/// # Errors
/// The store's.
pub fn forget(tx: &mut Tx<'_>, booking: Option<BookingId>) -> Result<()> {
    let practice = tx.practice()?;
    if let Some(booking) = booking {
        remove(tx, booking)?;
        return tx.push(&FORGET_OFFERS_OF, args![practice, booking]);
    }
    tx.push(&REMOVE_ALL, args![practice])?;
    tx.push(&FORGET_ALL_OFFERS, args![practice])
}
