//! Callbacks: how many a second, against a bare loop of the same client; how soon the first attempt
//! comes; what waiting ones cost in memory; and what a dead host costs the others.

use super::{CALLERS, callers};
use crate::clinics::{Clinic, set_up};
use crate::load::{Work, closed};
use crate::receiver::{Arrivals, Manner, listen};
use crate::report::{Aim, Figure, median};
use crate::server::{Place, Server, operator_token};
use crate::{Bench, name, now};
use futures_util::future::try_join_all;
use serde_json::json;
use slotbridge_hub::outgoing::{Callback, Callbacks};
use slotbridge_load::http::{Connection, Request};
use slotbridge_load::setup::{Api, operator};
use slotbridge_outbound::GuardedCallbacks;
use slotbridge_testkit::TestEngine;
use std::cell::Cell;
use std::io;
use std::net::Ipv4Addr;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// How many requests are raised at each practice.
const DAYS: usize = 1000;
/// How many subscriptions of each practice are told of each.
const SUBSCRIPTIONS: usize = 10;
/// How many practices there are: 100,000 deliveries in all.
const PRACTICES: usize = 10;
/// How many attempts a hub makes at once to one host of a consumer.
const AT_ONCE: usize = 16;
/// How many hosts there are where one is dead, and how many deliveries each waits for.
const HOSTS: usize = 100;

/// Nothing is called back; the callbacks of this machine; the same, and all is called back.
const WAITING: &[(&str, &str)] = &[
    ("SLOTBRIDGE_OUTGOING", "false"),
    ("SLOTBRIDGE_CALLBACK_ALLOWED_NETWORKS", "127.0.0.0/8"),
];
const CALLING: &[(&str, &str)] = &[("SLOTBRIDGE_CALLBACK_ALLOWED_NETWORKS", "127.0.0.0/8")];

/// Requests raised by hand, each for a day of its own.
struct Raising {
    practices: Vec<i64>,
    days: usize,
    next: Cell<usize>,
}

/// The call that raises a request for the `n`-th day.
fn raise(practice: i64, n: usize) -> Request {
    let (year, month, day) = (2031 + n / 336, n % 336 / 28 + 1, n % 28 + 1);
    let body = json!({"type": "availability", "date": format!("{year}-{month:02}-{day:02}")});
    let path = format!("/admin-api/v1/practices/{practice}/requests");
    Request::new(
        "POST",
        &path,
        &operator(&operator_token()),
        body.to_string().as_bytes(),
    )
}

impl Work for Raising {
    const STATUS: u16 = 201;

    fn request(&self, _: usize, _: usize) -> Option<Request> {
        let n = self.next.replace(self.next.get() + 1);
        let (practice, day) = (n % self.practices.len(), n / self.practices.len());
        let practice = self.practices.get(practice)?;
        (day < self.days).then(|| raise(*practice, day))
    }
}

/// A hub with practices whose integration is called at all URLs.
async fn subscribe(
    bench: &Bench,
    place: &Place,
    practices: usize,
    urls: &[String],
    variables: &[(&str, &str)],
) -> io::Result<(Server, Vec<Clinic>)> {
    let server = Server::start_with(&bench.server, place, variables).await?;
    let mut callers = callers(&server).await?;
    let clinics = set_up(&mut callers, practices, 1).await?;
    let path = "/pms-api/v1/subscription";
    let at_once = callers.len();
    for (clinic, urls) in clinics
        .iter()
        .flat_map(|clinic| urls.chunks(at_once).map(move |urls| (clinic, urls)))
    {
        let subscribing = callers
            .iter_mut()
            .zip(urls)
            .map(|(caller, url)| async move {
                let body = json!({"topic": "requests.availability", "callbackUrl": url});
                caller.call("POST", path, &clinic.headers, &body).await
            });
        try_join_all(subscribing).await?;
    }
    drop(callers);
    Ok((server, clinics))
}

