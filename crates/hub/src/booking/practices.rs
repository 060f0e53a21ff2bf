//! Finding a practice, and one practice with whom and what can be booked.

use crate::booking::active;
use crate::remembered::Weighed;
use crate::{Hub, Result};
use jiff::tz::TimeZone;
use slotbridge_domain::ids::{AppointmentTypeId, PracticeId};
use slotbridge_store::practices::{self, Practice, Search};
use slotbridge_store::practitioners::{self, Practitioner};
use slotbridge_store::{Listed, Tx, Window, offers};
use std::sync::Arc;

/// A type that a practitioner offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferedType {
    /// The type.
    pub appointment_type_id: AppointmentTypeId,
    /// Its name.
    pub name: String,
    /// Its length in minutes; `None` if it has none of its own.
    pub length_minutes: Option<i64>,
}

/// A practice as patients see it.
#[derive(Clone, Debug)]
pub struct PracticePage {
    /// The practice.
    pub practice: Practice,
    /// Its zone.
    pub zone: TimeZone,
    /// Who can be booked, each with what for.
    pub practitioners: Vec<(Practitioner, Vec<OfferedType>)>,
}

/// One practice with its practitioners and their types.
///
/// # Errors
/// No such practice.
pub fn get(tx: &mut Tx<'_>, id: PracticeId) -> Result<PracticePage> {
    let asked = practices::ask(tx, id)?;
    let practitioners = practitioners::ask(tx)?;
    let offers = offers::ask(tx)?;
    let (practice, zone) = active(asked.first(tx)?)?;
    let offers = offers.all(tx)?;
    let types = |who: &Practitioner| {
        let mut types: Vec<OfferedType> = Vec::new();
        for offer in offers
            .iter()
            .filter(|o| o.practitioner_id == who.practitioner_id)
        {
            if types
                .iter()
                .all(|known| known.appointment_type_id != offer.appointment_type_id)
            {
                types.push(OfferedType {
                    appointment_type_id: offer.appointment_type_id,
                    name: offer.type_name.clone(),
                    length_minutes: offer.length_minutes,
                });
            }
        }
        types
    };
    let practitioners = practitioners
        .all(tx)?
        .into_iter()
        .map(|who| {
            let types = types(&who);
            (who, types)
        })
        .filter(|(_, types)| !types.is_empty())
        .collect();
    Ok(PracticePage {
        practice,
        zone,
        practitioners,
    })
}

impl Hub {
    /// Active practices by name; test practices never show (AUTH-4).
    ///
    /// # Errors
    /// The store's.
    pub async fn search_practices(
        &self,
        search: Search,
        window: Window,
    ) -> Result<Listed<Practice>> {
        let find = move |tx: &mut Tx<'_>| Ok(practices::search(tx, &search, window)?);
        self.0.store.begin_global().read_stale(find).await
    }

    /// One practice as [`get`] has it, for whoever only looks: from what is remembered if nobody has written since.
    ///
    /// # Errors
    /// No such practice.
    pub async fn practice_page(&self, id: PracticeId) -> Result<Arc<PracticePage>> {
        let load = self.read_stale(id, move |tx| get(tx, id).map(Arc::new));
        let known = &self.0.practice_pages;
        known.get(&self.0.store, id, id, load).await
    }

    /// The zone of an active practice, for whoever wants to write there: as it is remembered, or else as
    /// the primary has it, which knows of a practice that was made a moment ago.
    ///
    /// # Errors
    /// No such practice.
    pub(crate) async fn zone_to_write_in(&self, id: PracticeId) -> Result<TimeZone> {
        let load = self.read(id, move |tx| get(tx, id).map(Arc::new));
        let known = &self.0.practice_pages;
        let page = known.get(&self.0.store, id, id, load).await?;
        Ok(page.zone.clone())
    }
}

impl Weighed for Arc<PracticePage> {
    fn bytes(&self) -> usize {
        /// Of the practice, a practitioner or a type.
        const EACH: usize = 300;
        let types: usize = self
            .practitioners
            .iter()
            .map(|(_, types)| types.len())
            .sum();
        EACH * (3 + self.practitioners.len() + types)
    }
}
