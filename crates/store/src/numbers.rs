//! Numbers: a practice's own counter (REQ-2) and the few global ones.

use crate::sql::statements;
use crate::{Result, StoreError, Tx, args};
use slotbridge_domain::ids::{
    AppointmentTypeId, BookingId, CallbackErrorId, DocumentId, NUMBERS_PER_PRACTICE,
    PractitionerId, RequestId, SubscriptionId,
};

statements! {
    TAKE = "UPDATE practice_counters SET last_number = last_number + $2 WHERE practice_id = $1
        RETURNING last_number";
    START = "INSERT INTO practice_counters (practice_id, last_number) VALUES ($1, 0)";
    TAKE_GLOBAL = "UPDATE counters SET value = value + 1 WHERE name = $1 RETURNING value";
}

/// The last of `count` fresh numbers of the practice; they are taken for good only if the
/// transaction commits, so that they grow in the order of commits.
fn take(tx: &mut Tx<'_>, count: i64) -> Result<i64> {
    let practice = tx.practice()?;
    tx.query_one(&TAKE, args![practice, count], |row| {
        let last = row.int(0)?;
        if last < NUMBERS_PER_PRACTICE {
            return Ok(last);
        }
        // The next one would name the next practice.
        Err(StoreError::Corrupt("the practice has used up its numbers"))
    })
}

/// Starts a practice's counter.
pub(crate) fn start(tx: &mut Tx<'_>, practice: i64) -> Result<()> {
    tx.execute(&START, args![practice]).map(drop)
}

/// The next global number of a name.
pub(crate) fn take_global(tx: &mut Tx<'_>, name: &str) -> Result<i64> {
    tx.query_one(&TAKE_GLOBAL, args![name], |row| row.int(0))
}

/// A fresh number without a kind, for rows that only need one.
///
/// # Errors
/// The store's.
pub fn plain(tx: &mut Tx<'_>) -> Result<i64> {
    take(tx, 1)
}

/// A fresh request id.
///
/// # Errors
/// The store's.
pub fn request(tx: &mut Tx<'_>) -> Result<RequestId> {
    Ok(RequestId::of(tx.practice()?, take(tx, 1)?))
}

/// A fresh booking id with the id of its first request.
///
/// # Errors
/// The store's.
pub fn booking_and_request(tx: &mut Tx<'_>) -> Result<(BookingId, RequestId)> {
    let (practice, last) = (tx.practice()?, take(tx, 2)?);
    Ok((
        BookingId::of(practice, last - 1),
        RequestId::of(practice, last),
    ))
}

/// A fresh subscription id.
///
/// # Errors
/// The store's.
pub fn subscription(tx: &mut Tx<'_>) -> Result<SubscriptionId> {
    Ok(SubscriptionId::of(tx.practice()?, take(tx, 1)?))
}

/// A fresh id of an entry of the callbacks' error log.
///
/// # Errors
/// The store's.
pub fn callback_error(tx: &mut Tx<'_>) -> Result<CallbackErrorId> {
    Ok(CallbackErrorId::of(tx.practice()?, take(tx, 1)?))
}

/// A fresh document id.
///
/// # Errors
/// The store's.
pub fn document(tx: &mut Tx<'_>) -> Result<DocumentId> {
    Ok(DocumentId::of(tx.practice()?, take(tx, 1)?))
}

/// A fresh practitioner id.
///
/// # Errors
/// The store's.
pub fn practitioner(tx: &mut Tx<'_>) -> Result<PractitionerId> {
    Ok(PractitionerId::of(tx.practice()?, take(tx, 1)?))
}

/// A fresh appointment type id.
///
/// # Errors
/// The store's.
pub fn appointment_type(tx: &mut Tx<'_>) -> Result<AppointmentTypeId> {
    Ok(AppointmentTypeId::of(tx.practice()?, take(tx, 1)?))
}
