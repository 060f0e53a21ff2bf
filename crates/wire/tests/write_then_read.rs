//! What is written is read back as it was, by `read` and by `Deserialize` alike.

use jiff::{
    Timestamp,
    civil::{Date, DateTime},
    tz::TimeZone,
};
use proptest::{collection::vec, option, prelude::*};
use serde::{Serialize, de::DeserializeOwned};
use slotbridge_wire::{
    availability::{AvailabilityRange, AvailabilitySnapshot, SnapshotError, SnapshotsResult},
    bookings::{
        Booking, BookingStatus, BookingUpdate, ConfirmBookingInsert, Gender, Patient, Reason,
    },
    config::{LivenessContract, LivenessRange, PmsAppointmentType, PmsResource, Schedule},
    error::ErrorBody,
    page::{Page, Paginated},
    profile::{Field, WireProfile},
    read::{FromJson, read},
    requests::{AvailabilityRequest, RequestName},
    time::{self, Utc},
};
use std::fmt::Debug;

fn holds<T>(value: &T) -> Result<(), TestCaseError>
where
    T: Serialize + DeserializeOwned + FromJson + PartialEq + Debug,
{
    let fail = |text: String| TestCaseError::fail(text);
    let body = serde_json::to_vec(value).map_err(|error| fail(error.to_string()))?;
    let back = read::<T>(&body);
    prop_assert_eq!(back.as_ref(), Ok(value));
    let back: T = serde_json::from_slice(&body).map_err(|error| fail(error.to_string()))?;
    prop_assert_eq!(&back, value);
    Ok(())
}

fn text() -> impl Strategy<Value = String> {
    any::<String>().prop_map(|text| text.replace('\0', ""))
}

fn id() -> impl Strategy<Value = String> {
    "[A-Za-z0-9ß日#-][^\0]{0,20}"
}

fn field<T: Debug + Clone>(value: impl Strategy<Value = T>) -> impl Strategy<Value = Field<T>> {
    prop_oneof![
        Just(Field::Absent),
        Just(Field::Null),
        value.prop_map(Field::Value)
    ]
}

fn one_of<T: Copy + Debug + 'static>(all: &'static [T]) -> impl Strategy<Value = T> {
    prop::sample::select(all)
}

/// Instants and wall-clock times of the years 1 to 9999, to the second.
fn instant() -> impl Strategy<Value = Timestamp> {
    (-62_135_596_800..=253_402_207_200_i64)
        .prop_filter_map("in range", |second| Timestamp::from_second(second).ok())
}

fn local() -> impl Strategy<Value = DateTime> {
    instant().prop_map(|instant| TimeZone::UTC.to_datetime(instant))
}

fn day() -> impl Strategy<Value = Date> {
    local().prop_map(DateTime::date)
}

fn range() -> impl Strategy<Value = AvailabilityRange> {
    (0..time::DAY)
        .prop_flat_map(|start| {
            (
                Just(start),
                start + 1..=time::DAY,
                any::<i64>(),
                vec(id(), 0..3),
            )
        })
        .prop_map(
            |(start, end, slot_length, pms_appointment_type_ids)| AvailabilityRange {
                start,
                end,
                slot_length,
                pms_appointment_type_ids,
            },
        )
}

fn snapshot() -> impl Strategy<Value = AvailabilitySnapshot> {
    (option::of(id()), day(), id(), vec(range(), 0..4)).prop_map(
        |(id, date, pms_resource_id, availability)| AvailabilitySnapshot {
            id,
            date,
            pms_resource_id,
            availability,
        },
    )
}

fn patient() -> impl Strategy<Value = Patient> {
    let names = (
        text(),
        text(),
        text(),
        option::of(text()),
        option::of(text()),
    );
    let address = (
        option::of(text()),
        option::of(text()),
        option::of(text()),
        option::of(text()),
    );
    let medicare = (
        field(one_of(Gender::ALL)),
        field(text()),
        field(text()),
        field("[0-9]{2}/[0-9]{4}"),
    );
    (names, address, medicare).prop_map(|(names, address, medicare)| Patient {
        firstname: names.0,
        lastname: names.1,
        dob: names.2,
        phone: names.3,
        email: names.4,
        address: address.0,
        suburb: address.1,
        state: address.2,
        postcode: address.3,
        gender: medicare.0,
        medicare_number: medicare.1,
        medicare_irn: medicare.2,
        medicare_expiry: medicare.3,
    })
}

fn booking() -> impl Strategy<Value = Booking> {
    let ids = (
        any::<i64>(),
        field(id()),
        field(id()),
        vec(id(), 0..3),
        field(id()),
    );
    let times = (instant(), one_of(BookingStatus::ALL), local(), any::<i64>());
    let rest = (text(), text(), patient(), option::of(text()), any::<bool>());
    (ids, times, rest).prop_map(|(ids, times, rest)| Booking {
        booking_id: ids.0,
        pms_resource_id: ids.1,
        pms_appointment_type_id: ids.2,
        pms_appointment_ids: ids.3,
        pms_patient_id: ids.4,
        booked_time: times.0,
        booking_status: times.1,
        pms_appointment_time: times.2,
        pms_appointment_length: times.3,
        reason: rest.0,
        comments: rest.1,
        patient: rest.2,
        telehealth_url: rest.3,
        is_new_patient: rest.4,
    })
}

