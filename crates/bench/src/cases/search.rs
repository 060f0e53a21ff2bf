//! Slot search: 7 days of 10 practitioners with 200 bookings; its 99th percentile at half of its
//! capacity.

use super::{Caller, serve};
use crate::clinics::{Api, Clinic};
use crate::http::{Connection, Request};
use crate::load::{Work, closed, open};
use crate::report::{Aim, Figure};
use crate::{Bench, name};
use serde_json::json;
use slotbridge_testkit::TestEngine;
use std::io;
use std::rc::Rc;

const PRACTITIONERS: usize = 10;
const DAYS: usize = 7;
const BOOKINGS: usize = 200;
const CALLERS: usize = 16;

struct Searches(i64);

impl Work for Searches {
    const STATUS: u16 = 200;

    fn request(&self, _: usize, _: usize) -> Option<Request> {
        let path = format!(
            "/booking-api/v1/practices/{}/slots?from=2031-03-10&to=2031-03-16",
            self.0
        );
        Some(Request::new("GET", &path, &[], &[]))
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
    let mut caller = Caller {
        connection: Connection::open(&server.address).await?,
        server: &server,
    };
    fill(&mut caller, clinic).await?;
    let work = Rc::new(Searches(clinic.practice_id));
    let mut rounds = Vec::new();
    for _ in 0..bench.rounds {
        let capacity = closed(&server.address, CALLERS, bench.lasting, &work)
            .await?
            .rate();
        eprintln!("search: {capacity:.0}/s at most");
        let mut done = open(
            &server.address,
            4 * CALLERS,
            capacity / 2.0,
            bench.lasting,
            &work,
        )
        .await?;
        rounds.push([done.percentile(99).as_secs_f64() * 1e3, 10.0]);
    }
    Ok(vec![Figure::of(
        "slot search, 99th percentile at half its capacity / 10 ms",
        name(engine),
        "ms",
        Aim::AtMost(1.0),
        rounds,
    )])
}
