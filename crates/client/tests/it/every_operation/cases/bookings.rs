//! Answers to bookings.

use super::{Case, case, from, shown};
use serde_json::{Value, json};
use slotbridge_client::wire::bookings::ConfirmBookingInsert;

pub(super) fn bookings() -> Vec<Case> {
    fn inserted() -> Value {
        json!({
            "pmsAppointmentIds": ["A"], "pmsPatientId": "P",
            "patientAppointmentLink": "https://video.example/p",
            "patientAppointmentDescription": "Join early",
            "practitionerAppointmentLink": "https://video.example/d",
            "practitionerAppointmentDescription": "Join late",
        })
    }
    let why = || json!({"reason": "why"});
    vec![
        case!(
            "POST /bookings/1/confirmInsert",
            confirm_booking_insert(1, &from::<ConfirmBookingInsert>(&inserted()))
        )
        .sends(inserted()),
        case!(
            "POST /bookings/1/rejectInsert",
            reject_booking_insert(1, Some("why"))
        )
        .sends(why()),
        case!(
            "POST /bookings/1/confirmUpdate/2",
            confirm_booking_update(1, 2)
        ),
        case!(
            "POST /bookings/1/rejectUpdate/2",
            reject_booking_update(1, 2, Some("why"))
        )
        .sends(why()),
        case!("POST /bookings/1/cancel", cancel_booking(1, Some("why"))).sends(why()),
        case!(
            "POST /bookings/1/didNotAttend",
            did_not_attend(1, Some("why"))
        )
        .sends(why()),
        case!(
            "POST /bookings/1/noPmsAppointmentChange",
            no_pms_appointment_change(1)
        ),
    ]
}
