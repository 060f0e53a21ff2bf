//! Practices: made, listed, changed, deactivated.

use crate::admin::practice;
use crate::auth::{Manages, Operator};
use crate::client_snapshots::daily;
use crate::{Context, Error, Hub, Once, Result, health, passed, retention, zone};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use slotbridge_domain::ids::PracticeId;
use slotbridge_domain::staff::Right;
use slotbridge_store::practices::{self, Practice};
use slotbridge_store::{Listed, Tx, Window, bookings, practice_search, resource_days};

/// The most minutes of notice: four weeks.
pub const MOST_NOTICE: i64 = 28 * 24 * 60;
/// The longest default length, in minutes.
pub const LONGEST_DEFAULT: i64 = 24 * 60;
/// The most hours between a reminder and its appointment: as far as snapshots look ahead.
pub const MOST_REMINDER_HOURS: i64 = 72;
/// The most specialties.
pub const MOST_SPECIALTIES: usize = 50;

/// A practice's details; absent: the default, or on a change as it is. The inner `None` of a
/// text that can be unset unsets it.
#[derive(Clone, Debug, Default)]
pub struct Details {
    /// Its name.
    pub name: Option<String>,
    /// Its IANA zone.
    pub timezone: Option<String>,
    /// Its state.
    pub state: Option<Option<String>>,
    /// Street and number.
    pub address: Option<Option<String>>,
    /// Suburb or town.
    pub suburb: Option<Option<String>>,
    /// Postcode.
    pub postcode: Option<Option<String>>,
    /// Phone.
    pub phone: Option<Option<String>>,
    /// Mail.
    pub email: Option<Option<String>>,
    /// Its specialties.
    pub specialties: Option<Vec<String>>,
    /// Its products.
    pub products: Option<Vec<String>>,
    /// Whether resources and types become bookable at once.
    pub auto_publish: Option<bool>,
    /// Whether its times are hidden while its integration is unhealthy.
    pub hide_when_unhealthy: Option<bool>,
    /// Whether they are hidden while an extra feature is late.
    pub hide_when_feature_late: Option<bool>,
    /// Whether the PMS is asked the day after for each appointment.
    pub ask_after_appointments: Option<bool>,
    /// How long before its start a time can be booked.
    pub minimum_notice_minutes: Option<i64>,
    /// The length of a type that has none.
    pub default_length_minutes: Option<i64>,
    /// How many hours before an appointment its reminder goes out.
    pub reminder_hours: Option<i64>,
    /// Whether it takes part.
    pub active: Option<bool>,
}

/// The name under which the tz database knows a zone.
///
/// # Errors
/// It knows none of that name.
pub fn zone_name(name: &str) -> Result<String, &'static str> {
    let zone = TimeZone::get(name).ok();
    let known = zone.and_then(|zone| zone.iana_name().map(str::to_owned));
    known.ok_or("is not an IANA time zone, such as Australia/Sydney")
}

impl Details {
    fn apply(self, practice: &mut Practice, now: Timestamp) -> Result<()> {
        fn set<T>(field: &mut T, value: Option<T>) {
            if let Some(value) = value {
                *field = value;
            }
        }
        if let Some(name) = self.timezone {
            practice.timezone = zone_name(&name).map_err(|why| Error::field("timezone", why))?;
        }
        set(&mut practice.name, self.name);
        set(&mut practice.state, self.state);
        set(&mut practice.address, self.address);
        set(&mut practice.suburb, self.suburb);
        set(&mut practice.postcode, self.postcode);
        set(&mut practice.phone, self.phone);
        set(&mut practice.email, self.email);
        let lower = |names: Vec<String>| names.iter().map(|name| name.to_lowercase()).collect();
        set(&mut practice.specialties, self.specialties.map(lower));
        set(&mut practice.products, self.products);
        set(&mut practice.auto_publish, self.auto_publish);
        set(&mut practice.hide_when_unhealthy, self.hide_when_unhealthy);
        set(
            &mut practice.hide_when_feature_late,
            self.hide_when_feature_late,
        );
        set(
            &mut practice.ask_after_appointments,
            self.ask_after_appointments,
        );
        set(
            &mut practice.minimum_notice_minutes,
            self.minimum_notice_minutes,
        );
        set(
            &mut practice.default_length_minutes,
            self.default_length_minutes,
        );
        set(&mut practice.reminder_hours, self.reminder_hours);
        match self.active {
            Some(true) => practice.deactivated_at = None,
            Some(false) => practice.deactivated_at = practice.deactivated_at.or(Some(now)),
            None => {}
        }
        Ok(())
    }
}

