//! Snapshots in gzip batches of a hundred: changed ones against a bare loop of the same upserts,
//! unchanged ones against changed ones.

use super::serve;
use crate::clinics::{Clinic, set_up};
use crate::load::{Work, closed};
use crate::recording::{Given, Recorder};
use crate::report::{Aim, Figure};
use crate::server::Place;
use crate::{Bench, bare, name};
use serde_json::{Value, json};
use slotbridge_load::http::Request;
use slotbridge_load::packed;
use slotbridge_load::setup::Api;
use slotbridge_store::sql::Sql;
use slotbridge_testkit::TestEngine;
use std::cell::RefCell;
use std::collections::HashMap;
use std::io;
use std::rc::Rc;
use std::slice;

const PATH: &str = "/pms-api/v1/availability/snapshots";
const PRACTICES: usize = 32;
const RESOURCES: usize = 10;
const DAYS: usize = 10;
/// How many batches are under way at once.
const CALLERS: usize = 16;
/// The contents that a day changes between.
const CONTENTS: usize = 2;

/// A hundred days: each resource's next ten, in the shape that a surgery's day has.
fn batch(content: usize) -> Value {
    let mut snapshots = Vec::new();
    for resource in 0..RESOURCES {
        for day in 0..DAYS {
            let ranges = [("08:00", "10:30"), ("10:45", "12:30"), ("13:30", "17:00")];
            let ranges: Vec<Value> = ranges
                .iter()
                .skip(content % CONTENTS)
                .map(|(start, end)| json!({"start": start, "end": end, "slotLength": 900}))
                .collect();
            snapshots.push(json!({
                "snapshotId": format!("{resource}-{day}"),
                "date": format!("2031-03-{:02}", day + 10),
                "pmsResourceId": format!("R{resource}"),
                "availability": ranges,
            }));
        }
    }
    json!(snapshots)
}

/// Each practice's batch again and again, with the same content or always another.
struct Batches {
    clinics: Vec<Clinic>,
    bodies: Vec<Vec<u8>>,
    changing: bool,
    /// How often each practice has sent.
    sent: RefCell<HashMap<usize, usize>>,
}

impl Work for Batches {
    const STATUS: u16 = 200;

    fn request(&self, caller: usize, n: usize) -> Option<Request> {
        // A practice sends one batch after the other.
        let at = caller + CALLERS * (n % (self.clinics.len() / CALLERS));
        let clinic = self.clinics.get(at)?;
        let mut sent = self.sent.borrow_mut();
        let sent = sent.entry(at).or_default();
        let body = self
            .bodies
            .get(if self.changing { *sent % CONTENTS } else { 0 })?;
        *sent += 1;
        let mut headers = clinic.headers.clone();
        headers.push(("content-encoding".into(), "gzip".into()));
        Some(Request::new("POST", PATH, &headers, body))
    }
}

fn work(clinics: &[Clinic], changing: bool) -> io::Result<Rc<Batches>> {
    Ok(Rc::new(Batches {
        clinics: clinics.to_vec(),
        bodies: (0..CONTENTS)
            .map(|content| packed(batch(content).to_string().as_bytes()))
            .collect::<io::Result<_>>()?,
        changing,
        sent: RefCell::default(),
    }))
}

/// The upserts of each content.
async fn upserts() -> io::Result<Vec<Vec<(&'static Sql, Vec<Given>)>>> {
    let mut recorder = Recorder::new().await;
    let clinics = set_up(slice::from_mut(&mut recorder), 1, RESOURCES).await?;
    let headers = clinics
        .first()
        .map(|clinic| clinic.headers.clone())
        .unwrap_or_default();
    let mut contents = Vec::new();
    for content in 0..CONTENTS {
        recorder.take();
        let path = PATH;
        recorder
            .call("POST", path, &headers, &batch(content))
            .await?;
        let upserts: Vec<_> = recorder
            .take()
            .into_iter()
            .filter(|shown| shown.sql.name.ends_with("resource_days::UPSERT"))
            .map(|shown| (shown.sql, shown.args))
            .collect();
        if upserts.len() != RESOURCES * DAYS {
            return Err(io::Error::other("a batch does not write each of its days"));
        }
        contents.push(upserts);
    }
    Ok(contents)
}

pub(super) async fn run(bench: &Bench, engine: TestEngine) -> io::Result<Vec<Figure>> {
    let upserts = upserts().await?;
    let (mut against_bare, mut against_changed) = (Vec::new(), Vec::new());
    for _ in 0..bench.rounds {
        let (_database, place) = Bench::database(engine);
        let (server, clinics) = serve(bench, &place, PRACTICES, RESOURCES).await?;
        #[expect(clippy::cast_precision_loss, reason = "a hundred")]
        let each = (RESOURCES * DAYS) as f64;
        let run = async |changing| {
            let work = work(&clinics, changing)?;
            let done = closed(&server.address, CALLERS, bench.lasting, &work).await?;
            Ok::<_, io::Error>(done.rate() * each)
        };
        let changed = run(true).await?;
        let unchanged = run(false).await?;
        against_changed.push([unchanged, changed]);
        if let Place::Folder(_) = &place {
            drop(server);
            let (_database, place) = Bench::database(engine);
            drop(serve(bench, &place, PRACTICES, RESOURCES).await?);
            if let Place::Folder(folder) = &place {
                let limit = bare::upserts(folder, &upserts, PRACTICES, CALLERS, bench.lasting)?;
                against_bare.push([changed, limit]);
            }
        }
    }
    let mut figures = Vec::new();
    if !against_bare.is_empty() {
        figures.push(Figure::of(
            "changed snapshots / bare loop of their upserts",
            name(engine),
            "/s",
            Aim::AtLeast(0.6),
            against_bare,
        ));
    }
    figures.push(Figure::of(
        "unchanged snapshots / changed ones",
        name(engine),
        "/s",
        Aim::AtLeast(5.0),
        against_changed,
    ));
    Ok(figures)
}
