#![doc = include_str!("../README.md")]

mod bookings;
mod changes;
mod clock;
mod config;
mod credentials;
mod ending;
mod fhir;
mod http;
mod names;
mod new_appointment;
mod new_patient;
mod patients;
mod schedules;
mod search;
mod server;
mod slots;
mod tokens;
mod transaction;

pub use config::{ConfigError, DefaultType, FhirConfig};
pub use credentials::{ClientCredentials, Credentials};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use server::Server;
use slotbridge_agent::adapter::{
    Adapter, Cancelled, Changes, Doing, Fate, FreeTimes, Inserted, NewPatient, Patients,
};
use slotbridge_agent::clinic::Now;
use slotbridge_client::wire::bookings::Booking;
use slotbridge_client::wire::config::{PmsAppointmentType, PmsResource};
use std::fmt;

/// A PMS behind a FHIR server.
pub struct Fhir {
    server: Server,
    zone: TimeZone,
    default_type: DefaultType,
}

impl Fhir {
    /// The adapter of a server, which is not asked for anything yet. `now` is the time by which tokens
    /// expire.
    ///
    /// # Errors
    /// What is wrong with the configuration. Whether the server takes the credentials only a call tells.
    pub fn new(config: FhirConfig, now: Now) -> Result<Self, ConfigError> {
        Ok(Self {
            server: Server::new(&config, now)?,
            zone: config.zone,
            default_type: config.default_type,
        })
    }
}

impl fmt::Debug for Fhir {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fhir")
            .field("base_url", &self.server.base().as_str())
            .finish_non_exhaustive()
    }
}

impl Adapter for Fhir {
    fn resources(&self) -> Doing<'_, Vec<PmsResource>> {
        Box::pin(self.all_resources())
    }

    fn appointment_types(&self) -> Doing<'_, Vec<PmsAppointmentType>> {
        Box::pin(self.all_types())
    }

    fn free_times<'a>(&'a self, resource: &'a str, from: Date, to: Date) -> Doing<'a, FreeTimes> {
        Box::pin(self.free(resource, from, to))
    }

    fn changed_since<'a>(&'a self, mark: Option<&'a str>) -> Doing<'a, Changes> {
        Box::pin(self.changes(mark))
    }

    fn patients<'a>(&'a self, mark: Option<&'a str>) -> Doing<'a, Patients> {
        Box::pin(self.changed_patients(mark))
    }

    fn find(&self, booking: i64) -> Doing<'_, Option<Inserted>> {
        Box::pin(self.inserted(booking))
    }

    fn create_patient<'a>(&'a self, patient: &'a NewPatient) -> Doing<'a, String> {
        Box::pin(self.add_patient(patient))
    }

    fn insert<'a>(&'a self, booking: &'a Booking, patient_id: &'a str) -> Doing<'a, Inserted> {
        Box::pin(self.insert_booking(booking, patient_id))
    }

    fn cancel<'a>(&'a self, booking: i64, appointment_ids: &'a [String]) -> Doing<'a, Cancelled> {
        Box::pin(self.cancel_booking(booking, appointment_ids))
    }

    fn fate<'a>(&'a self, booking: i64, appointment_ids: &'a [String]) -> Doing<'a, Option<Fate>> {
        Box::pin(self.fate_of(booking, appointment_ids))
    }
}
