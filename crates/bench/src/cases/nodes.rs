//! Three nodes on one PostgreSQL, against one node on the same two cores: polls, searches and
//! bookings mixed, each node with a third of the callers: whatever practice they call for, or, as a
//! balancer can have it that goes by the practice, each practice's polls and searches at one node. All
//! three have their turns of a few seconds on stores of their own.

use super::serve;
use crate::clinics::{Clinic, DAY, TIMES, booking};
use crate::load::{Done, Work, closed};
use crate::report::{Aim, Figure};
use crate::server::Server;
use crate::{Bench, name};
use futures_util::future::try_join_all;
use slotbridge_load::clock::now;
use slotbridge_load::http::Request;
use slotbridge_testkit::{TestDatabase, TestEngine};
use std::cell::Cell;
use std::io;
use std::rc::Rc;
use std::time::{Duration, Instant};

const NODES: usize = 3;
const PRACTICES: usize = 448;
/// All callers together; each node has a third of them.
const CALLERS: usize = 63;
/// After so long a booking stands, which is work too.
const STANDS: Duration = Duration::from_secs(20);
/// How often the turn of a kind of nodes comes round in that time. A whole number, so that bookings stand
/// in turns of those who made them.
const ROUNDS: u32 = 2;
/// How many turns each kind has before it is measured, and then measured: bookings stand from the third
/// on, and what a node learns with its first calls is no part of it either.
const UNMEASURED: u32 = 4;
const MEASURED: u32 = 6;

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

/// Whom the callers of a node call for.
#[derive(Clone, Copy)]
enum Calls {
    ForAny,
    ForItsOwn,
}

/// Nodes on a store of their own, each with its work.
struct Nodes {
    servers: Vec<Server>,
    works: Vec<Rc<Mixed>>,
    _database: TestDatabase,
}

impl Nodes {
    async fn start(
        bench: &Bench,
        engine: TestEngine,
        nodes: usize,
        calls: Calls,
    ) -> io::Result<Self> {
        let (database, place) = Bench::database(engine);
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
        Ok(Self {
            servers,
            works,
            _database: database,
        })
    }

    /// What they do until then, all together: in a second, and for how many of them.
    async fn turn(&self, until: Instant) -> io::Result<[f64; 2]> {
        let callers = CALLERS / self.servers.len();
        let began = now();
        let lasting = until.saturating_duration_since(began);
        let all = self.servers.iter().zip(&self.works);
        let all = all.map(|(node, work)| closed(&node.address, callers, lasting, work));
        let rate = try_join_all(all).await?.iter().map(Done::rate).sum();
        Ok([rate, began.elapsed().as_secs_f64()])
    }
}

/// What each does in a second, in turns: what the machine does meanwhile meets them all.
async fn rates(all: &[Nodes]) -> io::Result<Vec<f64>> {
    let turns = ROUNDS * u32::try_from(all.len()).unwrap_or(1);
    let mut done = vec![[0.0; 2]; all.len()];
    let began = now();
    let mut number = 0;
    for round in 0..UNMEASURED + MEASURED {
        for (nodes, done) in all.iter().zip(&mut done) {
            number += 1;
            let [rate, seconds] = nodes.turn(began + STANDS * number / turns).await?;
            if round >= UNMEASURED {
                let [calls, lasted] = done;
                *calls += rate * seconds;
                *lasted += seconds;
            }
        }
    }
    Ok(done.iter().map(|[calls, lasted]| calls / lasted).collect())
}

pub(super) async fn run(bench: &Bench, engine: TestEngine) -> io::Result<Vec<Figure>> {
    // An embedded store has one node.
    if engine == TestEngine::Sqlite {
        return Ok(Vec::new());
    }
    let (mut any, mut own) = (Vec::new(), Vec::new());
    // One lasts two minutes.
    for _ in 0..if bench.quick { 1 } else { 3 } {
        let mut all = Vec::new();
        for (nodes, calls) in [
            (1, Calls::ForAny),
            (NODES, Calls::ForAny),
            (NODES, Calls::ForItsOwn),
        ] {
            all.push(Nodes::start(bench, engine, nodes, calls).await?);
        }
        if let [one, of_any, of_own] = *rates(&all).await? {
            any.push([of_any, one]);
            own.push([of_own, one]);
        }
    }
    let figure = |what, rounds| Figure::of(what, name(engine), "/s", Aim::AtLeast(0.9), rounds);
    Ok(vec![
        figure("three nodes together / one node, on the same cores", any),
        figure("the same, each practice's calls at one of them", own),
    ])
}
