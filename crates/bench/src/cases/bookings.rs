//! Bookings over HTTP, against the same SQL in a bare loop (SQLite) or by pgbench (PostgreSQL);
//! and how long one takes at half of that rate.

use super::{CALLERS, serve};
use crate::clinics::{Clinic, TIMES, booking};
use crate::load::{Work, closed, open};
use crate::report::{Aim, Figure};
use crate::server::Place;
use crate::{Bench, bare, name, pgbench, recording};
use slotbridge_load::http::Request;
use slotbridge_testkit::TestEngine;
use std::cell::Cell;
use std::io;
use std::rc::Rc;
use std::time::Duration;

/// Enough times for all bookings of a measurement.
const PRACTICES: usize = 448;

/// Each booking another time: the practices in turn.
struct Bookings {
    clinics: Vec<Clinic>,
    next: Cell<usize>,
}

impl Work for Bookings {
    const STATUS: u16 = 201;

    fn request(&self, _: usize, _: usize) -> Option<Request> {
        let n = self.next.replace(self.next.get() + 1);
        let (clinic, time) = (n % self.clinics.len(), n / self.clinics.len());
        let body = booking(self.clinics.get(clinic)?, time).to_string();
        (time < TIMES)
            .then(|| Request::new("POST", "/booking-api/v1/bookings", &[], body.as_bytes()))
    }
}

fn all(clinics: Vec<Clinic>) -> Rc<Bookings> {
    Rc::new(Bookings {
        clinics,
        next: Cell::new(0),
    })
}

pub(super) async fn run(bench: &Bench, engine: TestEngine) -> io::Result<Vec<Figure>> {
    let steps = recording::of_a_booking().await?;
    let (mut rates, mut latencies) = (Vec::new(), Vec::new());
    for _ in 0..bench.rounds {
        let (ours, latency) = ours(bench, engine).await?;
        let (_database, place) = Bench::database(engine);
        drop(serve(bench, &place, PRACTICES, 1).await?);
        let limit = match &place {
            Place::Folder(folder) => {
                bare::bookings(folder, &steps, PRACTICES, CALLERS, bench.lasting)?
            }
            Place::Postgres(url) => {
                pgbench::bookings(url, &steps, CALLERS, PRACTICES, bench.lasting)?
            }
        };
        rates.push([ours, limit]);
        let commit = bare::durable_commit(&std::env::temp_dir())?;
        let limit = (6 * commit).max(Duration::from_millis(10));
        latencies.push([latency, limit].map(|time| time.as_secs_f64() * 1e3));
    }
    let what = match engine {
        TestEngine::Sqlite => "booking / bare loop, 64 per transaction",
        TestEngine::Postgres => "booking / pgbench",
    };
    Ok(vec![
        Figure::of(what, name(engine), "/s", Aim::AtLeast(0.7), rates),
        Figure::of(
            "booking, 99th percentile at half the rate / 6 commits or 10 ms",
            name(engine),
            "ms",
            Aim::AtMost(1.0),
            latencies,
        ),
    ])
}

/// The most bookings a second, and the 99th percentile at half of that rate, when each connection
/// has served for a while: it plans a statement at its first use.
async fn ours(bench: &Bench, engine: TestEngine) -> io::Result<(f64, Duration)> {
    let (_database, place) = Bench::database(engine);
    let (server, clinics) = serve(bench, &place, PRACTICES, 1).await?;
    let work = all(clinics);
    let rate = closed(&server.address, CALLERS, bench.lasting, &work)
        .await?
        .rate();
    let half = rate / 2.0;
    let done = open(&server.address, 4 * CALLERS, half, bench.lasting, &work).await?;
    Ok((rate, done.percentile(99)))
}
