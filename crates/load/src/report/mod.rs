//! What a run is told as.

mod chart;
mod html;

use crate::kind::Kind;
use crate::limit::{SHARES, millis};
use crate::record::Tally;
use crate::run::Done;
use crate::settings::{Settings, Shape};
use serde_json::{Map, Value, json};
use std::time::Duration;

/// What a run is told as: nothing of a key or a token is in it.
#[derive(Debug)]
pub struct Report<'r> {
    /// What came of it.
    pub done: &'r Done,
    /// What it was.
    pub settings: &'r Settings,
    /// How many practices there were.
    pub practices: usize,
    /// What they looked like.
    pub shape: Shape,
    /// The hub's URL.
    pub hub: &'r str,
    /// When it was.
    pub when: &'r str,
    /// The limits that are broken.
    pub broken: &'r [String],
}

/// The titles of [`Report::rows`].
const TITLES: [&str; 12] = [
    "kind",
    "intended",
    "not sent",
    "answered",
    "taken",
    "errors",
    "per second",
    "p50 ms",
    "p90 ms",
    "p99 ms",
    "p99.9 ms",
    "max ms",
];

fn count(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn rate(count: u64, time: Duration) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52 calls")]
    let count = count as f64;
    let seconds = time.as_secs_f64();
    if seconds > 0.0 { count / seconds } else { 0.0 }
}

impl Report<'_> {
    /// What went wrong in the run; nothing, if it went well.
    #[must_use]
    pub fn faults(&self) -> Vec<String> {
        let record = &self.done.record;
        let sum = |of: fn(&Tally) -> u64| record.all().map(|(_, tally)| of(tally)).sum::<u64>();
        let mut faults = Vec::new();
        for (kind, tally) in record.all() {
            for (what, times) in &tally.errors {
                faults.push(format!("{kind}: {what}, {} times", count(*times)));
            }
            if tally.unanswered() > 0 {
                faults.push(format!(
                    "{kind}: {} were never answered",
                    count(tally.unanswered())
                ));
            }
        }
        let unsent = sum(|tally| tally.unsent);
        if unsent > 0 {
            faults.push(format!(
                "{} of {} could not be sent, as {} were in the air: the hub or this generator is \
                 overloaded, and the percentiles are better than the truth",
                count(unsent),
                count(sum(|tally| tally.intended)),
                self.settings.in_air
            ));
        }
        if sum(|tally| tally.times.total()) == 0 {
            faults.push("nothing was answered".to_owned());
        }
        faults.extend_from_slice(self.broken);
        faults
    }

    /// A row for each kind, under [`Self::titles`].
    #[must_use]
    pub fn rows(&self) -> Vec<Vec<String>> {
        let counted = self.done.counted;
        let row = |(kind, tally): (Kind, &Tally)| {
            let answered = tally.times.total();
            let mut row = vec![
                kind.name().to_owned(),
                count(tally.intended),
                count(tally.unsent),
                count(answered),
                count(tally.taken),
                count(tally.failed() + tally.unanswered()),
                format!("{:.1}", rate(answered, counted)),
            ];
            let times = SHARES.map(|(_, share)| match answered {
                0 => "-".to_owned(),
                _ => millis(tally.times.percentile(share)),
            });
            row.extend(times);
            row
        };
        self.done.record.all().map(row).collect()
    }

    /// The titles of the rows.
    #[must_use]
    pub const fn titles() -> [&'static str; 12] {
        TITLES
    }

    /// A line on how late calls were sent.
    #[must_use]
    pub fn lateness(&self) -> String {
        let late = self.done.record.late();
        let [p50, p99, most] =
            [50_000, 99_000, 100_000].map(|share| millis(late.percentile(share)));
        format!(
            "Sent after its time: {p50} ms at the median, {p99} at the 99th percentile, {most} at \
             most. That is the generator's own part of the times above"
        )
    }

    /// All of it for programs. Times are in milliseconds.
    #[must_use]
    pub fn json(&self) -> Value {
        let record = &self.done.record;
        let mut kinds = Map::new();
        for (kind, tally) in record.all() {
            let mut of = tally_json(tally, self.done.counted);
            let course = record.course(kind).iter();
            of["course"] = course
                .map(|tally| tally_json(tally, record.interval()))
                .collect();
            kinds.insert(kind.name().to_owned(), of);
        }
        let late =
            SHARES.map(|(name, share)| (name.to_owned(), in_ms(record.late().percentile(share))));
        json!({
            "hub": self.hub, "when": self.when, "practices": self.practices,
            "practitioners": self.shape.resources, "days": self.shape.days,
            "calledBack": self.done.called_back, "scale": self.settings.scale,
            "seed": self.settings.seed, "seconds": self.done.counted.as_secs_f64(),
            "intervalSeconds": record.interval().as_secs_f64(),
            "sentLateMs": Map::from_iter(late), "kinds": kinds, "faults": self.faults(),
        })
    }

    /// All of it as a page that needs nothing else.
    ///
    /// # Errors
    /// The page cannot be made.
    pub fn html(&self) -> Result<String, askama::Error> {
        html::page(self)
    }
}

