//! What the hub asks of its store for a booking, as a pattern: the same statements for any
//! practice and time, so that a bare loop can run just them.
//!
//! Bookings of several practices and times are made in this process while the store shows its
//! statements. An argument that is the same in all of them is constant; one that grows evenly with
//! the practice and the time (ids, instants) is a formula; any other text or blob (sealed, hashed)
//! is taken as it was once.

use crate::clinics::{Clinic, booking, set_up};
use serde_json::Value;
use slotbridge_load::setup::Api;
use slotbridge_store::sql::{Arg, Sql};
use slotbridge_testkit::{TestApp, TestClock, TestDatabase, TestEngine};
use std::io;
use std::slice;
use std::sync::{Arc, Mutex};

/// An argument of the pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Pattern {
    Null,
    Text(String),
    Blob(Vec<u8>),
    /// `base + practice * per_practice + time * per_time`.
    Int(Formula),
    /// The same as decimal digits in a text.
    Digits(Formula),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Formula {
    pub(crate) base: i64,
    pub(crate) per_practice: i64,
    pub(crate) per_time: i64,
}

impl Formula {
    pub(crate) fn at(&self, practice: i64, time: i64) -> i64 {
        self.base + practice * self.per_practice + time * self.per_time
    }
}

/// A statement of the pattern.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    pub(crate) sql: &'static Sql,
    pub(crate) args: Vec<Pattern>,
}

/// A statement as it was shown.
#[derive(Clone, Debug)]
pub(crate) struct Shown {
    pub(crate) sql: &'static Sql,
    pub(crate) args: Vec<Given>,
}

/// An argument as it was shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Given {
    Null,
    Int(i64),
    Text(String),
    Blob(Vec<u8>),
}

impl From<&Arg<'_>> for Given {
    fn from(arg: &Arg<'_>) -> Self {
        match *arg {
            Arg::Null => Self::Null,
            Arg::Int(value) => Self::Int(value),
            Arg::Text(value) => Self::Text(value.to_owned()),
            Arg::Blob(value) => Self::Blob(value.to_owned()),
        }
    }
}

/// A hub in this process whose statements are seen.
pub(crate) struct Recorder {
    app: TestApp,
    shown: Arc<Mutex<Vec<Shown>>>,
}

impl Recorder {
    /// Makes one.
    pub(crate) async fn new() -> Self {
        let database = TestDatabase::on(TestEngine::Sqlite);
        let app = TestApp::on(database, TestClock::new(), false).await;
        let shown: Arc<Mutex<Vec<Shown>>> = Arc::default();
        let seen = Arc::clone(&shown);
        app.hub.store().watch(move |sql, args| {
            if let Ok(mut seen) = seen.lock() {
                let args = args.iter().map(Given::from).collect();
                seen.push(Shown { sql, args });
            }
        });
        Self { app, shown }
    }

    /// What has been shown since the last time.
    pub(crate) fn take(&self) -> Vec<Shown> {
        self.shown
            .lock()
            .map(|mut shown| std::mem::take(&mut *shown))
            .unwrap_or_default()
    }
}

impl Api for Recorder {
    async fn call(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(String, String)],
        body: &Value,
    ) -> io::Result<Value> {
        let answer = self.app.call(method, path, headers, body).await;
        if answer.status.is_success() {
            return Ok(answer.json());
        }
        Err(io::Error::other(format!("{path}: {}", answer.error())))
    }
}

/// The pattern of a booking.
pub(crate) async fn of_a_booking() -> io::Result<Vec<Step>> {
    let mut recorder = Recorder::new().await;
    let clinics = set_up(slice::from_mut(&mut recorder), 3, 1).await?;
    let mut samples = Vec::new();
    for clinic in &clinics {
        for time in 0..4 {
            samples.push((
                clinic.practice_id,
                time,
                booked(&mut recorder, clinic, time).await?,
            ));
        }
    }
    // The first booking of a practice unwraps its key; all others have it at hand.
    samples.retain(|(_, time, _)| *time > 0);
    fit(&samples)
}

async fn booked(recorder: &mut Recorder, clinic: &Clinic, time: usize) -> io::Result<Vec<Shown>> {
    recorder.take();
    let body = booking(clinic, time);
    recorder
        .call("POST", "/booking-api/v1/bookings", &[], &body)
        .await?;
    Ok(recorder.take())
}

type Sample = (i64, usize, Vec<Shown>);

fn fit(samples: &[Sample]) -> io::Result<Vec<Step>> {
    let uneven = |what: &str| io::Error::other(format!("bookings differ in {what}"));
    let (_, _, first) = samples.first().ok_or_else(|| uneven("nothing"))?;
    for (_, _, other) in samples {
        let same = other.len() == first.len()
            && other
                .iter()
                .zip(first)
                .all(|(a, b)| std::ptr::eq(a.sql, b.sql));
        if !same {
            return Err(uneven("their statements"));
        }
    }
    let mut steps = Vec::new();
    for (at, shown) in first.iter().enumerate() {
        let mut args = Vec::new();
        for position in 0..shown.args.len() {
            let values: Vec<(i64, i64, &Given)> = samples
                .iter()
                .filter_map(|(practice, time, all)| {
                    let given = all.get(at)?.args.get(position)?;
                    Some((*practice, i64::try_from(*time).ok()?, given))
                })
                .collect();
            args.push(pattern(&values).ok_or_else(|| uneven(shown.sql.name))?);
        }
        steps.push(Step {
            sql: shown.sql,
            args,
        });
    }
    Ok(steps)
}

fn pattern(values: &[(i64, i64, &Given)]) -> Option<Pattern> {
    let (_, _, first) = values.first()?;
    match first {
        Given::Null => Some(Pattern::Null),
        Given::Blob(blob) => Some(Pattern::Blob(blob.clone())),
        Given::Int(_) => {
            let ints: Option<Vec<_>> = values
                .iter()
                .map(|(practice, time, given)| match given {
                    Given::Int(value) => Some((*practice, *time, *value)),
                    _ => None,
                })
                .collect();
            formula(&ints?).map(Pattern::Int)
        }
        Given::Text(text) => {
            let ints: Option<Vec<_>> = values
                .iter()
                .map(|(practice, time, given)| match given {
                    Given::Text(text) => Some((*practice, *time, text.parse().ok()?)),
                    _ => None,
                })
                .collect();
            let digits = ints.and_then(|ints| formula(&ints)).map(Pattern::Digits);
            Some(digits.unwrap_or_else(|| Pattern::Text(text.clone())))
        }
    }
}

/// The formula that gives all the values, if one does.
fn formula(values: &[(i64, i64, i64)]) -> Option<Formula> {
    let value = |practice, time| {
        let found = values.iter().find(|(p, t, _)| (*p, *t) == (practice, time));
        found.map(|(_, _, value)| *value)
    };
    let (practice, time, _) = *values.first()?;
    let at = value(practice, time)?;
    let per_practice = value(practice + 1, time)? - at;
    let per_time = value(practice, time + 1)? - at;
    let formula = Formula {
        base: at - practice * per_practice - time * per_time,
        per_practice,
        per_time,
    };
    values
        .iter()
        .all(|(p, t, value)| formula.at(*p, *t) == *value)
        .then_some(formula)
}
