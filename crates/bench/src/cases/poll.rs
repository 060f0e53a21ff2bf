//! `GET /requests` with live authentication, against a constant handler of the same server.

use super::{CALLERS, serve};
use crate::clinics::Clinic;
use crate::load::{Work, closed};
use crate::report::{Aim, Figure};
use crate::{Bench, name};
use slotbridge_load::http::Request;
use slotbridge_testkit::TestEngine;
use std::io;
use std::rc::Rc;

const PRACTICES: usize = 192;

struct Polls(Vec<Clinic>);

impl Work for Polls {
    const STATUS: u16 = 200;

    fn request(&self, caller: usize, n: usize) -> Option<Request> {
        let clinic = self.0.get((caller + CALLERS * n) % self.0.len())?;
        Some(Request::new(
            "GET",
            "/pms-api/v1/requests",
            &clinic.headers,
            &[],
        ))
    }
}

/// The same request to what answers the same to everybody.
struct Constant(Vec<Clinic>);

impl Work for Constant {
    const STATUS: u16 = 200;

    fn request(&self, caller: usize, n: usize) -> Option<Request> {
        let clinic = self.0.get((caller + CALLERS * n) % self.0.len())?;
        Some(Request::new("GET", "/healthz", &clinic.headers, &[]))
    }
}

pub(super) async fn run(bench: &Bench, engine: TestEngine) -> io::Result<Vec<Figure>> {
    let (_database, place) = Bench::database(engine);
    let (server, clinics) = serve(bench, &place, PRACTICES, 1).await?;
    let (polls, constant) = (Rc::new(Polls(clinics.clone())), Rc::new(Constant(clinics)));
    let mut rounds = Vec::new();
    for _ in 0..bench.rounds {
        let ours = closed(&server.address, CALLERS, bench.lasting, &polls).await?;
        let limit = closed(&server.address, CALLERS, bench.lasting, &constant).await?;
        rounds.push([ours.rate(), limit.rate()]);
    }
    let aim = match engine {
        TestEngine::Sqlite => Aim::AtLeast(0.8),
        TestEngine::Postgres => Aim::AtLeast(0.5),
    };
    Ok(vec![Figure::of(
        "poll / constant handler",
        name(engine),
        "/s",
        aim,
        rounds,
    )])
}