fn in_ms(time: Duration) -> Value {
    json!(time.as_secs_f64() * 1e3)
}

fn tally_json(tally: &Tally, time: Duration) -> Value {
    let mut of = json!({
        "intended": tally.intended, "notSent": tally.unsent, "sent": tally.sent,
        "answered": tally.times.total(), "taken": tally.taken, "errors": tally.errors,
        "unanswered": tally.unanswered(), "perSecond": rate(tally.times.total(), time),
    });
    for (name, share) in SHARES {
        of[format!("{name}Ms")] = match tally.times.total() {
            0 => Value::Null,
            _ => in_ms(tally.times.percentile(share)),
        };
    }
    of
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::now;
    use crate::record::{Outcome, Record};

    fn done() -> Done {
        let began = now();
        let mut record = Record::new(began);
        for n in 0..100 {
            let intended = began + Duration::from_millis(100 * n);
            record.intend(Kind::Poll, intended);
            record.send(Kind::Poll, intended, intended);
            let outcome = match n {
                7 => Outcome::Bad("<b>503</b>".to_owned()),
                _ => Outcome::Good,
            };
            let ended = intended + Duration::from_millis(n);
            record.end(Kind::Poll, intended, ended, &outcome);
        }
        record.intend(Kind::Search, began);
        record.leave_out(Kind::Search, began);
        Done {
            record,
            counted: Duration::from_secs(10),
            called_back: 0,
        }
    }

    fn report() -> Report<'static> {
        Report {
            done: Box::leak(Box::new(done())),
            settings: Box::leak(Box::default()),
            practices: 3,
            shape: Shape {
                resources: 2,
                days: 7,
            },
            hub: "http://<script>alert(1)</script>&\"",
            when: "2026-11-27",
            broken: Box::leak(Box::new(["poll.p99: 98.0 ms, at most 20.0 ms".to_owned()])),
        }
    }

    #[test]
    fn every_kind_has_a_row_as_wide_as_the_titles() {
        let rows = report().rows();
        assert!(rows.iter().all(|row| row.len() == Report::titles().len()));
        let polls = ["poll", "100", "0", "99", "0", "1", "9.9"];
        assert_eq!(rows[0][..7], polls);
        assert_eq!(
            rows[1][..8],
            ["search", "1", "1", "0", "0", "0", "0.0", "-"]
        );
    }

    #[test]
    fn what_went_wrong_is_told() {
        let faults = report().faults().join("\n");
        for part in [
            "poll: <b>503</b>, 1 times",
            "1 of 101 could not be sent",
            "poll.p99: 98.0 ms",
        ] {
            assert!(faults.contains(part), "{part}: {faults}");
        }
    }

    #[test]
    fn the_page_escapes_what_it_did_not_write_itself_and_loads_nothing() {
        let page = report().html().unwrap();
        assert!(
            !page.contains("<script") && !page.contains("<b>503"),
            "{page}"
        );
        assert!(page.contains("alert(1)"));
        for outside in ["src=", "href=", "url(", "@import"] {
            assert!(!page.contains(outside), "{outside}");
        }
        assert!(page.contains("<svg") && page.contains("<table"));
    }

    #[test]
    fn programs_read_the_same_figures() {
        let json = report().json();
        assert_eq!(json["kinds"]["poll"]["answered"], 99);
        assert_eq!(json["kinds"]["poll"]["errors"]["<b>503</b>"], 1);
        assert_eq!(json["kinds"]["poll"]["course"][3]["answered"], 10);
        assert_eq!(json["kinds"]["search"]["p99Ms"], Value::Null);
        assert_eq!(json["faults"].as_array().unwrap().len(), 3);
    }

    #[test]
    fn counts_are_grouped() {
        assert_eq!(
            [1, 999, 1_000, 1_234_567].map(count),
            ["1", "999", "1,000", "1,234,567"]
        );
    }
}
