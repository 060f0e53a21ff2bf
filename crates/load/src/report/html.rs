//! The page.

use super::chart::{Chart, Line, WIDTH};
use super::{Report, rate};
use crate::histogram::share;
use crate::kind::Kind;
use crate::record::Tally;
use askama::Template;

#[derive(Template)]
#[template(path = "report.html")]
struct Page<'p> {
    report: &'p Report<'p>,
    seconds: String,
    faults: Vec<String>,
    titles: [&'static str; 12],
    rows: Vec<Vec<String>>,
    courses: Vec<Course>,
    lateness: String,
    interval: String,
}

/// What came of a kind over time.
struct Course {
    kind: Kind,
    about: &'static str,
    rates: Chart,
    times: Chart,
}

pub(super) fn page(report: &Report<'_>) -> Result<String, askama::Error> {
    let page = Page {
        report,
        seconds: format!("{:.0}", report.done.counted.as_secs_f64()),
        faults: report.faults(),
        titles: Report::titles(),
        rows: report.rows(),
        courses: report
            .done
            .record
            .all()
            .map(|(kind, _)| course(report, kind))
            .collect(),
        lateness: report.lateness(),
        interval: format!("{:.0}", report.done.record.interval().as_secs_f64()),
    };
    page.render()
}

fn course(report: &Report<'_>, kind: Kind) -> Course {
    let (course, interval) = (
        report.done.record.course(kind),
        report.done.record.interval(),
    );
    let line = |name, class, of: &dyn Fn(&Tally) -> Option<f64>| Line {
        name,
        class,
        values: course.iter().map(of).collect(),
    };
    let a_second = |of: fn(&Tally) -> u64| move |tally: &Tally| Some(rate(of(tally), interval));
    let time = |share| {
        move |tally: &Tally| {
            let time = tally.times.percentile(share).as_secs_f64() * 1e3;
            (tally.times.total() > 0).then_some(time)
        }
    };
    Course {
        kind,
        about: about(kind),
        rates: Chart::of(vec![
            line("answered", "b", &a_second(|tally| tally.times.total())),
            line("intended", "a", &a_second(|tally| tally.intended)),
        ]),
        times: Chart::of(vec![
            line("median", "b", &time(share::P50)),
            line("99th percentile", "a", &time(share::P99)),
            line("longest", "c", &time(share::ALL)),
        ]),
    }
}

const fn about(kind: Kind) -> &'static str {
    match kind {
        Kind::Poll => "An agent asks whether anything is outstanding.",
        Kind::List => "An agent fetches the list of one kind of request.",
        Kind::Answer => "An agent confirms or rejects a booking, or takes note of a cancellation.",
        Kind::Changed => "A day of one practitioner, with another content.",
        Kind::Unchanged => "A day of one practitioner, as it was sent before.",
        Kind::Daily => "A batch of up to a hundred days, as agents send all of them once a day.",
        Kind::Find => "A patient looks for practices in a suburb.",
        Kind::Search => "A patient's program asks for a week's times.",
        Kind::Page => "A patient looks at a practice's page with a week's times.",
        Kind::Hold => "A patient has a time kept.",
        Kind::Booking => "A patient books it; the time counts from the answer to the hold.",
        Kind::Cancel => "A patient cancels.",
        Kind::Callback => {
            "The hub tells an agent of a booking; the time counts from its acknowledgement."
        }
    }
}
