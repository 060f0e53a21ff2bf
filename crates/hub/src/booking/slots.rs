//! The bookable times of a practice.

use crate::picture::{Offer, Picture, Times};
use crate::{Error, Hub, Result};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Unit};
use slotbridge_domain::ids::{AppointmentTypeId, PracticeId, PractitionerId};
use slotbridge_store::Tx;
use std::sync::Arc;

/// The most days of one search.
pub const MOST_DAYS: i32 = 31;

/// A bookable time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BookableSlot {
    /// Whom it is with.
    pub practitioner_id: PractitionerId,
    /// What for.
    pub appointment_type_id: AppointmentTypeId,
    /// From when.
    pub start: Timestamp,
    /// Until when.
    pub end: Timestamp,
}

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct SlotSearch {
    /// The first day, in practice time.
    pub from: Date,
    /// The last day, included.
    pub to: Date,
    /// Only this practitioner.
    pub practitioner_id: Option<PractitionerId>,
    /// Only this type.
    pub appointment_type_id: Option<AppointmentTypeId>,
}

impl SlotSearch {
    fn check(&self) -> Result<()> {
        let days = self
            .from
            .until((Unit::Day, self.to))
            .map_err(|_| Error::field("to", "is too far from `from`"))?
            .get_days();
        if days < 0 {
            return Err(Error::field("to", "must not lie before `from`"));
        }
        if days >= MOST_DAYS {
            return Err(Error::field(
                "to",
                format!("ask for at most {MOST_DAYS} days at once"),
            ));
        }
        Ok(())
    }

    fn among(&self, picture: &Picture, now: Timestamp) -> Vec<BookableSlot> {
        let dates = self
            .from
            .series(jiff::Span::new().days(1))
            .take_while(|day| *day <= self.to);
        let wanted = |offer: &Offer| {
            self.practitioner_id
                .is_none_or(|id| id == offer.practitioner_id)
                && self
                    .appointment_type_id
                    .is_none_or(|id| id == offer.appointment_type_id)
        };
        picture
            .slots(now, &dates, wanted)
            .into_iter()
            .map(|found| BookableSlot {
                practitioner_id: found.offer.practitioner_id,
                appointment_type_id: found.offer.appointment_type_id,
                start: found.slot.start,
                end: found.slot.end,
            })
            .collect()
    }
}

/// The bookable times with the practice's zone, by start.
///
/// # Errors
/// No such practice; the days are in the wrong order or too many.
pub fn search(
    tx: &mut Tx<'_>,
    practice: PracticeId,
    search: &SlotSearch,
) -> Result<(Vec<BookableSlot>, TimeZone)> {
    search.check()?;
    let picture = Picture::of_active(tx, practice, search.from, search.to)?;
    Ok((search.among(&picture, tx.now()), picture.zone().clone()))
}

impl Hub {
    /// The same for whoever only looks, from what is remembered if nobody has written since.
    ///
    /// # Errors
    /// As [`search`] has them.
    pub async fn slots(
        &self,
        practice: PracticeId,
        search: SlotSearch,
    ) -> Result<(Vec<BookableSlot>, TimeZone)> {
        search.check()?;
        let (now, days) = (self.now(), (search.from, search.to));
        let (times, terms) = (&self.0.times, &self.0.terms);
        let key = (practice, days);
        let stamps = self.store().both_stamps(practice);
        let of_times = stamps.map(|both| both.written);
        let of_terms = stamps.map(|both| both.configured);
        let known_times = times.known(of_times, &key);
        let known_times = known_times.filter(|times| times.hold_at(now));
        let picture = match (terms.known(of_terms, &practice), known_times) {
            (Some(terms), Some(times)) => Picture::of(terms, times),
            (Some(terms), None) => {
                let zone = terms.zone().clone();
                let read = move |tx: &mut Tx<'_>| Times::of(tx, &zone, days);
                let read = Arc::new(self.read_stale(practice, read).await?);
                times.put(of_times, key, Arc::clone(&read));
                Picture::of(terms, read)
            }
            (None, _) => {
                let (from, to) = days;
                let read = move |tx: &mut Tx<'_>| Picture::of_active(tx, practice, from, to);
                let picture = self.read_stale(practice, read).await?;
                terms.put(of_terms, practice, Arc::clone(picture.terms()));
                times.put(of_times, key, Arc::clone(picture.times()));
                picture
            }
        };
        if !self.store().is_ours_alone() {
            self.0.searched.note(practice, days);
        }
        let zone = picture.zone().clone();
        Ok((search.among(&picture, now), zone))
    }
}
