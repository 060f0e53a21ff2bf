//! What the PMS writes.

use crate::fault::Fault;
use crate::person;
use crate::table::{Row, Table};
use crate::watched::Kind;
use slotbridge_agent::adapter::{Fate, FreeTimes};
use slotbridge_client::wire::availability::AvailabilityRange;
use slotbridge_client::wire::bookings::Patient;
use slotbridge_client::wire::config::{PmsAppointmentType, PmsResource};
use std::collections::BTreeMap;

/// Free times by resource.
pub(crate) type Free = BTreeMap<String, FreeTimes>;
/// What became of bookings, by their ids.
pub(crate) type Fates = BTreeMap<i64, Fate>;

pub(crate) const RESOURCES: Kind<Vec<PmsResource>> = Kind {
    file: "resources.csv",
    columns: &["pmsResourceId", "pmsResourceName"],
    cell: str::trim,
    parse: resources,
};

pub(crate) const TYPES: Kind<Vec<PmsAppointmentType>> = Kind {
    file: "appointment_types.csv",
    columns: &["pmsAppointmentTypeId", "pmsAppointmentTypeName", "minutes"],
    cell: str::trim,
    parse: appointment_types,
};

pub(crate) const FREE: Kind<Free> = Kind {
    file: "free_times.csv",
    columns: &["pmsResourceId", "date", "start", "end", "slotSeconds"],
    cell: str::trim,
    parse: free,
};

pub(crate) const PATIENTS: Kind<BTreeMap<String, Patient>> = Kind {
    file: "patients.csv",
    columns: &["patientId", "firstname", "lastname"],
    cell: str::trim,
    parse: patients,
};

pub(crate) const CHANGES: Kind<Fates> = Kind {
    file: "changes.csv",
    columns: &["bookingId", "change"],
    cell: str::trim,
    parse: changes,
};

fn resources(table: &Table) -> Result<Vec<PmsResource>, Fault> {
    table.unique("pmsResourceId")?;
    let resource = |row: Row<'_>| {
        Ok(PmsResource {
            pms_resource_id: row.text("pmsResourceId").to_owned(),
            pms_resource_name: row.required("pmsResourceName")?.to_owned(),
            pms_practitioner_title: row.optional("title"),
            pms_practitioner_firstname: row.optional("firstname"),
            pms_practitioner_lastname: row.optional("lastname"),
        })
    };
    table.rows().map(resource).collect()
}

fn appointment_types(table: &Table) -> Result<Vec<PmsAppointmentType>, Fault> {
    table.unique("pmsAppointmentTypeId")?;
    let kind = |row: Row<'_>| {
        let minutes = match row.text("minutes") {
            "" => None,
            _ => u16::try_from(row.integer("minutes", 0..=1440)?).ok(),
        };
        Ok(PmsAppointmentType {
            pms_appointment_type_id: row.text("pmsAppointmentTypeId").to_owned(),
            pms_appointment_type_name: row.required("pmsAppointmentTypeName")?.to_owned(),
            pms_appointment_length: minutes,
            pms_resource_id: row.optional("pmsResourceId"),
        })
    };
    table.rows().map(kind).collect()
}

fn free(table: &Table) -> Result<Free, Fault> {
    let mut free = Free::new();
    for row in table.rows() {
        let resource = row.required("pmsResourceId")?;
        let (day, range) = (row.date("date")?, range(row)?);
        let days = match free.get_mut(resource) {
            Some(days) => days,
            None => free.entry(resource.to_owned()).or_default(),
        };
        days.entry(day).or_default().push(range);
    }
    Ok(free)
}

fn range(row: Row<'_>) -> Result<AvailabilityRange, Fault> {
    let (start, end) = (row.minute("start")?, row.minute("end")?);
    if end <= start {
        return Err(row.fault("end", "must be after start"));
    }
    let must = "must be 0, for the length of the appointment type, or from 60 to 86400";
    let slot_length = row.read("slotSeconds", must)?;
    if slot_length != 0 && !(60..=86400).contains(&slot_length) {
        return Err(row.fault("slotSeconds", must));
    }
    let types = row.text("pmsAppointmentTypeIds").split_whitespace();
    Ok(AvailabilityRange {
        start,
        end,
        slot_length,
        pms_appointment_type_ids: types.map(str::to_owned).collect(),
    })
}

fn patients(table: &Table) -> Result<BTreeMap<String, Patient>, Fault> {
    table.unique("patientId")?;
    let patient = |row: Row<'_>| (row.text("patientId").to_owned(), person::read(row));
    Ok(table.rows().map(patient).collect())
}

/// The last row of a booking counts: a PMS may append.
fn changes(table: &Table) -> Result<Fates, Fault> {
    let change = |row: Row<'_>| {
        let fate = match row.text("change") {
            "cancelled" | "moved" => Fate::Off,
            "didNotAttend" => Fate::DidNotAttend,
            _ => return Err(row.fault("change", "must be cancelled, moved or didNotAttend")),
        };
        Ok((row.integer("bookingId", 0..=i64::MAX)?, fate))
    };
    table.rows().map(change).collect()
}