fn update() -> impl Strategy<Value = BookingUpdate> {
    let ids = (
        any::<i64>(),
        any::<i64>(),
        vec(id(), 0..3),
        option::of(id()),
    );
    (ids, instant(), one_of(BookingStatus::ALL)).prop_map(|(ids, updated_at, booking_status)| {
        BookingUpdate {
            request_id: ids.0,
            booking_id: ids.1,
            pms_appointment_ids: ids.2,
            pms_patient_id: ids.3,
            updated_at,
            booking_status,
        }
    })
}

fn hours() -> impl Strategy<Value = Option<Vec<LivenessRange>>> {
    let range = (0..1440_u16, 0..=1440_u16)
        .prop_filter("ends differ", |(start, end)| start != end)
        .prop_map(|(start, end)| LivenessRange { start, end });
    option::of(vec(range, 0..4))
}

fn contract() -> impl Strategy<Value = LivenessContract> {
    let schedule = prop::array::uniform8(hours()).prop_map(
        |[
            monday,
            tuesday,
            wednesday,
            thursday,
            friday,
            saturday,
            sunday,
            public_holidays,
        ]| {
            Schedule {
                monday,
                tuesday,
                wednesday,
                thursday,
                friday,
                saturday,
                sunday,
                public_holidays,
            }
        },
    );
    option::of(schedule).prop_map(|live_hours| LivenessContract { live_hours })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_booking_comes_back_book_1(booking in booking()) {
        holds(&booking)?;
        holds(&booking.patient)?;
    }

    #[test]
    fn a_page_comes_back_wire_6(data in vec(update(), 0..3), page in any::<[i64; 4]>()) {
        let [current_page, total_pages, per_page, total] = page;
        holds(&Page { data, page: Paginated { current_page, total_pages, per_page, total } })?;
    }

    #[test]
    fn an_availability_request_comes_back_avail_7(day in day(), resource in option::of(id())) {
        holds(&AvailabilityRequest { day, pms_resource_id: resource })?;
    }

    #[test]
    fn a_snapshot_comes_back_avail_1(snapshot in snapshot()) {
        holds(&snapshot)?;
    }

    #[test]
    fn a_result_comes_back_avail_6(
        lists in prop::array::uniform3(vec(id(), 0..3)),
        errors in vec((id(), text()), 0..3),
    ) {
        let [created, existing, failed] = lists;
        let errors = errors
            .into_iter()
            .map(|(snapshot, error)| SnapshotError { snapshot, error })
            .collect();
        holds(&SnapshotsResult { created, existing, failed, errors })?;
    }

    #[test]
    fn a_confirmation_comes_back_book_4(
        ids in vec(id(), 0..3),
        patient in id(),
        links in prop::array::uniform4(option::of(text())),
    ) {
        let [a, b, c, d] = links;
        holds(&ConfirmBookingInsert {
            pms_appointment_ids: ids,
            pms_patient_id: patient,
            patient_appointment_link: a,
            patient_appointment_description: b,
            practitioner_appointment_link: c,
            practitioner_appointment_description: d,
        })?;
    }

    #[test]
    fn a_reason_and_an_error_come_back_wire_4(text in text()) {
        holds(&Reason { reason: Some(text.clone()) })?;
        holds(&ErrorBody { error: text })?;
    }

    #[test]
    fn a_resource_comes_back_conf_1(
        names in (id(), id()),
        practitioner in prop::array::uniform3(option::of(id())),
    ) {
        let [title, firstname, lastname] = practitioner;
        holds(&PmsResource {
            pms_resource_id: names.0,
            pms_resource_name: names.1,
            pms_practitioner_title: title,
            pms_practitioner_firstname: firstname,
            pms_practitioner_lastname: lastname,
        })?;
    }

    #[test]
    fn an_appointment_type_comes_back_conf_2(
        names in (id(), id()),
        length in option::of(0..=1440_u16),
        resource in option::of(id()),
    ) {
        holds(&PmsAppointmentType {
            pms_appointment_type_id: names.0,
            pms_appointment_type_name: names.1,
            pms_appointment_length: length,
            pms_resource_id: resource,
        })?;
    }

    #[test]
    fn a_liveness_contract_comes_back_conf_3(contract in contract()) {
        holds(&contract)?;
    }

    #[test]
    fn a_day_of_birth_comes_back_wire_9(day in day()) {
        for profile in WireProfile::ALL {
            prop_assert_eq!(time::parse_dob(&profile.dob(day)), Some(day));
        }
    }

    #[test]
    fn a_moment_comes_back_wire_1(instant in instant(), local in local()) {
        holds(&Utc(instant))?;
        prop_assert_eq!(time::parse_timestamp(&time::timestamp(local)), Some(local));
        prop_assert_eq!(time::parse_instant(&instant.to_string()), Some(instant));
    }
}

#[test]
fn every_name_comes_back_req_1() -> Result<(), TestCaseError> {
    RequestName::ALL.iter().try_for_each(holds)?;
    BookingStatus::ALL.iter().try_for_each(holds)?;
    Gender::ALL.iter().try_for_each(holds)?;
    WireProfile::ALL.iter().try_for_each(holds)
}
