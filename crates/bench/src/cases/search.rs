//! Slot search: 7 days of 10 practitioners with 200 bookings, by the API and as the practice's page;
//! the 99th percentile at half of the capacity.

use super::{paint, serve};
use crate::clinics::Clinic;
use crate::load::{Work, closed, open};
use crate::report::{Aim, Figure};
use crate::{Bench, name};
use serde_json::json;
use slotbridge_load::http::{Connection, Request};
use slotbridge_load::setup::Api;
use slotbridge_testkit::TestEngine;
use std::io;
use std::rc::Rc;

const PRACTITIONERS: usize = 10;
const DAYS: usize = 7;
const BOOKINGS: usize = 200;
const CALLERS: usize = 16;

/// What is asked again and again.
struct Asked {
    path: String,
    headers: Vec<(String, String)>,
}

impl Asked {
    fn slots(practice: i64) -> Self {
        let path =
            format!("/booking-api/v1/practices/{practice}/slots?from=2031-03-10&to=2031-03-16");
        let headers = Vec::new();
        Self { path, headers }
    }

    /// As a browser asks for it.
    fn page(practice: i64) -> Self {
        let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        Self {
            path: format!("/practices/{practice}?from=2031-03-10"),
            headers: vec![
                header("accept", "text/html"),
                header("accept-encoding", "gzip"),
            ],
        }
    }
}

impl Work for Asked {
    const STATUS: u16 = 200;

    fn request(&self, _: usize, _: usize) -> Option<Request> {
        Some(Request::new("GET", &self.path, &self.headers, &[]))
    }
}

/// A week of surgery for all, and bookings spread over it.
async fn fill(api: &mut impl Api, clinic: &Clinic) -> io::Result<()> {
    for resource in 0..PRACTITIONERS {
        for day in 0..DAYS {
            let body = json!({
                "date": format!("2031-03-{:02}", day + 10),
                "pmsResourceId": format!("R{resource}"),
                "availability": [
                    {"start": "08:00", "end": "12:00", "slotLength": 900},
                    {"start": "13:00", "end": "18:00", "slotLength": 900},
                ],
            });
            let path = "/pms-api/v1/availability/snapshot";
            api.call("POST", path, &clinic.headers, &body).await?;
        }
    }
    for n in 0..BOOKINGS {
        let (who, rest) = (n % PRACTITIONERS, n / PRACTITIONERS);
        let (day, time) = (rest % DAYS, rest / DAYS);
        let mut body = crate::clinics::booking(clinic, 0);
        body["practitionerId"] = json!(clinic.practitioners.get(who));
        body["start"] = json!(format!(
            "2031-03-{:02}T{:02}:00:00+10:00",
            day + 10,
            9 + time
        ));
        api.call("POST", "/booking-api/v1/bookings", &[], &body)
            .await?;
    }
    Ok(())
}

pub(super) async fn run(bench: &Bench, engine: TestEngine) -> io::Result<Vec<Figure>> {
    let (_database, place) = Bench::database(engine);
    let (server, clinics) = serve(bench, &place, 1, PRACTITIONERS).await?;
    let clinic = clinics
        .first()
        .ok_or_else(|| io::Error::other("no practice"))?;
    let mut caller = Connection::open(&server.address).await?;
    fill(&mut caller, clinic).await?;
    let (rounds, mut figures) = (bench.rounds.div_ceil(2), Vec::new());
    for (name_of, limit, work) in [
        (
            "slot search, 99th percentile at half its capacity / 10 ms",
            10.0,
            Asked::slots(clinic.practice_id),
        ),
        (
            "practice page with that week, 99th percentile at half its capacity / 5 ms",
            5.0,
            Asked::page(clinic.practice_id),
        ),
    ] {
        let work = Rc::new(work);
        let mut measured = Vec::new();
        for _ in 0..rounds {
            let address = &server.address;
            let capacity = closed(address, CALLERS, bench.lasting, &work).await?.rate();
            eprintln!("{}: {capacity:.0}/s at most", work.path);
            let rate = capacity / 2.0;
            let done = open(address, 4 * CALLERS, rate, bench.lasting, &work).await?;
            measured.push([done.percentile(99).as_secs_f64() * 1e3, limit]);
        }
        figures.push(Figure::of(
            name_of,
            name(engine),
            "ms",
            Aim::AtMost(1.0),
            measured,
        ));
    }
    // What a page weighs does not depend on the engine.
    if engine == TestEngine::Sqlite {
        let rounds = rounds.div_ceil(2);
        figures.extend(paint::run(rounds, engine, &server.address, clinic.practice_id).await?);
    }
    Ok(figures)
}
