//! On what terms a practice's times can be booked: all of a picture that is configured, and holds for any
//! days.

use super::{Offer, REMEMBERED, slice};
use crate::Result;
use crate::health::hides;
use crate::remembered::Weighed;
use jiff::tz::TimeZone;
use slotbridge_store::health::{self, Standing};
use slotbridge_store::practices::Practice;
use slotbridge_store::{Asked, Tx, offers};
use std::sync::Arc;

/// The terms of a practice.
pub(crate) struct Terms {
    pub(super) zone: TimeZone,
    /// Of what has no length of its own, in seconds.
    pub(super) default_length: i64,
    /// How long before its start a time is gone, in seconds.
    pub(super) minimum_notice: i64,
    /// Why nothing can be booked at all, if so.
    pub(super) closed: Option<&'static str>,
    /// Who offers what.
    pub(super) offers: Box<[Offer]>,
}

impl Terms {
    /// The practice's zone.
    pub(crate) const fn zone(&self) -> &TimeZone {
        &self.zone
    }
}

/// Terms that have been asked for.
pub(super) struct AskedTerms {
    offers: Asked<Offer>,
    standing: Asked<Standing>,
}

impl AskedTerms {
    pub(super) fn ask(tx: &mut Tx<'_>) -> Result<Self> {
        Ok(Self {
            offers: offers::ask(tx)?,
            standing: health::ask_standing(tx)?,
        })
    }

    pub(super) fn draw(
        self,
        tx: &mut Tx<'_>,
        practice: &Practice,
        zone: TimeZone,
    ) -> Result<Terms> {
        let standing = self.standing.one(tx)?;
        Ok(Terms {
            zone,
            default_length: practice.default_length_minutes * 60,
            minimum_notice: practice.minimum_notice_minutes * 60,
            closed: closed(practice, standing),
            offers: self.offers.all(tx)?.into_boxed_slice(),
        })
    }
}

/// Why nothing can be booked at a practice at all: nobody would take the booking, or the practice
/// hides its times while its integration does not do what it promised (HEALTH-2).
const fn closed(practice: &Practice, standing: Standing) -> Option<&'static str> {
    if !standing.has_consent {
        return Some(NO_INTEGRATION);
    }
    hides(practice, standing)
}

const NO_INTEGRATION: &str = "the practice has given no integration its consent";

impl Weighed for Arc<Terms> {
    fn bytes(&self) -> usize {
        let offer = |offer: &Offer| {
            let texts = [
                &offer.type_name,
                &offer.pms_resource_id,
                &offer.pms_appointment_type_id,
            ];
            let texts = texts.iter().map(|text| slice(text.len(), 1));
            size_of::<Offer>() + texts.sum::<usize>()
        };
        REMEMBERED + size_of::<Terms>() + self.offers.iter().map(offer).sum::<usize>()
    }
}
