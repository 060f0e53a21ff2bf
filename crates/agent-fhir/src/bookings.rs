//! Bookings become appointments: exactly one of each, or none.
//!
//! An appointment and the slots that it takes are written in one transaction. It creates the
//! appointment only if there is none of the booking, and takes each slot only if it is still as it
//! was read. The order of reading makes this safe: first the slots, then the booking's
//! appointments. Whoever inserts the booking between these, or after them, changes the slots, and
//! the transaction fails as a whole.

use crate::Fhir;
use crate::clock::instant_of;
use crate::fhir::{Appointment, BOOKING, Resource, Schedule, as_resource, is_id, named, type_of};
use crate::new_appointment::{self, New};
use crate::server::Read;
use crate::slots::{Whole, taken_by};
use crate::transaction::{Outcome, post, put};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use slotbridge_agent::adapter::{Inserted, Trouble};
use slotbridge_client::wire::bookings::Booking;
use std::collections::BTreeMap;

/// How often something is tried whose resources are changed in between.
pub(crate) const ATTEMPTS: u8 = 3;

/// An appointment, and all that the server has of it.
pub(crate) struct Found {
    pub(crate) appointment: Appointment,
    pub(crate) value: Value,
}

/// The appointments of a booking.
#[derive(Default)]
pub(crate) struct Lookup {
    /// Those that are there, whatever became of them.
    pub(crate) found: Vec<Found>,
    /// Whether one was deleted.
    pub(crate) is_gone: bool,
}

/// From when to when an appointment is.
struct Time {
    start: Timestamp,
    end: Timestamp,
}

fn refused<T>(why: &str) -> Result<T, Trouble> {
    Err(Trouble::Refused(why.to_owned()))
}

impl Fhir {
    /// The appointments that have the booking's identifier, whatever became of them.
    async fn of_booking(&self, booking: i64) -> Result<Vec<Found>, Trouble> {
        let identifier = format!("{BOOKING}|{booking}");
        let query = [("identifier", &*identifier)];
        let all = self.server.all(Appointment::TYPE, &query).await?;
        let mut found = Vec::new();
        for value in all {
            if type_of(&value) != Some(Appointment::TYPE) {
                continue;
            }
            // To leave out one that cannot be read would be to insert it again.
            let appointment = readable(&value)?;
            if appointment.booking() == Some(booking) {
                found.push(Found { appointment, value });
            }
        }
        found.sort_by(|a, b| a.appointment.id.cmp(&b.appointment.id));
        Ok(found)
    }

    /// The appointments of a booking: those that are named, and those that have its identifier.
    pub(crate) async fn look_up(&self, booking: i64, ids: &[String]) -> Result<Lookup, Trouble> {
        let mut all = BTreeMap::<String, Found>::new();
        let mut is_gone = false;
        for found in self.of_booking(booking).await? {
            all.insert(found.appointment.id.clone(), found);
        }
        for id in ids.iter().filter(|id| is_id(id)) {
            if all.contains_key(id) {
                continue;
            }
            match self.server.read(Appointment::TYPE, id).await? {
                Read::Found(value) => {
                    let appointment = readable(&value)?;
                    // What is another booking's is left alone.
                    if appointment.booking().is_none_or(|of| of == booking) {
                        all.insert(id.clone(), Found { appointment, value });
                    }
                }
                Read::Gone => is_gone = true,
                Read::Unknown => {}
            }
        }
        let found = all.into_values().collect();
        Ok(Lookup { found, is_gone })
    }

    pub(crate) async fn inserted(&self, booking: i64) -> Result<Option<Inserted>, Trouble> {
        Ok(standing(&self.of_booking(booking).await?))
    }

