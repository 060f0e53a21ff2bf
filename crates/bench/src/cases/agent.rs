//! An agent of 1,000 practices: its memory, and how late it polls.

use crate::hub::{Polls, listen};
use crate::report::{Aim, Figure};
use crate::server::memory_of;
use crate::{Bench, name, now};
use slotbridge_domain::keys::KeyKind;
use slotbridge_testkit::TestEngine;
use std::fmt::Write;
use std::io;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const CLINICS: usize = 1_000;
/// How often a clinic polls.
const EVERY: Duration = Duration::from_secs(5);
/// How many polls of each are looked at.
const POLLS: usize = 2;
const PATIENCE: Duration = Duration::from_secs(120);

/// A running agent; stopped when dropped.
struct Agent(Child);

impl Drop for Agent {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The settings of an agent whose clinics have the demo's book each.
fn settings(hub: &str) -> String {
    let key = KeyKind::Consumer.write([7; 20]);
    let mut text = format!(
        "hub = \"{hub}\"\napi_key = \"{key}\"\n\
         [user_agent]\nname = \"Bench\"\nemail = \"bench@example.com\"\nenvironment = \"bench\"\n"
    );
    let key = KeyKind::Practice.write([7; 20]);
    for n in 1..=CLINICS {
        // Writing to a text does not fail.
        let _ = write!(
            text,
            "[[clinic]]\nname = \"c{n}\"\npractice_id = {n}\npractice_key = \"{key}\"\n\
             timezone = \"Australia/Brisbane\"\n[clinic.pms]\nkind = \"book\"\npath = \"{n}.book\"\n"
        );
    }
    text
}

fn start(bench: &Bench, folder: &Path, hub: &str) -> io::Result<Agent> {
    let config = folder.join("agent.toml");
    std::fs::write(&config, settings(hub))?;
    let mut command = Command::new(&bench.server);
    command
        .args(["agent", "--log", "warn", "--config"])
        .arg(&config)
        .env_clear()
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    Ok(Agent(command.spawn()?))
}

/// Waits until all clinics have polled so often.
async fn all_have(polls: &Polls, count: usize) -> io::Result<()> {
    let deadline = now() + PATIENCE;
    while polls.practices(count) < CLINICS {
        if now() > deadline {
            return Err(io::Error::other("the agent does not poll for all clinics"));
        }
        tokio::time::sleep_until((now() + Duration::from_millis(50)).into()).await;
    }
    Ok(())
}

/// How late each poll of a clinic was: by its timetable, which begins where it was most punctual.
fn lateness(polls: &[Instant]) -> Vec<Duration> {
    let Some(first) = polls.first() else {
        return Vec::new();
    };
    let since = polls.iter().map(|poll| poll.duration_since(*first));
    let past: Vec<i128> = since
        .zip(0_u32..)
        .map(|(since, n)| {
            let nanos = |time: Duration| i128::try_from(time.as_nanos()).unwrap_or(i128::MAX);
            nanos(since) - nanos(EVERY * n)
        })
        .collect();
    let earliest = past.iter().copied().min().unwrap_or_default();
    let late = past.into_iter().map(|past| u64::try_from(past - earliest));
    late.map(|nanos| Duration::from_nanos(nanos.unwrap_or(u64::MAX)))
        .collect()
}

pub(super) async fn run(bench: &Bench, engine: TestEngine) -> io::Result<Vec<Figure>> {
    // It knows the hub only by its API: there is one figure, not one for each store.
    if engine != TestEngine::Sqlite {
        return Ok(Vec::new());
    }
    let polls = Polls::default();
    let hub = listen(&polls).await?;
    let folder = tempfile::tempdir()?;
    let agent = start(bench, folder.path(), &hub)?;
    // At first all send all that they have.
    all_have(&polls, 2).await?;
    drop(polls.take());
    all_have(&polls, POLLS).await?;
    let mut late: Vec<Duration> = polls
        .take()
        .iter()
        .flat_map(|polls| lateness(polls))
        .collect();
    late.sort_unstable();
    let worst = late.get(late.len() * 99 / 100).copied().unwrap_or_default();
    let memory = memory_of(&agent.0, "VmHWM:")?;
    #[expect(clippy::cast_precision_loss, reason = "far less than 2^52 KiB")]
    let memory = memory as f64 / 1024.0;
    Ok(vec![
        Figure::of(
            "agent of 1,000 practices: memory at most / 200 MiB",
            name(engine),
            "MiB",
            Aim::AtMost(1.0),
            vec![[memory, 200.0]],
        ),
        Figure::of(
            "agent of 1,000 practices: how late it polls, 99th percentile / 250 ms",
            name(engine),
            "ms",
            Aim::AtMost(1.0),
            vec![[worst.as_secs_f64() * 1e3, 250.0]],
        ),
    ])
}
