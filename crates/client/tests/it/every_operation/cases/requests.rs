//! The poll and its lists.

use super::documents::attach_metadata;
use super::{Case, case, shown};
use serde_json::{Value, json};

pub(super) fn requests() -> Vec<Case> {
    let booking = || json!({"bookingId": 1, "pmsAppointmentIds": ["A"], "pmsPatientId": "P"});
    let mut document = booking();
    document["pmsDocumentId"] = json!("D");
    let mut attach = attach_metadata();
    attach["requestId"] = json!(9);
    let update = json!({
        "requestId": 2, "bookingId": 1, "pmsAppointmentIds": ["A"], "pmsPatientId": "P",
        "updatedAt": "2027-04-03 22:00:00", "bookingStatus": "Cancelled",
    });
    let day = json!({"day": "2027-04-04", "pmsResourceId": "R", "pms_resource_id": "R"});
    let date = json!({"date": "2027-04-04", "dateType": "appt_creation_datetime"});
    vec![
        case!("GET /requests", poll_requests()).answers(json!(["bookings", "attachDocuments"])),
        case!("GET /requests/bookings?page=3", booking_requests(3)).page_of(&whole_booking()),
        case!(
            "GET /requests/bookingUpdates?page=3",
            booking_update_requests(3)
        )
        .page_of(&update),
        case!(
            "GET /requests/availability?page=3",
            availability_snapshot_requests(3)
        )
        .page_of(&day),
        case!(
            "GET /requests/pmsAppointmentChanges?page=3",
            pms_appointment_change_requests(3)
        )
        .page_of(&booking()),
        case!(
            "GET /requests/availableDocuments?page=3",
            available_documents_requests(3)
        )
        .page_of(&booking()),
        case!(
            "GET /requests/uploadDocuments?page=3",
            upload_documents_requests(3)
        )
        .page_of(&document),
        case!(
            "GET /requests/clientSnapshots?page=3",
            client_snapshots_requests(3)
        )
        .page_of(&date),
        case!(
            "GET /requests/attachDocuments?page=3",
            attach_document_requests(3)
        )
        .page_of(&attach),
    ]
}

fn whole_booking() -> Value {
    json!({
        "bookingId": 1, "pmsResourceId": "R", "pmsAppointmentTypeId": "T", "pmsAppointmentIds": ["A"],
        "pmsPatientId": "P", "bookedTime": "2027-04-03 22:00:00", "bookingStatus": "Requested",
        "pmsAppointmentTime": "2027-04-04 09:00:00", "pmsAppointmentLength": 900,
        "reason": "a cough\nfor days", "comments": "Long",
        "patient": {
            "firstname": "Ann", "lastname": "Lee", "dob": "01-02-1980", "phone": "0412345678",
            "email": "ann@example.com", "address": "1 High St", "suburb": "Perth", "state": "WA",
            "postcode": "6000", "gender": "Female", "medicareNumber": "2428778132",
            "medicareIrn": "1", "medicareExpiry": "05/2028",
        },
        "telehealthUrl": "https://video.example/1", "isNewPatient": true,
    })
}
