//! The practices that load comes from: made, or found again.

use crate::Error;
use crate::address::Address;
use crate::book::{Books, SLOT_MINUTES};
use crate::http::{Connection, Request};
use crate::settings::Shape;
use crate::setup::{self, Api, Consumer, Headers};
use crate::state::{Made, State};
use futures_util::future::try_join_all;
use jiff::civil::Date;
use serde_json::{Value, json};
use std::cell::{Cell, RefCell};
use std::io;
use std::path::Path;

/// How many connections make practices at once.
const AT_ONCE: usize = 16;
/// Where practices lie, in turn.
const PLACES: [(&str, &str); 5] = [
    ("Australia/Sydney", "NSW"),
    ("Australia/Melbourne", "VIC"),
    ("Australia/Brisbane", "QLD"),
    ("Australia/Perth", "WA"),
    ("Australia/Adelaide", "SA"),
];
/// How many practices there are in a suburb.
const IN_A_SUBURB: usize = 10;

/// A practice with what its integration and its patients need.
#[derive(Clone, Debug)]
pub struct Practice {
    /// Its id.
    pub id: i64,
    /// Its IANA zone.
    pub zone: &'static str,
    /// The headers of its integration.
    pub headers: Headers,
    /// Its practitioners, in the order of its resources.
    pub practitioners: Vec<i64>,
    /// What can be booked with each.
    pub appointment_type: i64,
}

/// All of them.
#[derive(Clone, Debug)]
pub struct Fleet {
    /// Where the hub is.
    pub address: Address,
    /// What they look like.
    pub shape: Shape,
    /// Their first day.
    pub today: Date,
    /// They.
    pub practices: Vec<Practice>,
}

/// What is wanted.
#[derive(Clone, Debug)]
pub struct Wanted<'w> {
    /// Where the hub is.
    pub address: &'w Address,
    /// An operator's token.
    pub token: &'w str,
    /// How many practices.
    pub practices: usize,
    /// What they look like.
    pub shape: Shape,
    /// Their first day: today.
    pub today: Date,
    /// The file with what was made.
    pub state: &'w Path,
    /// Whether there may be other practices.
    pub beside_others: bool,
}

/// The suburb of the `n`-th practice.
#[must_use]
pub(crate) fn suburb(n: usize) -> String {
    format!("Loadtown {}", n / IN_A_SUBURB)
}

fn place(n: usize) -> (&'static str, &'static str) {
    PLACES.get(n % PLACES.len()).copied().unwrap_or_default()
}

