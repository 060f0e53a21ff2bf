//! `POST /clientSnapshot`: the appointment book of a date (SNAP-2).

use crate::ApiState;
use crate::pms::{Caller, Done, Input, Result, done};
use axum::extract::State;
use axum::response::Response;
use slotbridge_domain::date_type::DateType;
use slotbridge_hub::Hub;
use slotbridge_hub::client_snapshots::content::{self, AppointmentStatus, Content, Entry};
use slotbridge_hub::pms::client_snapshot;
use slotbridge_wire::client_snapshots as wire;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::default().routes(routes!(handler))
}

/// The appointment book of a date
///
/// Needs the feature `clientSnapshots`. With all locations, practitioners and appointment types,
/// whatever the date: one that is missing counts as deleted. What refers to nothing in the snapshot, or
/// lies on another date, is taken with a warning that the practice sees. Resolves the request for that
/// date and type; where the snapshot contradicts a booking, a pmsAppointmentChanges request follows
/// (SNAP-1 to SNAP-3).
#[utoipa::path(
    post,
    path = "/clientSnapshot",
    operation_id = "sendClientSnapshot",
    tag = "client snapshots",
    request_body(
        content = wire::ClientSnapshot,
        example = json!({
            "date": "2027-03-01",
            "dateType": "appt_datetime",
            "locations": [
                {"pmsLocationId": "1", "pmsLocationName": "Harbour Street", "pmsLocationStatus": "active"},
            ],
            "practitioners": [
                {"pmsPractitionerId": "dr-lee", "pmsPractitionerName": "Dr Lee", "pmsPractitionerStatus": "active"},
            ],
            "appointmentTypes": [
                {"pmsAppointmentTypeId": "std", "pmsAppointmentTypeName": "Standard", "pmsAppointmentTypeStatus": "active"},
            ],
            "appointments": [{
                "pmsAppointmentId": "5001",
                "pmsPatientId": "77",
                "pmsPractitionerId": "dr-lee",
                "pmsAppointmentTypeId": "std",
                "pmsAppointmentCreationTime": "2027-02-20 10:15:00",
                "pmsAppointmentTime": "2027-03-01 09:00:00",
                "pmsAppointmentLength": 15,
                "pmsAppointmentStatus": "booked",
            }],
            "patients": [{
                "pmsPatientId": "77",
                "pmsPatientFirstname": "Jo",
                "pmsPatientLastname": "Citizen",
                "pmsPatientPhoneMobile": "0491570006",
                "pmsPatientSmsConsent": true,
                "pmsPatientCreationTime": "2020-01-01 09:00:00",
            }],
        }),
    ),
    responses((status = 200, description = "Taken.", body = Done)),
)]
async fn handler(
    State(hub): State<Hub>,
    caller: Caller,
    Input(sent): Input<wire::ClientSnapshot>,
) -> Result<Response> {
    let date_type = match sent.date_type {
        wire::DateType::ApptDatetime => DateType::Appointment,
        wire::DateType::ApptCreationDatetime => DateType::Creation,
    };
    let date = sent.date;
    client_snapshot::send(&hub, &caller.consented, date, date_type, to_hub(sent)).await?;
    Ok(done())
}

fn to_hub(sent: wire::ClientSnapshot) -> Content {
    let active = |status| status == wire::EntryStatus::Active;
    let location = |one: wire::Location| Entry {
        id: one.pms_location_id,
        name: one.pms_location_name,
        active: active(one.pms_location_status),
        more: one.more,
    };
    let practitioner = |one: wire::Practitioner| Entry {
        id: one.pms_practitioner_id,
        name: one.pms_practitioner_name,
        active: active(one.pms_practitioner_status),
        more: one.more,
    };
    let kind = |one: wire::AppointmentType| Entry {
        id: one.pms_appointment_type_id,
        name: one.pms_appointment_type_name,
        active: active(one.pms_appointment_type_status),
        more: one.more,
    };
    Content {
        locations: sent.locations.into_iter().map(location).collect(),
        practitioners: sent.practitioners.into_iter().map(practitioner).collect(),
        types: sent.appointment_types.into_iter().map(kind).collect(),
        appointments: sent.appointments.into_iter().map(appointment).collect(),
        patients: sent.patients.into_iter().map(patient).collect(),
    }
}

fn appointment(one: wire::Appointment) -> content::Appointment {
    content::Appointment {
        id: one.pms_appointment_id,
        patient_id: one.pms_patient_id,
        practitioner_id: one.pms_practitioner_id,
        type_id: one.pms_appointment_type_id,
        created: one.pms_appointment_creation_time,
        start: one.pms_appointment_time,
        length_minutes: one.pms_appointment_length,
        status: match one.pms_appointment_status {
            wire::AppointmentStatus::Booked => AppointmentStatus::Booked,
            wire::AppointmentStatus::PatientDna => AppointmentStatus::DidNotAttend,
            wire::AppointmentStatus::PatientArrived => AppointmentStatus::Arrived,
            wire::AppointmentStatus::PatientInConsult => AppointmentStatus::InConsult,
            wire::AppointmentStatus::PatientComplete => AppointmentStatus::Complete,
            wire::AppointmentStatus::Cancelled => AppointmentStatus::Cancelled,
        },
        more: one.more,
    }
}

fn patient(one: wire::Patient) -> content::Patient {
    content::Patient {
        id: one.pms_patient_id,
        firstname: one.pms_patient_firstname,
        lastname: one.pms_patient_lastname,
        preferred_name: one.pms_patient_preferred_name,
        mobile: one.pms_patient_phone_mobile,
        home: one.pms_patient_phone_home,
        work: one.pms_patient_phone_work,
        sms_consent: one.pms_patient_sms_consent,
        age_16_and_under: one.pms_patient_age16_and_under,
        created: one.pms_patient_creation_time,
        more: one.more,
    }
}
