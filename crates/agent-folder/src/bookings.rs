//! `bookings.csv`: what the PMS is to have of the hub's bookings. It is also the agent's own memory of
//! what it inserted.

use crate::exports::Fates;
use crate::fault::Fault;
use crate::ranges::{Span, without};
use crate::table::{Row, Table};
use crate::watched::Kind;
use crate::write::{replace, unguarded};
use jiff::civil::{Date, DateTime};
use slotbridge_agent::adapter::{Cancelled, Fate, FreeTimes, Inserted, Trouble};
use slotbridge_client::wire::availability::AvailabilityRange;
use slotbridge_client::wire::bookings::Booking;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

const COLUMNS: [&str; 10] = [
    "bookingId",
    "pmsAppointmentId",
    "status",
    "pmsResourceId",
    "start",
    "lengthSeconds",
    "pmsAppointmentTypeId",
    "patientId",
    "reason",
    "telehealthUrl",
];

const BOOKINGS: Kind<BTreeMap<i64, Booked>> = Kind {
    file: "bookings.csv",
    columns: &COLUMNS,
    cell: unguarded,
    parse: read,
};

/// A booking as it stands in the file.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Booked {
    is_off: bool,
    pub(crate) resource: String,
    pub(crate) start: DateTime,
    /// In seconds.
    length: i64,
    kind: String,
    patient_id: String,
    reason: String,
    telehealth_url: String,
}

impl Booked {
    /// A booking for a patient.
    pub(crate) fn new(booking: &Booking, patient_id: &str) -> Result<Self, Trouble> {
        let gone = || Trouble::Refused("the practitioner is not there any more".to_owned());
        let resource = booking.pms_resource_id.value().ok_or_else(gone)?;
        let kind = booking.pms_appointment_type_id.value();
        Ok(Self {
            is_off: false,
            resource: resource.clone(),
            start: booking.pms_appointment_time,
            length: booking.pms_appointment_length,
            kind: kind.cloned().unwrap_or_default(),
            patient_id: patient_id.to_owned(),
            reason: booking.reason.clone(),
            telehealth_url: booking.telehealth_url.clone().unwrap_or_default(),
        })
    }

    /// When it is, on its day.
    pub(crate) fn span(&self) -> Span {
        let time = self.start.time();
        let start = [(time.hour(), 3600), (time.minute(), 60), (time.second(), 1)];
        let start = start.map(|(count, each)| i64::from(count) * each);
        let start: i64 = start.iter().sum();
        let seconds = |value: i64| u32::try_from(value).unwrap_or(u32::MAX);
        Span {
            start: seconds(start),
            end: seconds(start.saturating_add(self.length.max(0))),
        }
    }

    fn inserted(&self, id: i64) -> Inserted {
        Inserted {
            appointment_ids: vec![appointment_id(id)],
            patient_id: self.patient_id.clone(),
        }
    }

    fn cells(&self, id: i64) -> [String; 10] {
        let status = if self.is_off { "cancelled" } else { "booked" };
        [
            id.to_string(),
            appointment_id(id),
            status.to_owned(),
            self.resource.clone(),
            self.start.to_string(),
            self.length.to_string(),
            self.kind.clone(),
            self.patient_id.clone(),
            self.reason.clone(),
            self.telehealth_url.clone(),
        ]
    }
}

/// The one appointment of a booking: an id that no PMS gives by itself.
fn appointment_id(booking: i64) -> String {
    format!("SB-A{booking}")
}

/// All that was inserted.
pub(crate) struct Bookings {
    folder: PathBuf,
    rows: BTreeMap<i64, Booked>,
    /// Grows with every change.
    pub(crate) revision: u64,
}

impl Bookings {
    /// What was written before.
    pub(crate) fn open(folder: &Path) -> Result<Self, Fault> {
        Ok(Self {
            folder: folder.to_owned(),
            rows: BOOKINGS.read_own(folder)?,
            revision: 0,
        })
    }

