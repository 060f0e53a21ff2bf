//! Three nodes on one PostgreSQL, against one node on the same two cores, each node with a third of the
//! callers: calls in the proportions of life, and polls, searches and twenty times as many bookings. They
//! call for whatever practice, or, as a balancer can have it that goes by the practice, each practice's
//! polls and searches are at one node. Those that are compared have their turns of a few seconds on stores
//! of their own.

use super::serve;
use crate::clinics::{Clinic, DAY, TIMES, booking};
use crate::load::{Done, Work, closed};
use crate::report::{Aim, Figure};
use crate::server::Server;
use crate::{Bench, name};
use futures_util::future::try_join_all;
use serde_json::{Value, json};
use slotbridge_load::clock::now;
use slotbridge_load::http::Request;
use slotbridge_load::setup::resource_id;
use slotbridge_testkit::{TestDatabase, TestEngine};
use std::cell::{Cell, RefCell};
use std::io;
use std::rc::Rc;
use std::time::{Duration, Instant};

const NODES: usize = 3;
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

/// How many of so many calls are of which kind.
#[derive(Clone, Copy)]
struct Mix {
    polls: usize,
    /// A day that is not as it was.
    changed: usize,
    /// A day that is.
    unchanged: usize,
    /// Of so many days.
    searches: usize,
    days: usize,
    pages: usize,
    bookings: usize,
    /// For how many practices.
    practices: usize,
}

/// What a practice and its patients do in half an hour by day, as `slotbridge load` has it (see its
/// `Habits`). There are so many practices that each is written for less often than nodes ask what others
/// wrote, as in life.
const LIFE: Mix = Mix {
    polls: 360,
    changed: 15,
    unchanged: 3,
    searches: 5,
    days: 7,
    pages: 5,
    bookings: 1,
    practices: 4_480,
};

/// Hard on nodes that remember: each practice is booked at about every second, and each booking is read by
/// all of them.
const BOOKED: Mix = Mix {
    polls: 16,
    changed: 0,
    unchanged: 0,
    searches: 3,
    days: 1,
    pages: 0,
    bookings: 1,
    practices: 448,
};

/// So far apart are the calls of a caller in a mix, of whose number it is no divisor: its kinds are spread
/// evenly.
const STRIDE: usize = 7;

enum Call {
    Poll,
    Day { changed: bool },
    Search,
    Page,
    Booking,
}

impl Mix {
    fn call(self, n: usize) -> Call {
        let kinds = [
            (self.bookings, Call::Booking),
            (self.searches, Call::Search),
            (self.pages, Call::Page),
            (self.changed, Call::Day { changed: true }),
            (self.unchanged, Call::Day { changed: false }),
            (self.polls, Call::Poll),
        ];
        let all: usize = kinds.iter().map(|(count, _)| count).sum();
        let mut at = n * STRIDE % all;
        for (count, call) in kinds {
            if at < count {
                return call;
            }
            at -= count;
        }
        Call::Poll
    }
}

/// Calls in a mix.
struct Mixed {
    mix: Mix,
    clinics: Rc<[Clinic]>,
    booked: Rc<Cell<usize>>,
    /// How many days each practice has changed.
    changes: Rc<RefCell<Vec<usize>>>,
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
        let request = match self.mix.call(caller + n) {
            Call::Booking => {
                let n = self.booked.replace(self.booked.get() + 1);
                let (clinic, time) = (n % self.clinics.len(), n / self.clinics.len());
                let body = booking(self.clinics.get(clinic)?, time).to_string();
                let body = (time < TIMES).then_some(body)?;
                Request::new("POST", "/booking-api/v1/bookings", &[], body.as_bytes())
            }
            Call::Search => {
                let (id, to) = (clinic.practice_id, day(self.mix.days - 1));
                let path = format!("/booking-api/v1/practices/{id}/slots?from={DAY}&to={to}");
                Request::new("GET", &path, &[], &[])
            }
            Call::Page => {
                let path = format!("/practices/{}?from={DAY}", clinic.practice_id);
                let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
                let headers = [
                    header("accept", "text/html"),
                    header("accept-encoding", "gzip"),
                ];
                Request::new("GET", &path, &headers, &[])
            }
            Call::Day { changed } => {
                let mut changes = self.changes.borrow_mut();
                let changes = changes.get_mut(at)?;
                *changes += usize::from(changed);
                let path = "/pms-api/v1/availability/snapshot";
                let body = a_day(*changes).to_string();
                Request::new("POST", path, &clinic.headers, body.as_bytes())
            }
            Call::Poll => Request::new("GET", "/pms-api/v1/requests", &clinic.headers, &[]),
        };
        Some(request)
    }
}

/// So many days after [`DAY`], less than a week.
fn day(after: usize) -> String {
    let (month, first) = DAY.split_at(DAY.len() - 1);
    let first: usize = first.parse().unwrap_or(0);
    format!("{month}{}", first + after)
}

/// The days after [`DAY`] in turn, each time with other contents.
fn a_day(change: usize) -> Value {
    const DAYS: usize = 6;
    let start = if (change / DAYS).is_multiple_of(2) {
        "08:00"
    } else {
        "08:30"
    };
    let range = |start, end| json!({"start": start, "end": end, "slotLength": 900});
    json!({
        "date": day(1 + change % DAYS), "pmsResourceId": resource_id(0),
        "availability": [range(start, "12:30"), range("13:30", "17:00")],
    })
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
        mix: Mix,
        (nodes, calls): (usize, Calls),
    ) -> io::Result<Self> {
        let (database, place) = Bench::database(engine);
        let (first, clinics) = serve(bench, &place, mix.practices, 1).await?;
        let changes = Rc::new(RefCell::new(vec![0; clinics.len()]));
        let (clinics, booked) = (Rc::from(clinics), Rc::default());
        let work = |node| {
            let (every, from) = match calls {
                Calls::ForAny => (1, 0),
                Calls::ForItsOwn => (nodes, node),
            };
            Rc::new(Mixed {
                mix,
                changes: Rc::clone(&changes),
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
    let one = (1, Calls::ForAny);
    let (any, own) = ((NODES, Calls::ForAny), (NODES, Calls::ForItsOwn));
    let cases: [(Mix, &[_], &[_]); 2] = [
        (
            LIFE,
            &[one, any],
            &["three nodes together / one node, on the same cores"],
        ),
        (
            BOOKED,
            &[one, any, own],
            &[
                "the same, a booking in twenty calls",
                "the same, each practice's polls and searches at one of them",
            ],
        ),
    ];
    let mut figures = Vec::new();
    for (mix, kinds, whats) in cases {
        let mut rounds = vec![Vec::new(); whats.len()];
        // One lasts nearly two minutes.
        for _ in 0..if bench.quick { 1 } else { 3 } {
            let mut all = Vec::new();
            for kind in kinds {
                all.push(Nodes::start(bench, engine, mix, *kind).await?);
            }
            if let [one, three @ ..] = rates(&all).await?.as_slice() {
                for (rounds, three) in rounds.iter_mut().zip(three) {
                    rounds.push([*three, *one]);
                }
            }
        }
        for (what, rounds) in whats.iter().zip(rounds) {
            let aim = Aim::AtLeast(0.9);
            figures.push(Figure::of(what, name(engine), "/s", aim, rounds));
        }
    }
    Ok(figures)
}
