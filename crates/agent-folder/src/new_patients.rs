//! `new_patients.csv`: the people whom bookings made patients.

use crate::fault::Fault;
use crate::person;
use crate::table::{Row, Table};
use crate::watched::Kind;
use crate::write::{replace, unguarded};
use slotbridge_agent::adapter::NewPatient;
use slotbridge_client::wire::bookings::Patient;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

const COLUMNS: [&str; 18] = {
    let [a, b, c, d, e, f, g, h, i, j, k, l, m] = person::COLUMNS;
    [
        "bookingId",
        "patientId",
        "takenUp",
        a,
        b,
        c,
        d,
        e,
        f,
        g,
        h,
        i,
        j,
        k,
        l,
        m,
        "perhaps",
        "perhapsBecause",
    ]
};

const NEW_PATIENTS: Kind<BTreeMap<i64, New>> = Kind {
    file: "new_patients.csv",
    columns: &COLUMNS,
    cell: unguarded,
    parse: read,
};

/// A person as one stands in the file.
#[derive(Clone)]
struct New {
    id: String,
    /// Whether the PMS was seen to have the patient: from then on it is the PMS's word that counts.
    is_taken_up: bool,
    person: Patient,
    perhaps: String,
    because: String,
}

impl New {
    fn cells(&self, booking: i64) -> impl Iterator<Item = String> {
        let taken_up = if self.is_taken_up { "yes" } else { "" };
        let first = [&booking.to_string(), self.id.as_str(), taken_up].map(str::to_owned);
        let person = person::texts(&self.person).map(str::to_owned);
        let last = [self.perhaps.clone(), self.because.clone()];
        first.into_iter().chain(person).chain(last)
    }
}

/// All who became patients, by the bookings for which they did.
pub(crate) struct NewPatients {
    folder: PathBuf,
    rows: BTreeMap<i64, New>,
    /// Grows with every change.
    pub(crate) revision: u64,
}

impl NewPatients {
    /// What was written before.
    pub(crate) fn open(folder: &Path) -> Result<Self, Fault> {
        Ok(Self {
            folder: folder.to_owned(),
            rows: NEW_PATIENTS.read_own(folder)?,
            revision: 0,
        })
    }

    /// Adds a patient, once for each booking, and gives the id.
    pub(crate) fn add(&mut self, new: &NewPatient) -> Result<String, Fault> {
        if let Some(there) = self.rows.get(&new.booking_id) {
            return Ok(there.id.clone());
        }
        let id = format!("SB-P{}", new.booking_id);
        let ids = new.perhaps.iter().map(|one| one.patient_id.as_str());
        // All of them mostly have one explanation.
        let why: BTreeSet<&str> = new
            .perhaps
            .iter()
            .map(|one| one.explanation.as_str())
            .collect();
        let row = New {
            id: id.clone(),
            is_taken_up: false,
            person: new.person.clone(),
            perhaps: ids.collect::<Vec<_>>().join(" "),
            because: why.into_iter().collect::<Vec<_>>().join(" "),
        };
        let mut rows = self.rows.clone();
        rows.insert(new.booking_id, row);
        self.write(rows)?;
        Ok(id)
    }

    /// Those whom the PMS has not taken up yet.
    pub(crate) fn waiting(&self) -> impl Iterator<Item = (&str, &Patient)> {
        let waiting = self.rows.values().filter(|row| !row.is_taken_up);
        waiting.map(|row| (row.id.as_str(), &row.person))
    }

    /// Notes which of them the PMS has. One of these who is gone later was merged or deleted there,
    /// and is not to come back.
    pub(crate) fn take_up(&mut self, exported: &BTreeMap<String, Patient>) -> Result<(), Fault> {
        let is_new = |row: &New| !row.is_taken_up && exported.contains_key(&row.id);
        if !self.rows.values().any(is_new) {
            return Ok(());
        }
        let mut rows = self.rows.clone();
        for row in rows.values_mut() {
            row.is_taken_up |= is_new(row);
        }
        self.write(rows)
    }

    fn write(&mut self, rows: BTreeMap<i64, New>) -> Result<(), Fault> {
        let cells = rows.iter().map(|(booking, row)| row.cells(*booking));
        replace(&self.folder, NEW_PATIENTS.file, &COLUMNS, cells)?;
        self.rows = rows;
        self.revision += 1;
        Ok(())
    }
}

fn read(table: &Table) -> Result<BTreeMap<i64, New>, Fault> {
    table.unique("bookingId")?;
    table.unique("patientId")?;
    let new = |row: Row<'_>| {
        let new = New {
            id: row.text("patientId").to_owned(),
            is_taken_up: row.text("takenUp") == "yes",
            person: person::read(row),
            perhaps: row.text("perhaps").to_owned(),
            because: row.text("perhapsBecause").to_owned(),
        };
        Ok((row.read("bookingId", "must be a whole number")?, new))
    };
    table.rows().map(new).collect()
}
