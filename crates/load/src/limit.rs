//! What a run must keep to.

use crate::histogram::{Histogram, share};
use crate::kind::Kind;
use crate::record::Record;
use std::str::FromStr;
use std::time::Duration;

/// The shares that reports show, with their names.
pub const SHARES: [(&str, u64); 5] = [
    ("p50", share::P50),
    ("p90", share::P90),
    ("p99", share::P99),
    ("p99.9", share::P99_9),
    ("max", share::ALL),
];

/// How long a share of a kind's calls may take: `poll.p99=20ms`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limit {
    kind: Kind,
    name: &'static str,
    share: u64,
    most: Duration,
}

/// A time such as `20ms`, `1.5s` or `2m`.
///
/// # Errors
/// It is none; the text says what one looks like.
pub fn time(text: &str) -> Result<Duration, String> {
    let wrong = || format!("{text:?} is no time: write it like 20ms, 1.5s, 10m or 2h");
    let unit_at = text.find(|c: char| !c.is_ascii_digit() && c != '.');
    let (number, unit) = text.split_at(unit_at.ok_or_else(wrong)?);
    let number: f64 = number.parse().map_err(|_| wrong())?;
    let unit = match unit {
        "ms" => 1e-3,
        "s" => 1.0,
        "m" => 60.0,
        "h" => 3600.0,
        _ => return Err(wrong()),
    };
    Duration::try_from_secs_f64(number * unit).map_err(|_| wrong())
}

impl FromStr for Limit {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = |what: &str| format!("{what} in {text:?}: write it like poll.p99=20ms");
        let (what, most) = text.split_once('=').ok_or_else(|| wrong("no ="))?;
        let (kind, share) = what.split_once('.').ok_or_else(|| wrong("no ."))?;
        let kind = kind.parse().map_err(|()| {
            let names: Vec<&str> = Kind::ALL.iter().map(|kind| kind.name()).collect();
            wrong(&format!(
                "no kind {kind:?} (there are {})",
                names.join(", ")
            ))
        })?;
        let known = SHARES.into_iter().find(|(name, _)| *name == share);
        let (name, share) = known
            .ok_or_else(|| wrong(&format!("{share:?} is none of p50, p90, p99, p99.9, max")))?;
        Ok(Self {
            kind,
            name,
            share,
            most: time(most)?,
        })
    }
}

impl Limit {
    /// What is wrong, if the limit is broken. A kind of which nothing was answered breaks it.
    #[must_use]
    pub fn broken(&self, record: &Record) -> Option<String> {
        let (kind, name) = (self.kind, self.name);
        let most = millis(self.most);
        let times = record.of(kind).map(|tally| &tally.times);
        let Some(times) = times.filter(|times| times.total() > 0) else {
            return Some(format!(
                "{kind}.{name}: nothing was answered, so nothing is known"
            ));
        };
        let took = Histogram::percentile(times, self.share);
        (took > self.most).then(|| format!("{kind}.{name}: {} ms, at most {most} ms", millis(took)))
    }
}

/// A time in milliseconds, with the digits that say something.
#[must_use]
pub fn millis(time: Duration) -> String {
    let millis = time.as_secs_f64() * 1e3;
    let digits = match millis {
        ..10.0 => 2,
        ..100.0 => 1,
        _ => 0,
    };
    format!("{millis:.digits$}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::now;
    use crate::record::Outcome;

    #[test]
    fn times_have_units() {
        assert_eq!(time("20ms"), Ok(Duration::from_millis(20)));
        assert_eq!(time("1.5s"), Ok(Duration::from_millis(1500)));
        assert_eq!(time("2m"), Ok(Duration::from_secs(120)));
        for text in [
            "",
            "20",
            "ms",
            "-1s",
            "1d",
            "1.2.3s",
            "99999999999999999999999h",
        ] {
            assert!(time(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_limit_that_is_none_is_told_why() {
        for (text, why) in [
            ("poll.p99", "no ="),
            ("poll=20ms", "no ."),
            ("pole.p99=20ms", "there are poll, list"),
            ("poll.p98=20ms", "p99.9"),
            ("poll.p99=20", "like 20ms"),
        ] {
            let told = text.parse::<Limit>().unwrap_err();
            assert!(told.contains(why), "{told}");
        }
    }

    #[test]
    fn a_limit_holds_or_is_broken() {
        let (began, limit) = (now(), "poll.p99=20ms".parse::<Limit>().unwrap());
        let mut record = Record::new(began);
        assert!(
            limit
                .broken(&record)
                .unwrap()
                .contains("nothing was answered")
        );
        for after in [20, 21] {
            assert_eq!(limit.broken(&record).is_some(), after == 20);
            let ended = began + Duration::from_millis(after);
            record.end(Kind::Poll, began, ended, &Outcome::Good);
        }
        assert_eq!(
            limit.broken(&record).unwrap(),
            "poll.p99: 21.0 ms, at most 20.0 ms"
        );
    }
}
