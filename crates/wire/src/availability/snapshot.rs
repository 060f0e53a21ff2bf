//! One resource's free times on one day (AVAIL-1, AVAIL-2).

use crate::schema::{Day, EndOfRange, Id, Integer, TimeOfDay};
use crate::{
    read::{
        Faults, FromJson, Node, array_of, deserialize_by_reading, end_of_range, id, time_of_day,
    },
    time,
};
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

/// The most ranges of one day.
const MAX_RANGES: usize = 10_000;
/// The most appointment types of one range.
const MAX_TYPES: usize = 10_000;

/// Everything that is free on one resource on one day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AvailabilitySnapshot {
    /// The sender's name for this snapshot, by which the answer to a batch calls it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Id)]
    pub id: Option<String>,
    /// The day at the practice.
    #[serde(serialize_with = "time::as_date")]
    #[schema(value_type = Day)]
    pub date: Date,
    /// The resource.
    #[schema(value_type = Id)]
    pub pms_resource_id: String,
    /// The free ranges in any order; none: nothing is free.
    #[schema(max_items = 10000)]
    pub availability: Vec<AvailabilityRange>,
}

/// A free range of the day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AvailabilityRange {
    /// When it begins (in Rust as seconds since midnight).
    #[serde(serialize_with = "time::as_time_of_day")]
    #[schema(value_type = TimeOfDay)]
    pub start: u32,
    /// When it ends, later than it begins (in Rust as seconds since midnight, up to 86400).
    #[serde(serialize_with = "time::as_time_of_day")]
    #[schema(value_type = EndOfRange)]
    pub end: u32,
    /// Length of a slot in seconds; below 60 (zero and negative ones too) the appointment type's
    /// length counts.
    #[schema(value_type = Integer)]
    pub slot_length: i64,
    /// The appointment types that the range is for; empty: all. An absent list reads as empty, and
    /// an empty one is not written.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<Id>, max_items = 10000)]
    pub pms_appointment_type_ids: Vec<String>,
}

impl FromJson for AvailabilitySnapshot {
    fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        let mut object = node.object(faults)?;
        let id = object.optional_id("id");
        let date = object.required("date");
        let pms_resource_id = object.required_id("pmsResourceId");
        let ranges = array_of(MAX_RANGES, AvailabilityRange::from_json);
        let availability = object.required_with("availability", ranges);
        Some(Self {
            id,
            date: date?,
            pms_resource_id: pms_resource_id?,
            availability: availability?,
        })
    }
}

impl FromJson for AvailabilityRange {
    fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        let mut object = node.object(faults)?;
        let start = object.required_with("start", time_of_day);
        let end = object.required_with("end", end_of_range);
        let slot_length = object.required("slotLength");
        let types = object.optional_with("pmsAppointmentTypeIds", array_of(MAX_TYPES, id));
        if let (Some(start), Some(end)) = (start, end)
            && end <= start
        {
            let (start, end) = (time::time_of_day(start), time::time_of_day(end));
            object.fault::<()>(
                "end",
                format_args!("must be after start ({start}), not {end}"),
            );
        }
        Some(Self {
            start: start?,
            end: end?,
            slot_length: slot_length?,
            pms_appointment_type_ids: types.unwrap_or_default(),
        })
    }
}

deserialize_by_reading!(AvailabilitySnapshot, AvailabilityRange);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::{describe, read};
    use jiff::civil::date;

    #[test]
    fn a_snapshot_as_vendors_send_it_is_read_avail_1() {
        let read: AvailabilitySnapshot = read(
            br#"{
              "date": "2023-10-01",
              "pmsResourceId": "12345",
              "availability": [
                {"start": "09:00", "end": "12:00", "slotLength": 1800},
                {"start": "13:00", "end": "17:00", "slotLength": 1800}
              ]
            }"#,
        )
        .unwrap();
        assert_eq!(
            (read.date, read.pms_resource_id.as_str()),
            (date(2023, 10, 1), "12345")
        );
        let ranges: Vec<_> = read.availability.iter().map(|r| (r.start, r.end)).collect();
        assert_eq!(ranges, [(32_400, 43_200), (46_800, 61_200)]);
    }

    #[test]
    fn any_slot_length_is_taken_avail_2() {
        for (sent, read_as) in [("0", 0), ("-5", -5), ("\"600\"", 600), ("59", 59)] {
            let body = format!(r#"{{"start":"00:00","end":"24:00","slotLength":{sent}}}"#);
            let range: AvailabilityRange = read(body.as_bytes()).unwrap();
            assert_eq!(range.slot_length, read_as);
            assert_eq!(range.end, time::DAY);
        }
    }

    #[test]
    fn the_types_of_a_range_may_be_absent_null_or_empty_avail_2() {
        for types in [
            "",
            r#","pmsAppointmentTypeIds":null"#,
            r#","pmsAppointmentTypeIds":[]"#,
        ] {
            let body = format!(r#"{{"start":"09:00","end":"10:00","slotLength":600{types}}}"#);
            let range: AvailabilityRange = read(body.as_bytes()).unwrap();
            assert!(range.pms_appointment_type_ids.is_empty());
        }
    }

    #[test]
    fn every_fault_of_every_range_is_named_wire_4() {
        let faults = read::<AvailabilitySnapshot>(
            br#"{"date": "tomorrow", "availability": [
                {"start": "09:00", "end": "09:00:00", "slotLength": 600},
                {"start": "24:00", "end": "25:00"},
                {"start": "09:00", "end": "10:00", "slotLength": "ten", "pmsAppointmentTypeIds": [""]}
            ]}"#,
        )
        .unwrap_err();
        let texts: Vec<String> = faults.iter().map(ToString::to_string).collect();
        assert_eq!(
            texts,
            [
                r#"date: must be a date (YYYY-MM-DD), not "tomorrow""#,
                "pmsResourceId: is required",
                "availability[0].end: must be after start (09:00), not 09:00",
                r#"availability[1].start: must be a time (HH:MM), not "24:00""#,
                r#"availability[1].end: must be a time (HH:MM, up to 24:00), not "25:00""#,
                "availability[1].slotLength: is required",
                r#"availability[2].slotLength: must be an integer, not "ten""#,
                "availability[2].pmsAppointmentTypeIds[0]: must not be blank",
            ]
        );
        assert!(describe(&faults).starts_with("date: must"));
    }
}
