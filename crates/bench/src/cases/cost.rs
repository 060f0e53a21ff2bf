//! What a call of each kind costs: processor time of the server (and of its PostgreSQL), and bytes
//! written to the disk, at several sizes. A table, no ratio: figures of one machine.

use super::{fleet, loaded};
use crate::report::Figure;
use crate::server::{Server, Usage};
use crate::{Bench, name, now};
use slotbridge_load::{Callbacks, Fleet, Habits, Kind, Settings, Shape};
use slotbridge_testkit::TestEngine;
use std::io;
use std::net::Ipv4Addr;
use std::time::Duration;
use tokio::net::TcpListener;

/// How many practices of which shape.
const SIZES: [(usize, Shape); 3] = [
    (100, shape(2, 14)),
    (100, shape(20, 30)),
    (5_000, shape(2, 14)),
];
/// How many polls a second find what is booked.
const POLLS: f64 = 1_500.0;
/// Callbacks come to this machine.
const ALLOWED: &[(&str, &str)] = &[("SLOTBRIDGE_CALLBACK_ALLOWED_NETWORKS", "127.0.0.0/8")];

const fn shape(resources: usize, days: usize) -> Shape {
    Shape { resources, days }
}

/// What is measured: its name, the kind of which the calls are counted, and so many a second.
struct Measured {
    name: &'static str,
    kind: Kind,
    rate: f64,
}

const MEASURED: [Measured; 8] = [
    Measured {
        name: "poll",
        kind: Kind::Poll,
        rate: 4_000.0,
    },
    Measured {
        name: "unchanged day",
        kind: Kind::Unchanged,
        rate: 1_500.0,
    },
    Measured {
        name: "changed day",
        kind: Kind::Changed,
        rate: 500.0,
    },
    Measured {
        name: "all days, a batch",
        kind: Kind::Daily,
        rate: 50.0,
    },
    Measured {
        name: "practices of a suburb",
        kind: Kind::Find,
        rate: 300.0,
    },
    Measured {
        name: "search of a week",
        kind: Kind::Search,
        rate: 200.0,
    },
    Measured {
        name: "page of a week",
        kind: Kind::Page,
        rate: 100.0,
    },
    Measured {
        name: "hold, booking, list, confirmation, day",
        kind: Kind::Hold,
        rate: 100.0,
    },
];

/// Habits of which nothing comes but one kind, so often a second.
fn only(kind: Kind, rate: f64, fleet: &Fleet) -> Habits {
    let mut habits = Habits {
        poll_every: Duration::ZERO,
        poll_with_callbacks: Duration::ZERO,
        changed_every: Duration::ZERO,
        unchanged_every: Duration::ZERO,
        all_days_every: Duration::ZERO,
        hours: 1.0,
        finds: 0.0,
        searches: 0.0,
        pages: 0.0,
        bookings: 0.0,
        cancelled: 0.0,
        rejected: 0.0,
        called_back: 0.0,
    };
    let practices = f64::from(u32::try_from(fleet.practices.len()).unwrap_or(u32::MAX));
    let batches = f64::from(u32::try_from(fleet.shape.batches()).unwrap_or(u32::MAX));
    let (every, daily) = (practices / rate, rate * 3600.0 / practices);
    match kind {
        Kind::Poll => habits.poll_every = Duration::from_secs_f64(every),
        Kind::Changed => habits.changed_every = Duration::from_secs_f64(every),
        Kind::Unchanged => habits.unchanged_every = Duration::from_secs_f64(every),
        Kind::Daily => habits.all_days_every = Duration::from_secs_f64(every * batches),
        Kind::Find => habits.finds = daily,
        Kind::Search => habits.searches = daily,
        Kind::Page => habits.pages = daily,
        _ => {
            habits.bookings = daily;
            // Somebody must find the bookings; what that costs is taken off.
            habits.poll_every = Duration::from_secs_f64(practices / POLLS);
        }
    }
    habits
}

/// What one call costs.
#[derive(Clone, Copy, Debug)]
struct Cost {
    micros: f64,
    bytes: f64,
}

impl Cost {
    fn cell(self) -> String {
        format!(
            "{:.0} µs, {:.1} KiB",
            self.micros.max(0.0),
            self.bytes.max(0.0) / 1024.0
        )
    }

    fn minus(self, other: Self) -> Self {
        Self {
            micros: self.micros - other.micros,
            bytes: self.bytes - other.bytes,
        }
    }

