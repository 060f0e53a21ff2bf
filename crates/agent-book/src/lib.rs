#![doc = include_str!("../README.md")]

mod appointments;
mod free;
mod list;
mod schema;

pub use list::{Listed, Standing};

use jiff::ToSpan;
use jiff::civil::{Date, DateTime};
use rusqlite::{
    Connection, OpenFlags, OptionalExtension, Transaction, TransactionBehavior, params,
};
use slotbridge_agent::adapter::{
    Adapter, Cancelled, Changes, Doing, Fate, FreeTimes, Inserted, NewPatient, Patients, Trouble,
};
use slotbridge_client::wire::bookings::Booking;
use slotbridge_client::wire::config::{PmsAppointmentType, PmsResource};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long one waits for the other who has the book.
const PATIENCE: Duration = Duration::from_secs(5);

/// The book. Its file is opened for each thing that is done and closed after it: so a thousand books in a
/// process take no memory while nothing is done, and no open files.
pub struct Book(PathBuf);

#[expect(clippy::needless_pass_by_value, reason = "it stands in map_err")]
fn later(error: rusqlite::Error) -> Trouble {
    Trouble::Later(format!("the appointment book: {error}"))
}

/// Makes an empty file that its owner alone can read, if there is none.
fn make_file(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

/// An appointment to be entered at the desk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Whose book.
    pub resource: String,
    /// From when, on the wall clock.
    pub start: DateTime,
    /// How long.
    pub minutes: i64,
    /// The patient's id, if it is for one.
    pub patient_id: Option<String>,
}

impl Book {
    /// Opens a book, or makes one with a doctor, a type and working hours.
    ///
    /// # Errors
    /// The file cannot be used.
    pub fn open(path: &Path) -> Result<Self, Trouble> {
        make_file(path)
            .map_err(|error| Trouble::Later(format!("the appointment book: {error}")))?;
        let book = Self(path.to_owned());
        book.write(|tx| schema::prepare(tx).map_err(later))?;
        Ok(book)
    }

    /// A file that has gone is not made again: an empty book would look as if all were cancelled.
    fn connect(&self) -> Result<Connection, Trouble> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.0, flags).map_err(later)?;
        connection.busy_timeout(PATIENCE).map_err(later)?;
        Ok(connection)
    }

    /// Reads one picture of the book.
    fn read<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, Trouble> {
        let mut connection = self.connect()?;
        let tx = connection.transaction().map_err(later)?;
        work(&tx).map_err(later)
    }

    /// Does something in a transaction. It has the book for itself from its beginning: one that only
    /// read at first would fail if another process wrote meanwhile.
    fn write<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, Trouble>,
    ) -> Result<T, Trouble> {
        let mut connection = self.connect()?;
        let tx = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(later)?;
        let done = work(&tx)?;
        tx.commit().map_err(later)?;
        Ok(done)
    }

    /// Enters an appointment at the desk and gives its id.
    ///
    /// # Errors
    /// The time is taken or closed.
    pub fn enter(&self, entry: &Entry) -> Result<String, Trouble> {
        self.write(|tx| enter(tx, entry, None))
    }

    /// Moves an appointment to another time and gives its id there. What the hub booked is off by it:
    /// a new time is a new booking there.
    ///
    /// # Errors
    /// The time is taken or closed, or there is no such appointment.
    pub fn move_to(&self, id: &str, start: DateTime) -> Result<String, Trouble> {
        self.write(|tx| {
            let old = appointment(tx, id)?.ok_or_else(no_such)?;
            strike(tx, id)?;
            enter(tx, &Entry { start, ..old.entry }, None)
        })
    }

    /// Notes that the patient of an appointment did not come.
    ///
    /// # Errors
    /// There is no such appointment.
    pub fn did_not_attend(&self, id: &str) -> Result<(), Trouble> {
        self.write(|tx| {
            appointment(tx, id)?.ok_or_else(no_such)?;
            set_state(tx, id, "absent")
        })
    }

    /// Cancels an appointment at the desk.
    ///
    /// # Errors
    /// There is no such appointment.
    pub fn strike(&self, id: &str) -> Result<(), Trouble> {
        self.write(|tx| {
            appointment(tx, id)?.ok_or_else(no_such)?;
            strike(tx, id)
        })
    }
}

fn no_such() -> Trouble {
    Trouble::Refused("there is no such appointment".to_owned())
}

/// An appointment in the book.
struct Appointment {
    entry: Entry,
}

fn next(tx: &Transaction<'_>) -> Result<i64, Trouble> {
    tx.query_row(
        "UPDATE counter SET value = value + 1 RETURNING value",
        [],
        |row| row.get(0),
    )
    .map_err(later)
}

fn appointment(tx: &Transaction<'_>, id: &str) -> Result<Option<Appointment>, Trouble> {
    let row = tx
        .query_row(
            "SELECT resource, start, minutes, patient_id FROM appointments
             WHERE id = ?1 AND state = 'booked'",
            params![id],
            |row| {
                Ok((
                    row.get::<_, String>(0)?,
                    row.get::<_, String>(1)?,
                    row.get(2)?,
                    row.get(3)?,
                ))
            },
        )
        .optional()
        .map_err(later)?;
    let Some((resource, start, minutes, patient_id)) = row else {
        return Ok(None);
    };
    let start = start
        .parse()
        .map_err(|_| Trouble::Later("the book has a time that is none".to_owned()))?;
    let entry = Entry {
        resource,
        start,
        minutes,
        patient_id,
    };
    Ok(Some(Appointment { entry }))
}

