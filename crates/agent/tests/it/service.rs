//! When a clinic does what. Time stands still until a test moves it.

use crate::callbacks::subscriptions;
use crate::sending::days_sent;
use crate::stage::{Stage, at, settings};
use crate::wrapped::{Verdict, Wrapped, later};
use jiff::SignedDuration;
use slotbridge_agent::adapter::Adapter;
use slotbridge_agent::clinic::Settings;
use slotbridge_agent::service::{News, Service};
use slotbridge_agent::state::{KEPT, Remembered, State, Step};
use slotbridge_client::wire::config::{LivenessRange, Schedule};
use slotbridge_testkit::proxy::Fault;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

/// Keeps tokio's paused clock from moving by itself while calls are under way.
pub(crate) struct Still(Option<std::sync::mpsc::Sender<()>>);

impl Still {
    pub(crate) fn new() -> Self {
        let (end, ended) = std::sync::mpsc::channel::<()>();
        // The clock stands as long as a blocking task runs.
        tokio::task::spawn_blocking(move || {
            let _ = ended.recv();
        });
        Self(Some(end))
    }
}

impl Drop for Still {
    fn drop(&mut self) {
        self.0.take();
    }
}

/// A service that runs.
pub(crate) struct Running {
    /// Wakes it, as the receiver of callbacks does.
    pub(crate) outstanding: Arc<Notify>,
    news: Arc<Mutex<Vec<String>>>,
    stop: watch::Sender<bool>,
    ended: JoinHandle<()>,
    _still: Still,
}

impl Running {
    pub(crate) fn start(stage: &Stage, settings: Settings) -> Self {
        Self::start_with(stage, stage.book.clone(), settings)
    }

    pub(crate) fn start_with(stage: &Stage, adapter: Arc<dyn Adapter>, settings: Settings) -> Self {
        let still = Still::new();
        tokio::time::pause();
        let news = Arc::<Mutex<Vec<String>>>::default();
        let outstanding = Arc::<Notify>::default();
        let (stop, stopped) = watch::channel(false);
        let told = Arc::clone(&news);
        let service = Service {
            clinic: stage.agent_with(adapter, settings),
            outstanding: Arc::clone(&outstanding),
            offset: Duration::ZERO,
            tell: Arc::new(move |one| told.lock().unwrap().push(text(&one))),
        };
        Self {
            outstanding,
            news,
            stop,
            ended: tokio::spawn(service.run(stopped)),
            _still: still,
        }
    }

    /// What it told since this was last asked.
    pub(crate) fn news(&self) -> Vec<String> {
        std::mem::take(&mut *self.news.lock().unwrap())
    }

    /// Stops it and waits for its end.
    pub(crate) async fn stop(self) {
        self.stop.send(true).unwrap();
        self.ended.await.unwrap();
        tokio::time::resume();
    }

    /// Lets time pass, a few seconds at a time, and all that falls due be done.
    pub(crate) async fn pass(&self, stage: &Stage, seconds: u64) {
        let mut left = seconds;
        while left > 0 {
            let step = left.min(5);
            tokio::time::advance(Duration::from_secs(step)).await;
            stage.hub.app.clock.advance(i64::try_from(step).unwrap());
            settled(stage).await;
            left -= step;
        }
    }

    /// Lets hours pass at once: whatever fell due in them is done once.
    pub(crate) async fn leap(&self, stage: &Stage, seconds: i64) {
        stage.hub.app.clock.advance(seconds);
        tokio::time::advance(Duration::from_secs(seconds.unsigned_abs())).await;
        settled(stage).await;
    }
}

fn text(news: &News<'_>) -> String {
    match news {
        News::Works(side) => format!("{side} works"),
        News::Troubled(stopped) => format!("troubled: {stopped}"),
        News::WithoutConsent(error) => {
            let advice = error.advice().unwrap_or_default();
            format!("without consent: {error}: {advice}")
        }
    }
}

/// Is done when all that is due now has been done. Timers are due with the millisecond that follows.
pub(crate) async fn settled(stage: &Stage) {
    quiet(stage).await;
    tokio::time::advance(Duration::from_millis(1)).await;
    quiet(stage).await;
}

/// Is done when the agent makes no more calls for now.
async fn quiet(stage: &Stage) {
    let (mut calls, mut rounds) = (stage.proxy.count(), 0);
    // An idle scheduler looks at its sockets in each of these rounds.
    while rounds < 40 {
        for _ in 0..64 {
            tokio::task::yield_now().await;
        }
        let now = stage.proxy.count();
        let is_same = now == calls && stage.proxy.is_quiet();
        rounds = if is_same { rounds + 1 } else { 0 };
        calls = now;
    }
}

/// How often a call was made since the calls were last taken.
pub(crate) fn times(stage: &Stage, line: &str) -> usize {
    stage
        .proxy
        .lines()
        .iter()
        .filter(|one| *one == line)
        .count()
}

