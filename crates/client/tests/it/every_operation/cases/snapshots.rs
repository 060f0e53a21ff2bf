//! Free times and appointment books.

use super::{Case, case, from, shown};
use serde_json::{Value, json};
use slotbridge_client::wire::{
    availability::AvailabilitySnapshot, client_snapshots::ClientSnapshot,
};

pub(super) fn snapshots() -> Vec<Case> {
    fn day() -> Value {
        json!({
            "id": "s1", "date": "2027-04-04", "pmsResourceId": "R",
            "availability": [
                {"start": "09:00", "end": "24:00", "slotLength": 900, "pmsAppointmentTypeIds": ["T"]},
            ],
        })
    }
    fn book() -> Value {
        json!({
            "date": "2027-04-04", "dateType": "appt_datetime",
            "locations": [{
                "pmsLocationId": "L", "pmsLocationName": "Main", "pmsLocationStatus": "active",
            }],
            "practitioners": [{
                "pmsPractitionerId": "D", "pmsPractitionerName": "Dr D",
                "pmsPractitionerStatus": "inactive",
            }],
            "appointmentTypes": [{
                "pmsAppointmentTypeId": "T", "pmsAppointmentTypeName": "Long",
                "pmsAppointmentTypeStatus": "active",
            }],
            "appointments": [{
                "pmsAppointmentId": "A", "pmsPatientId": "P", "pmsPractitionerId": "D",
                "pmsAppointmentTypeId": "T", "pmsAppointmentCreationTime": "2027-04-01 10:00:00",
                "pmsAppointmentTime": "2027-04-04 09:00:00", "pmsAppointmentLength": 15,
                "pmsAppointmentStatus": "patient-in-consult",
            }],
            "patients": [{
                "pmsPatientId": "P", "pmsPatientFirstname": "Ann", "pmsPatientLastname": "Lee",
                "pmsPatientPreferredName": "Annie", "pmsPatientPhoneMobile": "0412345678",
                "pmsPatientPhoneHome": "0891234567", "pmsPatientPhoneWork": "0891234568",
                "pmsPatientSmsConsent": true, "pmsPatientAge16AndUnder": false,
                "pmsPatientCreationTime": "2020-01-01 00:00:00",
            }],
        })
    }
    let result = json!({
        "created": ["s1"], "existing": ["1"], "failed": ["2"],
        "errors": [{"snapshot": "2", "error": "no such resource"}],
    });
    vec![
        case!(
            "POST /availability/snapshot",
            send_availability_snapshot(&from::<AvailabilitySnapshot>(&day()))
        )
        .sends(day()),
        case!(
            "POST /availability/snapshots",
            send_availability_snapshots(&[from::<AvailabilitySnapshot>(&day())])
        )
        .sends(json!([day()]))
        .answers(result),
        case!(
            "POST /clientSnapshot",
            send_client_snapshot(&from::<ClientSnapshot>(&book()))
        )
        .sends(book()),
    ]
}
