//! The tables of the book, and what is read from them.

use crate::appointments::fate_of;
use jiff::civil::Date;
use rusqlite::{OptionalExtension, Row, Transaction, params};
use slotbridge_agent::adapter::{Changes, NewPatient, Patients, PmsPatient};
use slotbridge_client::wire::bookings::{Gender, Patient};
use slotbridge_client::wire::config::{PmsAppointmentType, PmsResource};
use slotbridge_client::wire::profile::Field;

const TABLES: &str = "
CREATE TABLE counter (value INTEGER NOT NULL) STRICT;
INSERT INTO counter VALUES (0);
CREATE TABLE resources (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    title TEXT, firstname TEXT, lastname TEXT
) STRICT;
CREATE TABLE appointment_types (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    minutes INTEGER NOT NULL
) STRICT;
CREATE TABLE hours (
    resource TEXT NOT NULL REFERENCES resources,
    weekday INTEGER NOT NULL,
    start TEXT NOT NULL,
    stop TEXT NOT NULL,
    slot_seconds INTEGER NOT NULL
) STRICT;
CREATE TABLE patients (
    id TEXT NOT NULL PRIMARY KEY,
    firstname TEXT NOT NULL, lastname TEXT NOT NULL, dob TEXT NOT NULL,
    phone TEXT, email TEXT, address TEXT, suburb TEXT, state TEXT, postcode TEXT, gender TEXT,
    medicare_number TEXT, medicare_irn TEXT, medicare_expiry TEXT,
    -- The hub's booking that made a patient of the person.
    booking_id INTEGER UNIQUE,
    -- Whom staff should compare this one with.
    perhaps TEXT,
    changed INTEGER NOT NULL
) STRICT;
CREATE INDEX patients_changed ON patients (changed);
CREATE TABLE appointments (
    id TEXT NOT NULL PRIMARY KEY,
    resource TEXT NOT NULL,
    start TEXT NOT NULL,
    stop TEXT NOT NULL,
    minutes INTEGER NOT NULL,
    patient_id TEXT,
    booking_id INTEGER,
    -- booked, cancelled, absent
    state TEXT NOT NULL,
    changed INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX one_of_a_booking ON appointments (booking_id) WHERE state = 'booked';
CREATE INDEX appointments_start ON appointments (resource, start);
CREATE INDEX appointments_booking ON appointments (booking_id);
CREATE INDEX appointments_changed ON appointments (changed);

INSERT INTO resources VALUES
    ('1', 'Dr Alice Nguyen', 'Dr', 'Alice', 'Nguyen'), ('2', 'Dr Ben Walker', 'Dr', 'Ben', 'Walker');
INSERT INTO appointment_types VALUES ('G', 'Standard consultation', 15), ('L', 'Long consultation', 30);
INSERT INTO hours
    SELECT r.id, d.value, h.start, h.stop, 900
    FROM resources r, json_each('[1,2,3,4,5]') d,
        (SELECT '09:00:00' AS start, '12:00:00' AS stop UNION ALL SELECT '13:00:00', '17:00:00') h;
PRAGMA user_version = 1;
";

/// Makes the tables if they are not there.
pub(super) fn prepare(tx: &Transaction<'_>) -> rusqlite::Result<()> {
    let version: i64 = tx.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if version == 0 {
        tx.execute_batch(TABLES)?;
    }
    Ok(())
}

pub(super) fn resources(tx: &Transaction<'_>) -> rusqlite::Result<Vec<PmsResource>> {
    let mut all =
        tx.prepare("SELECT id, name, title, firstname, lastname FROM resources ORDER BY id")?;
    let all = all.query_map([], |row| {
        Ok(PmsResource {
            pms_resource_id: row.get(0)?,
            pms_resource_name: row.get(1)?,
            pms_practitioner_title: row.get(2)?,
            pms_practitioner_firstname: row.get(3)?,
            pms_practitioner_lastname: row.get(4)?,
        })
    })?;
    all.collect()
}

pub(super) fn appointment_types(tx: &Transaction<'_>) -> rusqlite::Result<Vec<PmsAppointmentType>> {
    let mut all = tx.prepare("SELECT id, name, minutes FROM appointment_types ORDER BY id")?;
    let all = all.query_map([], |row| {
        Ok(PmsAppointmentType {
            pms_appointment_type_id: row.get(0)?,
            pms_appointment_type_name: row.get(1)?,
            pms_appointment_length: Some(row.get(2)?),
            pms_resource_id: None,
        })
    })?;
    all.collect()
}

/// The patient that a booking made of a person.
pub(super) fn patient_of(tx: &Transaction<'_>, booking: i64) -> rusqlite::Result<Option<String>> {
    tx.query_row(
        "SELECT id FROM patients WHERE booking_id = ?1",
        params![booking],
        |row| row.get(0),
    )
    .optional()
}

/// Adds a patient and gives the id.
pub(super) fn add_patient(
    tx: &Transaction<'_>,
    change: i64,
    new: &NewPatient,
) -> rusqlite::Result<String> {
    let (id, person) = (format!("P{change}"), &new.person);
    let perhaps = new.perhaps.iter();
    let perhaps: Vec<&str> = perhaps.map(|one| one.patient_id.as_str()).collect();
    let gender = person.gender.value().map(|gender| match gender {
        Gender::Female => "Female",
        Gender::Male => "Male",
        Gender::Other => "Other",
    });
    tx.execute(
        "INSERT INTO patients (id, firstname, lastname, dob, phone, email, address, suburb, state,
            postcode, gender, medicare_number, medicare_irn, medicare_expiry, perhaps, changed, booking_id)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)",
        params![
            id,
            person.firstname,
            person.lastname,
            person.dob,
            person.phone,
            person.email,
            person.address,
            person.suburb,
            person.state,
            person.postcode,
            gender,
            person.medicare_number.value(),
            person.medicare_irn.value(),
            person.medicare_expiry.value(),
            (!perhaps.is_empty()).then(|| perhaps.join(" ")),
            change,
            new.booking_id,
        ],
    )?;
    Ok(id)
}

