#![doc = include_str!("../README.md")]

mod bookings;
mod changes;
mod exports;
mod fault;
mod journal;
mod new_patients;
mod patients;
mod person;
mod ranges;
mod table;
mod watched;
mod write;

use bookings::{Booked, Bookings};
use changes::Seen;
use exports::{Fates, Free};
use fault::Fault;
use jiff::civil::Date;
use parking_lot::Mutex;
use patients::Register;
use slotbridge_agent::adapter::{
    Adapter, Cancelled, Changes, Doing, Fate, FreeTimes, Inserted, NewPatient, Patients, Trouble,
};
use slotbridge_client::wire::bookings::Booking;
use slotbridge_client::wire::config::{PmsAppointmentType, PmsResource};
use std::path::Path;
use watched::Watched;

/// A folder that a PMS writes its files to, and takes the agent's from. One agent has it.
pub struct Folder {
    resources: Watched<Vec<PmsResource>>,
    types: Watched<Vec<PmsAppointmentType>>,
    free: Watched<Free>,
    told: Watched<Fates>,
    register: Mutex<Register>,
    // Whoever needs both takes `seen` first.
    seen: Mutex<Seen>,
    bookings: Mutex<Bookings>,
}

impl Folder {
    /// A folder that is there; the PMS's files may come later.
    ///
    /// # Errors
    /// It is not there, or what the agent wrote there before cannot be read: file and line are named.
    pub fn open(path: &Path) -> Result<Self, Trouble> {
        if !path.is_dir() {
            let why = "is no folder: make it, and let the PMS write its files there";
            return Err(Trouble::Later(format!("{} {why}", path.display())));
        }
        Ok(Self {
            resources: Watched::new(path, exports::RESOURCES),
            types: Watched::new(path, exports::TYPES),
            free: Watched::new(path, exports::FREE),
            told: Watched::new(path, exports::CHANGES),
            register: Mutex::new(Register::open(path)?),
            seen: Mutex::default(),
            bookings: Mutex::new(Bookings::open(path)?),
        })
    }

    fn free(&self, resource: &str, from: Date, to: Date) -> Result<FreeTimes, Fault> {
        let free = self.free.now()?;
        let days = free.get(resource).into_iter().flatten();
        let days = days.filter(|(day, _)| (from..=to).contains(*day));
        Ok(self.bookings.lock().cut(resource, days))
    }

    fn insert(&self, booking: &Booking, patient_id: &str) -> Result<Inserted, Trouble> {
        let id = booking.booking_id;
        let mut bookings = self.bookings.lock();
        if let Some(there) = bookings.find(id) {
            return Ok(there);
        }
        let refuse = |why: &str| Err(Trouble::Refused(why.to_owned()));
        if bookings.fate(id).is_some() && self.told.now()?.get(&id) == Some(&Fate::Off) {
            return refuse("the practice has cancelled it");
        }
        let row = Booked::new(booking, patient_id)?;
        let (free, day) = (self.free.now()?, row.start.date());
        let days = free
            .get(&row.resource)
            .and_then(|days| days.get_key_value(&day));
        let free = bookings.cut(&row.resource, days.into_iter());
        if !free.get(&day).is_some_and(|free| row.span().lies_in(free)) {
            return refuse("the time was given to somebody else, or is not open");
        }
        Ok(bookings.add(id, row)?)
    }

    fn fate(&self, booking: i64) -> Result<Option<Fate>, Fault> {
        let told = self.told.now()?.get(&booking).copied();
        Ok(told.or_else(|| self.bookings.lock().fate(booking)))
    }
}

/// Does something at once: files keep nobody waiting.
fn at_once<'a, T: Send + 'a>(done: Result<T, impl Into<Trouble>>) -> Doing<'a, T> {
    Box::pin(std::future::ready(done.map_err(Into::into)))
}

impl Adapter for Folder {
    fn resources(&self) -> Doing<'_, Vec<PmsResource>> {
        at_once(self.resources.now().map(|all| all.to_vec()))
    }

    fn appointment_types(&self) -> Doing<'_, Vec<PmsAppointmentType>> {
        at_once(self.types.now().map(|all| all.to_vec()))
    }

    fn free_times<'a>(&'a self, resource: &'a str, from: Date, to: Date) -> Doing<'a, FreeTimes> {
        at_once(self.free(resource, from, to))
    }

    fn changed_since<'a>(&'a self, mark: Option<&'a str>) -> Doing<'a, Changes> {
        at_once(self.changes(mark))
    }

    fn patients<'a>(&'a self, mark: Option<&'a str>) -> Doing<'a, Patients> {
        at_once(self.register.lock().since(mark))
    }

    fn find(&self, booking: i64) -> Doing<'_, Option<Inserted>> {
        at_once(Ok::<_, Fault>(self.bookings.lock().find(booking)))
    }

    fn create_patient<'a>(&'a self, patient: &'a NewPatient) -> Doing<'a, String> {
        at_once(self.register.lock().add(patient))
    }

    fn insert<'a>(&'a self, booking: &'a Booking, patient_id: &'a str) -> Doing<'a, Inserted> {
        at_once(self.insert(booking, patient_id))
    }

    fn cancel<'a>(&'a self, booking: i64, appointment_ids: &'a [String]) -> Doing<'a, Cancelled> {
        at_once(self.bookings.lock().cancel(booking, appointment_ids))
    }

    fn fate<'a>(&'a self, booking: i64, _: &'a [String]) -> Doing<'a, Option<Fate>> {
        at_once(self.fate(booking))
    }
}
