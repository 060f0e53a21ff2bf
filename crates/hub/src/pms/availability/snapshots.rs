//! Availability snapshots (AVAIL-1, AVAIL-6, AVAIL-7), one or many.
//!
//! Most snapshots say what is known already. So all are looked at on a reader first, and the
//! writer is entered only if one of them has something to write.

use crate::auth::Consented;
use crate::{Hub, Result, raise, waitlist, zone};
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use slotbridge_domain::availability::{Range, decode, encode};
use slotbridge_domain::ids::BookingId;
use slotbridge_domain::request::RequestType;
use slotbridge_store::bookings::{self, Confirmed};
use slotbridge_store::requests::{self, Target};
use slotbridge_store::resource_days::{self, ResourceDay};
use slotbridge_store::{Stamp, Tx, Window, pms_resources, slot_blocks};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// A resource's free times of a day.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The day at the practice.
    pub date: Date,
    /// The resource.
    pub pms_resource_id: String,
    /// The ranges, in any order.
    pub ranges: Vec<Range>,
}

/// What became of a snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is what is known now.
    Created,
    /// It says what was known already.
    Existing,
    /// It was refused: why.
    Failed(String),
}

/// What became of all snapshots of a call.
#[derive(Clone, Debug)]
pub struct Applied {
    /// Of each, in order.
    pub outcomes: Vec<Outcome>,
    /// If nothing was written: the state of the practice in which that is so, where it can be
    /// told for certain and time alone does not change it.
    pub nothing_written_at: Option<Stamp>,
}

struct Prepared {
    date: Date,
    day: String,
    pms_resource_id: String,
    /// Which day of which resource: [`key`].
    key: String,
    ranges: String,
}

/// One text for a resource's day; a day has no space in it.
fn key(day: &str, resource: &str) -> String {
    [day, " ", resource].concat()
}

/// What all snapshots of a call are judged against. Kept up to date while they are applied.
struct Known {
    today: Date,
    live: HashSet<String>,
    /// Days that are asked for, of one resource ([`key`]) or of all (the day alone).
    asked: HashSet<String>,
    /// Those of the call's days that are there already, by [`key`].
    stored: HashMap<String, Stored>,
    /// The live bookings that the PMS has, on the call's days.
    taken: Vec<Taken>,
    /// Whether there are some of which snapshots do not speak yet ([`IN_FLIGHT`]): what is found
    /// then changes by itself as time passes.
    in_flight: bool,
    /// The days ([`key`]) that have a time off until they are sent again (BOOK-5).
    blocked: HashSet<String>,
}

/// A day as it was sent before.
struct Stored {
    ranges: String,
    received_at: Timestamp,
}

/// How long after a confirmation a snapshot may still have been made before it: until then it says
/// nothing of the booking (BOOK-12).
const IN_FLIGHT: SignedDuration = SignedDuration::from_secs(60);

/// A live booking that the PMS has, with a day ([`key`]) and times on its wall clock.
struct Taken {
    booking_id: BookingId,
    key: String,
    /// From when on a snapshot speaks of it.
    settled_at: Timestamp,
    /// In seconds since midnight.
    start: u32,
    /// In seconds since midnight.
    end: u32,
}

impl Taken {
    fn new(zone: &TimeZone, booking: &Confirmed) -> Option<Self> {
        let (start, end) = (
            zone::local(zone, booking.start),
            zone::local(zone, booking.end),
        );
        let second = |time: DateTime| {
            let of_day = time.duration_since(start.date().into()).as_secs();
            u32::try_from(of_day).ok()
        };
        Some(Self {
            booking_id: booking.booking_id,
            key: key(&start.date().to_string(), &booking.pms_resource_id),
            settled_at: booking.confirmed_at.checked_add(IN_FLIGHT).ok()?,
            start: second(start)?,
            end: second(end)?,
        })
    }

    /// Whether ranges offer the whole of its time.
    fn is_offered(&self, ranges: &[Range]) -> bool {
        let mut ranges: Vec<&Range> = ranges.iter().collect();
        ranges.sort_unstable_by_key(|range| range.start);
        let mut reached = self.start;
        for range in ranges.iter().filter(|range| range.start <= self.end) {
            if range.start <= reached {
                reached = reached.max(range.end);
            }
        }
        reached >= self.end && self.end > self.start
    }
}

const EVERYTHING: Window = Window {
    limit: i64::MAX,
    offset: 0,
};

/// The days that are asked for.
fn asked(tx: &mut Tx<'_>) -> Result<HashSet<String>> {
    let asked = requests::list(tx, RequestType::Availability, EVERYTHING)?;
    let day = |request: requests::Request| match request.target {
        Target::Day {
            day,
            pms_resource_id,
        } => Some(match pms_resource_id {
            Some(resource) => key(&day, &resource),
            None => day,
        }),
        _ => None,
    };
    Ok(asked.entries.into_iter().filter_map(day).collect())
}

