//! The links by which patients reach their bookings.
//!
//! The token in a link is not kept: the booking's data key gives it, and its hash tells that it is
//! the one that opens the booking. A booking that was made before tokens were so derived opens with
//! the one that was given out then, until a lost link is asked for.

use crate::{Result, auth};
use slotbridge_domain::ids::BookingId;
use slotbridge_domain::keys::KeyKind;
use slotbridge_store::Tx;
use slotbridge_store::bookings::{self, Booking};
use slotbridge_store::seal::DataKey;

/// The token that a booking's data key gives.
pub(crate) fn token(key: &DataKey) -> String {
    KeyKind::Manage.write(key.derive("manage token"))
}

fn derived(tx: &mut Tx<'_>, booking: &Booking) -> Result<Option<String>> {
    let Some(wrapped) = &booking.data_key else {
        return Ok(None);
    };
    let key = tx.practice_key()?.unwrap(booking.booking_id, wrapped)?;
    Ok(Some(token(&key)))
}

/// The page that takes a booking's token; `None` if the booking was erased, or opens with another
/// token.
pub(crate) fn link(tx: &mut Tx<'_>, public_url: &str, booking: &Booking) -> Result<Option<String>> {
    let token = derived(tx, booking)?.filter(|token| booking.manage_hash == auth::hash(token));
    Ok(token.map(|token| written(public_url, booking.booking_id, &token)))
}

fn written(public_url: &str, booking: BookingId, token: &str) -> String {
    let base = public_url.trim_end_matches('/');
    format!("{base}/bookings/{booking}/open?token={token}")
}

/// Has a booking open with the token that its data key gives, and no other.
pub(crate) fn renew(tx: &mut Tx<'_>, booking: &Booking) -> Result<()> {
    let Some(token) = derived(tx, booking)? else {
        return Ok(());
    };
    let hash = auth::hash(token);
    if booking.manage_hash != hash {
        bookings::set_manage_hash(tx, booking.booking_id, &hash)?;
    }
    Ok(())
}
