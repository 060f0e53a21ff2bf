//! Dates, times of day, timestamps and instants (WIRE-1).

use super::{Faults, FromJson, Node};
use crate::time;
use jiff::{
    Timestamp,
    civil::{Date, DateTime},
};

/// A day as `YYYY-MM-DD`.
impl FromJson for Date {
    fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        parsed(node, faults, "a date (YYYY-MM-DD)", time::parse_date)
    }
}

/// A time on some wall clock as `YYYY-MM-DD HH:MM:SS`.
impl FromJson for DateTime {
    fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        parsed(
            node,
            faults,
            "a timestamp (YYYY-MM-DD HH:MM:SS)",
            time::parse_timestamp,
        )
    }
}

/// An instant as in RFC 3339: what the booking API and the admin API use. The PMS API's instants
/// are read as [`time::Utc`].
impl FromJson for Timestamp {
    fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        let what = "an instant with offset (YYYY-MM-DDTHH:MM:SS+HH:MM)";
        parsed(node, faults, what, time::parse_instant)
    }
}

/// An instant as `YYYY-MM-DD HH:MM:SS` in UTC.
impl FromJson for time::Utc {
    fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        parsed(
            node,
            faults,
            "a UTC timestamp (YYYY-MM-DD HH:MM:SS)",
            time::parse_utc,
        )
        .map(Self)
    }
}

/// Reads a UTC timestamp or the beginning of one: from when to before when.
pub fn utc_period(node: &Node<'_>, faults: &mut Faults) -> Option<(Timestamp, Timestamp)> {
    let what = "a UTC timestamp (YYYY-MM-DD HH:MM:SS) or the beginning of one";
    parsed(node, faults, what, time::parse_utc_period)
}

/// Reads a time of day, `HH:MM` or `HH:MM:SS`, as seconds since midnight.
pub fn time_of_day(node: &Node<'_>, faults: &mut Faults) -> Option<u32> {
    parsed(node, faults, "a time (HH:MM)", time::parse_time_of_day)
}

/// Reads the end of a range: a time of day, or `24:00` (86,400 seconds).
pub fn end_of_range(node: &Node<'_>, faults: &mut Faults) -> Option<u32> {
    parsed(
        node,
        faults,
        "a time (HH:MM, up to 24:00)",
        time::parse_end_of_range,
    )
}

fn parsed<T>(
    node: &Node<'_>,
    faults: &mut Faults,
    what: &str,
    parse: impl Fn(&str) -> Option<T>,
) -> Option<T> {
    match node.value().as_str().and_then(parse) {
        Some(read) => Some(read),
        None => node.must_be(what, faults),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::{describe, read, read_with};

    #[test]
    fn a_date_that_does_not_exist_is_a_fault_wire_1() {
        assert!(read::<Date>(br#""2028-02-29""#).is_ok());
        let faults = read::<Date>(br#""2027-02-29""#).unwrap_err();
        assert_eq!(
            describe(&faults),
            r#"body: must be a date (YYYY-MM-DD), not "2027-02-29""#
        );
        assert!(read::<Date>(b"20270228").is_err());
    }

    #[test]
    fn only_the_end_of_a_range_may_be_24_00_wire_1() {
        assert_eq!(read_with(br#""24:00""#, end_of_range), Ok(86_400));
        let faults = read_with(br#""24:00""#, time_of_day).unwrap_err();
        assert_eq!(
            describe(&faults),
            r#"body: must be a time (HH:MM), not "24:00""#
        );
    }

    #[test]
    fn a_utc_timestamp_and_an_instant_are_the_same_moment_wire_1() {
        let utc = read::<time::Utc>(br#""2023-12-01 01:13:55""#).unwrap();
        let instant = read::<Timestamp>(br#""2023-12-01T12:13:55+11:00""#).unwrap();
        assert_eq!(utc.0, instant);
        assert!(read::<Timestamp>(br#""2023-12-01 01:13:55""#).is_err());
        assert!(read::<time::Utc>(br#""2023-12-01T01:13:55Z""#).is_err());
    }
}
