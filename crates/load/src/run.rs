//! A run: what is planned is done at its time, and counted.

use crate::Error;
use crate::calls::Calls;
use crate::clock::now;
use crate::fleet::Fleet;
use crate::pace::pace;
use crate::plan::{Plan, Planned};
use crate::receiver;
use crate::record::{Record, Tally};
use crate::settings::Settings;
use crate::traffic::{self, World};
use jiff::Timestamp;
use std::cell::Cell;
use std::rc::Rc;
use std::time::{Duration, Instant};
use tokio::net::TcpListener;
use tokio::task::LocalSet;

/// How long subscriptions hold longer than a run.
const SUBSCRIBED_LONGER: Duration = Duration::from_secs(60);

/// How callbacks reach this process.
#[derive(Debug)]
pub struct Callbacks {
    /// Where they are taken.
    pub listener: TcpListener,
    /// The URL by which the hub reaches it.
    pub url: String,
    /// When the run begins: subscriptions end by the clock.
    pub present: Timestamp,
}

/// How far a run is.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// How long it has been going on.
    pub elapsed: Duration,
    /// How many calls were sent, and count.
    pub sent: u64,
    /// How many of them went wrong.
    pub failed: u64,
    /// How much could not be sent.
    pub unsent: u64,
    /// How much of what arrived is not done.
    pub in_air: usize,
}

/// What came of a run.
#[derive(Clone, Debug)]
pub struct Done {
    /// What came of each kind.
    pub record: Record,
    /// For how long it counted.
    pub counted: Duration,
    /// How many of the practices were called back.
    pub called_back: usize,
}

/// Counts what is in the air, whatever becomes of it.
struct InAir(Rc<Cell<usize>>);

impl InAir {
    fn begin(count: &Rc<Cell<usize>>) -> Self {
        count.set(count.get() + 1);
        Self(Rc::clone(count))
    }
}

impl Drop for InAir {
    fn drop(&mut self) {
        self.0.set(self.0.get().saturating_sub(1));
    }
}

fn called_back(fleet: &Fleet, settings: &Settings) -> usize {
    let count = fleet.practices.len();
    let practices = u32::try_from(count).unwrap_or(u32::MAX);
    let share = (settings.habits.called_back / 100.0).clamp(0.0, 1.0);
    let wanted = f64::from(practices) * share;
    // The number of the last one of whom less than the share is before.
    (0..practices)
        .take_while(|n| f64::from(*n) < wanted)
        .count()
}

/// Subscribes the practices that are called back, until shortly after the run.
///
/// # Errors
/// The hub refuses.
pub async fn subscribe(
    fleet: &Fleet,
    settings: &Settings,
    callbacks: &Callbacks,
) -> Result<(), Error> {
    let until = settings.lasting + settings.timeout + SUBSCRIBED_LONGER;
    let until = callbacks
        .present
        .checked_add(until)
        .unwrap_or(callbacks.present);
    let practices = called_back(fleet, settings);
    Ok(traffic::subscribe(fleet, practices, &callbacks.url, until).await?)
}

/// Runs until it is over, or until `stop`; tells each second how far it is. Who is called back has
/// been subscribed ([`subscribe`]). What goes wrong with calls is counted and no error.
pub async fn run(
    fleet: Fleet,
    settings: &Settings,
    callbacks: Option<Callbacks>,
    told: impl Fn(Progress) + 'static,
    stop: impl Future<Output = ()>,
) -> Done {
    let called_back = callbacks
        .as_ref()
        .map_or(0, |_| called_back(&fleet, settings));
    let plan = Plan::new(settings, fleet.practices.len(), called_back, fleet.shape);
    let began = now();
    let calls = Calls::new(
        fleet.address.clone(),
        settings.timeout,
        Record::new(began + settings.warm_up),
    );
    let habits = settings.habits.clone();
    let world = Rc::new(World::new(calls, fleet, habits, called_back, settings.seed));
    let in_air = Rc::new(Cell::new(0));
    let local = LocalSet::new();
    let ended = local
        .run_until(async {
            let receiver = callbacks.map(|callbacks| {
                let world = Rc::clone(&world);
                let seen = move |path: &str, body: &[u8]| world.called(path, body);
                tokio::task::spawn_local(receiver::take(callbacks.listener, seen))
            });
            let watcher =
                tokio::task::spawn_local(watch(Rc::clone(&world), Rc::clone(&in_air), began, told));
            let start =
                |intended, planned| begin(&world, &in_air, settings.in_air, intended, planned);
            tokio::select! {
                () = pace(began, plan, start) => {}
                () = stop => {}
            }
            let ended = now();
            all_landed(&in_air, ended + settings.timeout).await;
            watcher.abort();
            receiver.into_iter().for_each(|receiver| receiver.abort());
            ended
        })
        .await;
    drop(local);
    let record = world.calls.record.borrow().clone();
    Done {
        record,
        counted: ended.saturating_duration_since(began + settings.warm_up),
        called_back,
    }
}

