//! The cases.

mod agent;
mod bookings;
mod cost;
mod country;
mod deliveries;
mod nodes;
mod paint;
mod poll;
mod rates;
mod search;
mod snapshots;
mod start;

use crate::clinics::{Clinic, set_up};
use crate::report::Figure;
use crate::server::{Place, Server, operator_token};
use crate::{Bench, now};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use slotbridge_load::http::Connection;
use slotbridge_load::{Address, Callbacks, Done, Fleet, Report, Settings, Shape, Wanted};
use slotbridge_testkit::TestEngine;
use std::future::Future;
use std::io;
use std::pin::Pin;

/// How many callers there are at once.
const CALLERS: usize = 64;
/// How many set a server up.
const SETTING_UP: usize = 16;

/// A case.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    /// Whether it takes too long for a quick run.
    pub(crate) long: bool,
    pub(crate) run: for<'b> fn(&'b Bench, TestEngine) -> Measuring<'b>,
}

type Measuring<'b> = Pin<Box<dyn Future<Output = io::Result<Vec<Figure>>> + 'b>>;

/// All of them.
pub(crate) const ALL: &[Case] = &[
    Case {
        name: "poll",
        long: false,
        run: |bench, engine| Box::pin(poll::run(bench, engine)),
    },
    Case {
        name: "booking",
        long: false,
        run: |bench, engine| Box::pin(bookings::run(bench, engine)),
    },
    Case {
        name: "snapshots",
        long: false,
        run: |bench, engine| Box::pin(snapshots::run(bench, engine)),
    },
    Case {
        name: "search",
        long: false,
        run: |bench, engine| Box::pin(search::run(bench, engine)),
    },
    Case {
        name: "deliveries",
        long: false,
        run: |bench, engine| Box::pin(deliveries::run(bench, engine)),
    },
    Case {
        name: "agent",
        long: false,
        run: |bench, engine| Box::pin(agent::run(bench, engine)),
    },
    Case {
        name: "start",
        long: false,
        run: |bench, engine| Box::pin(start::run(bench, engine)),
    },
    Case {
        name: "nodes",
        long: true,
        run: |bench, engine| Box::pin(nodes::run(bench, engine)),
    },
    Case {
        name: "rates",
        long: true,
        run: |bench, engine| Box::pin(rates::run(bench, engine)),
    },
    Case {
        name: "country",
        long: true,
        run: |bench, engine| Box::pin(country::run(bench, engine)),
    },
    Case {
        name: "cost",
        long: true,
        run: |bench, engine| Box::pin(cost::run(bench, engine)),
    },
];

/// Connections of those who set a server up.
async fn callers(server: &Server) -> io::Result<Vec<Connection>> {
    let mut callers = Vec::new();
    for _ in 0..SETTING_UP {
        callers.push(Connection::open(&server.address).await?);
    }
    Ok(callers)
}

/// Makes practices as `slotbridge load` does.
async fn fleet(server: &Server, practices: usize, shape: Shape) -> io::Result<Fleet> {
    let (folder, began) = (tempfile::tempdir()?, now());
    let wanted = Wanted {
        address: &Address::plain(&server.address),
        token: &operator_token(),
        practices,
        shape,
        today: present().to_zoned(TimeZone::UTC).date(),
        state: &folder.path().join("state"),
        beside_others: false,
    };
    let fleet = slotbridge_load::prepare(&wanted, &|_, _, _| {}).await;
    let took = began.elapsed().as_secs_f64();
    eprintln!("{practices} practices of {shape:?} were made in {took:.1} s");
    fleet.map_err(io::Error::other)
}

/// The present by the clock: the times of the load are those of the next days.
#[expect(
    clippy::disallowed_methods,
    reason = "the server's clock is the system's"
)]
fn present() -> Timestamp {
    Timestamp::now()
}

/// What came of load.
struct Loaded {
    done: Done,
    /// Whether all of it was answered well.
    well: bool,
}

/// Makes load, and shows what came of it.
async fn loaded(fleet: &Fleet, settings: &Settings, callbacks: Option<Callbacks>) -> Loaded {
    let done = slotbridge_load::run(
        fleet.clone(),
        settings,
        callbacks,
        |_| {},
        std::future::pending(),
    )
    .await;
    let report = Report {
        done: &done,
        settings,
        practices: fleet.practices.len(),
        shape: fleet.shape,
        hub: &fleet.address.to_string(),
        when: "",
        broken: &[],
    };
    eprintln!("{}", Report::titles().join(", "));
    for row in report.rows() {
        eprintln!("{}", row.join(", "));
    }
    eprintln!("{}", report.lateness());
    let faults = report.faults();
    for fault in &faults {
        eprintln!("{fault}");
    }
    let well = faults.is_empty();
    Loaded { done, well }
}

/// Starts a server on a fresh store with practices of so many resources.
async fn serve(
    bench: &Bench,
    place: &Place,
    practices: usize,
    resources: usize,
) -> io::Result<(Server, Vec<Clinic>)> {
    let server = Server::start(&bench.server, place).await?;
    let clinics = set_up(&mut callers(&server).await?, practices, resources).await?;
    Ok((server, clinics))
}