    /// A booking that stands.
    pub(crate) fn find(&self, booking: i64) -> Option<Inserted> {
        let row = self.rows.get(&booking).filter(|row| !row.is_off)?;
        Some(row.inserted(booking))
    }

    pub(crate) fn fate(&self, booking: i64) -> Option<Fate> {
        let row = self.rows.get(&booking)?;
        Some(if row.is_off { Fate::Off } else { Fate::Stands })
    }

    pub(crate) fn add(&mut self, booking: i64, row: Booked) -> Result<Inserted, Fault> {
        let inserted = row.inserted(booking);
        self.change(|rows| {
            rows.insert(booking, row);
        })?;
        Ok(inserted)
    }

    pub(crate) fn cancel(&mut self, booking: i64, named: &[String]) -> Result<Cancelled, Fault> {
        match self.rows.get(&booking) {
            None if named.is_empty() => Ok(Cancelled::Done),
            None => Ok(Cancelled::Unknown),
            Some(_) => {
                self.take_off(&Fates::from([(booking, Fate::Off)]))?;
                Ok(Cancelled::Done)
            }
        }
    }

    /// Takes back the times of bookings that are off.
    pub(crate) fn take_off(&mut self, fates: &Fates) -> Result<(), Fault> {
        let off = fates.iter().filter(|(_, fate)| **fate == Fate::Off);
        let stands = |id: &&i64| self.rows.get(*id).is_some_and(|row| !row.is_off);
        let off: Vec<i64> = off.map(|(id, _)| id).filter(stands).copied().collect();
        if off.is_empty() {
            return Ok(());
        }
        self.change(|rows| {
            for id in off {
                if let Some(row) = rows.get_mut(&id) {
                    row.is_off = true;
                }
            }
        })
    }

    /// Changes the rows once the file has them.
    fn change(&mut self, change: impl FnOnce(&mut BTreeMap<i64, Booked>)) -> Result<(), Fault> {
        let mut rows = self.rows.clone();
        change(&mut rows);
        let cells = rows.iter().map(|(id, row)| row.cells(*id));
        replace(&self.folder, BOOKINGS.file, &COLUMNS, cells)?;
        self.rows = rows;
        self.revision += 1;
        Ok(())
    }

    /// What remains free of a resource's days without the bookings that stand: the PMS's export may
    /// not know them yet.
    pub(crate) fn cut<'f>(
        &self,
        resource: &str,
        days: impl Iterator<Item = (&'f Date, &'f Vec<AvailabilityRange>)>,
    ) -> FreeTimes {
        let mut taken = BTreeMap::<Date, Vec<Span>>::new();
        let stand = self.rows.values().filter(|row| !row.is_off);
        for row in stand.filter(|row| row.resource == resource) {
            taken.entry(row.start.date()).or_default().push(row.span());
        }
        let none = Vec::new();
        days.map(|(day, free)| (*day, without(free, taken.get(day).unwrap_or(&none))))
            .collect()
    }
}

fn read(table: &Table) -> Result<BTreeMap<i64, Booked>, Fault> {
    table.unique("bookingId")?;
    let booked = |row: Row<'_>| {
        let is_off = match row.text("status") {
            "booked" => false,
            "cancelled" => true,
            _ => return Err(row.fault("status", "must be booked or cancelled")),
        };
        let booked = Booked {
            is_off,
            resource: row.text("pmsResourceId").to_owned(),
            start: row.read("start", "must be a time such as 2027-03-31T09:00:00")?,
            length: row.read("lengthSeconds", "must be a whole number")?,
            kind: row.text("pmsAppointmentTypeId").to_owned(),
            patient_id: row.text("patientId").to_owned(),
            reason: row.text("reason").to_owned(),
            telehealth_url: row.text("telehealthUrl").to_owned(),
        };
        Ok((row.read("bookingId", "must be a whole number")?, booked))
    };
    table.rows().map(booked).collect()
}
