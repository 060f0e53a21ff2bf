//! Writing an entry of a calendar as RFC 5545 has it.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// The longest line in bytes, without its end.
const LONGEST_LINE: usize = 75;

/// Where what is entered stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is not certain yet.
    Tentative,
    /// It takes place.
    Confirmed,
    /// It does not take place (any more).
    Cancelled,
}

/// An entry of a calendar.
#[derive(Clone, Debug)]
pub struct Entry {
    /// What stays the same whenever the entry is written, and is no other's.
    pub uid: String,
    /// When it is written.
    pub written_at: Timestamp,
    /// From when.
    pub start: Timestamp,
    /// Until when.
    pub end: Timestamp,
    /// Where it stands.
    pub standing: Standing,
    /// What it is, in a line.
    pub summary: String,
    /// Where it is.
    pub location: Option<String>,
    /// A link that belongs to it.
    pub url: Option<String>,
    /// What else there is to say.
    pub description: String,
}

impl Entry {
    /// The entry as a file of its own. Times are in UTC, so that a change of clocks is no matter.
    #[must_use]
    pub fn to_file(&self) -> String {
        // Calendars take a change for news if its number is higher.
        let (status, sequence) = match self.standing {
            Standing::Tentative => ("TENTATIVE", "0"),
            Standing::Confirmed => ("CONFIRMED", "1"),
            Standing::Cancelled => ("CANCELLED", "2"),
        };
        let mut file = String::new();
        let mut line = |name: &str, value: &str| push_folded(&mut file, &format!("{name}:{value}"));
        line("BEGIN", "VCALENDAR");
        line("VERSION", "2.0");
        line("PRODID", "-//Slotbridge//Bookings//EN");
        line("METHOD", "PUBLISH");
        line("BEGIN", "VEVENT");
        line("UID", &escaped(&self.uid));
        line("DTSTAMP", &utc(self.written_at));
        line("DTSTART", &utc(self.start));
        line("DTEND", &utc(self.end));
        line("SEQUENCE", sequence);
        line("STATUS", status);
        line("SUMMARY", &escaped(&self.summary));
        if let Some(location) = &self.location {
            line("LOCATION", &escaped(location));
        }
        if let Some(url) = self.url.as_deref().filter(|url| is_plain(url)) {
            line("URL", url);
        }
        line("DESCRIPTION", &escaped(&self.description));
        // Who sees the calendar sees that the time is taken, no more.
        line("CLASS", "PRIVATE");
        line("END", "VEVENT");
        line("END", "VCALENDAR");
        file
    }
}

/// An instant in UTC.
fn utc(at: Timestamp) -> String {
    let at = at.to_zoned(TimeZone::UTC);
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// Whether a link can stand as it is: it is not escaped, and would end its line with a break.
fn is_plain(url: &str) -> bool {
    url.chars().all(|char| char.is_ascii_graphic())
}

/// A text as a value: what means something else is marked, other control characters are left out.
fn escaped(text: &str) -> String {
    let mut value = String::with_capacity(text.len());
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    for char in text.chars() {
        match char {
            '\\' | ';' | ',' => value.extend(['\\', char]),
            '\n' => value.push_str("\\n"),
            char if char.is_control() && char != '\t' => {}
            char => value.push(char),
        }
    }
    value
}

/// Appends a line, folded where it is too long and never within a character.
fn push_folded(file: &mut String, line: &str) {
    let mut length = 0;
    for char in line.chars() {
        if length + char.len_utf8() > LONGEST_LINE {
            file.push_str("\r\n ");
            length = 1;
        }
        file.push(char);
        length += char.len_utf8();
    }
    file.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn entry(summary: &str) -> Entry {
        Entry {
            uid: "booking-1@slotbridge".into(),
            written_at: "2026-11-23T00:00:00Z".parse().unwrap(),
            start: "2026-11-24T09:00:00+11:00".parse().unwrap(),
            end: "2026-11-24T09:30:00+11:00".parse().unwrap(),
            standing: Standing::Confirmed,
            summary: summary.into(),
            location: Some("1 Main Road, Perth".into()),
            url: Some("https://video.example/a?b=c;d,e".into()),
            description: "One\nTwo".into(),
        }
    }

    /// The lines as a reader puts them together again.
    fn unfolded(file: &str) -> Vec<String> {
        let whole = file.replace("\r\n ", "");
        whole.split_terminator("\r\n").map(Into::into).collect()
    }

    fn value(file: &str, name: &str) -> String {
        let start = format!("{name}:");
        let lines = unfolded(file);
        let line = lines.iter().find(|line| line.starts_with(&start));
        line.unwrap()[start.len()..].to_owned()
    }

    #[test]
    fn an_entry_is_written_as_rfc_5545_has_it() {
        let file = entry("Check; again, \\ please").to_file();
        assert_eq!(
            unfolded(&file),
            [
                "BEGIN:VCALENDAR",
                "VERSION:2.0",
                "PRODID:-//Slotbridge//Bookings//EN",
                "METHOD:PUBLISH",
                "BEGIN:VEVENT",
                "UID:booking-1@slotbridge",
                "DTSTAMP:20261123T000000Z",
                "DTSTART:20261123T220000Z",
                "DTEND:20261123T223000Z",
                "SEQUENCE:1",
                "STATUS:CONFIRMED",
                "SUMMARY:Check\\; again\\, \\\\ please",
                "LOCATION:1 Main Road\\, Perth",
                "URL:https://video.example/a?b=c;d,e",
                "DESCRIPTION:One\\nTwo",
                "CLASS:PRIVATE",
                "END:VEVENT",
                "END:VCALENDAR",
            ]
        );
    }

    #[test]
    fn a_cancelled_entry_says_so_with_a_higher_number() {
        let number = |standing| {
            let file = Entry {
                standing,
                ..entry("A")
            }
            .to_file();
            (
                value(&file, "SEQUENCE").parse::<i32>().unwrap(),
                value(&file, "STATUS"),
            )
        };
        let (before, _) = number(Standing::Tentative);
        let (confirmed, _) = number(Standing::Confirmed);
        let (after, status) = number(Standing::Cancelled);
        assert!(before < confirmed && confirmed < after);
        assert_eq!(status, "CANCELLED");
    }

    #[test]
    fn a_link_with_a_line_break_is_left_out() {
        let file = Entry {
            url: Some("https://a.example/\r\nATTENDEE:mailto:x@y.example".into()),
            ..entry("A")
        }
        .to_file();
        assert!(
            !file.contains("URL:") && !file.contains("ATTENDEE"),
            "{file}"
        );
    }

    proptest! {
        #[test]
        fn no_text_breaks_out_of_its_line_and_none_is_too_long(text in "\\PC{0,200}|(.|\n|\r){0,200}") {
            let file = entry(&text).to_file();
            for line in file.split_terminator("\r\n") {
                prop_assert!(line.len() <= LONGEST_LINE, "{line:?}");
                prop_assert!(!line.contains(['\r', '\n']), "{line:?}");
            }
            let plain = value(&file, "SUMMARY")
                .replace("\\n", "\n").replace("\\,", ",").replace("\\;", ";").replace("\\\\", "\\");
            let expected: String = text.replace("\r\n", "\n").replace('\r', "\n").chars()
                .filter(|c| !c.is_control() || ['\n', '\t'].contains(c)).collect();
            // What is ambiguous to this simple reader is left aside.
            prop_assume!(!text.contains('\\'));
            prop_assert_eq!(plain, expected);
            prop_assert_eq!(unfolded(&file).len(), 18);
        }
    }
}
