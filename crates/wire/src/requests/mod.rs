//! What a PMS is asked to do: the names of the requests, and the lists that have no type of their
//! own elsewhere.

mod availability_request;
mod client_snapshot_request;
mod pms_appointment_changes;
mod request_name;

pub use availability_request::AvailabilityRequest;
pub use client_snapshot_request::ClientSnapshotRequest;
pub use pms_appointment_changes::PmsAppointmentChangesRequest;
pub use request_name::RequestName;
