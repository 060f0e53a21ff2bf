//! How a practice is set up in its PMS: resources, appointment types, hours of contact.

mod appointment_type;
mod liveness;
mod resource;
mod unique;

pub use appointment_type::{PmsAppointmentType, PmsAppointmentTypes, read_pms_appointment_types};
pub use liveness::{LivenessContract, LivenessRange, Schedule};
pub use resource::{PmsResource, PmsResources, read_pms_resources};
