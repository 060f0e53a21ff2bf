//! The clinics of the file.

use super::adapters::{self, Pms};
use super::hours;
use super::section::Section;
use jiff::tz::TimeZone;
use slotbridge_agent::clinic::Settings;
use slotbridge_client::Client;
use std::collections::BTreeMap;
use std::path::Path;
use toml::{Table, Value};

/// For how many days free times are sent, if nothing is said, and at most.
const DAYS_AHEAD: u16 = 30;
const MOST_DAYS_AHEAD: i64 = 366;
/// The hub keeps a clinic's name with its subscription.
const LONGEST_NAME: usize = 60;

/// A clinic.
pub(super) struct Clinic {
    /// What its integration is told.
    pub(super) settings: Settings,
    /// The practice's id with the hub.
    pub(super) practice_id: i64,
    /// The key of the practice's consent: tells one consent from the next.
    pub(super) practice_key: String,
    /// The vendor's client for the practice.
    pub(super) client: Client,
    /// Its PMS.
    pub(super) pms: Pms,
}

/// Reads all `[[clinic]]`.
pub(super) fn read(
    top: &mut Section<'_>,
    folder: &Path,
    hub: Option<&(String, Client)>,
    callback_url: Option<&str>,
) -> Option<Vec<Clinic>> {
    let tables = top.tables("clinic");
    if tables.is_empty() {
        top.fault(
            "clinic",
            "there is none: add a [[clinic]] for each practice",
        );
        return None;
    }
    twice(top, &tables, "name", |clinic| clinic.get("name"));
    twice(top, &tables, "practice_id", |clinic| {
        clinic.get("practice_id")
    });
    // Each would answer the other's bookings.
    twice(top, &tables, "pms.path", |clinic| {
        clinic.get("pms")?.get("path")
    });
    let mut clinics = Vec::new();
    for (table, number) in tables.into_iter().zip(1..) {
        let path = format!("clinic {}: ", shown(&table, number));
        let section = top.inner(table, path);
        clinics.push(clinic(section, folder, hub, callback_url));
    }
    clinics.into_iter().collect()
}

/// What a clinic is called in what is said of it.
fn shown(clinic: &Table, number: usize) -> String {
    let name = clinic.get("name").and_then(Value::as_str);
    let name = name.filter(|name| !name.trim().is_empty());
    name.map_or_else(|| format!("no. {number}"), str::to_owned)
}

/// Tells what two clinics have in common and must not.
fn twice<'t>(
    top: &Section<'_>,
    clinics: &'t [Table],
    key: &str,
    value: impl Fn(&'t Table) -> Option<&'t Value>,
) {
    let mut first = BTreeMap::<String, String>::new();
    for (clinic, number) in clinics.iter().zip(1..) {
        let blank = |value: &&Value| value.as_str().is_some_and(|text| text.trim().is_empty());
        let Some(value) = value(clinic).filter(|value| !blank(value)) else {
            continue;
        };
        let name = shown(clinic, number);
        if let Some(other) = first.get(&value.to_string()) {
            let other = if *other == name {
                "another clinic"
            } else {
                other
            };
            let path = format!("clinic {name}: {key}");
            top.fault(
                &path,
                format_args!("is that of {other} too: give each its own"),
            );
        } else {
            first.insert(value.to_string(), name);
        }
    }
}

fn clinic(
    mut section: Section<'_>,
    folder: &Path,
    hub: Option<&(String, Client)>,
    callback_url: Option<&str>,
) -> Option<Clinic> {
    let name = name(&mut section);
    let practice_id = practice_id(&mut section);
    let what = "put in the key that the practice's consent gave";
    let practice_key = section.secret("practice_key", "practice_key_file", folder, what);
    let zone = zone(&mut section);
    let days_ahead = section.number("days_ahead", 1..=MOST_DAYS_AHEAD);
    let documents = section.flag("documents");
    let live_hours = section.section("live_hours").map(hours::schedule);
    let pms = pms(&mut section, folder, zone.as_ref());
    let client = practice_id.zip(practice_key.as_deref()).zip(hub);
    let client = client.and_then(|((id, key), (_, hub))| of_practice(&section, hub, id, key));
    section.finish();
    Some(Clinic {
        settings: Settings {
            name: name?,
            zone: zone?,
            days_ahead: days_ahead.map_or(Some(DAYS_AHEAD), |days| u16::try_from(days).ok())?,
            live_hours,
            documents,
            callback_url: callback_url.map(str::to_owned),
        },
        practice_id: practice_id?,
        practice_key: practice_key?,
        client: client?,
        pms: pms?,
    })
}

fn of_practice(section: &Section<'_>, hub: &Client, practice: i64, key: &str) -> Option<Client> {
    let client = hub.for_practice(practice, key).ok();
    if client.is_none() {
        section.fault(
            "practice_key",
            "has characters that no HTTP header can hold",
        );
    }
    client
}

fn name(section: &mut Section<'_>) -> Option<String> {
    let name = section.required("name", "put in what you call it, such as \"north\"")?;
    if name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
        section.fault(
            "name",
            format_args!("must be a line of at most {LONGEST_NAME} characters"),
        );
        return None;
    }
    Some(name)
}

fn practice_id(section: &mut Section<'_>) -> Option<i64> {
    if !section.has("practice_id") {
        section.fault(
            "practice_id",
            "is missing: put in the practice's number with the hub",
        );
    }
    section.number("practice_id", 1..=i64::MAX)
}

fn zone(section: &mut Section<'_>) -> Option<TimeZone> {
    let what = "put in the practice's IANA zone, such as \"Australia/Sydney\"";
    let name = section.required("timezone", what)?;
    let zone = TimeZone::get(&name).ok();
    if zone.is_none() {
        section.fault("timezone", format_args!("there is no such zone: {what}"));
    }
    zone
}

fn pms(section: &mut Section<'_>, folder: &Path, zone: Option<&TimeZone>) -> Option<Pms> {
    if !section.has("pms") {
        section.fault("pms", "is missing: say in [clinic.pms] which PMS it has");
    }
    adapters::read(section.section("pms")?, folder, zone)
}
