//! What the integration is doing and what it leaves undone for the moment. A PMS that is busy, or
//! switched off, is a part of the story.

use slotbridge_client::wire::requests::RequestName;
use std::sync::atomic::{AtomicBool, Ordering};

/// Something that the integration does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Duty {
    /// It inserts bookings.
    Bookings,
    /// It takes note of cancellations.
    Updates,
    /// It sends the days that the hub asks for.
    Availability,
}

impl Duty {
    /// The duty that a request calls for.
    pub(super) const fn of(request: RequestName) -> Option<Self> {
        match request {
            RequestName::Bookings => Some(Self::Bookings),
            RequestName::BookingUpdates => Some(Self::Updates),
            RequestName::Availability => Some(Self::Availability),
            _ => None,
        }
    }
}

/// Which duties are left undone.
#[derive(Default)]
pub(super) struct Duties([AtomicBool; 3]);

impl Duties {
    fn undone(&self, duty: Duty) -> &AtomicBool {
        let [bookings, updates, availability] = &self.0;
        match duty {
            Duty::Bookings => bookings,
            Duty::Updates => updates,
            Duty::Availability => availability,
        }
    }

    /// Leaves a duty undone, or takes it up again.
    pub(super) fn set(&self, duty: Duty, done: bool) {
        self.undone(duty).store(!done, Ordering::SeqCst);
    }

    /// Whether a duty is being done.
    pub(super) fn does(&self, duty: Duty) -> bool {
        !self.undone(duty).load(Ordering::SeqCst)
    }
}