const POLL: &str = "GET /requests";
/// What is told of a good start.
pub(crate) const ALL_WORK: [&str; 3] = ["the hub works", "the PMS works", "the agent works"];

#[tokio::test]
async fn it_polls_every_five_seconds_health_1() {
    let stage = Stage::new().await;
    let running = Running::start(&stage, settings());
    settled(&stage).await;
    assert_eq!(times(&stage, POLL), 1);
    running.pass(&stage, 60).await;
    assert_eq!(times(&stage, POLL), 12);
    assert_eq!(running.news(), ALL_WORK);
    let booked = stage.hub.book(&at("09:00")).await;
    running.pass(&stage, 5).await;
    stage.assert_confirmed(&booked).await;
    running.stop().await;
}

/// Live on Tuesdays from eight to ten: now, on a Monday, it is not.
fn not_live() -> Settings {
    let range = LivenessRange {
        start: 480,
        end: 600,
    };
    let hours = Schedule {
        tuesday: Some(vec![range]),
        ..Schedule::default()
    };
    Settings {
        live_hours: Some(hours),
        ..settings()
    }
}

#[tokio::test]
async fn out_of_live_hours_it_polls_at_once_and_then_each_minute_conf_3() {
    let stage = Stage::new().await;
    let running = Running::start(&stage, not_live());
    settled(&stage).await;
    assert_eq!(times(&stage, POLL), 1, "what was left before is answered");
    running.pass(&stage, 120).await;
    assert_eq!(times(&stage, POLL), 2);
    running.stop().await;
}

fn with_callbacks() -> Settings {
    Settings {
        callback_url: Some("https://agent.example/callbacks".to_owned()),
        ..settings()
    }
}

#[tokio::test]
async fn with_callbacks_it_polls_hourly_and_when_it_is_woken_for_all_that_is_outstanding_sub_2() {
    let stage = Stage::new().await;
    let running = Running::start(&stage, with_callbacks());
    settled(&stage).await;
    let lost = stage.hub.book(&at("09:00")).await;
    stage.proxy.take();
    running.pass(&stage, 3590).await;
    assert_eq!(times(&stage, POLL), 0);
    running.pass(&stage, 10).await;
    stage.assert_confirmed(&lost).await;
    // One callback came of two.
    let two = [
        stage.hub.book(&at("09:15")).await,
        stage.hub.book(&at("09:30")).await,
    ];
    running.outstanding.notify_one();
    settled(&stage).await;
    for booked in &two {
        stage.assert_confirmed(booked).await;
    }
    running.stop().await;
}

#[tokio::test]
async fn a_callback_that_comes_while_it_works_makes_it_look_once_more_sub_2() {
    let stage = Stage::new().await;
    let wrapped = Wrapped::new(&stage.book);
    let running = Running::start_with(&stage, wrapped.clone(), with_callbacks());
    settled(&stage).await;
    stage.hub.book(&at("09:00")).await;
    let outstanding = Arc::clone(&running.outstanding);
    wrapped.judge(move |asked| {
        if asked.what == "insert" && asked.done {
            outstanding.notify_one();
        }
        Verdict::Go
    });
    stage.proxy.take();
    running.outstanding.notify_one();
    settled(&stage).await;
    assert_eq!(times(&stage, POLL), 2);
    running.stop().await;
}

#[tokio::test]
async fn a_poll_that_failed_does_not_wait_for_the_next_hour_health_1() {
    let stage = Stage::new().await;
    let settings = Settings {
        live_hours: not_live().live_hours,
        ..with_callbacks()
    };
    let running = Running::start(&stage, settings);
    settled(&stage).await;
    let booked = stage.hub.book(&at("09:00")).await;
    stage.proxy.plan(|_| Fault::Instead(500));
    running.outstanding.notify_one();
    settled(&stage).await;
    stage.proxy.calm();
    running.pass(&stage, 15).await;
    stage.assert_confirmed(&booked).await;
    let news = running.news();
    assert_eq!(news[..3], ALL_WORK);
    assert!(
        news.iter().any(|one| one.starts_with("troubled")),
        "{news:?}"
    );
    assert_eq!(news.last().map(String::as_str), Some("the hub works"));
    running.stop().await;
}

#[tokio::test]
async fn a_hub_that_answers_hides_no_pms_that_does_not_nor_the_other_way_round() {
    let stage = Stage::new().await;
    let wrapped = Wrapped::new(&stage.book);
    let running = Running::start_with(&stage, wrapped.clone(), settings());
    settled(&stage).await;
    assert_eq!(running.news(), ALL_WORK);
    wrapped.judge(|_| later());
    running.pass(&stage, 30).await;
    let troubled = "troubled: the PMS cannot at the moment: as the test says";
    assert_eq!(
        running.news(),
        [troubled; 3],
        "the hub was polled in between"
    );
    stage.proxy.plan(|_| Fault::Instead(500));
    running.pass(&stage, 60).await;
    stage.proxy.calm();
    running.pass(&stage, 20).await;
    let news = running.news();
    let works: Vec<&String> = news.iter().filter(|one| one.ends_with("works")).collect();
    assert_eq!(works, ["the hub works"], "{news:?}");
    wrapped.judge(|_| Verdict::Go);
    running.pass(&stage, 10).await;
    assert_eq!(running.news().last().unwrap(), "the PMS works");
    running.stop().await;
}

