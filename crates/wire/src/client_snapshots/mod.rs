//! The appointment book of a date (SNAP-1, SNAP-2).

mod appointment;
mod catalogue;
mod patient;
mod snapshot;

pub use appointment::{Appointment, AppointmentStatus};
pub use catalogue::{AppointmentType, EntryStatus, Location, Practitioner};
pub use patient::Patient;
pub use snapshot::{ClientSnapshot, DateType};

/// Fields beyond the schema, as they were sent.
pub type More = serde_json::Map<String, serde_json::Value>;
