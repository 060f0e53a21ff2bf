//! How appointments end: cancelled by the hub, or by the practice, or because nobody came.

use crate::Fhir;
use crate::bookings::{ATTEMPTS, Found, Lookup, changing};
use crate::fhir::{
    Appointment, BOOKED, Extension, Reference, Resource, Slot, as_resource, instant,
};
use crate::schedules::unreadable;
use crate::server::Read;
use crate::slots::Whole;
use crate::transaction::{Outcome, put};
use jiff::Timestamp;
use serde_json::Value;
use slotbridge_agent::adapter::{Cancelled, Fate, Trouble};
use std::collections::{BTreeMap, BTreeSet};

/// The schedule of each slot.
pub(crate) type Schedules = BTreeMap<String, String>;

impl Fhir {
    pub(crate) async fn cancel_booking(
        &self,
        booking: i64,
        ids: &[String],
    ) -> Result<Cancelled, Trouble> {
        for _ in 0..ATTEMPTS {
            let Lookup { mut found, is_gone } = self.look_up(booking, ids).await?;
            if found.is_empty() {
                let is_unknown = !ids.is_empty() && !is_gone;
                return Ok(if is_unknown {
                    Cancelled::Unknown
                } else {
                    Cancelled::Done
                });
            }
            found.retain(|one| !one.appointment.is_off());
            if found.is_empty() {
                return Ok(Cancelled::Done);
            }
            let entries = self.cancelling(found).await?;
            match self.server.transact(entries).await? {
                Outcome::Done(_) => return Ok(Cancelled::Done),
                Outcome::Changed => {}
                Outcome::Refused(status) => {
                    return Err(Trouble::Later(format!(
                        "the FHIR server does not let an appointment be cancelled ({status})"
                    )));
                }
            }
        }
        Err(changing())
    }

    /// The entries that cancel appointments and set their slots free.
    async fn cancelling(&self, found: Vec<Found>) -> Result<Vec<Value>, Trouble> {
        let ours: BTreeSet<&str> = found.iter().map(|one| &*one.appointment.id).collect();
        let slots = found.iter().flat_map(|one| one.appointment.slot_ids());
        let slots: BTreeSet<&str> = slots.collect();
        let held = self.held_by_others(&slots, &ours).await?;
        let mut entries = Vec::new();
        for id in slots.difference(&held.iter().map(String::as_str).collect()) {
            let Some(Whole { slot, value }) = self.slot(id).await? else {
                continue;
            };
            if slot.status == "busy" {
                entries.push(put(Slot::TYPE, &slot.id, &slot.meta, value, "free")?);
            }
        }
        for Found { appointment, value } in found {
            let Appointment { id, meta, .. } = appointment;
            entries.push(put(Appointment::TYPE, &id, &meta, value, "cancelled")?);
        }
        Ok(entries)
    }

    /// Those of some slots that other appointments have too: a desk may book one twice.
    async fn held_by_others(
        &self,
        slots: &BTreeSet<&str>,
        ours: &BTreeSet<&str>,
    ) -> Result<BTreeSet<String>, Trouble> {
        if slots.is_empty() {
            return Ok(BTreeSet::new());
        }
        let names: Vec<String> = slots.iter().map(|id| format!("Slot/{id}")).collect();
        let names = names.join(",");
        let all: Vec<Appointment> = self.server.all_of(&[("slot", &*names)]).await?;
        let others = all
            .iter()
            .filter(|one| !one.is_off() && !ours.contains(one.id.as_str()));
        let held = others.flat_map(Appointment::slot_ids);
        Ok(held
            .filter(|id| slots.contains(id))
            .map(str::to_owned)
            .collect())
    }

    async fn slot(&self, id: &str) -> Result<Option<Whole>, Trouble> {
        let Read::Found(value) = self.server.read(Slot::TYPE, id).await? else {
            return Ok(None);
        };
        let slot = as_resource(&value).ok_or_else(|| unreadable(Slot::TYPE, id))?;
        Ok(Some(Whole { slot, value }))
    }

    pub(crate) async fn fate_of(
        &self,
        booking: i64,
        ids: &[String],
    ) -> Result<Option<Fate>, Trouble> {
        let Lookup { found, is_gone } = self.look_up(booking, ids).await?;
        let mut schedules = Schedules::new();
        let slots = found.iter().flat_map(|one| one.appointment.slot_ids());
        for id in slots {
            let slot = self.slot(id).await?;
            let schedule = slot
                .as_ref()
                .and_then(|whole| whole.slot.schedule.id_of("Schedule"));
            if let Some(schedule) = schedule {
                schedules.insert(id.to_owned(), schedule.to_owned());
            }
        }
        let fates = found.iter().map(|one| fate(&one.appointment, &schedules));
        Ok(fates.reduce(together).or(is_gone.then_some(Fate::Off)))
    }
}

/// What became of a booking that has two appointments.
pub(crate) fn together(one: Fate, other: Fate) -> Fate {
    match (one, other) {
        (Fate::Stands, _) | (_, Fate::Stands) => Fate::Stands,
        (Fate::DidNotAttend, _) | (_, Fate::DidNotAttend) => Fate::DidNotAttend,
        (Fate::Off, Fate::Off) => Fate::Off,
    }
}

/// What became of an appointment.
pub(crate) fn fate(appointment: &Appointment, schedules: &Schedules) -> Fate {
    let booked = Booked::of(appointment);
    match appointment.status.as_str() {
        _ if appointment.is_off() => Fate::Off,
        "noshow" => Fate::DidNotAttend,
        _ if booked.is_moved(appointment, schedules) => Fate::Off,
        _ => Fate::Stands,
    }
}

/// What was booked, as the appointment keeps it. What it does not say counts as unchanged.
pub(crate) struct Booked<'a> {
    pub(crate) schedule: Option<&'a str>,
    pub(crate) start: Option<Timestamp>,
}

impl<'a> Booked<'a> {
    pub(crate) fn of(appointment: &'a Appointment) -> Self {
        let booked = inside(&appointment.extension, BOOKED);
        let booked = booked.map_or(&[][..], |booked| &booked.extension);
        let schedule = inside(booked, "schedule").and_then(|one| one.value_reference.as_ref());
        let start = inside(booked, "start").and_then(|one| one.value_instant.as_deref());
        Self {
            schedule: schedule.and_then(|reference: &Reference| reference.id_of("Schedule")),
            start: start.and_then(instant),
        }
    }

    fn is_moved(&self, appointment: &Appointment, schedules: &Schedules) -> bool {
        let is_other_time = self.start.is_some() && self.start != appointment.start;
        let mut now = appointment.slot_ids().filter_map(|id| schedules.get(id));
        let is_elsewhere = |booked| now.any(|schedule| schedule != booked);
        is_other_time || self.schedule.is_some_and(is_elsewhere)
    }
}

fn inside<'a>(extensions: &'a [Extension], url: &str) -> Option<&'a Extension> {
    extensions.iter().find(|extension| extension.url == url)
}
