//! The bookable times of a practice.

use crate::picture::{Offer, Picture};
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
        let SlotSearch { from, to, .. } = search;
        let (load, now) = (self.load_picture(practice, from, to), self.now());
        let (known, key) = (&self.0.pictures, (practice, from, to));
        let picture = known
            .get_if(self.store(), practice, key, |one| one.holds_at(now), load)
            .await?;
        if !self.store().is_ours_alone() {
            self.0.searched.note(practice, (from, to));
        }
        let zone = picture.zone().clone();
        Ok((search.among(&picture, now), zone))
    }

    /// Reads the picture of some days, on the terms that are remembered if they still hold.
    async fn load_picture(
        &self,
        practice: PracticeId,
        from: Date,
        to: Date,
    ) -> Result<Arc<Picture>> {
        let known = &self.0.terms;
        let stamp = known.stamp(self.store(), practice);
        let terms = known.known(stamp, &practice);
        let are_known = terms.is_some();
        let load = move |tx: &mut Tx<'_>| match &terms {
            Some(terms) => Picture::on_terms(tx, Arc::clone(terms), from, to),
            None => Picture::of_active(tx, practice, from, to),
        };
        let picture = self.read_stale(practice, load).await?;
        if !are_known {
            known.put(stamp, practice, Arc::clone(picture.terms()));
        }
        Ok(Arc::new(picture))
    }
}
