//! Three nodes on one PostgreSQL, against one node on the same two cores: polls, searches and
//! bookings mixed, each node with a third of the callers: whatever practice they call for, or, as a
//! balancer can have it that goes by the practice, each practice's polls and searches at one node.

use super::serve;
use crate::clinics::{Clinic, DAY, TIMES, booking};
use crate::load::{Done, Work, closed};
use crate::report::{Aim, Figure};
use crate::server::Server;
use crate::{Bench, name};
use futures_util::future::try_join_all;
use slotbridge_load::http::Request;
use slotbridge_testkit::TestEngine;
use std::cell::Cell;
use std::io;
use std::rc::Rc;
use std::time::Duration;

const NODES: usize = 3;
const PRACTICES: usize = 448;
/// All callers together; each node has a third of them.
const CALLERS: usize = 63;
/// After so long a booking stands, which is work too.
const STANDS: Duration = Duration::from_secs(20);
const SETTLED: Duration = Duration::from_secs(4);

/// Of twenty calls, sixteen polls, three searches and a booking.
struct Mixed {
    clinics: Rc<[Clinic]>,
    booked: Rc<Cell<usize>>,
    /// Every so many-th practice, from which on, is polled and searched.
    every: usize,
    from: usize,
}

impl Work for Mixed {
    const STATUS: u16 = 200;

    fn is_good(status: u16) -> bool {
        matches!(status, 200 | 201)
    }

    fn request(&self, caller: usize, n: usize) -> Option<Request> {
        let count = self.clinics.len() / self.every;
        let at = (caller * 7 + n) % count * self.every + self.from;
        let clinic = self.clinics.get(at)?;
        let request = match (caller + n) % 20 {
            0 => {
                let n = self.booked.replace(self.booked.get() + 1);
                let (clinic, time) = (n % self.clinics.len(), n / self.clinics.len());
                let body = booking(self.clinics.get(clinic)?, time).to_string();
                let body = (time < TIMES).then_some(body)?;
                Request::new("POST", "/booking-api/v1/bookings", &[], body.as_bytes())
            }
            1..=3 => {
                let id = clinic.practice_id;
                let path = format!("/booking-api/v1/practices/{id}/slots?from={DAY}&to={DAY}");
                Request::new("GET", &path, &[], &[])
            }
            _ => Request::new("GET", "/pms-api/v1/requests", &clinic.headers, &[]),
        };
        Some(request)
    }
}

/// What nodes do in a second, all together, each with its work.
async fn rate(nodes: &[Server], works: &[Rc<Mixed>], lasting: Duration) -> io::Result<f64> {
    let callers = CALLERS / nodes.len();
    let all = nodes.iter().zip(works);
    let all = all.map(|(node, work)| closed(&node.address, callers, lasting, work));
    Ok(try_join_all(all).await?.iter().map(Done::rate).sum())
}

/// Whom the callers of a node call for.
#[derive(Clone, Copy)]
enum Calls {
    ForAny,
    ForItsOwn,
}

/// What so many nodes do in a second on a store of their own.
async fn rate_of(bench: &Bench, engine: TestEngine, nodes: usize, calls: Calls) -> io::Result<f64> {
    let (_database, place) = Bench::database(engine);
    let (first, clinics) = serve(bench, &place, PRACTICES, 1).await?;
    let (clinics, booked) = (Rc::from(clinics), Rc::default());
    let work = |node| {
        let (every, from) = match calls {
            Calls::ForAny => (1, 0),
            Calls::ForItsOwn => (nodes, node),
        };
        Rc::new(Mixed {
            clinics: Rc::clone(&clinics),
            booked: Rc::clone(&booked),
            every,
            from,
        })
    };
    let works: Vec<_> = (0..nodes).map(work).collect();
    let mut servers = vec![first];
    for _ in 1..nodes {
        servers.push(Server::start(&bench.server, &place).await?);
    }
    // From then on about as many bookings stand as are made. What a node learns with its first calls is no
    // part of it either.
    rate(&servers, &works, STANDS * 2 + SETTLED).await?;
    rate(&servers, &works, STANDS).await
}

pub(super) async fn run(bench: &Bench, engine: TestEngine) -> io::Result<Vec<Figure>> {
    // An embedded store has one node.
    if engine == TestEngine::Sqlite {
        return Ok(Vec::new());
    }
    let (mut any, mut own) = (Vec::new(), Vec::new());
    // One lasts more than three minutes.
    for _ in 0..if bench.quick { 1 } else { 3 } {
        let one = rate_of(bench, engine, 1, Calls::ForAny).await?;
        any.push([rate_of(bench, engine, NODES, Calls::ForAny).await?, one]);
        own.push([rate_of(bench, engine, NODES, Calls::ForItsOwn).await?, one]);
    }
    let figure = |what, rounds| Figure::of(what, name(engine), "/s", Aim::AtLeast(0.9), rounds);
    Ok(vec![
        figure("three nodes together / one node, on the same cores", any),
        figure("the same, each practice's calls at one of them", own),
    ])
}
