//! A country's practices on one node: polls and searches with 20,000 practices against 100, and what
//! memory it takes after load on all of them.

use super::{CALLERS, fleet, loaded};
use crate::load::{Work, closed};
use crate::report::{Aim, Figure};
use crate::server::{Place, Server};
use crate::{Bench, name};
use jiff::ToSpan;
use slotbridge_load::http::Request;
use slotbridge_load::{Address, Fleet, Practice, Settings, Shape};
use slotbridge_testkit::TestEngine;
use std::cell::Cell;
use std::io;
use std::rc::Rc;
use std::time::Duration;

const FEW: usize = 100;
const MANY: usize = 20_000;
const SHAPE: Shape = Shape {
    resources: 2,
    days: 30,
};
/// How often in a round each has its turn: what the machine does meanwhile meets both.
const TURNS: u32 = 6;
/// By how much more than life the load before the memory is looked at; more than a machine of two cores
/// carries on PostgreSQL would measure what waits, too.
const FASTER: f64 = 2.0;
/// How much memory it may take, in MiB.
const MOST_MEMORY: f64 = 300.0;

/// All practices in turn, over and over.
struct Turns {
    fleet: Rc<Fleet>,
    next: Cell<usize>,
}

impl Turns {
    fn of(fleet: &Rc<Fleet>) -> Self {
        let (fleet, next) = (Rc::clone(fleet), Cell::default());
        Self { fleet, next }
    }

    fn next(&self) -> Option<&Practice> {
        let next = self.next.get();
        self.next.set(next + 1);
        let all = &self.fleet.practices;
        all.get(next % all.len())
    }
}

/// Each practice polls.
struct Polls(Turns);

impl Work for Polls {
    const STATUS: u16 = 200;

    fn request(&self, _: usize, _: usize) -> Option<Request> {
        let path = "/pms-api/v1/requests";
        Some(Request::new("GET", path, &self.0.next()?.headers, &[]))
    }
}

/// Each practice's next week is looked at.
struct Searches(Turns);

impl Work for Searches {
    const STATUS: u16 = 200;

    fn request(&self, _: usize, _: usize) -> Option<Request> {
        let id = self.0.next()?.id;
        let from = self.0.fleet.today.checked_add(1.days()).ok()?;
        let to = from.checked_add(6.days()).ok()?;
        let path = format!("/booking-api/v1/practices/{id}/slots?from={from}&to={to}");
        Some(Request::new("GET", &path, &[], &[]))
    }
}

/// The first so many requests of each caller.
struct First<W>(W, usize);

impl<W: Work> Work for First<W> {
    const STATUS: u16 = W::STATUS;

    fn request(&self, caller: usize, n: usize) -> Option<Request> {
        (n < self.1).then(|| self.0.request(caller, n)).flatten()
    }
}

/// A server with practices.
struct Filled {
    server: Server,
    fleet: Rc<Fleet>,
    polls: Rc<Polls>,
    searches: Rc<Searches>,
}

impl Filled {
    async fn new(bench: &Bench, place: &Place, practices: usize) -> io::Result<Self> {
        let server = Server::start(&bench.server, place).await?;
        let fleet = Rc::new(fleet(&server, practices, SHAPE).await?);
        // What is remembered of making them is no part of what is measured.
        server.stop()?;
        let server = Server::start(&bench.server, place).await?;
        let fleet = Fleet {
            address: Address::plain(&server.address),
            ..Fleet::clone(&fleet)
        };
        let fleet = Rc::new(fleet);
        Ok(Self {
            server,
            polls: Rc::new(Polls(Turns::of(&fleet))),
            searches: Rc::new(Searches(Turns::of(&fleet))),
            fleet,
        })
    }