/// Raises requests for so many days at each practice.
async fn raise_all(server: &Server, clinics: &[Clinic], days: usize) -> io::Result<()> {
    let work = Rc::new(Raising {
        practices: clinics.iter().map(|clinic| clinic.practice_id).collect(),
        days,
        next: Cell::new(0),
    });
    let done = closed(&server.address, CALLERS, Duration::from_secs(600), &work).await?;
    if done.calls == days * clinics.len() {
        return Ok(());
    }
    Err(io::Error::other("not all requests were raised"))
}

/// URLs of one receiver that differ by their path.
fn paths(url: &str, count: usize) -> Vec<String> {
    (0..count).map(|n| format!("{url}{n}")).collect()
}

pub(super) async fn run(bench: &Bench, engine: TestEngine) -> io::Result<Vec<Figure>> {
    let mut figures = many(bench, engine).await?;
    figures.push(first_attempt(bench, engine).await?);
    figures.push(dead_host(bench, engine).await?);
    Ok(figures)
}

/// 100,000 deliveries: what they cost in memory, and how fast they go out.
async fn many(bench: &Bench, engine: TestEngine) -> io::Result<Vec<Figure>> {
    let (_database, place) = Bench::database(engine);
    let arrivals = Arrivals::default();
    let url = listen(Ipv4Addr::LOCALHOST, Manner::Prompt, &arrivals).await?;
    let urls = paths(&url, SUBSCRIPTIONS);
    let (server, clinics) = subscribe(bench, &place, PRACTICES, &urls, WAITING).await?;
    raise_all(&server, &clinics, DAYS).await?;
    drop(server);
    let (mut rates, mut memory) = (Vec::new(), Vec::new());
    for _ in 0..bench.rounds {
        let server = Server::start_with(&bench.server, &place, WAITING).await?;
        let idle = server.memory()?;
        drop(server);
        arrivals.take();
        let server = Server::start_with(&bench.server, &place, CALLING).await?;
        let most = DAYS * SUBSCRIPTIONS * PRACTICES;
        let came = arrivals.wait(most, now() + bench.lasting).await;
        memory.push([
            (server.most_memory()?.saturating_sub(idle)) as f64 / 1024.0,
            100.0,
        ]);
        server.stop()?;
        let ours = rate(&came);
        let limit = bare(url.clone(), bench.lasting).await?;
        arrivals.take();
        rates.push([ours, limit]);
    }
    Ok(vec![
        Figure::of(
            "deliveries / bare loop of the same client, 16 at once",
            name(engine),
            "/s",
            Aim::AtLeast(0.5),
            rates,
        ),
        Figure::of(
            "memory over idle while 100,000 deliveries wait / 100 MiB",
            name(engine),
            "MiB",
            Aim::AtMost(1.0),
            memory,
        ),
    ])
}

#[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52")]
fn rate(came: &[Instant]) -> f64 {
    match came {
        [first, .., last] => (came.len() - 1) as f64 / last.duration_since(*first).as_secs_f64(),
        _ => 0.0,
    }
}

/// The client that the hub uses, on threads of its own, with nothing around it.
async fn bare(url: String, lasting: Duration) -> io::Result<f64> {
    let calls = move || -> io::Result<usize> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()?;
        let allowed = slotbridge_outbound::LOOPBACK.to_vec();
        let client = Arc::new(GuardedCallbacks::new(allowed).map_err(io::Error::other)?);
        let (done, deadline) = (Arc::new(AtomicUsize::new(0)), now() + lasting);
        runtime.block_on(async {
            let mut loops = tokio::task::JoinSet::new();
            for _ in 0..AT_ONCE {
                let (client, done, url) = (Arc::clone(&client), Arc::clone(&done), url.clone());
                loops.spawn(async move {
                    while now() < deadline {
                        if client.post(callback(&url)).await.is_ok() {
                            done.fetch_add(1, Ordering::Relaxed);
                        }
                    }
                });
            }
            loops.join_all().await;
        });
        Ok(done.load(Ordering::Relaxed))
    };
    let began = now();
    let calls = tokio::task::spawn_blocking(calls)
        .await
        .map_err(io::Error::other)??;
    #[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52")]
    let calls = calls as f64;
    Ok(calls / began.elapsed().as_secs_f64())
}