#[tokio::test]
async fn a_change_at_the_desk_is_sent_within_ten_seconds_avail_1() {
    let stage = Stage::new().await;
    let running = Running::start(&stage, settings());
    settled(&stage).await;
    stage.enter("1", "2026-11-24T09:00:00");
    running.pass(&stage, 10).await;
    assert!(!stage.hub.starts().await.contains(&"09:00".to_owned()));
    running.stop().await;
}

/// The marks with which the patients were asked for.
fn marks(wrapped: &Wrapped) -> Vec<bool> {
    let asked = wrapped.take().into_iter();
    let asked = asked.filter(|one| one.what == "patients" && !one.done);
    asked.map(|one| one.of.is_empty()).collect()
}

#[tokio::test]
async fn after_ten_idle_minutes_the_patients_are_forgotten_and_read_again() {
    let stage = Stage::new().await;
    let wrapped = Wrapped::new(&stage.book);
    let running = Running::start_with(&stage, wrapped.clone(), settings());
    settled(&stage).await;
    assert_eq!(marks(&wrapped).len(), 0, "nobody has booked");
    for (time, pause) in [("09:00", 595), ("09:15", 620), ("09:30", 5)] {
        stage.hub.book(&at(time)).await;
        running.pass(&stage, 5).await;
        running.pass(&stage, pause).await;
    }
    // All, then what changed, then all again.
    assert_eq!(marks(&wrapped), [true, false, true]);
    running.stop().await;
}

#[tokio::test]
async fn at_midnight_the_day_that_comes_into_sight_is_sent_avail_1() {
    let stage = Stage::new().await;
    let running = Running::start(&stage, settings());
    settled(&stage).await;
    // It is eleven in the morning.
    running.leap(&stage, 13 * 3600 - 1).await;
    assert_eq!(days_sent(&stage), [""; 0]);
    running.pass(&stage, 11).await;
    assert_eq!(days_sent(&stage), ["1 2026-11-26", "2 2026-11-26"]);
    running.stop().await;
}

/// Changes the configuration, of which the PMS does not tell.
fn rename(stage: &Stage) {
    let sql = "UPDATE resources SET name = 'Dr Alice Tran' WHERE id = '1'";
    stage.meddle().execute(sql, []).unwrap();
}

const RESOURCES: &str = "POST /config/pmsResources/snapshot";

#[tokio::test]
async fn each_day_it_sends_what_the_pms_did_not_tell_and_renews_its_subscription_conf_1_sub_1() {
    let stage = Stage::with(with_callbacks()).await;
    let running = Running::start(&stage, with_callbacks());
    settled(&stage).await;
    rename(&stage);
    running.leap(&stage, 24 * 3600 - 1).await;
    assert_eq!(times(&stage, RESOURCES), 0);
    running.pass(&stage, 1).await;
    assert_eq!(times(&stage, RESOURCES), 1);
    let ours = subscriptions(&stage).await;
    assert_eq!(ours.len(), 1);
    assert_eq!(ours[0]["expireAt"], "2026-12-01 00:00:00");
    running.stop().await;
}

#[tokio::test]
async fn what_could_not_be_sent_is_tried_again_each_minute_conf_1() {
    let stage = Stage::new().await;
    let wrapped = Wrapped::new(&stage.book);
    wrapped.judge(|asked| match asked.what {
        "types" => later(),
        _ => Verdict::Go,
    });
    rename(&stage);
    let running = Running::start_with(&stage, wrapped.clone(), settings());
    settled(&stage).await;
    running.pass(&stage, 60).await;
    wrapped.judge(|_| Verdict::Go);
    assert_eq!(times(&stage, RESOURCES), 0);
    running.news();
    running.pass(&stage, 60).await;
    assert_eq!(times(&stage, RESOURCES), 1);
    assert_eq!(running.news(), ALL_WORK[1..]);
    running.stop().await;
}

#[tokio::test]
async fn at_its_start_it_forgets_what_was_settled_long_ago() {
    let stage = Stage::new().await;
    let known = || {
        let state = State::open(&stage.state_path()).unwrap();
        let pms = &stage.hub.pms;
        let state = state.clinic("clinic", pms.practice_id, &pms.practice_key);
        state.unwrap()
    };
    let remembered = Remembered {
        step: Step::Confirmed,
        appointment_ids: Vec::new(),
        patient_id: String::new(),
    };
    let long_ago = (stage.now())() - KEPT - SignedDuration::from_secs(1);
    known().set_booking(7, &remembered, long_ago).unwrap();
    let running = Running::start(&stage, settings());
    settled(&stage).await;
    running.stop().await;
    assert_eq!(known().booking(7).unwrap(), None);
}
