//! The hours in which an integration promises to be in contact (CONF-3).

use crate::schema::{EndOfRange, TimeOfDay};
use crate::{
    read::{Faults, FromJson, Node, array_of, deserialize_by_reading, end_of_range, time_of_day},
    time,
};
use serde::{Serialize, Serializer};
use utoipa::ToSchema;

/// The most ranges of one day.
const MAX_RANGES: usize = 1_000;

/// The liveness contract; it is always replaced as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LivenessContract {
    /// The hours; left out if the sender gave none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Schedule)]
    pub live_hours: Option<Schedule>,
}

/// The hours of each day of a week, by the practice's wall clock. A day that is left
/// out is not live.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Schedule {
    /// Mondays.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Vec<LivenessRange>, max_items = 1000)]
    pub monday: Option<Vec<LivenessRange>>,
    /// Tuesdays.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Vec<LivenessRange>, max_items = 1000)]
    pub tuesday: Option<Vec<LivenessRange>>,
    /// Wednesdays.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Vec<LivenessRange>, max_items = 1000)]
    pub wednesday: Option<Vec<LivenessRange>>,
    /// Thursdays.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Vec<LivenessRange>, max_items = 1000)]
    pub thursday: Option<Vec<LivenessRange>>,
    /// Fridays.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Vec<LivenessRange>, max_items = 1000)]
    pub friday: Option<Vec<LivenessRange>>,
    /// Saturdays.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Vec<LivenessRange>, max_items = 1000)]
    pub saturday: Option<Vec<LivenessRange>>,
    /// Sundays.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Vec<LivenessRange>, max_items = 1000)]
    pub sunday: Option<Vec<LivenessRange>>,
    /// Public holidays, in place of the weekday; left out: the weekday's hours hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Vec<LivenessRange>, max_items = 1000)]
    pub public_holidays: Option<Vec<LivenessRange>>,
}

/// A range of hours. An end before the start runs past midnight; the two are never equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct LivenessRange {
    /// When it begins (in Rust as minutes since midnight).
    #[serde(serialize_with = "as_minutes")]
    #[schema(value_type = TimeOfDay)]
    pub start: u16,
    /// When it ends (in Rust as minutes since midnight); 00:00, 23:59 and 24:00 are all the end of
    /// the day.
    #[serde(serialize_with = "as_minutes")]
    #[schema(value_type = EndOfRange)]
    pub end: u16,
}

impl Schedule {
    /// The hours of Monday to Sunday, in that order.
    #[must_use]
    pub fn weekdays(&self) -> [Option<&[LivenessRange]>; 7] {
        [
            self.monday.as_deref(),
            self.tuesday.as_deref(),
            self.wednesday.as_deref(),
            self.thursday.as_deref(),
            self.friday.as_deref(),
            self.saturday.as_deref(),
            self.sunday.as_deref(),
        ]
    }
}

fn as_minutes<S: Serializer>(minutes: &u16, serializer: S) -> Result<S::Ok, S::Error> {
    time::as_time_of_day(&(u32::from(*minutes) * 60), serializer)
}

impl FromJson for LivenessContract {
    fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        let mut object = node.object(faults)?;
        Some(Self {
            live_hours: object.optional("liveHours"),
        })
    }
}

impl FromJson for Schedule {
    fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        let ranges = array_of(MAX_RANGES, LivenessRange::from_json);
        let mut object = node.object(faults)?;
        Some(Self {
            monday: object.optional_with("monday", &ranges),
            tuesday: object.optional_with("tuesday", &ranges),
            wednesday: object.optional_with("wednesday", &ranges),
            thursday: object.optional_with("thursday", &ranges),
            friday: object.optional_with("friday", &ranges),
            saturday: object.optional_with("saturday", &ranges),
            sunday: object.optional_with("sunday", &ranges),
            public_holidays: object.optional_with("publicHolidays", &ranges),
        })
    }
}

impl FromJson for LivenessRange {
    fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        let minutes = |seconds: u32| u16::try_from(seconds / 60).ok();
        let mut object = node.object(faults)?;
        let start = object.required_with("start", time_of_day).and_then(minutes);
        let end = object.required_with("end", end_of_range).and_then(minutes);
        if start.is_some() && start == end {
            object.fault::<()>("end", "must not be the same minute as start");
        }
        Some(Self {
            start: start?,
            end: end?,
        })
    }
}

deserialize_by_reading!(LivenessContract, Schedule, LivenessRange);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::{describe, read};

    fn written(body: &str) -> String {
        let contract: LivenessContract = read(body.as_bytes()).unwrap();
        serde_json::to_string(&contract).unwrap()
    }

    #[test]
    fn ranges_stay_in_the_order_in_which_they_were_sent_conf_3() {
        let body = r#"{"liveHours":{"friday":[{"start":"12:00","end":"23:59"},{"start":"00:00","end":"12:00"}],"publicHolidays":[]}}"#;
        assert_eq!(written(body), body);
    }

    #[test]
    fn a_day_left_out_stays_left_out_and_an_empty_one_empty_conf_3() {
        assert_eq!(
            written(r#"{"liveHours": {"monday": null, "tuesday": [], "noday": 7}}"#),
            r#"{"liveHours":{"tuesday":[]}}"#
        );
        assert_eq!(written(""), "{}");
        assert_eq!(written(r#"{"liveHours": null}"#), "{}");
        assert_eq!(written(r#"{"liveHours": {}}"#), r#"{"liveHours":{}}"#);
    }

    #[test]
    fn seconds_are_dropped_and_24_00_is_an_end_conf_3() {
        let range: LivenessRange = read(br#"{"start": "08:00:59", "end": "24:00:00"}"#).unwrap();
        assert_eq!(
            range,
            LivenessRange {
                start: 480,
                end: 1440
            }
        );
        assert!(read::<LivenessRange>(br#"{"start": "24:00", "end": "08:00"}"#).is_err());
    }

    #[test]
    fn an_end_before_its_start_runs_past_midnight_conf_3() {
        let range: LivenessRange = read(br#"{"start": "20:00", "end": "05:00"}"#).unwrap();
        assert_eq!(
            range,
            LivenessRange {
                start: 1200,
                end: 300
            }
        );
    }

    #[test]
    fn equal_ends_are_a_fault_conf_3() {
        let faults = read::<LivenessContract>(
            br#"{"liveHours": {"sunday": [
                {"start": "08:00", "end": "08:00:30"}, {"start": "00:00", "end": "00:00"}, {"end": "8"}
            ]}}"#,
        )
        .unwrap_err();
        assert_eq!(
            describe(&faults),
            "liveHours.sunday[0].end: must not be the same minute as start; \
             liveHours.sunday[1].end: must not be the same minute as start; \
             liveHours.sunday[2].start: is required; \
             liveHours.sunday[2].end: must be a time (HH:MM, up to 24:00), not \"8\""
        );
    }
}
