//! The formats of dates and times (WIRE-1): writing is exact, parsing takes no other form.

use jiff::{
    Span, Timestamp,
    civil::{Date, DateTime, Time},
    tz::TimeZone,
};
use serde::Serializer;

/// Seconds of a day by the wall clock; as the end of a range it is `24:00`.
pub const DAY: u32 = 86_400;

/// An instant that is `YYYY-MM-DD HH:MM:SS` in UTC on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Utc(pub Timestamp);

impl serde::Serialize for Utc {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        as_utc(&self.0, serializer)
    }
}

crate::read::deserialize_by_reading!(Utc);

/// A wall-clock time as `YYYY-MM-DD HH:MM:SS`; parts of a second are dropped.
#[must_use]
pub fn timestamp(time: DateTime) -> String {
    format!(
        "{:04}-{:02}-{:02} {:02}:{:02}:{:02}",
        time.year(),
        time.month(),
        time.day(),
        time.hour(),
        time.minute(),
        time.second()
    )
}

/// An instant as `YYYY-MM-DD HH:MM:SS` in UTC; parts of a second are dropped.
#[must_use]
pub fn utc(instant: Timestamp) -> String {
    timestamp(TimeZone::UTC.to_datetime(instant))
}

/// A day as `YYYY-MM-DD`.
#[must_use]
pub fn date(day: Date) -> String {
    format!("{:04}-{:02}-{:02}", day.year(), day.month(), day.day())
}

/// A day as `DD-MM-YYYY`.
#[must_use]
pub fn day_first(day: Date) -> String {
    format!("{:02}-{:02}-{:04}", day.day(), day.month(), day.year())
}

/// Seconds since midnight as `HH:MM`, or `HH:MM:SS` where the seconds are not zero; a whole day is
/// `24:00`.
#[must_use]
pub fn time_of_day(seconds: u32) -> String {
    let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if rest == 0 {
        format!("{hours:02}:{minutes:02}")
    } else {
        format!("{hours:02}:{minutes:02}:{rest:02}")
    }
}

/// Parses `YYYY-MM-DD`, a real day of the years 0001 to 9999.
#[must_use]
pub fn parse_date(text: &str) -> Option<Date> {
    let &[a, b, c, d, b'-', e, f, b'-', g, h] = text.as_bytes() else {
        return None;
    };
    let year = i16::try_from(number(&[a, b, c, d])?).ok()?;
    let month = i8::try_from(number(&[e, f])?).ok()?;
    let day = i8::try_from(number(&[g, h])?).ok()?;
    if year == 0 {
        None
    } else {
        Date::new(year, month, day).ok()
    }
}

/// Parses `DD-MM-YYYY` or `YYYY-MM-DD`, the two forms of a patient's day of birth (WIRE-9).
#[must_use]
pub fn parse_dob(text: &str) -> Option<Date> {
    match text.as_bytes() {
        &[a, b, b'-', c, d, b'-', e, f, g, h] => {
            let turned = [e, f, g, h, b'-', c, d, b'-', a, b];
            parse_date(std::str::from_utf8(&turned).ok()?)
        }
        _ => parse_date(text),
    }
}

/// Parses `HH:MM` or `HH:MM:SS`, from 00:00 to 23:59:59, as seconds since midnight.
#[must_use]
pub fn parse_time_of_day(text: &str) -> Option<u32> {
    parse_end_of_range(text).filter(|seconds| *seconds < DAY)
}

/// Parses the end of a range: [`parse_time_of_day`], or `24:00` and `24:00:00` for [`DAY`].
#[must_use]
pub fn parse_end_of_range(text: &str) -> Option<u32> {
    let (hours, minutes, seconds) = match *text.as_bytes() {
        [a, b, b':', c, d] => (number(&[a, b])?, number(&[c, d])?, 0),
        [a, b, b':', c, d, b':', e, f] => (number(&[a, b])?, number(&[c, d])?, number(&[e, f])?),
        _ => return None,
    };
    let total = hours * 3600 + minutes * 60 + seconds;
    (minutes < 60 && seconds < 60 && total <= DAY).then_some(total)
}

/// Parses `YYYY-MM-DD HH:MM:SS`.
#[must_use]
pub fn parse_timestamp(text: &str) -> Option<DateTime> {
    let (day, time) = text.split_once(' ')?;
    if time.len() != "HH:MM:SS".len() {
        return None;
    }
    let seconds = parse_time_of_day(time)?;
    let hour = i8::try_from(seconds / 3600).ok()?;
    let minute = i8::try_from(seconds / 60 % 60).ok()?;
    let second = i8::try_from(seconds % 60).ok()?;
    Some(parse_date(day)?.to_datetime(Time::new(hour, minute, second, 0).ok()?))
}

