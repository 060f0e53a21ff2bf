//! Whatever comes in, reading answers: with a value or with faults (WIRE-4, WIRE-5).

use jiff::{
    Timestamp,
    civil::{Date, DateTime},
};
use proptest::prelude::*;
use serde_json::{Map, Value};
use slotbridge_wire::{
    availability::{
        AvailabilityRange, AvailabilitySnapshot, SnapshotError, SnapshotsResult, read_batch,
    },
    bookings::{
        Booking, BookingStatus, BookingUpdate, ConfirmBookingInsert, Gender, Patient, Reason,
    },
    config::{
        LivenessContract, LivenessRange, PmsAppointmentType, PmsResource, Schedule,
        read_pms_appointment_types, read_pms_resources,
    },
    error::ErrorBody,
    page::{Page, Paginated},
    profile::WireProfile,
    read::{Fault, FromJson, describe, end_of_range, read, read_parameter, read_with, time_of_day},
    requests::{AvailabilityRequest, RequestName},
    time::Utc,
};

/// Reads the bytes as everything there is. A failure has at least one fault, and no fault is long.
fn read_as_everything(body: &[u8]) {
    fn look<T>(read: Result<T, Vec<Fault>>) {
        if let Err(faults) = read {
            assert!(
                !faults.is_empty() && faults.len() <= 101,
                "{}",
                describe(&faults)
            );
            for fault in &faults {
                assert!(fault.message.len() < 1_000, "{fault}");
                assert!(!fault.path.is_empty());
            }
        }
    }
    fn one<T: FromJson>(body: &[u8]) {
        look(read::<T>(body));
        look(read::<Vec<T>>(body));
        look(read_parameter::<T>("name", &String::from_utf8_lossy(body)));
    }
    one::<String>(body);
    one::<i64>(body);
    one::<u8>(body);
    one::<bool>(body);
    one::<Value>(body);
    one::<Date>(body);
    one::<DateTime>(body);
    one::<Timestamp>(body);
    one::<Utc>(body);
    one::<AvailabilityRange>(body);
    one::<AvailabilityRequest>(body);
    one::<AvailabilitySnapshot>(body);
    one::<Booking>(body);
    one::<BookingStatus>(body);
    one::<BookingUpdate>(body);
    one::<ConfirmBookingInsert>(body);
    one::<ErrorBody>(body);
    one::<Gender>(body);
    one::<LivenessContract>(body);
    one::<LivenessRange>(body);
    one::<Page<Booking>>(body);
    one::<Paginated>(body);
    one::<Patient>(body);
    one::<PmsAppointmentType>(body);
    one::<PmsResource>(body);
    one::<Reason>(body);
    one::<RequestName>(body);
    one::<Schedule>(body);
    one::<SnapshotError>(body);
    one::<SnapshotsResult>(body);
    one::<WireProfile>(body);
    look(read_with(body, time_of_day));
    look(read_with(body, end_of_range));
    look(read_pms_resources(body));
    look(read_pms_appointment_types(body));
    match read_batch(body) {
        Ok(items) => items.into_iter().for_each(|(_, snapshot)| look(snapshot)),
        Err(faults) => look::<()>(Err(faults)),
    }
}

/// The keys that readers look for, so that random documents reach deep into them.
const KEYS: &[&str] = &[
    "id",
    "date",
    "day",
    "data",
    "page",
    "availability",
    "start",
    "end",
    "slotLength",
    "pmsAppointmentTypeIds",
    "pmsAppointmentIds",
    "pmsPatientId",
    "pmsResourceId",
    "pms_resource_id",
    "pmsResourceName",
    "pmsAppointmentTypeId",
    "pmsAppointmentTypeName",
    "pmsAppointmentLength",
    "liveHours",
    "monday",
    "sunday",
    "publicHolidays",
    "reason",
    "error",
    "patient",
    "dob",
    "gender",
    "bookedTime",
    "bookingId",
    "currentPage",
    "created",
    "errors",
    "k\0",
    "",
    "two words",
];

fn leaf() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        "[0-9]{1,2}:[0-9]{2}(:[0-9]{2})?".prop_map(Value::from),
        "[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}:[0-9]{2}(Z|[+-][0-9]{2}:[0-9]{2})?)?"
            .prop_map(Value::from),
        " ?[+-]?[0-9]{0,25} ?".prop_map(Value::from),
        "\0.*".prop_map(Value::from),
    ]
}

fn document() -> impl Strategy<Value = Value> {
    leaf().prop_recursive(6, 64, 8, |inner| {
        let keys = prop::sample::select(KEYS).prop_map(str::to_owned);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
            prop::collection::vec((keys, inner), 0..12)
                .prop_map(|fields| Value::from(fields.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_make_reading_panic_wire_5(body in prop::collection::vec(any::<u8>(), 0..200)) {
        read_as_everything(&body);
    }

    #[test]
    fn no_text_makes_reading_panic_wire_5(body in ".*") {
        read_as_everything(body.as_bytes());
    }

    #[test]
    fn no_json_makes_reading_panic_wire_5(document in document()) {
        read_as_everything(document.to_string().as_bytes());
    }

    #[test]
    fn no_truncated_json_makes_reading_panic_wire_5(document in document(), keep in any::<prop::sample::Index>()) {
        let mut body = document.to_string().into_bytes();
        body.truncate(keep.index(body.len() + 1));
        read_as_everything(&body);
    }
}