/// Begins what has arrived, unless too much is in the air.
fn begin(
    world: &Rc<World>,
    in_air: &Rc<Cell<usize>>,
    most: usize,
    intended: Instant,
    planned: Planned,
) {
    if in_air.get() >= most {
        let mut record = world.calls.record.borrow_mut();
        record.intend(planned.kind, intended);
        record.leave_out(planned.kind, intended);
        return;
    }
    let (world, counted) = (Rc::clone(world), InAir::begin(in_air));
    tokio::task::spawn_local(async move {
        world.act(intended, planned).await;
        drop(counted);
    });
}

/// Waits for what is in the air, until a deadline.
async fn all_landed(in_air: &Cell<usize>, deadline: Instant) {
    while in_air.get() > 0 && now() < deadline {
        tokio::time::sleep_until((now() + Duration::from_millis(5)).into()).await;
    }
}

async fn watch(world: Rc<World>, in_air: Rc<Cell<usize>>, began: Instant, told: impl Fn(Progress)) {
    let mut seconds = tokio::time::interval(Duration::from_secs(1));
    loop {
        seconds.tick().await;
        let record = world.calls.record.borrow();
        let sum = |of: fn(&Tally) -> u64| record.all().map(|(_, tally)| of(tally)).sum();
        told(Progress {
            elapsed: began.elapsed(),
            sent: sum(|tally| tally.sent),
            failed: sum(Tally::failed),
            unsent: sum(|tally| tally.unsent),
            in_air: in_air.get(),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::histogram::share;
    use crate::kind::Kind;
    use crate::settings::{Habits, Shape};
    use crate::setup::integration;
    use crate::{Address, Practice};
    use std::future::pending;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::sync::watch;

    const EMPTY: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n[]";

    /// A hub that answers nobody before it has been asked so often; then everybody, with "nothing".
    async fn hub(listener: TcpListener, patience: usize) {
        let (asked, _) = watch::channel(0_usize);
        while let Ok((mut stream, _)) = listener.accept().await {
            let asked = asked.clone();
            tokio::task::spawn_local(async move {
                let (mut bytes, mut all) = (Vec::new(), asked.subscribe());
                while stream.read_buf(&mut bytes).await.is_ok_and(|read| read > 0) {
                    if receiver::end(&bytes).is_some() {
                        bytes.clear();
                        asked.send_modify(|asked| *asked += 1);
                        all.wait_for(|asked| *asked >= patience).await.unwrap();
                        stream.write_all(EMPTY).await.unwrap();
                    }
                }
            });
        }
    }

    /// Polls of five practices, 25 in half a second, at such a hub.
    async fn polled(patience: usize, in_air: usize, told: impl Fn(Progress) + 'static) -> Record {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let practice = |id| Practice {
            id,
            zone: "UTC",
            headers: integration("key", id, "key"),
            practitioners: vec![1],
            appointment_type: 1,
        };
        let fleet = Fleet {
            address: Address::plain(&listener.local_addr().unwrap().to_string()),
            shape: Shape {
                resources: 1,
                days: 2,
            },
            today: "2026-11-27".parse().unwrap(),
            practices: (1..=5).map(practice).collect(),
        };
        let never = Duration::ZERO;
        let settings = Settings {
            habits: Habits {
                poll_every: Duration::from_millis(100),
                changed_every: never,
                unchanged_every: never,
                all_days_every: never,
                hours: 0.0,
                ..Habits::default()
            },
            lasting: Duration::from_millis(500),
            warm_up: never,
            in_air,
            timeout: Duration::from_secs(2),
            ..Settings::default()
        };
        let local = LocalSet::new();
        local.spawn_local(hub(listener, patience));
        let running = run(fleet, &settings, None, told, pending());
        local.run_until(running).await.record
    }

    #[tokio::test]
    async fn arrivals_do_not_wait_for_answers() {
        // Who waits for an answer before the next call would never get one.
        let record = polled(25, 1_000, |_| {}).await;
        let polls = record.of(Kind::Poll).unwrap();
        assert_eq!((polls.intended, polls.times.total()), (25, 25));
        assert_eq!(
            (polls.unsent, polls.failed(), polls.unanswered()),
            (0, 0, 0)
        );
    }

    #[tokio::test]
    async fn what_cannot_be_sent_is_counted() {
        let record = polled(usize::MAX, 4, |_| {}).await;
        let polls = record.of(Kind::Poll).unwrap();
        assert_eq!((polls.intended, polls.sent, polls.unsent), (25, 4, 21));
        assert_eq!(polls.failed() + polls.unanswered(), 4);
    }

    #[tokio::test]
    async fn what_the_generator_sends_late_is_late() {
        // Whoever looks on holds the generator up at the beginning.
        let stall = Duration::from_millis(300);
        let holds_up = move |progress: Progress| {
            let until = now() + stall;
            while progress.elapsed < stall && now() < until {}
        };
        let record = polled(1, 1_000, holds_up).await;
        let polls = record.of(Kind::Poll).unwrap();
        assert_eq!(polls.times.total(), 25);
        let longest = polls.times.percentile(share::ALL);
        assert!(longest >= Duration::from_millis(200), "{longest:?}");
        assert!(record.late().percentile(share::ALL) >= Duration::from_millis(200));
    }
}
