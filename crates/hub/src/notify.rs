//! Telling people: a message is written in the transaction of what it tells, and sent afterwards
//! ([`messages`](crate::messages)).

use crate::notices::when;
use crate::outgoing::{Channel, Message};
use crate::{Result, manage_links, zone};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use slotbridge_domain::ids::BookingId;
use slotbridge_domain::message::TRIED_FOR;
use slotbridge_store::bookings::Booking;
use slotbridge_store::messages::{self, New, Stored};
use slotbridge_store::practices::{self, Practice};
use slotbridge_store::{StoreError, Tx, bookings};
use zeroize::Zeroizing;

/// What a message is about, so that it is written once and can be found.
#[derive(Clone, Debug)]
pub(crate) struct About {
    /// Its kind: a name such as `reminder`, `rejected`, `unhealthy`.
    pub(crate) kind: &'static str,
    /// What it is about within the kind; a second message of the same kind and subject is not
    /// written. Nothing personal.
    pub(crate) subject: String,
    /// The booking, if it is about one: when its patient is erased, so is the message.
    pub(crate) booking_id: Option<BookingId>,
    /// The bookings whose links stand below the text. They are written when it is sent: they are
    /// kept nowhere.
    pub(crate) links: Vec<BookingId>,
}

/// The part of a message that is sealed.
#[derive(Serialize, Deserialize)]
struct Sealed {
    to: String,
    subject: String,
    text: String,
    #[serde(default)]
    links: Vec<i64>,
}

const fn channel_name(channel: Channel) -> &'static str {
    match channel {
        Channel::Mail => "mail",
        Channel::Sms => "sms",
    }
}

const UNREADABLE: StoreError = StoreError::Corrupt("a message that is not in its form");

/// Writes a message to be sent, once per kind and subject. The patient of an erased booking is told
/// nothing, and nobody by an erased practice.
pub(crate) fn queue(tx: &mut Tx<'_>, about: &About, message: &Message) -> Result<()> {
    queue_until(tx, about, message, expires_at(tx))
}

fn expires_at(tx: &Tx<'_>) -> Timestamp {
    tx.now().saturating_add(TRIED_FOR).unwrap_or(Timestamp::MAX)
}

/// The same, for a message that makes no sense any more from `expires_at` on.
pub(crate) fn queue_until(
    tx: &mut Tx<'_>,
    about: &About,
    message: &Message,
    expires_at: Timestamp,
) -> Result<()> {
    if practices::is_erased(tx)? {
        return Ok(());
    }
    let Some(id) = about.booking_id else {
        let key = tx.practice_key()?;
        return write(tx, about, message, expires_at, |context, plain| {
            Ok(key.seal(context, plain)?)
        });
    };
    match bookings::get(tx, id)? {
        Some(booking) => write_of(tx, &booking, about, message, expires_at),
        None => Ok(()),
    }
}

/// The same about a booking that the transaction has read. What is erased with its practice has no key
/// either.
pub(crate) fn queue_of(
    tx: &mut Tx<'_>,
    booking: &Booking,
    about: &About,
    message: &Message,
) -> Result<()> {
    write_of(tx, booking, about, message, expires_at(tx))
}

fn write_of(
    tx: &mut Tx<'_>,
    booking: &Booking,
    about: &About,
    message: &Message,
    expires_at: Timestamp,
) -> Result<()> {
    let Some(wrapped) = &booking.data_key else {
        return Ok(());
    };
    let key = tx.practice_key()?.unwrap(booking.booking_id, wrapped)?;
    write(tx, about, message, expires_at, |context, plain| {
        Ok(key.seal(context, plain)?)
    })
}

/// Seals a message and writes it.
fn write(
    tx: &mut Tx<'_>,
    about: &About,
    message: &Message,
    expires_at: Timestamp,
    seal: impl FnOnce(&str, &[u8]) -> Result<Vec<u8>>,
) -> Result<()> {
    let sealed = Sealed {
        to: message.to.clone(),
        subject: message.subject.clone(),
        text: message.text.clone(),
        links: about.links.iter().map(|id| id.get()).collect(),
    };
    let plain = Zeroizing::new(serde_json::to_vec(&sealed).map_err(|_| UNREADABLE)?);
    let context = messages::sealed_as(about.kind, &about.subject);
    let sealed = seal(&context, &plain)?;
    let new = New {
        kind: about.kind,
        subject: &about.subject,
        booking_id: about.booking_id,
        channel: channel_name(message.channel),
        sealed: &sealed,
        expires_at,
    };
    Ok(messages::insert(tx, &new)?)
}

/// A stored message, readable again; `None` once its patient is erased.
pub(crate) fn open(tx: &mut Tx<'_>, stored: &Stored) -> Result<Option<Message>> {
    let booking = match stored.booking_id {
        Some(id) => bookings::get(tx, id)?,
        None => None,
    };
    let sealed = unsealed(tx, stored, booking.as_ref())?;
    Ok(sealed.map(|sealed| message(stored, sealed)))
}

/// The same, as it is sent: with the links that stand below its text. The transaction has read the
/// practice, and the booking that it is about.
pub(crate) fn open_to_send(
    tx: &mut Tx<'_>,
    stored: &Stored,
    practice: &Practice,
    booking: Option<&Booking>,
    public_url: Option<&str>,
) -> Result<Option<Message>> {
    let Some(mut sealed) = unsealed(tx, stored, booking)? else {
        return Ok(None);
    };
    if let Some(public_url) = public_url {
        for id in sealed.links.iter().copied().filter_map(BookingId::new) {
            let known = booking.filter(|booking| booking.booking_id == id);
            let booking = match known {
                Some(booking) => Some(booking.clone()),
                None => bookings::get(tx, id)?,
            };
            if let Some(booking) = booking
                && let Some(line) = link(tx, public_url, practice, &booking)?
            {
                sealed.text.push_str(&line);
            }
        }
    }
    Ok(Some(message(stored, sealed)))
}

/// What stands below the text for a booking, if it opens with a token that can be told.
fn link(
    tx: &mut Tx<'_>,
    public_url: &str,
    practice: &Practice,
    booking: &Booking,
) -> Result<Option<String>> {
    let at = when(&zone::of(practice)?, booking.start);
    let link = manage_links::link(tx, public_url, booking)?;
    Ok(link.map(|link| format!("\nYour booking for {at} online:\n{link}\n")))
}

fn unsealed(tx: &mut Tx<'_>, stored: &Stored, booking: Option<&Booking>) -> Result<Option<Sealed>> {
    let context = messages::sealed_as(&stored.key.kind, &stored.key.subject);
    let plain = match stored.booking_id {
        None => tx.practice_key()?.open(&context, &stored.sealed)?,
        Some(id) => {
            let Some(wrapped) = booking.and_then(|booking| booking.data_key.as_ref()) else {
                return Ok(None);
            };
            let key = tx.practice_key()?.unwrap(id, wrapped)?;
            key.open(&context, &stored.sealed)?
        }
    };
    Ok(Some(
        serde_json::from_slice(&plain).map_err(|_| UNREADABLE)?,
    ))
}

fn message(stored: &Stored, sealed: Sealed) -> Message {
    let channel = match stored.channel.as_str() {
        "sms" => Channel::Sms,
        _ => Channel::Mail,
    };
    Message {
        channel,
        to: sealed.to,
        subject: sealed.subject,
        text: sealed.text,
    }
}
