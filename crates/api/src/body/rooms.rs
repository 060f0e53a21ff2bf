//! The rooms that there are.

use super::Room;
use super::answer::TIMES;
use super::room::SMALL;
use crate::Limits;
use slotbridge_domain::document::MOST_FILE_BYTES;

/// A room for each kind of body that can be large. Documents have their own, so that they hold
/// nobody else up; and those that patients give another, so that these do not hold up the PMSs. The
/// answers with documents go the other way: those that PMSs fetch, and those that patients do.
pub(crate) struct Rooms {
    pub(crate) bodies: Room,
    pub(crate) documents: Room,
    pub(crate) attachments: Room,
    pub(crate) fetched_documents: Room,
    pub(crate) fetched_attachments: Room,
}

impl Rooms {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            bodies: Room::new(limits.body_bytes),
            documents: Room::new(limits.document_body_bytes),
            attachments: Room::new(attachment_limit(limits)),
            fetched_documents: Room::new(TIMES * limits.document_body_bytes),
            fetched_attachments: Room::new(TIMES * MOST_FILE_BYTES),
        }
    }
}

/// The largest body with a file of a patient's: base64 takes a third more than what it says.
pub(crate) fn attachment_limit(limits: &Limits) -> usize {
    let largest = MOST_FILE_BYTES / 3 * 4 + SMALL;
    limits.document_body_bytes.min(largest)
}
