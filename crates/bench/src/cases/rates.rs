//! 10,000 practices at their real rates on one node: how long a poll takes.

use super::{Loaded, fleet, loaded};
use crate::report::{Aim, Figure};
use crate::server::Server;
use crate::{Bench, name};
use slotbridge_load::histogram::share;
use slotbridge_load::{Kind, Settings, Shape};
use slotbridge_testkit::TestEngine;
use std::io;
use std::time::Duration;

const PRACTICES: usize = 10_000;
const SHAPE: Shape = Shape {
    resources: 5,
    days: 14,
};
/// How long a poll may take, in milliseconds.
const LIMIT: f64 = 20.0;

pub(super) async fn run(bench: &Bench, engine: TestEngine) -> io::Result<Vec<Figure>> {
    // What one node must carry is asked of the embedded store.
    if engine != TestEngine::Sqlite {
        return Ok(Vec::new());
    }
    let (_database, place) = Bench::database(engine);
    let server = Server::start(&bench.server, &place).await?;
    let fleet = fleet(&server, PRACTICES, SHAPE).await?;
    let settings = Settings {
        lasting: Duration::from_secs(if bench.quick { 60 } else { 185 }),
        in_air: 4096,
        ..Settings::default()
    };
    let before = server.usage()?;
    let Loaded { done, well } = loaded(&fleet, &settings, None).await;
    let cpu = server.usage()?.cpu - before.cpu;
    let of_a_core = cpu.as_secs_f64() / settings.lasting.as_secs_f64();
    eprintln!("the server took {of_a_core:.2} of a core");
    // A poll that is not answered takes for ever.
    let polls = done.record.of(Kind::Poll).filter(|_| well);
    let took = polls.map_or(f64::INFINITY, |polls| {
        polls.times.percentile(share::P99).as_secs_f64() * 1e3
    });
    Ok(vec![Figure::of(
        "poll, 99th percentile, 10,000 practices at their real rates / 20 ms",
        name(engine),
        "ms",
        Aim::AtMost(1.0),
        vec![[took, LIMIT]],
    )])
}
