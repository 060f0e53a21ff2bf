//! `GET /requests/bookings`: the bookings to be inserted (BOOK-1).

use crate::params::{PageParams, Params};
use crate::pms::{Caller, Result};
use axum::Json;
use axum::extract::State;
use jiff::tz::TimeZone;
use slotbridge_hub::Hub;
use slotbridge_hub::person::Person;
use slotbridge_hub::pms::requests::bookings::{self, BookingInsert};
use slotbridge_hub::zone;
use slotbridge_wire::bookings::{Booking, BookingStatus, Gender, Patient};
use slotbridge_wire::page::Page;
use slotbridge_wire::profile::WireProfile;

/// The bookings to insert
///
/// Every booking that the PMS has neither confirmed nor rejected, oldest first. `bookedTime` is UTC,
/// `pmsAppointmentTime` the practice's wall clock, `pmsAppointmentLength` seconds. Without a
/// `pmsResourceId` its resource has been deleted: reject it (BOOK-1, BOOK-3, BOOK-6).
#[utoipa::path(
    get,
    path = "/requests/bookings",
    operation_id = "bookingRequests",
    tag = "requests",
    params(PageParams),
    responses((status = 200, description = "A page of bookings.", body = Page<Booking>)),
)]
pub(super) async fn handler(
    State(hub): State<Hub>,
    caller: Caller,
    params: Params,
) -> Result<Json<Page<Booking>>> {
    let number = params.page()?;
    let found = bookings::list(&hub, &caller.consented, number.window()).await?;
    let (profile, zone) = (caller.profile(), caller.consented.zone());
    let data = found
        .entries
        .into_iter()
        .map(|entry| booking(entry, profile, zone))
        .collect();
    Ok(Json(Page {
        data,
        page: number.paginated(found.total),
    }))
}

fn booking(entry: BookingInsert, profile: WireProfile, zone: &TimeZone) -> Booking {
    let BookingInsert {
        booking,
        person,
        pms_record,
        resource_is_live,
    } = entry;
    let reason = person
        .as_ref()
        .and_then(|person| person.reason.clone())
        .unwrap_or_default();
    Booking {
        booking_id: booking.booking_id.get(),
        pms_resource_id: profile.nullable(resource_is_live.then_some(booking.pms_resource_id)),
        pms_appointment_type_id: profile.nullable(Some(booking.pms_appointment_type_id)),
        pms_appointment_ids: pms_record.pms_appointment_ids,
        pms_patient_id: profile.nullable(pms_record.pms_patient_id),
        booked_time: booking.life.created_at,
        // Whatever the 20 seconds have made of it: clients filter on this word (BOOK-3).
        booking_status: BookingStatus::Requested,
        pms_appointment_time: zone::local(zone, booking.start),
        pms_appointment_length: booking.end.duration_since(booking.start).as_secs(),
        reason,
        comments: booking.comments,
        patient: person.map_or_else(Patient::default, |person| patient(person, profile)),
        telehealth_url: pms_record.practitioner_appointment_link,
        is_new_patient: booking.is_new_patient,
    }
}

fn patient(person: Person, profile: WireProfile) -> Patient {
    Patient {
        dob: person
            .date_of_birth()
            .map_or_else(String::new, |dob| profile.dob(dob)),
        firstname: person.firstname,
        lastname: person.lastname,
        phone: Some(person.phone),
        email: Some(person.email),
        address: person.address,
        suburb: person.suburb,
        state: person.state,
        postcode: person.postcode,
        gender: profile.nullable(person.gender.and_then(|name| Gender::from_name(&name))),
        medicare_number: profile.nullable(person.medicare_number),
        medicare_irn: profile.nullable(person.medicare_irn),
        medicare_expiry: profile.nullable(person.medicare_expiry),
    }
}
