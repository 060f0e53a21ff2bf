//! What changed since the adapter last asked, by the server's clock.

use crate::Fhir;
use crate::ending::{Booked, Schedules, fate, together};
use crate::fhir::{Appointment, BOOKING, Slot, as_resource};
use crate::search::Pages;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use slotbridge_agent::adapter::{Changes, Fate, Trouble};
use std::collections::{BTreeMap, BTreeSet};

/// How far before its mark a question goes back: what was being written when the last was answered
/// may show up with an earlier time. What is seen twice does no harm.
const OVERLAP: SignedDuration = SignedDuration::from_mins(2);
/// Without a mark, days are of use from this long before the server's now: it is yesterday
/// somewhere.
const TODAY: SignedDuration = SignedDuration::from_hours(36);

/// What asks for resources changed since a mark. What is no mark counts as none.
pub(crate) fn since(mark: Option<&str>) -> Option<String> {
    let mark: Timestamp = mark?.parse().ok()?;
    Some(format!("ge{:.0}", mark.checked_sub(OVERLAP).ok()?))
}

/// The mark of a search: when its first page was answered.
pub(crate) fn mark_of(pages: &Pages<'_>) -> Result<Timestamp, Trouble> {
    pages.asked_at.ok_or_else(|| {
        Trouble::Later(
            "the FHIR server does not say what time it is: it must send Bundle.meta.lastUpdated \
             or the header Date"
                .to_owned(),
        )
    })
}

impl Fhir {
    pub(crate) async fn changes(&self, mark: Option<&str>) -> Result<Changes, Trouble> {
        let since = since(mark);
        let mut seen = Seen::default();
        // The mark is the time of the first search: what changes after it is seen the next time.
        let now = self
            .changed_appointments(since.as_deref(), &mut seen)
            .await?;
        self.changed_slots(since.as_deref(), now, &mut seen).await?;
        let configuration = self.is_reconfigured(since.as_deref()).await?;
        let kept = mark.filter(|_| since.is_some() && seen.is_nothing && !configuration);
        Ok(Changes {
            mark: kept.map_or_else(|| now.to_string(), str::to_owned),
            configuration,
            days: seen.days.into_iter().collect(),
            bookings: seen.bookings.into_iter().collect(),
        })
    }

    async fn changed_appointments(
        &self,
        since: Option<&str>,
        seen: &mut Seen,
    ) -> Result<Timestamp, Trouble> {
        let ours = format!("{BOOKING}|");
        let which = match since {
            Some(since) => ("_lastUpdated", since),
            None => ("identifier", &*ours),
        };
        let query = [which, ("_include", "Appointment:slot")];
        let mut pages = self.server.search("Appointment", &query);
        while let Some(page) = pages.next().await? {
            seen.is_nothing &= page.is_empty();
            self.note_appointments(&page, seen);
        }
        mark_of(&pages)
    }

    fn note_appointments(&self, page: &[Value], seen: &mut Seen) {
        let mut schedules = Schedules::new();
        for slot in page.iter().filter_map(as_resource::<Slot>) {
            if let Some(schedule) = slot.schedule.id_of("Schedule") {
                schedules.insert(slot.id.clone(), schedule.to_owned());
            }
            self.note_day(&slot, seen);
        }
        for appointment in page.iter().filter_map(as_resource::<Appointment>) {
            let booked = Booked::of(&appointment);
            if let (Some(schedule), Some(start)) = (booked.schedule, booked.start) {
                let day = self.zone.to_datetime(start).date();
                seen.days.insert((schedule.to_owned(), day));
            }
            if let Some(booking) = appointment.booking() {
                let now = fate(&appointment, &schedules);
                let fate = seen.bookings.entry(booking).or_insert(now);
                *fate = together(*fate, now);
            }
        }
    }

    async fn changed_slots(
        &self,
        since: Option<&str>,
        now: Timestamp,
        seen: &mut Seen,
    ) -> Result<(), Trouble> {
        let today = now.checked_sub(TODAY).unwrap_or(now);
        let from_today = format!("ge{today:.0}");
        let which = match since {
            Some(since) => ("_lastUpdated", since),
            None => ("start", &*from_today),
        };
        let mut pages = self.server.search("Slot", &[which]);
        while let Some(page) = pages.next().await? {
            seen.is_nothing &= page.is_empty();
            for slot in page.iter().filter_map(as_resource::<Slot>) {
                self.note_day(&slot, seen);
            }
        }
        Ok(())
    }

    fn note_day(&self, slot: &Slot, seen: &mut Seen) {
        if let Some(schedule) = slot.schedule.id_of("Schedule") {
            let day = self.zone.to_datetime(slot.start).date();
            seen.days.insert((schedule.to_owned(), day));
        }
    }

    /// Whether anything changed that resources and types are made of.
    async fn is_reconfigured(&self, since: Option<&str>) -> Result<bool, Trouble> {
        let Some(since) = since else {
            return Ok(true);
        };
        for kind in ["Schedule", "Practitioner", "PractitionerRole"] {
            let query = [("_lastUpdated", since), ("_count", "1")];
            if self.server.finds(kind, &query).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// What a look at the changes has shown so far.
struct Seen {
    is_nothing: bool,
    days: BTreeSet<(String, Date)>,
    bookings: BTreeMap<i64, Fate>,
}

impl Default for Seen {
    fn default() -> Self {
        Self {
            is_nothing: true,
            days: BTreeSet::new(),
            bookings: BTreeMap::new(),
        }
    }
}
