//! Finding a practice, and one practice with whom and what can be booked.

use crate::Result;
use crate::booking::active_practice;
use crate::picture::Catalogue;
use slotbridge_domain::ids::{AppointmentTypeId, PracticeId};
use slotbridge_store::practices::{self, Practice, Search};
use slotbridge_store::practitioners::Practitioner;
use slotbridge_store::{Listed, Tx, Window};

/// Active practices by name; test practices never show (AUTH-4).
///
/// # Errors
/// The store's.
pub fn search(tx: &mut Tx<'_>, search: &Search, window: Window) -> Result<Listed<Practice>> {
    Ok(practices::search(tx, search, window)?)
}

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
    /// Who can be booked, each with what for.
    pub practitioners: Vec<(Practitioner, Vec<OfferedType>)>,
}

/// One practice with its practitioners and their types.
///
/// # Errors
/// No such practice.
pub fn get(tx: &mut Tx<'_>, id: PracticeId) -> Result<PracticePage> {
    let (practice, _) = active_practice(tx, id)?;
    let catalogue = Catalogue::load(tx)?;
    let offers = catalogue.offers();
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
                    length_minutes: offer.type_length.map(|seconds| seconds / 60),
                });
            }
        }
        types
    };
    let practitioners = catalogue
        .practitioners
        .iter()
        .map(|who| (who.clone(), types(who)))
        .filter(|(_, types)| !types.is_empty())
        .collect();
    Ok(PracticePage {
        practice,
        practitioners,
    })
}
