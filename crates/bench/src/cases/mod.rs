//! The cases.

mod agent;
mod bookings;
mod deliveries;
mod paint;
mod poll;
mod search;
mod snapshots;
mod start;

use crate::Bench;
use crate::clinics::{Api, Clinic, set_up};
use crate::http::Connection;
use crate::report::Figure;
use crate::server::{Place, Server};
use serde_json::Value;
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
    pub(crate) run: for<'b> fn(&'b Bench, TestEngine) -> Measuring<'b>,
}

type Measuring<'b> = Pin<Box<dyn Future<Output = io::Result<Vec<Figure>>> + 'b>>;

/// All of them.
pub(crate) const ALL: &[Case] = &[
    Case {
        name: "poll",
        run: |bench, engine| Box::pin(poll::run(bench, engine)),
    },
    Case {
        name: "booking",
        run: |bench, engine| Box::pin(bookings::run(bench, engine)),
    },
    Case {
        name: "snapshots",
        run: |bench, engine| Box::pin(snapshots::run(bench, engine)),
    },
    Case {
        name: "search",
        run: |bench, engine| Box::pin(search::run(bench, engine)),
    },
    Case {
        name: "deliveries",
        run: |bench, engine| Box::pin(deliveries::run(bench, engine)),
    },
    Case {
        name: "agent",
        run: |bench, engine| Box::pin(agent::run(bench, engine)),
    },
    Case {
        name: "start",
        run: |bench, engine| Box::pin(start::run(bench, engine)),
    },
];

/// A server that is being set up.
struct Caller<'s> {
    server: &'s Server,
    connection: Connection,
}

impl Api for Caller<'_> {
    async fn call(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(String, String)],
        body: &Value,
    ) -> io::Result<Value> {
        self.server
            .call(&mut self.connection, method, path, headers, body)
            .await
    }
}

/// Those who set a server up.
async fn callers(server: &Server) -> io::Result<Vec<Caller<'_>>> {
    let mut callers = Vec::new();
    for _ in 0..SETTING_UP {
        let connection = Connection::open(&server.address).await?;
        callers.push(Caller { server, connection });
    }
    Ok(callers)
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