/// A callback of the size and with the headers of a real one.
fn callback(url: &str) -> Callback {
    let body = json!({
        "id": 1, "topic": "requests.availability", "createdDateTime": "2031-03-03T00:00:00.000Z",
        "data": {"practiceId": 1, "requestId": 1, "date": "2031-03-03"},
    });
    Callback {
        url: url.to_owned(),
        headers: vec![
            ("webhook-id", "msg_1099511627777_1".to_owned()),
            ("webhook-timestamp", "1930000000".to_owned()),
            (
                "webhook-signature",
                "v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=".to_owned(),
            ),
        ],
        body: body.to_string().into_bytes(),
    }
}

/// How long after a request was sent its callback comes: the median, so at least what the hub
/// takes from the commit on.
async fn first_attempt(bench: &Bench, engine: TestEngine) -> io::Result<Figure> {
    let (_database, place) = Bench::database(engine);
    let arrivals = Arrivals::default();
    let url = listen(Ipv4Addr::LOCALHOST, Manner::Prompt, &arrivals).await?;
    let (server, clinics) = subscribe(bench, &place, 1, &[url], CALLING).await?;
    let practice = clinics.first().map_or(0, |clinic| clinic.practice_id);
    let mut connection = Connection::open(&server.address).await?;
    let mut rounds = Vec::new();
    for round in 0..bench.rounds {
        let mut took = Vec::new();
        for n in 0..40 {
            let sent = now();
            connection.send(&raise(practice, round * 40 + n)).await?;
            let came = arrivals.wait(1, sent + Duration::from_secs(10)).await;
            let came = came
                .first()
                .ok_or_else(|| io::Error::other("no callback"))?;
            took.push(came.duration_since(sent).as_secs_f64() * 1e3);
        }
        rounds.push([median(took.into_iter()), 100.0]);
    }
    Ok(Figure::of(
        "a request raised until its callback, median / 100 ms",
        name(engine),
        "ms",
        Aim::AtMost(1.0),
        rounds,
    ))
}

/// By how much the 99th percentile of 99 hosts grows if the hundredth is dead: 10,000 deliveries
/// that are due when the hub starts.
async fn dead_host(bench: &Bench, engine: TestEngine) -> io::Result<Figure> {
    let mut rounds = Vec::new();
    for _ in 0..bench.rounds {
        let all_live = others(bench, engine, Manner::Prompt).await?;
        let one_dead = others(bench, engine, Manner::Dead).await?;
        rounds.push([(one_dead - all_live) * 1e3, 100.0]);
    }
    Ok(Figure::of(
        "growth of the 99th percentile by one dead host of 100 / 100 ms",
        name(engine),
        "ms",
        Aim::AtMost(1.0),
        rounds,
    ))
}

/// After how many seconds the hub has called 99 of 100 times the hosts but the last, whose manner
/// is given.
async fn others(bench: &Bench, engine: TestEngine, last: Manner) -> io::Result<f64> {
    let (_database, place) = Bench::database(engine);
    let (arrivals, apart) = (Arrivals::default(), Arrivals::default());
    let mut urls = Vec::new();
    for n in 1..HOSTS {
        let host = Ipv4Addr::new(127, 0, 1, u8::try_from(n).unwrap_or(u8::MAX));
        urls.push(listen(host, Manner::Prompt, &arrivals).await?);
    }
    urls.push(listen(Ipv4Addr::new(127, 0, 2, 1), last, &apart).await?);
    let (server, clinics) = subscribe(bench, &place, 1, &urls, WAITING).await?;
    raise_all(&server, &clinics, HOSTS).await?;
    drop(server);
    let server = Server::start_with(&bench.server, &place, CALLING).await?;
    let began = server.began;
    let expected = (HOSTS - 1) * HOSTS;
    let mut came = arrivals
        .wait(expected, began + Duration::from_secs(120))
        .await;
    if came.len() < expected {
        return Err(io::Error::other("not all callbacks came"));
    }
    came.sort_unstable();
    let at = came.len() * 99 / 100;
    let first = came.first().copied().unwrap_or(began);
    Ok(came
        .get(at)
        .map_or(f64::NAN, |at| at.duration_since(first).as_secs_f64()))
}