    fn times(self, factor: f64) -> Self {
        Self {
            micros: self.micros * factor,
            bytes: self.bytes * factor,
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52")]
const fn as_f64(count: u64) -> f64 {
    count as f64
}

/// What was used between two looks.
fn between(before: Usage, after: Usage) -> Cost {
    Cost {
        micros: after.cpu.saturating_sub(before.cpu).as_secs_f64() * 1e6,
        bytes: as_f64(after.written.saturating_sub(before.written)),
    }
}

struct Measuring<'m> {
    server: &'m Server,
    fleet: &'m Fleet,
    lasting: Duration,
    /// What it takes in a second to do nothing.
    idle: Cost,
}

impl Measuring<'_> {
    /// What a call of a kind costs with all that follows from it, and how many polls came with it.
    async fn cost(
        &self,
        kind: Kind,
        habits: Habits,
        callbacks: Option<Callbacks>,
        seed: u64,
    ) -> io::Result<(Cost, f64)> {
        let settings = Settings {
            habits,
            lasting: self.lasting,
            warm_up: Duration::ZERO,
            seed,
            ..Settings::default()
        };
        if let Some(callbacks) = &callbacks {
            let subscribing = slotbridge_load::subscribe(self.fleet, &settings, callbacks);
            subscribing.await.map_err(io::Error::other)?;
        }
        let (began, before) = (now(), self.server.usage()?);
        let done = loaded(self.fleet, &settings, callbacks).await.done;
        let used = between(before, self.server.usage()?);
        let used = used.minus(self.idle.times(began.elapsed().as_secs_f64()));
        let count = |kind| done.record.of(kind).map_or(0, |of| of.times.total());
        let calls = as_f64(count(kind)).max(1.0);
        Ok((used.times(1.0 / calls), as_f64(count(Kind::Poll)) / calls))
    }
}

pub(super) async fn run(bench: &Bench, engine: TestEngine) -> io::Result<Vec<Figure>> {
    let mut columns = Vec::new();
    for (practices, shape) in SIZES.into_iter().take(if bench.quick { 2 } else { 3 }) {
        let (_database, place) = Bench::database(engine);
        let server = Server::start_with(&bench.server, &place, ALLOWED).await?;
        let fleet = fleet(&server, practices, shape).await?;
        columns.push(column(bench, &server, &fleet).await?);
    }
    let title = |(practices, Shape { resources, days }): &(usize, Shape)| {
        format!("{practices} practices, {resources} practitioners, {days} days")
    };
    let titles: Vec<String> = SIZES.iter().take(columns.len()).map(title).collect();
    println!("\n| {} | {} |", name(engine), titles.join(" | "));
    println!("|---|{}", "---|".repeat(titles.len()));
    let names = MEASURED.iter().map(|it| it.name).chain(["callback"]);
    for (at, name) in names.enumerate() {
        let cells: Vec<String> = columns
            .iter()
            .filter_map(|column| column.get(at))
            .map(|cost| cost.cell())
            .collect();
        println!("| {name} | {} |", cells.join(" | "));
    }
    Ok(Vec::new())
}

async fn column(bench: &Bench, server: &Server, fleet: &Fleet) -> io::Result<Vec<Cost>> {
    let lasting = Duration::from_secs(if bench.quick { 3 } else { 8 });
    let before = server.usage()?;
    tokio::time::sleep_until((now() + lasting).into()).await;
    let idle = between(before, server.usage()?).times(1.0 / lasting.as_secs_f64());
    let measuring = Measuring {
        server,
        fleet,
        lasting,
        idle,
    };
    let mut costs = Vec::new();
    for (seed, Measured { kind, rate, .. }) in (1..).zip(MEASURED) {
        let habits = only(kind, rate, fleet);
        let (cost, polls) = measuring.cost(kind, habits, None, seed).await?;
        let poll = costs.first().copied().filter(|_| kind == Kind::Hold);
        costs.push(poll.map_or(cost, |poll: Cost| cost.minus(poll.times(polls))));
    }
    // The same bookings, found by callbacks in place of polls.
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let callbacks = Callbacks {
        url: format!("http://{}/", listener.local_addr()?),
        listener,
        present: super::present(),
    };
    let bookings = MEASURED.last().map_or(0.0, |bookings| bookings.rate);
    let mut habits = only(Kind::Hold, bookings, fleet);
    habits.called_back = 100.0;
    let (called_back, _) = measuring
        .cost(Kind::Hold, habits, Some(callbacks), 99)
        .await?;
    let polled = costs.last().copied();
    costs.extend(polled.map(|polled| called_back.minus(polled)));
    Ok(costs)
}
