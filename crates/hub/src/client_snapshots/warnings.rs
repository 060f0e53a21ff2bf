//! What looks wrong in a client snapshot and is taken all the same (SNAP-2): what refers to nothing,
//! what stands twice, what lies on another date.

use super::content::{Content, Entry};
use jiff::civil::Date;
use slotbridge_domain::date_type::DateType;
use std::collections::HashSet;

/// The most warnings that are kept of one snapshot.
const MOST: usize = 200;

/// The warnings of a snapshot, each with the path of its field.
pub(super) fn of(content: &Content, date: Date, date_type: DateType) -> Vec<String> {
    let mut found = Vec::new();
    let patients: HashSet<&str> = content.patients.iter().map(|one| one.id.as_str()).collect();
    let locations = ids(&content.locations);
    let practitioners = ids(&content.practitioners);
    let types = ids(&content.types);
    for (at, appointment) in content.appointments.iter().enumerate() {
        let location = appointment.location_id();
        for (field, id, known) in [
            (
                "pmsPatientId",
                Some(appointment.patient_id.as_str()),
                &patients,
            ),
            (
                "pmsPractitionerId",
                Some(appointment.practitioner_id.as_str()),
                &practitioners,
            ),
            (
                "pmsAppointmentTypeId",
                Some(appointment.type_id.as_str()),
                &types,
            ),
            ("pmsLocationId", location.as_deref(), &locations),
        ] {
            if let Some(id) = id.filter(|id| !known.contains(id)) {
                found.push(format!(
                    "appointments[{at}].{field}: {id:?} is not in the snapshot"
                ));
            }
        }
        let (field, day) = match date_type {
            DateType::Appointment => ("pmsAppointmentTime", appointment.start.date()),
            DateType::Creation => ("pmsAppointmentCreationTime", appointment.created.date()),
        };
        if day != date {
            found.push(format!(
                "appointments[{at}].{field}: lies on {day}, not on {date}"
            ));
        }
    }
    let appointments = content.appointments.iter().map(|one| one.id.as_str());
    twice("appointments", "pmsAppointmentId", appointments, &mut found);
    let listed = content.patients.iter().map(|one| one.id.as_str());
    twice("patients", "pmsPatientId", listed, &mut found);
    for (list, field, entries) in [
        ("locations", "pmsLocationId", &content.locations),
        ("practitioners", "pmsPractitionerId", &content.practitioners),
        ("appointmentTypes", "pmsAppointmentTypeId", &content.types),
    ] {
        let listed = entries.iter().map(|one| one.id.as_str());
        twice(list, field, listed, &mut found);
    }
    if found.len() > MOST {
        let more = found.len() - MOST;
        found.truncate(MOST);
        found.push(format!("and {more} more"));
    }
    found
}

fn ids(entries: &[Entry]) -> HashSet<&str> {
    entries.iter().map(|entry| entry.id.as_str()).collect()
}

fn twice<'c>(list: &str, field: &str, ids: impl Iterator<Item = &'c str>, found: &mut Vec<String>) {
    let mut seen = HashSet::new();
    for (at, id) in ids.enumerate() {
        if !seen.insert(id) {
            found.push(format!("{list}[{at}].{field}: {id:?} stands there twice"));
        }
    }
}
