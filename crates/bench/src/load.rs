//! Load: closed (so many callers, each sends when it has its answer) and open (so many calls a
//! second, whether or not the last ones were answered; latency counts from the intended start).

use crate::now;
use slotbridge_load::histogram::Histogram;
use slotbridge_load::http::{Connection, Request};
use slotbridge_load::pace::{even, pace};
use std::cell::RefCell;
use std::io;
use std::rc::Rc;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;
use tokio::task::LocalSet;

/// What callers send, and what counts as an answer to it.
pub(crate) trait Work {
    /// The `n`-th request of a caller; `None` ends it.
    fn request(&self, caller: usize, n: usize) -> Option<Request>;
    /// The status of a good answer.
    const STATUS: u16;

    /// Whether an answer of this status is good.
    fn is_good(status: u16) -> bool {
        status == Self::STATUS
    }
}

/// What came of it.
pub(crate) struct Done {
    /// How many calls were answered well.
    pub(crate) calls: usize,
    /// In what time.
    pub(crate) took: Duration,
    /// How long each took.
    latencies: Histogram,
}

impl Done {
    /// Calls a second.
    pub(crate) fn rate(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52 calls")]
        let calls = self.calls as f64;
        calls / self.took.as_secs_f64()
    }

    /// The latency that a share of all calls does not exceed.
    pub(crate) fn percentile(&self, percent: u64) -> Duration {
        self.latencies.percentile(percent * 1_000)
    }
}

fn wrong(status: u16, body: &[u8]) -> io::Error {
    io::Error::other(format!(
        "an answer {status}: {}",
        String::from_utf8_lossy(body)
    ))
}

async fn one<W: Work>(connection: &mut Connection, request: &Request) -> io::Result<()> {
    let answer = connection.send(request).await?;
    if W::is_good(answer.status) {
        return Ok(());
    }
    Err(wrong(answer.status, connection.body(&answer)))
}

/// So many callers for so long, or until their work is done.
pub(crate) async fn closed<W: Work + 'static>(
    address: &str,
    callers: usize,
    lasting: Duration,
    work: &Rc<W>,
) -> io::Result<Done> {
    let mut connections = Vec::new();
    for _ in 0..callers {
        connections.push(Connection::open(address).await?);
    }
    let local = LocalSet::new();
    let began = now();
    let tasks: Vec<_> = connections
        .into_iter()
        .enumerate()
        .map(|(caller, mut connection)| {
            let work = Rc::clone(work);
            local.spawn_local(async move {
                let mut latencies = Histogram::default();
                let mut n = 0;
                while began.elapsed() < lasting {
                    let Some(request) = work.request(caller, n) else {
                        break;
                    };
                    let sent = now();
                    one::<W>(&mut connection, &request).await?;
                    latencies.note(sent.elapsed());
                    n += 1;
                }
                Ok::<_, io::Error>(latencies)
            })
        })
        .collect();
    local.await;
    let took = began.elapsed();
    let mut latencies = Histogram::default();
    for task in tasks {
        latencies.add(&task.await.map_err(io::Error::other)??);
    }
    Ok(Done {
        calls: usize::try_from(latencies.total()).unwrap_or(usize::MAX),
        took,
        latencies,
    })
}

/// So many calls a second for so long, over as many connections as it takes up to `callers`.
pub(crate) async fn open<W: Work + 'static>(
    address: &str,
    callers: usize,
    rate: f64,
    lasting: Duration,
    work: &Rc<W>,
) -> io::Result<Done> {
    let (intend, intended) = mpsc::unbounded_channel::<Instant>();
    let intended = Rc::new(tokio::sync::Mutex::new(intended));
    let latencies = Rc::new(RefCell::new(Histogram::default()));
    let local = LocalSet::new();
    let mut tasks = Vec::new();
    for caller in 0..callers {
        let mut connection = Connection::open(address).await?;
        let (work, intended, latencies) =
            (Rc::clone(work), Rc::clone(&intended), Rc::clone(&latencies));
        tasks.push(local.spawn_local(async move {
            let mut n = 0;
            loop {
                let start = intended.lock().await.recv().await;
                let (Some(start), Some(request)) = (start, work.request(caller, n)) else {
                    return Ok::<_, io::Error>(());
                };
                one::<W>(&mut connection, &request).await?;
                latencies.borrow_mut().note(start.elapsed());
                n += 1;
            }
        }));
    }
    let began = now();
    local.spawn_local(async move {
        let times = even(rate, lasting).map(|at| (at, ()));
        pace(began, times, |intended, ()| {
            // Whoever hears of it is gone only when the load has failed.
            let _ = intend.send(intended);
        })
        .await;
    });
    local.await;
    let took = began.elapsed();
    for task in tasks {
        task.await.map_err(io::Error::other)??;
    }
    let latencies = latencies.take();
    Ok(Done {
        calls: usize::try_from(latencies.total()).unwrap_or(usize::MAX),
        took,
        latencies,
    })
}
