//! Waiting for a booking to change: for pages that show it live.
//!
//! Whoever waits says what they have seen, and is answered as soon as it is otherwise, or after a
//! while with nothing; then they ask again. While they wait, only the practice's stamp is looked
//! at, which is in memory: the booking is read when somebody has written for its practice, on any
//! node, and when its 20 seconds end by the hub's clock (BOOK-3).

use crate::auth::Patient;
use crate::booking::get::{self, BookingPage};
use crate::{Hub, Result, auth, content};
use jiff::Timestamp;
use parking_lot::Mutex;
use slotbridge_domain::booking::Status;
use slotbridge_domain::ids::BookingId;
use slotbridge_store::Stamp;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

/// How long an answer is waited for.
pub const LONGEST_WAIT: Duration = Duration::from_secs(25);
/// How often the stamp is looked at.
const TICK: Duration = Duration::from_millis(250);
/// A node that cannot tell what others wrote reads at every so manieth tick.
const BLIND_TICKS: u32 = 8;
/// How many wait for one booking at once, and how many in all; others are answered at once.
const MOST_OF_BOOKING: usize = 4;
const MOST: usize = 2000;
/// When to ask again: usually, and where too many wait already.
const SOON: Duration = Duration::from_secs(1);
const LATER: Duration = Duration::from_secs(10);

/// What has come of waiting.
#[derive(Clone, Debug)]
pub struct Waited {
    /// The booking, if it is not as it was seen.
    pub changed: Option<Event>,
    /// When to ask again.
    pub retry: Duration,
}

/// A booking as it is now.
#[derive(Clone, Debug)]
pub struct Event {
    /// What to give as seen: the same as long as nothing has changed that is shown.
    pub id: String,
    /// The booking.
    pub page: BookingPage,
}

/// Who waits.
#[derive(Default)]
pub(crate) struct Waiting(Mutex<Places>);

#[derive(Default)]
struct Places {
    all: usize,
    of: HashMap<BookingId, usize>,
}

/// A place among those who wait, given back when dropped.
struct Place {
    waiting: Arc<Waiting>,
    booking: BookingId,
}

impl Waiting {
    fn enter(self: &Arc<Self>, booking: BookingId) -> Option<Place> {
        let mut places = self.0.lock();
        let of_booking = places.of.get(&booking).copied().unwrap_or_default();
        if places.all >= MOST || of_booking >= MOST_OF_BOOKING {
            return None;
        }
        places.all += 1;
        places.of.insert(booking, of_booking + 1);
        Some(Place {
            waiting: Arc::clone(self),
            booking,
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut places = self.waiting.0.lock();
        places.all = places.all.saturating_sub(1);
        let left = places.of.get(&self.booking).map_or(0, |count| count - 1);
        if left == 0 {
            places.of.remove(&self.booking);
        } else {
            places.of.insert(self.booking, left);
        }
    }
}

/// Waits until the booking is not as it was `seen` (any more), `stopping` says that the process is
/// about to end, or [`LONGEST_WAIT`] is over. Who has seen nothing is answered at once.
///
/// # Errors
/// The store's.
pub async fn next(
    hub: &Hub,
    patient: Patient,
    seen: Option<&str>,
    stopping: impl Fn() -> bool,
) -> Result<Waited> {
    let practice = patient.booking_id().practice();
    let place = hub.0.waiting.enter(patient.booking_id());
    let retry = if place.is_some() { SOON } else { LATER };
    let mut ticks = tokio::time::interval(TICK);
    let most_ticks = LONGEST_WAIT.as_millis() / TICK.as_millis();
    let mut known: Option<(Option<Stamp>, Option<Timestamp>)> = None;
    for tick in 0..most_ticks {
        ticks.tick().await;
        if stopping() {
            break;
        }
        let stamp = hub.store().stamp(practice);
        let may_differ = match &known {
            None => true,
            Some((_, decides)) if decides.is_some_and(|at| hub.now() >= at) => true,
            Some((then, _)) if stamp.is_some() => *then != stamp,
            Some(_) => tick.is_multiple_of(BLIND_TICKS.into()),
        };
        if !may_differ {
            continue;
        }
        let page = hub.read(practice, move |tx| get::get(tx, patient)).await?;
        let id = id_of(&page);
        if seen != Some(id.as_str()) {
            let changed = Some(Event { id, page });
            return Ok(Waited { changed, retry });
        }
        if place.is_none() {
            break;
        }
        let life = page.booking.life;
        let decides = (life.status == Status::Requested).then(|| life.decided_by());
        known = Some((stamp, decides));
    }
    Ok(Waited {
        changed: None,
        retry,
    })
}

/// What tells a booking's state, as it is shown, from its others.
fn id_of(page: &BookingPage) -> String {
    let record = &page.pms_record;
    let shown = format!(
        "{} {:?} {:?} {:?} {} {}",
        page.status(),
        page.booking.rescheduled_to,
        record.patient_appointment_link,
        record.patient_appointment_description,
        page.booking.start,
        page.booking.end,
    );
    let hash = auth::hash(shown);
    content::hex(hash.get(..8).unwrap_or_default())
}