/// The stored ranges of the snapshots' days: in one sweep where that reads little that nobody
/// wants, else one by one.
fn stored(
    tx: &mut Tx<'_>,
    resources: usize,
    snapshots: &[Prepared],
) -> Result<HashMap<String, Stored>> {
    let Some((first, last)) = ends(snapshots) else {
        return Ok(HashMap::new());
    };
    let days = first
        .date
        .until(last.date)
        .map_or(i32::MAX, |span| span.get_days());
    let days = usize::try_from(days)
        .unwrap_or(usize::MAX)
        .saturating_add(1);
    let found = if days.saturating_mul(resources) <= 4 * snapshots.len() {
        resource_days::between(tx, &first.day, &last.day)?.all(tx)?
    } else {
        let mut found = Vec::new();
        for snapshot in snapshots {
            found.extend(resource_days::get(
                tx,
                &snapshot.pms_resource_id,
                &snapshot.day,
            )?);
        }
        found
    };
    let entry = |day: ResourceDay| {
        let stored = Stored {
            ranges: day.ranges,
            received_at: day.received_at,
        };
        (key(&day.day, &day.pms_resource_id), stored)
    };
    Ok(found.into_iter().map(entry).collect())
}

/// Those of the first and the last day.
fn ends(snapshots: &[Prepared]) -> Option<(&Prepared, &Prepared)> {
    let by_day = |snapshot: &&Prepared| snapshot.date;
    let first = snapshots.iter().min_by_key(by_day)?;
    Some((first, snapshots.iter().max_by_key(by_day)?))
}

impl Known {
    fn load(tx: &mut Tx<'_>, zone: &TimeZone, snapshots: &[Prepared]) -> Result<Self> {
        // All is asked for before anything is read: one flight to PostgreSQL.
        let resources = pms_resources::ask(tx)?;
        let on_their_days = match ends(snapshots) {
            Some((first, last)) => {
                let from = zone::day_start(zone, first.date).max(tx.now());
                let (to, now) = (zone::day_end(zone, last.date), tx.now());
                let blocked = slot_blocks::days(tx, &first.day, &last.day)?;
                Some((blocked, bookings::confirmed(tx, from, to, now)?))
            }
            None => None,
        };
        let asked = asked(tx)?;
        let live: HashSet<String> = resources
            .all(tx)?
            .into_iter()
            .filter(|resource| resource.live)
            .map(|resource| resource.pms_resource_id)
            .collect();
        let (blocked, mut confirmed) = match on_their_days {
            Some((blocked, confirmed)) => (blocked.all(tx)?, confirmed.all(tx)?),
            None => Default::default(),
        };
        let by = tx.now().saturating_sub(IN_FLIGHT).unwrap_or(Timestamp::MIN);
        let all = confirmed.len();
        confirmed.retain(|booking| booking.confirmed_at <= by);
        Ok(Self {
            in_flight: confirmed.len() < all,
            today: zone::day(zone, tx.now()),
            live,
            asked,
            stored: HashMap::new(),
            taken: confirmed
                .iter()
                .filter_map(|booking| Taken::new(zone, booking))
                .collect(),
            blocked: blocked
                .into_iter()
                .map(|(resource, day)| key(&day, &resource))
                .collect(),
        })
    }

    /// Reads the days of these snapshots as they are stored.
    fn read_days(&mut self, tx: &mut Tx<'_>, snapshots: &[Prepared]) -> Result<()> {
        self.stored.extend(stored(tx, self.live.len(), snapshots)?);
        Ok(())
    }

    fn asks_for(&self, snapshot: &Prepared) -> bool {
        self.asked.contains(&snapshot.day) || self.asked.contains(&snapshot.key)
    }

    /// The outcome, if nothing has to be written for it.
    fn settled(&self, snapshot: &Prepared) -> Option<Outcome> {
        if !self.live.contains(&snapshot.pms_resource_id) {
            return Some(Outcome::Failed(
                "pmsResourceId: is not a known resource: send it with \
                 POST /config/pmsResources/snapshot first"
                    .into(),
            ));
        }
        let outcome = self.outcome(snapshot);
        let nothing_to_write = snapshot.date < self.today
            || (outcome == Outcome::Existing
                && !self.asks_for(snapshot)
                && !self.blocked.contains(&snapshot.key)
                && self.contested(snapshot).is_empty());
        nothing_to_write.then_some(outcome)
    }

    /// The bookings whose time it offers as free, though the PMS has them; of those of which a
    /// snapshot that said the same has spoken before, none.
    fn contested(&self, snapshot: &Prepared) -> Vec<BookingId> {
        let of_day = self.taken.iter().filter(|taken| taken.key == snapshot.key);
        let stored = self.stored.get(&snapshot.key);
        let same = stored.filter(|stored| stored.ranges == snapshot.ranges);
        let news = |taken: &&Taken| same.is_none_or(|same| same.received_at < taken.settled_at);
        let mut of_day = of_day.filter(news).peekable();
        if of_day.peek().is_none() {
            return Vec::new();
        }
        let ranges = decode(&snapshot.ranges).unwrap_or_default();
        of_day
            .filter(|taken| taken.is_offered(&ranges))
            .map(|taken| taken.booking_id)
            .collect()
    }

