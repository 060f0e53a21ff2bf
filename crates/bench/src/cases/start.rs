//! Starting on a store of 20,000 practices, until `/readyz`.

use super::CALLERS;
use crate::load::{Work, closed};
use crate::report::{Aim, Figure};
use crate::server::{Server, operator_token};
use crate::{Bench, name};
use serde_json::json;
use slotbridge_load::http::Request;
use slotbridge_load::setup::operator;
use slotbridge_testkit::TestEngine;
use std::cell::Cell;
use std::io;
use std::rc::Rc;
use std::time::Duration;

const PRACTICES: usize = 20_000;

/// New practices, one after the other.
struct New(Cell<usize>);

impl Work for New {
    const STATUS: u16 = 201;

    fn request(&self, _: usize, _: usize) -> Option<Request> {
        let n = self.0.replace(self.0.get() + 1);
        let headers = operator(&operator_token());
        let body = json!({
            "name": format!("Practice {n}"), "timezone": "Australia/Perth", "state": "WA",
            "suburb": format!("Suburb {}", n % 500), "postcode": "6000",
        });
        (n < PRACTICES).then(|| {
            Request::new(
                "POST",
                "/admin-api/v1/practices",
                &headers,
                body.to_string().as_bytes(),
            )
        })
    }
}

pub(super) async fn run(bench: &Bench, engine: TestEngine) -> io::Result<Vec<Figure>> {
    let (_database, place) = Bench::database(engine);
    let server = Server::start(&bench.server, &place).await?;
    let work = Rc::new(New(Cell::new(0)));
    let done = closed(&server.address, CALLERS, Duration::from_secs(600), &work).await?;
    if done.calls != PRACTICES {
        return Err(io::Error::other("not all practices were made"));
    }
    drop(server);
    let mut rounds = Vec::new();
    for _ in 0..bench.rounds {
        let server = Server::start(&bench.server, &place).await?;
        rounds.push([server.start.as_secs_f64(), 1.0]);
    }
    Ok(vec![Figure::of(
        "start on 20,000 practices until ready / 1 s",
        name(engine),
        "s",
        Aim::AtMost(1.0),
        rounds,
    )])
}
