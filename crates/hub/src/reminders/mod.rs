//! Reminders of appointments (SNAP-3): of each that is booked in the last client snapshots, once per
//! appointment and time.
//!
//! A row of due work per date looks at the date's last snapshot when the next reminder is due. So a
//! moved or cancelled appointment needs nothing undone: what is sent follows from what the PMS said
//! last.

mod receiver;
mod words;

pub mod unsubscribe;

use crate::client_snapshots::content::{Appointment, AppointmentStatus, Content};
use crate::client_snapshots::{daily, kept};
use crate::notify::{self, About};
use crate::{Result, health, zone};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
pub(crate) use receiver::Ways;
use slotbridge_domain::date_type::DateType;
use slotbridge_domain::feature::Feature;
use slotbridge_domain::product::Product;
use slotbridge_domain::reminder;
use slotbridge_store::due::{self, DueKind};
use slotbridge_store::practices::{self, Practice};
use slotbridge_store::{Tx, client_snapshots, reminders};
use std::collections::{HashMap, HashSet};

/// After how long reminders that pause are looked at again.
const PAUSE: SignedDuration = SignedDuration::from_hours(1);

/// Writes the reminders of a date that are due, and plans the next.
pub(crate) fn remind(
    tx: &mut Tx<'_>,
    ways: Ways,
    public_url: Option<&str>,
    date: &str,
) -> Result<()> {
    let id = tx.practice()?;
    let Some(practice) = practices::get(tx, id)? else {
        return Ok(());
    };
    let snapshot = client_snapshots::get(tx, date, DateType::Appointment)?;
    let (Some(snapshot), Ok(day)) = (snapshot, date.parse::<Date>()) else {
        return Ok(());
    };
    // The next snapshot takes it up again.
    if !daily::feeds(tx, &practice, Some(Product::Reminders))? {
        return Ok(());
    }
    // What an integration says that is behind is not to be relied on (HEALTH-4).
    if health::feature_late(tx, Feature::ClientSnapshots)? {
        let later = tx.now().saturating_add(PAUSE).unwrap_or(Timestamp::MAX);
        return Ok(due::set(tx, DueKind::Reminders, date, later)?);
    }
    let zone = zone::of(&practice)?;
    let content = kept::content(tx, &snapshot)?;
    let elsewhere = elsewhere(tx, &zone, date, snapshot.received_at)?;
    let made: HashSet<(Timestamp, Vec<u8>)> =
        reminders::made(tx, zone::day_start(&zone, day), zone::day_end(&zone, day))?
            .into_iter()
            .collect();
    let to_do = ToDo {
        practice: &practice,
        zone: &zone,
        content: &content,
        elsewhere: &elsewhere,
        made: &made,
        ways,
        public_url,
    };
    if let Some(next) = to_do.run(tx, day)? {
        due::set(tx, DueKind::Reminders, date, next)?;
    }
    Ok(())
}

/// The appointments that later snapshots of other dates hold: they were moved there.
fn elsewhere(
    tx: &mut Tx<'_>,
    zone: &TimeZone,
    date: &str,
    since: Timestamp,
) -> Result<HashSet<String>> {
    let today = zone::day(zone, tx.now()).to_string();
    let later = client_snapshots::others_since(tx, date, DateType::Appointment, since, &today)?;
    let mut ids = HashSet::new();
    for snapshot in later {
        let held = kept::content(tx, &snapshot)?.appointments;
        ids.extend(held.into_iter().map(|one| one.id));
    }
    Ok(ids)
}

/// What there is to do for a date.
struct ToDo<'r> {
    practice: &'r Practice,
    zone: &'r TimeZone,
    content: &'r Content,
    elsewhere: &'r HashSet<String>,
    made: &'r HashSet<(Timestamp, Vec<u8>)>,
    ways: Ways,
    public_url: Option<&'r str>,
}

impl ToDo<'_> {
    /// Writes what is due now; says when the next is.
    fn run(&self, tx: &mut Tx<'_>, day: Date) -> Result<Option<Timestamp>> {
        let (now, key) = (tx.now(), tx.practice_key()?);
        let patients = self
            .content
            .patients
            .iter()
            .map(|one| (one.id.as_str(), one));
        let patients: HashMap<_, _> = patients.collect();
        let mut next: Option<Timestamp> = None;
        for appointment in &self.content.appointments {
            let Some((start, due)) = self.due(appointment, day, now) else {
                continue;
            };
            let index = key.blind_index("appointment", &appointment.id);
            if self.made.contains(&(start, index.clone())) {
                continue;
            }
            if due > now {
                next = Some(next.map_or(due, |next| next.min(due)));
                continue;
            }
            let Some(patient) = patients.get(appointment.patient_id.as_str()) else {
                continue;
            };
            let Some(receiver) = self.ways.to(patient) else {
                continue;
            };
            let patient_index = unsubscribe::patient_index(&key, &patient.id);
            if reminders::stopped(tx, &patient_index)? {
                continue;
            }
            let token = unsubscribe::token(&key, self.practice.practice_id, patient_index);
            let words = words::Words {
                practice: self.practice,
                when: start,
                zone: self.zone,
                stop: self.public_url.map(|url| unsubscribe::link(url, &token)),
                token: &token,
            };
            let about = About {
                kind: "reminder",
                subject: subject(start, &index),
                booking_id: None,
                links: Vec::new(),
            };
            reminders::make(tx, start, &index)?;
            notify::queue_until(tx, &about, &words.to(receiver), start)?;
        }
        Ok(next)
    }

    /// When an appointment begins and its reminder is due, if it is to have one.
    fn due(
        &self,
        appointment: &Appointment,
        day: Date,
        now: Timestamp,
    ) -> Option<(Timestamp, Timestamp)> {
        let here = appointment.status == AppointmentStatus::Booked
            && appointment.start.date() == day
            && !self.elsewhere.contains(&appointment.id);
        let start = self
            .zone
            .to_timestamp(appointment.start)
            .ok()
            .filter(|_| here)?;
        let due = reminder::due(self.zone, start, self.practice.reminder_hours, now)?;
        Some((start, due))
    }
}

/// What tells the reminder of an appointment and time from others, and nothing of the patient.
fn subject(start: Timestamp, index: &[u8]) -> String {
    let digits: String = index.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{} {digits}", start.as_second())
}
