//! Resources, appointment types and the liveness contract.

mod appointment_types;
mod liveness_contract;
mod resources;