    pub(crate) async fn insert_booking(
        &self,
        booking: &Booking,
        patient_id: &str,
    ) -> Result<Inserted, Trouble> {
        let resource = booking.pms_resource_id.value().map(String::as_str);
        let Some(schedule) = self.schedule(resource.unwrap_or_default()).await? else {
            return match self.inserted(booking.booking_id).await? {
                Some(inserted) => Ok(inserted),
                None => refused("the practitioner has no schedule there any more"),
            };
        };
        if !is_id(patient_id) {
            return refused("there is no such patient");
        }
        for _ in 0..ATTEMPTS {
            let inserted = self.try_insert(booking, &schedule, patient_id).await?;
            if let Some(inserted) = inserted {
                return Ok(inserted);
            }
        }
        Err(changing())
    }

    /// Inserts a booking; `None` if its slots were changed while it was about to.
    async fn try_insert(
        &self,
        booking: &Booking,
        schedule: &Schedule,
        patient_id: &str,
    ) -> Result<Option<Inserted>, Trouble> {
        let time = self.time_of(booking)?;
        let slots = self
            .slots_between(&schedule.id, time.start, time.end)
            .await?;
        let before = self.of_booking(booking.booking_id).await?;
        if let Some(inserted) = standing(&before) {
            return Ok(Some(inserted));
        }
        if !before.is_empty() {
            return refused("the practice has cancelled it");
        }
        let slots = taken_by(slots, time.start, time.end)?;
        let appointment = new_appointment::resource(&New {
            booking,
            schedule,
            patient_id,
            start: time.start,
            end: time.end,
            slots: &slots,
            zone: &self.zone,
        });
        self.write(booking.booking_id, patient_id, &appointment, slots)
            .await
    }

    /// Writes an appointment, and that its slots are taken.
    async fn write(
        &self,
        booking: i64,
        patient_id: &str,
        appointment: &Value,
        slots: Vec<Whole>,
    ) -> Result<Option<Inserted>, Trouble> {
        let unless = format!("identifier={BOOKING}|{booking}");
        let mut entries = vec![post(Appointment::TYPE, appointment, &unless)];
        for Whole { slot, value } in slots {
            entries.push(put("Slot", &slot.id, &slot.meta, value, "busy")?);
        }
        match self.server.transact(entries).await? {
            Outcome::Done(places) => {
                let place = places.first();
                let Some(id) = place.and_then(|place| place.id_of(Appointment::TYPE)) else {
                    // The server does not say where it is.
                    let found = self.inserted(booking).await?;
                    return found.map(Some).ok_or_else(not_found);
                };
                Ok(Some(Inserted {
                    appointment_ids: vec![id.to_owned()],
                    patient_id: patient_id.to_owned(),
                }))
            }
            Outcome::Changed => Ok(None),
            Outcome::Refused(status) => refused(&format!(
                "the practice's system does not take it ({status})"
            )),
        }
    }

    fn time_of(&self, booking: &Booking) -> Result<Time, Trouble> {
        let start = instant_of(&self.zone, booking.pms_appointment_time)?;
        let length = SignedDuration::from_secs(booking.pms_appointment_length);
        match start.checked_add(length) {
            Ok(end) if end > start => Ok(Time { start, end }),
            _ => refused("the appointment has no length"),
        }
    }
}

pub(crate) fn changing() -> Trouble {
    let why = "the appointment or its slots are being changed by somebody else";
    Trouble::Later(why.to_owned())
}

fn not_found() -> Trouble {
    let why = "the FHIR server does not find the appointment that it has just made";
    Trouble::Later(why.to_owned())
}

fn readable(value: &Value) -> Result<Appointment, Trouble> {
    as_resource(value).ok_or_else(|| {
        Trouble::Later(format!(
            "{} of the FHIR server cannot be read",
            named(value)
        ))
    })
}

/// What was inserted of a booking and not taken off again.
fn standing(found: &[Found]) -> Option<Inserted> {
    let standing: Vec<&Appointment> = found
        .iter()
        .map(|found| &found.appointment)
        .filter(|appointment| !appointment.is_off())
        .collect();
    let first = standing.first()?;
    Some(Inserted {
        patient_id: first.patient_id().unwrap_or_default().to_owned(),
        appointment_ids: standing.iter().map(|one| one.id.clone()).collect(),
    })
}
