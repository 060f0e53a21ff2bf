//! How a practice's integration does (HEALTH-2), and the practice's own public holidays.

use crate::admin::practice;
use crate::auth::Manages;
use crate::{Context, Error, Hub, Result, health};
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::json;
use slotbridge_domain::feature::Feature;
use slotbridge_domain::health::{Reason, State};
use slotbridge_domain::ids::PracticeId;
use slotbridge_domain::staff::Right;
use slotbridge_store::health::{self as store, Change};
use slotbridge_store::practice_holidays::{self, PracticeHoliday};
use slotbridge_store::{Listed, Tx, Window, consents, features, practices};

/// How a feature does.
#[derive(Clone, Debug)]
pub struct FeatureHealth {
    /// Which.
    pub feature: Feature,
    /// Whether the integration has enabled it.
    pub enabled: bool,
    /// How many of its requests are outstanding.
    pub outstanding: i64,
    /// Since when the oldest of them is.
    pub oldest: Option<Timestamp>,
    /// Since when it is late.
    pub late_since: Option<Timestamp>,
}

/// How an integration does.
#[derive(Clone, Debug)]
pub struct PracticeHealth {
    /// Its state; `None` if the practice has no integration, or it has not been judged yet.
    pub state: Option<State>,
    /// Since when.
    pub since: Option<Timestamp>,
    /// Why it is unhealthy, if it is.
    pub reasons: Vec<Reason>,
    /// When it was heard of for the last time, as far as this node knows.
    pub last_contact: Option<Timestamp>,
    /// Whether the practice's times are hidden because of it.
    pub times_hidden: bool,
    /// The extra features.
    pub features: Vec<FeatureHealth>,
    /// The changes into and out of being unhealthy, newest first.
    pub changes: Listed<Change>,
}

/// How the practice's integration does.
///
/// # Errors
/// No such practice.
pub async fn get(
    hub: &Hub,
    who: &impl Manages,
    id: PracticeId,
    window: Window,
) -> Result<PracticeHealth> {
    who.may(Right::Bookings, id)?;
    let contacts = hub.contacts_of(id).await?;
    hub.read(id, move |tx| {
        let practice = practices::get(tx, id)?.ok_or(Error::NotFound("practice"))?;
        let consumer = consents::live(tx)?.map(|consent| consent.consumer_id);
        let health = store::get(tx)?;
        let enabled = match consumer {
            Some(consumer) => features::enabled(tx, consumer)?,
            None => Vec::new(),
        };
        let (waiting, late) = (store::extra(tx)?, store::late_features(tx)?);
        let feature = |feature: Feature| {
            let of_feature = waiting
                .iter()
                .filter(|(kind, ..)| kind.feature() == Some(feature));
            FeatureHealth {
                feature,
                enabled: enabled.contains(&feature),
                outstanding: of_feature.clone().map(|(_, count, _)| count).sum(),
                oldest: of_feature.map(|(_, _, oldest)| *oldest).min(),
                late_since: late
                    .iter()
                    .find(|(one, _)| *one == feature)
                    .map(|(_, since)| *since),
            }
        };
        let standing = store::ask_standing(tx)?.one(tx)?;
        let contact = contacts
            .iter()
            .find(|contact| Some(contact.consumer_id) == consumer);
        Ok(PracticeHealth {
            state: health.as_ref().map(|health| health.state),
            since: health.as_ref().map(|health| health.since),
            last_contact: contact.map(|contact| contact.last_contact_at),
            times_hidden: health::hides(&practice, standing).is_some(),
            features: Feature::ALL.into_iter().map(feature).collect(),
            reasons: health.map(|health| health.reasons).unwrap_or_default(),
            changes: store::changes(tx, window)?,
        })
    })
    .await
}

/// The most public holidays of a practice's own.
pub const MOST_HOLIDAYS: usize = 1_000;

/// A public holiday of the practice's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holiday {
    /// The day at the practice.
    pub date: Date,
    /// Its name.
    pub name: String,
}

/// The practice's own public holidays, by day.
///
/// # Errors
/// No such practice.
pub fn holidays(tx: &mut Tx<'_>, who: &impl Manages, id: PracticeId) -> Result<Vec<Holiday>> {
    practice(tx, who, Right::Bookings, id)?;
    let holiday = |holiday: PracticeHoliday| {
        let date = holiday.day.parse().ok()?;
        Some(Holiday {
            date,
            name: holiday.name,
        })
    };
    let all = practice_holidays::list(tx)?;
    Ok(all.into_iter().filter_map(holiday).collect())
}

/// Replaces the practice's own public holidays.
///
/// # Errors
/// No such practice.
pub fn set_holidays(
    tx: &mut Tx<'_>,
    who: &impl Manages,
    context: &Context,
    id: PracticeId,
    holidays: &[Holiday],
) -> Result<()> {
    practice(tx, who, Right::Settings, id)?;
    let row = |holiday: &Holiday| PracticeHoliday {
        day: holiday.date.to_string(),
        name: holiday.name.clone(),
    };
    let rows: Vec<PracticeHoliday> = holidays.iter().map(row).collect();
    practice_holidays::replace(tx, &rows)?;
    health::soon(tx)?;
    let detail = json!({"days": rows.len()});
    context.record(tx, "setHolidays", None, &detail, None)
}

/// Adds one of the practice's own public holidays; of two on one day the last counts.
///
/// # Errors
/// No such practice; it has as many as it can have.
pub fn add_holiday(
    tx: &mut Tx<'_>,
    who: &impl Manages,
    context: &Context,
    id: PracticeId,
    holiday: Holiday,
) -> Result<()> {
    let mut all = holidays(tx, who, id)?;
    if all.contains(&holiday) {
        return who.may(Right::Settings, id);
    }
    all.retain(|one| one.date != holiday.date);
    if all.len() >= MOST_HOLIDAYS {
        return Err(Error::Conflict(format!(
            "a practice has at most {MOST_HOLIDAYS} public holidays of its own: remove old ones"
        )));
    }
    all.push(holiday);
    set_holidays(tx, who, context, id, &all)
}

/// Removes one of the practice's own public holidays, if it is there.
///
/// # Errors
/// No such practice.
pub fn remove_holiday(
    tx: &mut Tx<'_>,
    who: &impl Manages,
    context: &Context,
    id: PracticeId,
    date: Date,
) -> Result<()> {
    let mut all = holidays(tx, who, id)?;
    let before = all.len();
    all.retain(|one| one.date != date);
    if all.len() == before {
        return who.may(Right::Settings, id);
    }
    set_holidays(tx, who, context, id, &all)
}