fn patient(row: &Row<'_>) -> rusqlite::Result<PmsPatient> {
    let gender: Option<String> = row.get(10)?;
    let gender = match gender.as_deref() {
        Some("Female") => Field::Value(Gender::Female),
        Some("Male") => Field::Value(Gender::Male),
        Some(_) => Field::Value(Gender::Other),
        None => Field::Absent,
    };
    let field = |at: usize| -> rusqlite::Result<Field<String>> {
        let text: Option<String> = row.get(at)?;
        Ok(text.map_or(Field::Absent, Field::Value))
    };
    Ok(PmsPatient {
        id: row.get(0)?,
        person: Some(Patient {
            firstname: row.get(1)?,
            lastname: row.get(2)?,
            dob: row.get(3)?,
            phone: row.get(4)?,
            email: row.get(5)?,
            address: row.get(6)?,
            suburb: row.get(7)?,
            state: row.get(8)?,
            postcode: row.get(9)?,
            gender,
            medicare_number: field(11)?,
            medicare_irn: field(12)?,
            medicare_expiry: field(13)?,
        }),
    })
}

fn counter(tx: &Transaction<'_>) -> rusqlite::Result<i64> {
    tx.query_row("SELECT value FROM counter", [], |row| row.get(0))
}

/// The patients that changed after the counter had a value.
pub(super) fn patients(tx: &Transaction<'_>, since: i64) -> rusqlite::Result<Patients> {
    let mut patients = tx.prepare(
        "SELECT id, firstname, lastname, dob, phone, email, address, suburb, state, postcode,
            gender, medicare_number, medicare_irn, medicare_expiry
         FROM patients WHERE changed > ?1 ORDER BY changed",
    )?;
    let patients = patients.query_map(params![since], patient)?;
    Ok(Patients {
        mark: counter(tx)?.to_string(),
        changed: patients.collect::<rusqlite::Result<_>>()?,
    })
}

/// What changed of appointments after the counter had a value.
pub(super) fn changes(tx: &Transaction<'_>, since: i64) -> rusqlite::Result<Changes> {
    let mut appointments = tx.prepare(
        "SELECT resource, date(start), booking_id, state FROM appointments
         WHERE changed > ?1 ORDER BY changed",
    )?;
    let mut rows = appointments.query(params![since])?;
    let (mut days, mut bookings) = (Vec::<(String, Date)>::new(), Vec::new());
    while let Some(row) = rows.next()? {
        let day: String = row.get(1)?;
        if let Ok(day) = day.parse() {
            days.push((row.get(0)?, day));
        }
        if let Some(booking) = row.get::<_, Option<i64>>(2)? {
            bookings.push((booking, fate_of(row, 3)?));
        }
    }
    days.sort();
    days.dedup();
    Ok(Changes {
        mark: counter(tx)?.to_string(),
        configuration: false,
        days,
        bookings,
    })
}
