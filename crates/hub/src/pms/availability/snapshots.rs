//! Availability snapshots (AVAIL-1, AVAIL-6, AVAIL-7), one or many.
//!
//! Most snapshots say what is known already. So all are looked at on a reader first, and the
//! writer is entered only if one of them has something to write.

use crate::auth::Consented;
use crate::{Hub, Result, raise, zone};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use slotbridge_domain::availability::{Range, encode};
use slotbridge_domain::request::RequestType;
use slotbridge_store::requests::{self, Target};
use slotbridge_store::{Tx, Window, pms_resources, resource_days, slot_blocks};
use std::collections::HashSet;

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

struct Prepared {
    date: Date,
    day: String,
    pms_resource_id: String,
    ranges: String,
}

/// What all snapshots of a call are judged against.
struct Known {
    today: Date,
    live: HashSet<String>,
    /// Days that are asked for, of one resource or (`None`) of all.
    asked: HashSet<(String, Option<String>)>,
}

const EVERYTHING: Window = Window {
    limit: i64::MAX,
    offset: 0,
};

impl Known {
    fn load(tx: &mut Tx<'_>, zone: &TimeZone) -> Result<Self> {
        let resources = pms_resources::list(tx)?;
        let asked = requests::list(tx, RequestType::Availability, EVERYTHING)?;
        let asked = asked
            .entries
            .into_iter()
            .filter_map(|request| match request.target {
                Target::Day {
                    day,
                    pms_resource_id,
                } => Some((day, pms_resource_id)),
                Target::Practice | Target::Booking(_) => None,
            });
        Ok(Self {
            today: zone::day(zone, tx.now()),
            live: resources
                .into_iter()
                .filter(|r| r.live)
                .map(|r| r.pms_resource_id)
                .collect(),
            asked: asked.collect(),
        })
    }

    fn asks_for(&self, snapshot: &Prepared) -> bool {
        !self.asked.is_empty()
            && (self.asked.contains(&(snapshot.day.clone(), None))
                || self
                    .asked
                    .contains(&(snapshot.day.clone(), Some(snapshot.pms_resource_id.clone()))))
    }

    /// The outcome, if nothing has to be written for it.
    fn settled(&self, tx: &mut Tx<'_>, snapshot: &Prepared) -> Result<Option<Outcome>> {
        if !self.live.contains(&snapshot.pms_resource_id) {
            return Ok(Some(Outcome::Failed(
                "pmsResourceId: is not a known resource: send it with \
                 POST /config/pmsResources/snapshot first"
                    .into(),
            )));
        }
        let stored = resource_days::get(tx, &snapshot.pms_resource_id, &snapshot.day)?;
        let same = stored.is_some_and(|stored| stored.ranges == snapshot.ranges);
        if snapshot.date < self.today {
            return Ok(Some(if same {
                Outcome::Existing
            } else {
                Outcome::Created
            }));
        }
        let settled = same
            && !self.asks_for(snapshot)
            && !slot_blocks::of_day(tx, &snapshot.pms_resource_id, &snapshot.day)?;
        Ok(settled.then_some(Outcome::Existing))
    }
}

/// Applies snapshots in order, each judged alone; their outcomes in the same order.
///
/// # Errors
/// The store's.
pub async fn apply(
    hub: &Hub,
    caller: &Consented,
    snapshots: Vec<Snapshot>,
) -> Result<Vec<Outcome>> {
    let prepared: std::sync::Arc<[Prepared]> = snapshots
        .into_iter()
        .map(|snapshot| Prepared {
            date: snapshot.date,
            day: snapshot.date.to_string(),
            ranges: encode(&snapshot.ranges),
            pms_resource_id: snapshot.pms_resource_id,
        })
        .collect();
    let (practice, zone) = (caller.practice_id(), caller.zone().clone());
    let (to_read, zone_to_read) = (std::sync::Arc::clone(&prepared), zone.clone());
    let settled = hub
        .read(practice, move |tx| {
            let known = Known::load(tx, &zone_to_read)?;
            to_read
                .iter()
                .map(|snapshot| known.settled(tx, snapshot))
                .collect::<Result<Vec<_>>>()
        })
        .await?;
    if let Some(outcomes) = settled.into_iter().collect::<Option<Vec<_>>>() {
        return Ok(outcomes);
    }
    hub.write(practice, move |tx| {
        let mut known = Known::load(tx, &zone)?;
        prepared
            .iter()
            .map(|snapshot| write(tx, &mut known, snapshot))
            .collect()
    })
    .await
}

fn write(tx: &mut Tx<'_>, known: &mut Known, snapshot: &Prepared) -> Result<Outcome> {
    if let Some(outcome) = known.settled(tx, snapshot)? {
        return Ok(outcome);
    }
    let (resource, day) = (&snapshot.pms_resource_id, &snapshot.day);
    let stored = resource_days::get(tx, resource, day)?;
    resource_days::upsert(tx, resource, day, &snapshot.ranges)?;
    slot_blocks::lift(tx, resource, day)?;
    if known.asks_for(snapshot) {
        resolve_asked(tx, resource, day)?;
        let asked = requests::list(tx, RequestType::Availability, EVERYTHING)?;
        let still = |key: &(String, Option<String>)| {
            asked.entries.iter().any(|request| match &request.target {
                Target::Day {
                    day,
                    pms_resource_id,
                } => (day, pms_resource_id) == (&key.0, &key.1),
                Target::Practice | Target::Booking(_) => false,
            })
        };
        known.asked.retain(still);
    }
    let same = stored.is_some_and(|stored| stored.ranges == snapshot.ranges);
    Ok(if same {
        Outcome::Existing
    } else {
        Outcome::Created
    })
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
