//! Instants as the booking API writes them: RFC 3339 with the practice's offset.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// An instant in RFC 3339 with the offset of the practice.
pub(crate) fn rfc3339(at: Timestamp, zone: &TimeZone) -> String {
    at.display_with_offset(zone.to_offset(at)).to_string()
}

/// Writes many instants that lie close together, as a search has them: day and offset are worked
/// out once for each stretch in which they stay the same.
pub(crate) struct Instants<'z> {
    zone: &'z TimeZone,
    stretch: Option<Stretch>,
}

/// From `from` (inclusive) to `until` (exclusive), in seconds, the day and the offset are these.
struct Stretch {
    from: i64,
    until: i64,
    midnight: i64,
    /// `2027-04-04T`.
    day: String,
    /// `+11:00`.
    offset: String,
}

const DAY: i64 = 86_400;

impl Stretch {
    /// The stretch that begins with an instant, if that is written to the whole second.
    fn of(at: Timestamp, zone: &TimeZone) -> Option<Self> {
        let text = rfc3339(at, zone);
        // "2027-04-04T03:00:00+11:00"
        if text.len() != 25 {
            return None;
        }
        let second = at.as_second();
        let of_day = (second + i64::from(zone.to_offset(at).seconds())).rem_euclid(DAY);
        let midnight = second - of_day;
        let change = zone.following(at).next();
        let change = change.map_or(i64::MAX, |change| change.timestamp().as_second());
        Some(Self {
            from: second,
            until: change.min(midnight + DAY),
            midnight,
            day: text.get(..11)?.to_owned(),
            offset: text.get(19..)?.to_owned(),
        })
    }

    fn write(&self, second: i64, text: &mut String) {
        text.push_str(&self.day);
        let of_day = second - self.midnight;
        for (part, separator) in [
            (of_day / 3600, ":"),
            (of_day / 60 % 60, ":"),
            (of_day % 60, self.offset.as_str()),
        ] {
            let digit = |value: i64| char::from(b'0' + u8::try_from(value).unwrap_or_default());
            text.push(digit(part / 10));
            text.push(digit(part % 10));
            text.push_str(separator);
        }
    }
}

impl<'z> Instants<'z> {
    /// For a practice's zone.
    pub(crate) const fn new(zone: &'z TimeZone) -> Self {
        Self {
            zone,
            stretch: None,
        }
    }

    /// Appends the same text as [`rfc3339`].
    pub(crate) fn write(&mut self, at: Timestamp, text: &mut String) {
        let second = at.as_second();
        let holds = |stretch: &Stretch| (stretch.from..stretch.until).contains(&second);
        let whole = at.subsec_nanosecond() == 0;
        if whole && !self.stretch.as_ref().is_some_and(holds) {
            self.stretch = Stretch::of(at, self.zone);
        }
        match &self.stretch {
            Some(stretch) if whole => stretch.write(second, text),
            _ => text.push_str(&rfc3339(at, self.zone)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_are_written_as_each_alone_wire_1() {
        for zone in [
            "Australia/Lord_Howe",
            "Australia/Perth",
            "Africa/Monrovia",
            "America/St_Johns",
        ] {
            let zone = TimeZone::get(zone).unwrap();
            for day in ["1969-12-28", "2027-04-02", "2027-10-01"] {
                let first: Timestamp = format!("{day}T00:00:00Z").parse().unwrap();
                let mut instants = Instants::new(&zone);
                // Three days in steps of seven minutes, with an end after each start.
                for step in 0..617 {
                    for (seconds, nanos) in [(step * 420, 0), (step * 420 + 1800, 0), (step, 1)] {
                        let at = first + jiff::SignedDuration::new(seconds, nanos);
                        let mut text = String::new();
                        instants.write(at, &mut text);
                        assert_eq!(text, rfc3339(at, &zone), "{at}");
                    }
                }
            }
        }
    }
}