/// Parses `YYYY-MM-DD HH:MM:SS` in UTC. The last hours of the year 9999, which some write for
/// "never", count as the last instant that there is.
#[must_use]
pub fn parse_utc(text: &str) -> Option<Timestamp> {
    let time = parse_timestamp(text)?;
    let latest = TimeZone::UTC.to_datetime(Timestamp::MAX);
    TimeZone::UTC.to_timestamp(time.min(latest)).ok()
}

/// Parses `YYYY-MM-DD HH:MM:SS` in UTC or the beginning of it, down to a whole year: the time that
/// it names, from its first instant to before the first one after it (SUB-4).
#[must_use]
pub fn parse_utc_period(text: &str) -> Option<(Timestamp, Timestamp)> {
    const FIRST: &str = "0000-01-01 00:00:00";
    // What was cut off after a separator has said no more than what stands before it.
    let text = text.trim_end_matches(['-', ':', ' ']);
    let span = match text.len() {
        4 => Span::new().years(1),
        7 => Span::new().months(1),
        10 => Span::new().days(1),
        13 => Span::new().hours(1),
        16 => Span::new().minutes(1),
        19 => Span::new().seconds(1),
        _ => return None,
    };
    let whole = format!("{text}{}", FIRST.get(text.len()..)?);
    let first = parse_timestamp(&whole)?;
    let last = TimeZone::UTC.to_datetime(Timestamp::MAX);
    let next = first.checked_add(span).unwrap_or(last).min(last);
    Some((parse_utc(&whole)?, TimeZone::UTC.to_timestamp(next).ok()?))
}

/// Parses an instant as RFC 3339 has it: date and time, perhaps with a fraction of a second, and
/// always an offset.
#[must_use]
pub fn parse_instant(text: &str) -> Option<Timestamp> {
    let (day, time) = text.split_at_checked("YYYY-MM-DD".len())?;
    let (time, rest) = time
        .strip_prefix(['T', 't', ' '])?
        .split_at_checked("HH:MM:SS".len())?;
    parse_date(day)?;
    parse_time_of_day(time)?;
    let offset = match rest.strip_prefix('.') {
        Some(fraction) => {
            let offset = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
            if offset.len() == fraction.len() {
                return None;
            }
            offset
        }
        None => rest,
    };
    match *offset.as_bytes() {
        [b'Z' | b'z'] => {}
        [b'+' | b'-', a, b, b':', c, d] if number(&[a, b])? < 24 && number(&[c, d])? < 60 => {}
        _ => return None,
    }
    text.parse().ok()
}

/// Serialises a day as [`date`] writes it; for `#[serde(serialize_with)]`.
///
/// # Errors
/// The serialiser's.
pub fn as_date<S: Serializer>(day: &Date, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&date(*day))
}

/// Serialises a wall-clock time as [`timestamp`] writes it; for `#[serde(serialize_with)]`.
///
/// # Errors
/// The serialiser's.
pub fn as_timestamp<S: Serializer>(time: &DateTime, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&timestamp(*time))
}

/// Serialises an instant as [`utc`] writes it; for `#[serde(serialize_with)]`.
///
/// # Errors
/// The serialiser's.
pub fn as_utc<S: Serializer>(instant: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&utc(*instant))
}

/// Serialises seconds since midnight as [`time_of_day`] writes them; for
/// `#[serde(serialize_with)]`.
///
/// # Errors
/// The serialiser's.
pub fn as_time_of_day<S: Serializer>(seconds: &u32, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&time_of_day(*seconds))
}