    /// Every practice has polled and been looked at once: in life all have, seconds after a start.
    async fn ask_all_once(&self) -> io::Result<()> {
        let each = self.fleet.practices.len().div_ceil(CALLERS);
        let long = Duration::from_secs(600);
        let polls = Rc::new(First(Polls(Turns::of(&self.fleet)), each));
        closed(&self.server.address, CALLERS, long, &polls).await?;
        let searches = Rc::new(First(Searches(Turns::of(&self.fleet)), each));
        closed(&self.server.address, CALLERS, long, &searches).await?;
        Ok(())
    }

    /// What it does in a turn.
    async fn turn<W: Work + 'static>(&self, bench: &Bench, work: &Rc<W>) -> io::Result<[f64; 2]> {
        let lasting = bench.lasting / TURNS;
        let done = closed(&self.server.address, CALLERS, lasting, work).await?;
        #[expect(clippy::cast_precision_loss, reason = "far less than 2^52 calls")]
        let calls = done.calls as f64;
        Ok([calls, done.took.as_secs_f64()])
    }
}

/// Calls and the time that they took, of the one and of the other.
type Both = [[f64; 2]; 2];

fn add(to: &mut [f64; 2], more: [f64; 2]) {
    for (to, more) in to.iter_mut().zip(more) {
        *to += more;
    }
}

fn rates([many, few]: Both) -> [f64; 2] {
    [many, few].map(|[calls, seconds]| calls / seconds)
}

pub(super) async fn run(bench: &Bench, engine: TestEngine) -> io::Result<Vec<Figure>> {
    let (_of_few, few) = Bench::database(engine);
    let (_of_many, many) = Bench::database(engine);
    let few = Filled::new(bench, &few, FEW).await?;
    let many = Filled::new(bench, &many, MANY).await?;
    for filled in [&few, &many] {
        filled.ask_all_once().await?;
    }
    let (mut polls, mut searches) = (Vec::new(), Vec::new());
    for _ in 0..bench.rounds {
        let (mut of_polls, mut of_searches) = (Both::default(), Both::default());
        for _ in 0..TURNS {
            for (filled, to) in [&many, &few].into_iter().zip(&mut of_polls) {
                add(to, filled.turn(bench, &filled.polls).await?);
            }
            for (filled, to) in [&many, &few].into_iter().zip(&mut of_searches) {
                add(to, filled.turn(bench, &filled.searches).await?);
            }
        }
        polls.push(rates(of_polls));
        searches.push(rates(of_searches));
    }
    drop(few);
    let aim = Aim::AtLeast(0.9);
    let mut figures = vec![
        Figure::of(
            "polls of 20,000 practices / of 100",
            name(engine),
            "/s",
            aim,
            polls,
        ),
        Figure::of(
            "searches at 20,000 practices / at 100",
            name(engine),
            "/s",
            aim,
            searches,
        ),
    ];
    figures.push(memory(bench, engine, &many).await?);
    Ok(figures)
}

/// All practices at twice their rates but for the polls, which come at theirs: an hour of life in thirty
/// minutes (in a quick run 5 in two and a half).
async fn memory(bench: &Bench, engine: TestEngine, many: &Filled) -> io::Result<Figure> {
    let mut settings = Settings {
        lasting: Duration::from_secs(if bench.quick { 150 } else { 1800 }),
        warm_up: Duration::ZERO,
        scale: FASTER,
        in_air: 4096,
        ..Settings::default()
    };
    settings.habits.poll_every = settings.habits.poll_every.mul_f64(FASTER);
    let before = many.server.memory()?;
    loaded(&many.fleet, &settings, None).await;
    let after = many.server.memory()?;
    eprintln!("{before} KiB before the load, {after} KiB after it");
    #[expect(clippy::cast_precision_loss, reason = "far less than 2^52 KiB")]
    let after = after as f64 / 1024.0;
    Ok(Figure::of(
        "memory with 20,000 practices after load / 300 MiB",
        name(engine),
        "MiB",
        Aim::AtMost(1.0),
        vec![[after, MOST_MEMORY]],
    ))
}
