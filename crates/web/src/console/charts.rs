//! `/console/charts`: how many calls came, how long they took and what waited, as this node has
//! seen it since its start.

mod draw;
pub(crate) mod ring;

use super::{Frame, SignedIn};
use crate::Web;
use crate::failure::Failure;
use crate::page::personal;
use crate::query::Query;
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use draw::{Chart, Line};
use jiff::tz::TimeZone;
use ring::{Sample, Span};

#[derive(Template)]
#[template(path = "console/charts.html")]
struct ChartsPage {
    frame: Frame,
    by_day: bool,
    every: &'static str,
    charts: Vec<Chart>,
}

/// A face as people call it.
fn called(face: &str) -> &str {
    match face {
        "pms" => "PMS API",
        "booking" => "Booking API",
        "admin" => "Admin API",
        "sandbox" => "Sandbox API",
        _ => "Pages and the rest",
    }
}

/// How long it was between two samples, in seconds.
#[expect(clippy::cast_precision_loss, reason = "it is drawn")]
fn seconds(from: &Sample, to: &Sample) -> f64 {
    to.at.duration_since(from.at).as_millis() as f64 / 1000.0
}

#[expect(clippy::cast_precision_loss, reason = "it is drawn")]
fn rate(from: u64, to: u64, seconds: f64) -> f64 {
    to.saturating_sub(from) as f64 / seconds
}

/// The time within which `part` of the calls were answered, in milliseconds, as exactly as the
/// bounds allow; `None` if there were none.
#[expect(clippy::cast_precision_loss, reason = "it is drawn")]
fn within(counts: &[u64], bounds: &[f64], part: f64) -> Option<f64> {
    let total: u64 = counts.iter().sum();
    let wanted = (total > 0).then_some(total as f64 * part)?;
    let (mut sum, mut lower) = (0.0, 0.0);
    let last = bounds.last().copied()?;
    for (count, upper) in counts.iter().zip(bounds.iter().copied().chain([last])) {
        let count = *count as f64;
        if count > 0.0 && sum + count >= wanted {
            return Some(1000.0 * (lower + (upper - lower) * (wanted - sum) / count));
        }
        (sum, lower) = (sum + count, upper);
    }
    Some(1000.0 * last)
}

/// A line for each face that has answered anything, of what `value` makes of two samples beside
/// each other.
fn by_face(samples: &[Sample], value: impl Fn(&[u64], &[u64], f64) -> Option<f64>) -> Vec<Line> {
    let faces = samples.last().map(|last| last.calls.as_slice());
    let line = |(face, _): &(&'static str, Vec<u64>)| {
        let none = Vec::new();
        let of = |sample: &Sample| {
            let mut calls = sample.calls.iter();
            let found = calls.find(|(name, _)| name == face);
            found.map_or(none.clone(), |(_, counts)| counts.clone())
        };
        let values = samples.windows(2).map(|two| match two {
            [from, to] => value(&of(from), &of(to), seconds(from, to)),
            _ => None,
        });
        Line {
            name: called(face).to_owned(),
            values: values.collect(),
        }
    };
    faces.into_iter().flatten().map(line).collect()
}

/// What was added between two readings of the same counters.
fn added(from: &[u64], to: &[u64]) -> Vec<u64> {
    let before = from.iter().copied().chain(std::iter::repeat(0));
    let pairs = to.iter().zip(before);
    pairs.map(|(to, from)| to.saturating_sub(from)).collect()
}

#[expect(clippy::cast_precision_loss, reason = "it is drawn")]
fn queue(samples: &[Sample], name: &str, of: impl Fn(&ring::Queues) -> i64) -> Line {
    let value = |sample: &Sample| sample.queues.as_ref().map(|queues| of(queues) as f64);
    Line {
        name: name.to_owned(),
        values: samples.iter().skip(1).map(value).collect(),
    }
}

pub(crate) async fn show(
    State(web): State<Web>,
    by: SignedIn,
    query: Query,
) -> Result<Response, Failure> {
    let by_day = query.text("over") == Some("day");
    let span = if by_day { Span::Day } else { Span::Hour };
    let samples = web.charts.samples(span);
    let bounds = web.charts.bounds();
    let when = |sample: &Sample| {
        let at = sample.at.to_zoned(TimeZone::UTC);
        at.strftime("%H:%M").to_string()
    };
    let times: Vec<String> = samples.iter().skip(1).map(when).collect();
    let sum = |counts: &[u64]| counts.iter().sum::<u64>();
    let share =
        |part: f64| move |from: &[u64], to: &[u64], _: f64| within(&added(from, to), bounds, part);
    let bookings = samples.windows(2).map(|two| match two {
        [from, to] => Some(60.0 * rate(from.bookings, to.bookings, seconds(from, to))),
        _ => None,
    });
    let bookings = vec![Line {
        name: "Bookings made".to_owned(),
        values: bookings.collect(),
    }];
    let queues = vec![
        queue(&samples, "Due work", |queues| queues.due),
        queue(&samples, "Deliveries", |queues| queues.deliveries),
        queue(&samples, "Outstanding requests", |queues| {
            queues.outstanding
        }),
    ];
    let calls = by_face(&samples, |from, to, over| {
        Some(rate(sum(from), sum(to), over))
    });
    let of = |title, unit, lines: &[Line]| Chart::new(title, unit, &times, lines);
    let charts = if times.is_empty() {
        Vec::new()
    } else {
        vec![
            of("Calls", "a second", &calls),
            of("Bookings", "a minute", &bookings),
            of(
                "Half of the calls took at most",
                "ms",
                &by_face(&samples, share(0.5)),
            ),
            of(
                "99 of 100 calls took at most",
                "ms",
                &by_face(&samples, share(0.99)),
            ),
            of("What waits", "at the time", &queues),
        ]
    };
    personal(&ChartsPage {
        frame: by.frame("charts"),
        by_day,
        every: if by_day { "half an hour" } else { "a minute" },
        charts,
    })
}

#[cfg(test)]
mod tests {
    use super::within;

    #[test]
    fn a_share_of_the_calls_is_found_within_its_bucket() {
        let bounds = [0.01, 0.1, 1.0];
        let near = |counts: &[u64], part, expected: f64| {
            let found = within(counts, &bounds, part).unwrap();
            assert!((found - expected).abs() < 1e-6, "{found}");
        };
        near(&[10, 0, 0, 0], 0.5, 5.0);
        near(&[50, 50, 0, 0], 0.99, 98.2);
        near(&[0, 0, 0, 3], 0.5, 1000.0);
        assert_eq!(within(&[0; 4], &bounds, 0.5), None);
    }
}
