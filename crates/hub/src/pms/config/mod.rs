//! `/config/...`: resources, appointment types, the liveness contract.

pub mod liveness_contract;
pub mod pms_appointment_types;
pub mod pms_resources;