/// The number that some ASCII digits write.
fn number(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |number, digit| {
        digit
            .is_ascii_digit()
            .then(|| number * 10 + u32::from(digit - b'0'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::{date as day, datetime};

    #[test]
    fn an_instant_is_written_in_utc_without_parts_of_a_second_wire_1() {
        let instant: Timestamp = "2023-12-01T12:13:55.999999+11:00".parse().unwrap();
        assert_eq!(utc(instant), "2023-12-01 01:13:55");
        let before_1970: Timestamp = "1969-12-31T23:59:59.5Z".parse().unwrap();
        assert_eq!(utc(before_1970), "1969-12-31 23:59:59");
    }

    #[test]
    fn a_wall_clock_time_is_written_in_full_wire_1() {
        let time = datetime(27, 4, 5, 6, 7, 8, 900_000_000);
        assert_eq!(timestamp(time), "0027-04-05 06:07:08");
        assert_eq!(
            parse_timestamp("0027-04-05 06:07:08"),
            Some(datetime(27, 4, 5, 6, 7, 8, 0))
        );
    }

    #[test]
    fn only_a_whole_timestamp_is_one_wire_1() {
        for text in [
            "2023-12-01",
            "2023-12-01 01:13",
            "2023-12-01  01:13:55",
            "2023-12-01T01:13:55",
            "2023-12-01 24:00:00",
            "2023-12-01 01:13:60",
            "2023-12-01 01:13:55.5",
            "2023-12-01 01:13:55Z",
        ] {
            assert_eq!(parse_timestamp(text), None, "{text}");
        }
    }

    #[test]
    fn only_real_days_of_the_years_1_to_9999_are_dates_wire_1() {
        assert_eq!(parse_date("0001-01-01"), Some(day(1, 1, 1)));
        assert_eq!(parse_date("9999-12-31"), Some(day(9999, 12, 31)));
        for text in [
            "0000-01-01",
            "2027-13-01",
            "2027-00-01",
            "2027-04-31",
            "2027-4-01",
            "２027-04-01",
            "",
        ] {
            assert_eq!(parse_date(text), None, "{text}");
        }
    }

    #[test]
    fn times_have_minutes_and_perhaps_seconds_wire_1() {
        assert_eq!(parse_time_of_day("09:30"), Some(34_200));
        assert_eq!(parse_time_of_day("09:30:05"), Some(34_205));
        assert_eq!(parse_end_of_range("24:00:00"), Some(DAY));
        for text in [
            "9:30", "24:00", "24:01", "23:60", "23:59:60", "ab:cd", "09:30:", "-1:30",
        ] {
            assert_eq!(parse_time_of_day(text), None, "{text}");
        }
        assert_eq!(parse_end_of_range("24:00:01"), None);
        assert_eq!(time_of_day(34_200), "09:30");
        assert_eq!(time_of_day(34_205), "09:30:05");
        assert_eq!(time_of_day(DAY), "24:00");
    }

    #[test]
    fn a_day_of_birth_is_read_in_both_forms_wire_9() {
        assert_eq!(parse_dob("23-02-2022"), Some(day(2022, 2, 23)));
        assert_eq!(parse_dob("2022-02-23"), Some(day(2022, 2, 23)));
        assert_eq!(parse_dob("31-02-2022"), None);
        assert_eq!(day_first(day(2022, 2, 23)), "23-02-2022");
    }

    #[test]
    fn a_timestamp_that_means_never_is_the_last_instant_wire_1() {
        assert_eq!(
            parse_utc("9999-12-31 23:59:59").map(Timestamp::as_second),
            Some(Timestamp::MAX.as_second())
        );
        assert!(parse_utc("0001-01-01 00:00:00").is_some());
    }

    #[test]
    fn a_truncated_timestamp_is_all_that_begins_with_it_sub_4() {
        let period = |text| parse_utc_period(text).map(|(from, until)| (utc(from), utc(until)));
        for (text, from, until) in [
            ("2020", "2020-01-01 00:00:00", "2021-01-01 00:00:00"),
            ("2020-02", "2020-02-01 00:00:00", "2020-03-01 00:00:00"),
            ("2020-10-12", "2020-10-12 00:00:00", "2020-10-13 00:00:00"),
            ("2020-10-12 ", "2020-10-12 00:00:00", "2020-10-13 00:00:00"),
            (
                "2020-10-12 10",
                "2020-10-12 10:00:00",
                "2020-10-12 11:00:00",
            ),
            (
                "2020-10-12 10:08",
                "2020-10-12 10:08:00",
                "2020-10-12 10:09:00",
            ),
            (
                "2020-10-12 10:08:28",
                "2020-10-12 10:08:28",
                "2020-10-12 10:08:29",
            ),
        ] {
            assert_eq!(period(text), Some((from.into(), until.into())), "{text}");
        }
        assert!(parse_utc_period("9999-12-31 23:59:59").is_some());
        for text in [
            "",
            "202",
            "2020-1",
            "2020-13",
            "2020-10-12T10",
            "2020-10-12 25",
            "2020/10",
        ] {
            assert_eq!(period(text), None, "{text}");
        }
    }

    #[test]
    fn an_instant_has_an_offset_and_nothing_after_it() {
        for text in [
            "2027-04-04T01:30:00Z",
            "2027-04-04t12:30:00.25+11:00",
            "2027-04-04 01:30:00-00:00",
        ] {
            assert!(parse_instant(text).is_some(), "{text}");
        }
        for text in [
            "2027-04-04T01:30:00",
            "2027-04-04T01:30Z",
            "2027-04-04",
            "2027-04-04T01:30:00.Z",
            "2027-04-04T01:30:00+11",
            "2027-04-04T01:30:00+24:00",
            "2027-04-04T01:30:00+11:00[Australia/Sydney]",
            "2027-02-29T01:30:00Z",
            "0000-01-01T00:00:00Z",
            "é027-04-04T01:30:00Z",
        ] {
            assert_eq!(parse_instant(text), None, "{text}");
        }
    }
}
