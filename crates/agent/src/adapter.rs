//! What the agent asks of a practice management system: the one interface that an adapter fills in.
//!
//! An adapter knows its PMS and nothing of the hub. Everything that it does may be asked for twice:
//! the agent asks again whenever it does not know whether the last time was done.

use jiff::Timestamp;
use jiff::civil::Date;
use slotbridge_client::wire::availability::AvailabilityRange;
use slotbridge_client::wire::bookings::{Booking, Patient};
use slotbridge_client::wire::config::{PmsAppointmentType, PmsResource};
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;

/// Something that the PMS is doing.
pub type Doing<'a, T> = Pin<Box<dyn Future<Output = Result<T, Trouble>> + Send + 'a>>;

/// Why the PMS did not do what it was asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// It cannot at the moment: asked again later, it may. Nobody outside is told why.
    #[error("the PMS cannot at the moment: {0}")]
    Later(String),
    /// It will not, however often it is asked. The text goes to the hub and must not hold anything
    /// of a patient.
    #[error("the PMS refuses: {0}")]
    Refused(String),
}

/// A patient as the PMS has one.
#[derive(Clone, PartialEq, Eq)]
pub struct PmsPatient {
    /// The PMS's id.
    pub id: String,
    /// Who it is. `None`: there is no such patient any more.
    pub person: Option<Patient>,
}

/// The PMS's patients, or those of them that changed.
#[derive(Clone, Default)]
pub struct Patients {
    /// Stands for the present; the next question is about who changed since.
    pub mark: String,
    /// Those that are new, changed or gone.
    pub changed: Vec<PmsPatient>,
}

/// A person who is not found among the patients.
#[derive(Clone, PartialEq, Eq)]
pub struct NewPatient {
    /// The booking for which the person becomes a patient.
    pub booking_id: i64,
    /// Who it is.
    pub person: Patient,
    /// The patients whom it may be, for staff to look at and to merge.
    pub perhaps: Vec<Perhaps>,
}

/// A patient whom a new one may be.
#[derive(Clone, PartialEq, Eq)]
pub struct Perhaps {
    /// The PMS's id.
    pub patient_id: String,
    /// Why, in words for a receptionist.
    pub explanation: String,
}

/// What is free on each day.
pub type FreeTimes = BTreeMap<Date, Vec<AvailabilityRange>>;

/// What a booking became in the PMS.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inserted {
    /// Its appointments: one, or as many as the PMS needs for its length.
    pub appointment_ids: Vec<String>,
    /// Its patient.
    pub patient_id: String,
}

/// What cancelling came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cancelled {
    /// The appointments are cancelled, now or already before.
    Done,
    /// There are no such appointments.
    Unknown,
}

/// What became of an appointment in the PMS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It stands as it was booked.
    Stands,
    /// It was cancelled, deleted, or moved to another time or resource: for the hub all the same.
    Off,
    /// The patient did not come.
    DidNotAttend,
}

/// What changed in the PMS since a mark.
#[derive(Clone, Default)]
pub struct Changes {
    /// Stands for the present; the next question is about what changed since.
    pub mark: String,
    /// Whether resources or appointment types changed.
    pub configuration: bool,
    /// Days of resources whose free times may have changed. More than did change do no harm.
    pub days: Vec<(String, Date)>,
    /// The hub's bookings whose appointments changed, and what they are now.
    pub bookings: Vec<(i64, Fate)>,
}

/// A document of the PMS, without its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// The PMS's id.
    pub id: String,
    /// What it is, such as a referral.
    pub kind: String,
    /// Its name, for the patient.
    pub name: String,
    /// Its media type.
    pub format: String,
    /// When it was made.
    pub created_at: Option<Timestamp>,
}

/// A practice management system. The agent asks one thing at a time of one practice.
pub trait Adapter: Send + Sync {
    /// The resources: one for each practitioner and specialty. The hub has one practice for all of
    /// the PMS's locations.
    fn resources(&self) -> Doing<'_, Vec<PmsResource>>;

    /// The appointment types.
    fn appointment_types(&self) -> Doing<'_, Vec<PmsAppointmentType>>;

    /// All that is free on one resource from one day to another, both included; a day that is not
    /// there has nothing free.
    fn free_times<'a>(&'a self, resource: &'a str, from: Date, to: Date) -> Doing<'a, FreeTimes>;

    /// What changed since a mark; without one, since ever. Where an insertion can be under way when nobody
    /// waits for it any more, as over a network, it has to be among these once it is done: its booking may
    /// be off by then, and is taken out again.
    fn changed_since<'a>(&'a self, mark: Option<&'a str>) -> Doing<'a, Changes>;

    /// The patients that changed since a mark; without one, all. Asked for when a booking is for
    /// somebody who may be one of them.
    fn patients<'a>(&'a self, mark: Option<&'a str>) -> Doing<'a, Patients>;

    /// The appointments of a booking, if they were inserted, whether or not anybody heard of it.
    fn find(&self, booking: i64) -> Doing<'_, Option<Inserted>>;

    /// Adds a patient and gives the id: the same if one was added for the same booking before.
    fn create_patient<'a>(&'a self, patient: &'a NewPatient) -> Doing<'a, String>;

    /// Inserts a booking for a patient and keeps its id with it, in one step: either both are there
    /// or neither. Refused if its time is taken or closed.
    fn insert<'a>(&'a self, booking: &'a Booking, patient_id: &'a str) -> Doing<'a, Inserted>;

    /// Cancels the appointments of a booking; `appointment_ids` are those that the hub knows.
    fn cancel<'a>(&'a self, booking: i64, appointment_ids: &'a [String]) -> Doing<'a, Cancelled>;

    /// What became of a booking; `None`: the PMS does not have it.
    fn fate<'a>(&'a self, booking: i64, appointment_ids: &'a [String]) -> Doing<'a, Option<Fate>>;

    /// The documents of a booking that its patient may have. Most PMSs have none to give.
    fn documents(&self, _booking: i64) -> Doing<'_, Vec<Document>> {
        Box::pin(std::future::ready(Ok(Vec::new())))
    }

    /// The content of a document.
    fn content<'a>(&'a self, _booking: i64, _document: &'a str) -> Doing<'a, Vec<u8>> {
        let none = Trouble::Refused("there is no such document".to_owned());
        Box::pin(std::future::ready(Err(none)))
    }
}
