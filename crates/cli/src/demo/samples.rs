//! The payloads of the published guide, as the demo's PMS sends them. Copies of the samples; the
//! date of the snapshot is replaced.

use crate::failure::Failure;
use slotbridge_wire::availability::AvailabilitySnapshot;
use slotbridge_wire::bookings::ConfirmBookingInsert;
use slotbridge_wire::config::{
    LivenessContract, PmsAppointmentType, PmsResource, read_pms_appointment_types,
    read_pms_resources,
};
use slotbridge_wire::read::{Fault, describe, read};

/// The samples.
#[derive(Clone)]
pub(super) struct Samples {
    /// The hours in which the integration promises contact.
    pub(super) contract: LivenessContract,
    /// Two doctors.
    pub(super) resources: Vec<PmsResource>,
    /// One kind of appointment, of the first doctor.
    pub(super) types: Vec<PmsAppointmentType>,
    /// The working hours of a day.
    pub(super) day: AvailabilitySnapshot,
    /// How a booking is confirmed.
    pub(super) confirm: ConfirmBookingInsert,
}

fn sample<T>(name: &str, read: Result<T, Vec<Fault>>) -> Result<T, Failure> {
    read.map_err(|faults| Failure::new(format!("the sample {name}: {}", describe(&faults))))
}

impl Samples {
    /// Reads them.
    pub(super) fn read() -> Result<Self, Failure> {
        macro_rules! text {
            ($name:literal) => {
                include_bytes!(concat!("../../demo/", $name, ".json")).as_slice()
            };
        }
        Ok(Self {
            contract: sample("liveness-contract", read(text!("liveness-contract")))?,
            resources: sample("pms-resources", read_pms_resources(text!("pms-resources")))?,
            types: sample(
                "pms-appointment-types",
                read_pms_appointment_types(text!("pms-appointment-types")),
            )?,
            day: sample(
                "availability-snapshot",
                read(text!("availability-snapshot")),
            )?,
            confirm: sample("confirm-insert", read(text!("confirm-insert")))?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_samples_are_read() {
        let samples = Samples::read().unwrap();
        assert_eq!(samples.resources.len(), 2);
        assert_eq!(samples.types[0].pms_appointment_length, Some(30));
        assert_eq!(samples.day.availability.len(), 2);
        assert_eq!(samples.confirm.pms_patient_id, "Patient1");
    }
}