/// Finds the practices of earlier runs and makes those that are missing. `told` hears how many of how
/// many calls of the set-up are done; not of each.
///
/// # Errors
/// The hub has other practices, or refuses something; the state is of something else.
pub async fn prepare(
    wanted: &Wanted<'_>,
    told: &impl Fn(&'static str, usize, usize),
) -> Result<Fleet, Error> {
    let operator = setup::operator(wanted.token);
    let mut state = State::open(wanted.state, &wanted.address.to_string(), wanted.shape)?;
    let mut connections = Vec::new();
    for _ in 0..AT_ONCE.min(wanted.practices.max(1)) {
        connections.push(Connection::to(wanted.address).await?);
    }
    if let Some(first) = connections.first_mut() {
        look_around(first, &operator, wanted, &state).await?;
        if state.consumer.is_none() {
            let consumer = setup::consumer(first, &operator, "Slotbridge load").await?;
            state.begin(&wanted.address.to_string(), wanted.shape, &consumer)?;
        }
    }
    let no_consumer = || io::Error::other("no consumer");
    let consumer = state.consumer.clone().ok_or_else(no_consumer)?;
    let missing = (0..wanted.practices).filter(|n| !state.made.contains_key(n));
    let missing: Vec<usize> = missing.collect();
    {
        let state = RefCell::new(&mut state);
        let (count, done) = (missing.len(), Cell::new(0));
        each(&mut connections, &missing, async |api, n| {
            let made = make(api, &operator, &consumer, n, wanted.shape).await?;
            state.borrow_mut().add(n, made)?;
            done.set(done.get() + 1);
            told("practices", done.get(), count);
            Ok(())
        })
        .await?;
    }
    let fleet = Fleet {
        address: wanted.address.clone(),
        shape: wanted.shape,
        today: wanted.today,
        practices: practices(&state, &consumer, wanted.practices),
    };
    let is_there = |(practices, from)| practices >= wanted.practices && from == wanted.today;
    if !state.sent.is_some_and(is_there) {
        send_all(&fleet, &mut connections, told).await?;
        state.note_sent(wanted.practices, wanted.today)?;
    }
    Ok(fleet)
}

fn practices(state: &State, consumer: &Consumer, count: usize) -> Vec<Practice> {
    let of = |(n, made): (&usize, &Made)| Practice {
        id: made.practice_id,
        zone: place(*n).0,
        headers: setup::integration(&consumer.api_key, made.practice_id, &made.practice_key),
        practitioners: made.bookable.practitioners.clone(),
        appointment_type: made.bookable.appointment_type,
    };
    state.made.iter().take(count).map(of).collect()
}

/// Load must not come upon a hub that has practices of its own, nor one that was not meant.
async fn look_around(
    api: &mut Connection,
    operator: &Headers,
    wanted: &Wanted<'_>,
    state: &State,
) -> Result<(), Error> {
    let path = "/admin-api/v1/practices";
    let listed = api.call("GET", path, operator, &Value::Null).await?;
    let there = listed["page"]["total"].as_u64().unwrap_or(u64::MAX);
    let ours = u64::try_from(state.made.len()).unwrap_or_default();
    if there > ours && !wanted.beside_others {
        return Err(Error::Refused(format!(
            "the hub at {} has practices that no load test made ({there} in all, {ours} in {}): \
             load would fill their hub with invented practices and bookings. Use a hub whose store \
             you throw away, or say --beside-others",
            wanted.address,
            wanted.state.display()
        )));
    }
    let (Some(consumer), Some(made)) = (&state.consumer, state.made.values().next()) else {
        return Ok(());
    };
    let headers = setup::integration(&consumer.api_key, made.practice_id, &made.practice_key);
    let poll = Request::new("GET", "/pms-api/v1/requests", &headers, &[]);
    if api.send(&poll).await?.status == 200 {
        return Ok(());
    }
    Err(Error::Refused(format!(
        "the hub at {} does not know the practices of {}: remove that file if its store is new",
        wanted.address,
        wanted.state.display()
    )))
}

/// Does something for each of the numbers, over all connections at once.
async fn each(
    connections: &mut [Connection],
    numbers: &[usize],
    work: impl AsyncFn(&mut Connection, usize) -> Result<(), Error>,
) -> Result<(), Error> {
    let next = Cell::new(0);
    let workers = connections.iter_mut().map(async |api| {
        while let Some(n) = numbers.get(next.replace(next.get() + 1)) {
            work(api, *n).await?;
        }
        Ok::<_, Error>(())
    });
    try_join_all(workers).await.map(drop)
}

async fn make(
    api: &mut Connection,
    operator: &Headers,
    consumer: &Consumer,
    n: usize,
    shape: Shape,
) -> io::Result<Made> {
    let (zone, state) = place(n);
    let details = json!({
        "name": format!("Load practice {n}"), "timezone": zone, "state": state,
        "suburb": suburb(n), "postcode": "2042", "autoPublish": true,
    });
    let (practice_id, practice_key) = setup::practice(api, operator, consumer, &details).await?;
    let headers = setup::integration(&consumer.api_key, practice_id, &practice_key);
    setup::resources(api, &headers, shape.resources).await?;
    setup::appointment_type(api, &headers, SLOT_MINUTES).await?;
    let bookable = setup::bookable(api, practice_id).await?;
    Ok(Made {
        practice_id,
        practice_key,
        bookable,
    })
}

/// Sends all days of all practices.
async fn send_all(
    fleet: &Fleet,
    connections: &mut [Connection],
    told: &impl Fn(&'static str, usize, usize),
) -> Result<(), Error> {
    let books = Books::new(fleet.shape, fleet.today, 0, 0);
    let (count, done) = (fleet.practices.len(), Cell::new(0));
    let all: Vec<usize> = (0..count).collect();
    each(connections, &all, async |api, n| {
        let Some(practice) = fleet.practices.get(n) else {
            return Ok(());
        };
        for part in 0..fleet.shape.batches() {
            let request = batch(practice, &books.batch(n, part)?);
            let answer = api.send(&request).await?;
            let failed = api.json(&answer)["failed"].as_array().map_or(1, Vec::len);
            if answer.status != 200 || failed > 0 {
                let text = String::from_utf8_lossy(api.body(&answer)).into_owned();
                return Err(
                    io::Error::other(format!("snapshots: {}, {text}", answer.status)).into(),
                );
            }
        }
        done.set(done.get() + 1);
        told("practices' days", done.get(), count);
        Ok(())
    })
    .await
}

/// The call that sends a packed batch of snapshots.
pub(crate) fn batch(practice: &Practice, packed: &[u8]) -> Request {
    let mut headers = practice.headers.clone();
    headers.push(("content-encoding".to_owned(), "gzip".to_owned()));
    Request::new(
        "POST",
        "/pms-api/v1/availability/snapshots",
        &headers,
        packed,
    )
}
