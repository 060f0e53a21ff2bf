//! Telling people: a message is written in the transaction of what it tells, and sent afterwards.

use crate::Result;
use crate::outgoing::Message;
use slotbridge_domain::ids::BookingId;
use slotbridge_store::Tx;

/// What a message is about, so that it is written once and can be found.
#[derive(Clone, Debug)]
pub(crate) struct About {
    /// Its kind: a name such as `reminder`, `rejected`, `unhealthy`.
    pub(crate) kind: &'static str,
    /// What it is about within the kind; a second message of the same kind and subject is not
    /// written.
    pub(crate) subject: String,
    /// The booking, if it is about one: when its patient is erased, so is the message.
    pub(crate) booking_id: Option<BookingId>,
}

/// Writes a message to be sent, once per kind and subject.
pub(crate) fn queue(_: &mut Tx<'_>, _: &About, _: &Message) -> Result<()> {
    Ok(())
}