fn strike(tx: &Transaction<'_>, id: &str) -> Result<(), Trouble> {
    set_state(tx, id, "cancelled")
}

fn set_state(tx: &Transaction<'_>, id: &str, state: &str) -> Result<(), Trouble> {
    let change = next(tx)?;
    tx.execute(
        "UPDATE appointments SET state = ?2, changed = ?3 WHERE id = ?1",
        params![id, state, change],
    )
    .map_err(later)?;
    Ok(())
}

/// Enters an appointment and gives its id, if its time is open and free.
fn enter(tx: &Transaction<'_>, entry: &Entry, booking: Option<i64>) -> Result<String, Trouble> {
    let refuse = |why: &str| Err(Trouble::Refused(why.to_owned()));
    if entry.minutes < 1 {
        return refuse("an appointment takes a minute at least");
    }
    let Ok(end) = entry.start.checked_add(entry.minutes.minutes()) else {
        return refuse("the time is none");
    };
    if !appointments::is_open(tx, entry, end).map_err(later)? {
        return refuse("the practice is closed then");
    }
    if appointments::is_taken(tx, entry, end).map_err(later)? {
        return refuse("the time was given to somebody else");
    }
    let change = next(tx)?;
    appointments::add(tx, change, entry, end, booking).map_err(later)
}

/// The counter's value that a mark stands for.
fn since(mark: Option<&str>) -> i64 {
    mark.and_then(|mark| mark.parse().ok()).unwrap_or(0)
}

/// Does something at once: a book in a file keeps nobody waiting.
fn at_once<'a, T: Send + 'a>(done: Result<T, Trouble>) -> Doing<'a, T> {
    Box::pin(std::future::ready(done))
}

impl Adapter for Book {
    fn resources(&self) -> Doing<'_, Vec<PmsResource>> {
        at_once(self.read(schema::resources))
    }

    fn appointment_types(&self) -> Doing<'_, Vec<PmsAppointmentType>> {
        at_once(self.read(schema::appointment_types))
    }

    fn free_times<'a>(&'a self, resource: &'a str, from: Date, to: Date) -> Doing<'a, FreeTimes> {
        let days = std::iter::successors(Some(from), |day| day.tomorrow().ok());
        let mut days = days.take_while(|day| *day <= to);
        at_once(self.read(|tx| {
            days.try_fold(FreeTimes::new(), |mut free_times, day| {
                free_times.insert(day, free::on(tx, resource, day)?);
                Ok(free_times)
            })
        }))
    }

    fn changed_since<'a>(&'a self, mark: Option<&'a str>) -> Doing<'a, Changes> {
        at_once(self.read(|tx| schema::changes(tx, since(mark))))
    }

    fn patients<'a>(&'a self, mark: Option<&'a str>) -> Doing<'a, Patients> {
        at_once(self.read(|tx| schema::patients(tx, since(mark))))
    }

    fn find(&self, booking: i64) -> Doing<'_, Option<Inserted>> {
        at_once(self.read(|tx| appointments::of_booking(tx, booking)))
    }

    fn create_patient<'a>(&'a self, patient: &'a NewPatient) -> Doing<'a, String> {
        at_once(self.write(|tx| {
            if let Some(there) = schema::patient_of(tx, patient.booking_id).map_err(later)? {
                return Ok(there);
            }
            let change = next(tx)?;
            schema::add_patient(tx, change, patient).map_err(later)
        }))
    }

    fn insert<'a>(&'a self, booking: &'a Booking, patient_id: &'a str) -> Doing<'a, Inserted> {
        at_once(self.write(|tx| {
            if let Some(there) = appointments::of_booking(tx, booking.booking_id).map_err(later)? {
                return Ok(there);
            }
            // What the desk took out is not put back by a question that comes again.
            if appointments::was_taken_out(tx, booking.booking_id).map_err(later)? {
                return Err(Trouble::Refused("the practice has cancelled it".to_owned()));
            }
            let entry = Entry {
                resource: booking.pms_resource_id.value().cloned().unwrap_or_default(),
                start: booking.pms_appointment_time,
                minutes: booking.pms_appointment_length / 60,
                patient_id: Some(patient_id.to_owned()),
            };
            let id = enter(tx, &entry, Some(booking.booking_id))?;
            Ok(Inserted {
                appointment_ids: vec![id],
                patient_id: patient_id.to_owned(),
            })
        }))
    }

    fn cancel<'a>(&'a self, booking: i64, appointment_ids: &'a [String]) -> Doing<'a, Cancelled> {
        at_once(self.write(|tx| {
            let ids = appointments::ids(tx, booking, appointment_ids).map_err(later)?;
            for id in &ids {
                if appointment(tx, id)?.is_some() {
                    strike(tx, id)?;
                }
            }
            Ok(if ids.is_empty() && !appointment_ids.is_empty() {
                Cancelled::Unknown
            } else {
                Cancelled::Done
            })
        }))
    }

    fn fate<'a>(&'a self, booking: i64, appointment_ids: &'a [String]) -> Doing<'a, Option<Fate>> {
        at_once(self.read(|tx| appointments::fate(tx, booking, appointment_ids)))
    }
}