/// Makes a practice.
///
/// # Errors
/// The zone is not known.
pub async fn create(
    hub: &Hub,
    _: &Operator,
    context: Context,
    details: Details,
    test: bool,
    once: Once<Practice>,
) -> Result<Value> {
    hub.write_global(move |tx| {
        once.run(tx, |tx| {
            let mut practice = Practice {
                practice_id: practices::next_id(tx)?,
                name: String::new(),
                timezone: String::new(),
                state: None,
                address: None,
                suburb: None,
                postcode: None,
                phone: None,
                email: None,
                specialties: Vec::new(),
                products: Vec::new(),
                test,
                auto_publish: false,
                hide_when_unhealthy: true,
                hide_when_feature_late: false,
                ask_after_appointments: false,
                minimum_notice_minutes: 0,
                default_length_minutes: 15,
                reminder_hours: 24,
                created_at: tx.now(),
                deactivated_at: None,
            };
            details.clone().apply(&mut practice, tx.now())?;
            let key = tx.keyring().new_practice_key(practice.practice_id)?;
            practices::insert(tx, &practice, &key)?;
            let zone = zone::of(&practice)?;
            tx.within(practice.practice_id, |tx| {
                if practice.ask_after_appointments {
                    passed::plan(tx, &practice)?;
                }
                retention::plan(tx, &zone)?;
                context.record(tx, "createPractice", None, &json!({}), None)
            })?;
            Ok(practice)
        })
    })
    .await
}

/// Practices, oldest first.
///
/// # Errors
/// The store's.
pub async fn list(hub: &Hub, _: &Operator, window: Window) -> Result<Listed<Practice>> {
    hub.read_global(move |tx| Ok(practices::list(tx, window)?))
        .await
}

/// Practices as operators look for them.
///
/// # Errors
/// The store's.
pub async fn search(
    hub: &Hub,
    _: &Operator,
    wanted: practice_search::Wanted,
    window: Window,
) -> Result<Listed<practice_search::Found>> {
    hub.read_global(move |tx| Ok(practice_search::list(tx, &wanted, window)?))
        .await
}

/// A practice.
///
/// # Errors
/// No such practice.
pub fn get(tx: &mut Tx<'_>, who: &impl Manages, id: PracticeId) -> Result<Practice> {
    practice(tx, who, Right::Bookings, id)
}

/// Changes a practice. Its zone is fixed once it has availability (AVAIL-5).
///
/// # Errors
/// No such practice; the zone is not known or fixed.
pub fn update(
    tx: &mut Tx<'_>,
    who: &impl Manages,
    context: &Context,
    id: PracticeId,
    details: Details,
) -> Result<Practice> {
    let mut practice = practice(tx, who, Right::Settings, id)?;
    if details.active.is_some() && !who.is_operator() {
        return Err(Error::Forbidden(
            "whether the practice takes part is for the operator of this service to say".into(),
        ));
    }
    let (zone, asked) = (practice.timezone.clone(), practice.ask_after_appointments);
    details.apply(&mut practice, tx.now())?;
    if practice.deactivated_at.is_none() && practices::is_erased(tx)? {
        return Err(Error::Conflict(
            "the practice was erased: its key is gone for good; make a new practice".into(),
        ));
    }
    if practice.timezone != zone && has_had_availability(tx)? {
        return Err(Error::Conflict(
            "the practice has availability or bookings in its time zone; the zone is fixed now"
                .into(),
        ));
    }
    practices::update(tx, &practice)?;
    health::soon(tx)?;
    if asked || practice.ask_after_appointments {
        passed::plan(tx, &practice)?;
    }
    // Its products may need client snapshots from now on, or none any more (SNAP-1).
    daily::ask(tx, &practice)?;
    context.record(tx, "updatePractice", None, &json!({}), None)?;
    Ok(practice)
}

/// Whether it has availability, or bookings, which stand when the availability of a deleted
/// resource is dropped (CONF-1).
fn has_had_availability(tx: &mut Tx<'_>) -> Result<bool> {
    let one = Window {
        limit: 1,
        offset: 0,
    };
    Ok(resource_days::any(tx)?
        || bookings::by_start(tx, Timestamp::MIN, Timestamp::MAX, one)?.total > 0)
}