    /// Whether it says what is known already.
    fn outcome(&self, snapshot: &Prepared) -> Outcome {
        let stored = self.stored.get(&snapshot.key);
        if stored.is_some_and(|stored| stored.ranges == snapshot.ranges) {
            Outcome::Existing
        } else {
            Outcome::Created
        }
    }
}

/// The outcomes, if nothing has to be written for any of them, and whether they hold until somebody
/// writes. The first is looked at alone: where it has something to write, the rest need not be read
/// twice.
fn settled(
    tx: &mut Tx<'_>,
    zone: &TimeZone,
    snapshots: &[Prepared],
) -> Result<Option<(Vec<Outcome>, bool)>> {
    let mut known = Known::load(tx, zone, snapshots)?;
    for part in [snapshots.get(..1), snapshots.get(1..)] {
        let part = part.unwrap_or_default();
        known.read_days(tx, part)?;
        if part
            .iter()
            .any(|snapshot| known.settled(snapshot).is_none())
        {
            return Ok(None);
        }
    }
    let outcomes = snapshots.iter().map(|snapshot| known.settled(snapshot));
    let outcomes: Option<_> = outcomes.collect();
    Ok(outcomes.map(|outcomes| (outcomes, !known.in_flight)))
}

/// Applies snapshots in order, each judged alone.
///
/// # Errors
/// The store's.
pub async fn apply(hub: &Hub, caller: &Consented, snapshots: Vec<Snapshot>) -> Result<Applied> {
    let prepare = |snapshot: Snapshot| {
        let day = snapshot.date.to_string();
        Prepared {
            date: snapshot.date,
            key: key(&day, &snapshot.pms_resource_id),
            day,
            ranges: encode(&snapshot.ranges),
            pms_resource_id: snapshot.pms_resource_id,
        }
    };
    let prepared: Arc<[Prepared]> = snapshots.into_iter().map(prepare).collect();
    let (practice, zone) = (caller.practice_id(), caller.zone().clone());
    let (to_read, zone_to_read) = (Arc::clone(&prepared), zone.clone());
    let stamp = hub.store().exact_stamp(practice);
    let settled = hub
        .read(practice, move |tx| settled(tx, &zone_to_read, &to_read))
        .await?;
    if let Some((outcomes, holds)) = settled {
        return Ok(Applied {
            outcomes,
            nothing_written_at: stamp.filter(|_| holds),
        });
    }
    let outcomes = hub
        .write(practice, move |tx| {
            let mut known = Known::load(tx, &zone, &prepared)?;
            known.read_days(tx, &prepared)?;
            let outcomes: Vec<Outcome> = prepared
                .iter()
                .map(|snapshot| write(tx, &mut known, snapshot))
                .collect::<Result<_>>()?;
            waitlist::may_be_free(tx)?;
            Ok(outcomes)
        })
        .await?;
    Ok(Applied {
        outcomes,
        nothing_written_at: None,
    })
}

fn write(tx: &mut Tx<'_>, known: &mut Known, snapshot: &Prepared) -> Result<Outcome> {
    if let Some(outcome) = known.settled(snapshot) {
        return Ok(outcome);
    }
    let outcome = known.outcome(snapshot);
    let (resource, day) = (&snapshot.pms_resource_id, &snapshot.day);
    let contested = known.contested(snapshot);
    resource_days::upsert(tx, resource, day, &snapshot.ranges)?;
    // The PMS may have moved the appointment, or removed it.
    for booking in contested {
        raise::pms_appointment_changes(tx, booking)?;
    }
    if known.blocked.remove(&snapshot.key) {
        slot_blocks::lift(tx, resource, day)?;
    }
    if known.asks_for(snapshot) {
        resolve_asked(tx, resource, day)?;
        known.asked = asked(tx)?;
    }
    let stored = Stored {
        ranges: snapshot.ranges.clone(),
        received_at: tx.now(),
    };
    known.stored.insert(snapshot.key.clone(), stored);
    Ok(outcome)
}

/// Resolves what was asked for of that resource and day; what was asked of all resources, once
/// the last one has sent the day.
fn resolve_asked(tx: &mut Tx<'_>, resource: &str, day: &str) -> Result<()> {
    for request in requests::of_day(tx, resource, day)? {
        let whole = matches!(
            request.target,
            Target::Day {
                pms_resource_id: None,
                ..
            }
        );
        if !whole || resource_days::resources_missing(tx, day, request.created_at)? == 0 {
            raise::resolve_day(tx, request.request_id, "confirmed")?;
        }
    }
    Ok(())
}
