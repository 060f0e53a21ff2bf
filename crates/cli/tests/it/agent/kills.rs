//! `kill -9` of the agent at every step of handling bookings: each ends as exactly one appointment or
//! as a rejection, and both sides agree.

use super::support::{Folder, Hub, wait_until};
use crate::support::Process;
use serde_json::{Value, json};
use slotbridge_agent_book::{Book, Entry, Standing};
use slotbridge_testkit::proxy::{Fault, Proxy};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::runtime::Runtime;

/// The moments of a call: before the hub has it, before its answer comes, and once it has come.
const MOMENTS: [Fault; 3] = [Fault::Silent, Fault::SilentAfter, Fault::Last];
/// More rounds than a scene has moments.
const MOST_ROUNDS: usize = 120;
/// How often the agent is killed on sight of something in the book.
const SIGHTINGS: usize = 4;
const POLL: &str = "GET /requests";
/// The calls that must have been met.
const CALLS: [&str; 7] = [
    POLL,
    "GET /requests/bookings",
    "GET /requests/bookingUpdates",
    "/confirmInsert",
    "/rejectInsert",
    "/confirmUpdate/",
    "/availability/snapshots",
];

/// The bookings of a round: what the agent finds when it starts.
struct Scene {
    /// To be inserted.
    free: i64,
    /// To be rejected: the desk was faster.
    taken: i64,
    /// In the book already, and cancelled by the practice's staff at the hub.
    cancelled: i64,
}

/// A hub, a book, and a proxy before the hub.
struct Ordeal {
    runtime: Runtime,
    hub: Hub,
    folder: Folder,
    proxy: Proxy,
    book: Book,
    /// What stands in the book, to be cancelled in the next round.
    last: i64,
    /// All that should be in the book, and all that should not.
    all: Vec<Scene>,
    people: AtomicUsize,
}

impl Ordeal {
    fn new() -> Self {
        let (runtime, hub, folder) = (Runtime::new().unwrap(), Hub::new(), Folder::new());
        let address = hub.server.url.strip_prefix("http://").unwrap();
        let proxy = runtime.block_on(Proxy::to(address.parse().unwrap()));
        folder.write(&hub.settings_at(&proxy.base_url()));
        let book = Book::open(&folder.path().join("north.book")).unwrap();
        let mut ordeal = Self {
            runtime,
            hub,
            folder,
            proxy,
            book,
            last: 0,
            all: Vec::new(),
            people: AtomicUsize::new(0),
        };
        let agent = ordeal.folder.start();
        ordeal.last = ordeal.book_slot(&ordeal.hub.slot());
        ordeal.hub.wait_for_answer(ordeal.last, "confirmed");
        kill(agent);
        ordeal
    }

    /// Somebody else each time books.
    fn book_slot(&self, slot: &Value) -> i64 {
        let n = self.people.fetch_add(1, Ordering::SeqCst);
        let patient = json!({"firstname": format!("Zqfirst{n}"), "lastname": format!("Zqlast{n}"),
            "dob": format!("{}-07-13", 1931 + n % 70), "email": format!("zq{n}@example.com"),
            "phone": format!("0491{:06}", 570_000 + n)});
        self.hub.book_for(slot, &patient)
    }

    /// Makes what the next agent finds. No agent runs.
    fn set_up(&mut self) -> Scene {
        let slots = self.hub.slots();
        let (first, last) = (&slots[0], slots.last().unwrap());
        let free = self.book_slot(first);
        let entry = Entry {
            resource: self.hub.resource(&last["practitionerId"]),
            start: last["start"].as_str().unwrap()[..19].parse().unwrap(),
            minutes: 15,
            patient_id: None,
        };
        self.book.enter(&entry).unwrap();
        let taken = self.book_slot(last);
        let cancelled = std::mem::replace(&mut self.last, free);
        self.hub.cancel(cancelled);
        Scene {
            free,
            taken,
            cancelled,
        }
    }

    /// Kills the agent when it is stuck in a call.
    fn kill_when_stuck(&self, agent: Process) {
        assert!(self.is_stuck_within(60), "it makes no more calls");
        kill(agent);
    }

    /// Whether a call gets stuck, or has got stuck since this was last asked.
    fn is_stuck_within(&self, seconds: u64) -> bool {
        let patience = Duration::from_secs(seconds);
        let stuck = async { tokio::time::timeout(patience, self.proxy.stuck()).await };
        self.runtime.block_on(stuck).is_ok()
    }

    /// Another agent goes on, and all comes right.
    fn finish(&mut self, scene: Scene) {
        self.proxy.calm();
        // What else got stuck is over.
        self.is_stuck_within(0);
        let agent = self.folder.start();
        self.hub.wait_for_answer(scene.free, "confirmed");
        self.hub.wait_for_answer(scene.taken, "rejected");
        wait_until("the cancellation in the book", || {
            self.standing(scene.cancelled).is_empty().then_some(())
        });
        wait_until("an end of all requests", || {
            self.hub.outstanding().is_empty().then_some(())
        });
        kill(agent);
        self.check(&scene);
        self.all.push(scene);
    }

    /// The ids of a booking's appointments that stand, and of all that were ever inserted.
    fn standing(&self, booking: i64) -> Vec<String> {
        let all = self.book.appointments(None).unwrap().into_iter();
        let of = all.filter(|one| one.booking_id == Some(booking));
        of.filter(|one| one.standing == Standing::Booked)
            .map(|one| one.id)
            .collect()
    }

    fn inserted(&self, booking: i64) -> usize {
        let all = self.book.appointments(None).unwrap();
        let of = all.iter().filter(|one| one.booking_id == Some(booking));
        of.count()
    }

    fn check(&self, scene: &Scene) {
        let view = self.hub.view(scene.free);
        assert_eq!(self.inserted(scene.free), 1, "{view}");
        if scene.free == self.last {
            assert_eq!(view["pmsAppointmentIds"], json!(self.standing(scene.free)));
            assert_eq!(view["status"], "confirmed");
        }
        assert_eq!(self.inserted(scene.taken), 0);
        let view = self.hub.view(scene.taken);
        assert_eq!(view["pmsAnswer"], "rejected", "{view}");
        assert_eq!(self.inserted(scene.cancelled), 1);
        assert!(self.standing(scene.cancelled).is_empty());
        assert_eq!(self.hub.view(scene.cancelled)["status"], "cancelled");
    }

    fn end(self) {
        for scene in &self.all {
            self.check(scene);
        }
        self.hub.server.stop();
    }
}

/// `kill -9`.
fn kill(agent: Process) {
    agent.signal("KILL");
    let (code, _) = agent.wait();
    assert_eq!(code, None, "it ended by itself");
}

/// At which moments of which calls an agent was killed.
#[derive(Default)]
struct Met {
    /// A call by its line without numbers, and the how manieth of these it was in its run.
    moments: Mutex<BTreeSet<(String, usize, usize)>>,
    /// Whether an agent came to its second poll: nothing was left to be done.
    is_over: AtomicBool,
}

impl Met {
    /// Lets an agent be killed at the first moment at which none was before. Whatever it calls after
    /// that gets stuck.
    fn plan(self: &Arc<Self>, proxy: &Proxy) {
        let (met, mut calls, mut is_dead) = (Arc::clone(self), BTreeMap::new(), false);
        proxy.plan(move |call| {
            if is_dead {
                return Fault::Silent;
            }
            let line = call
                .line
                .replace(|letter: char| letter.is_ascii_digit(), "");
            let count: &mut usize = calls.entry(line.clone()).or_default();
            *count += 1;
            if line == POLL && *count == 2 {
                is_dead = true;
                met.is_over.store(true, Ordering::SeqCst);
                return Fault::Silent;
            }
            let mut moments = met.moments.lock().unwrap();
            let mut all = MOMENTS.into_iter().enumerate();
            let new = all.find(|(moment, _)| moments.insert((line.clone(), *count, *moment)));
            is_dead = new.is_some();
            new.map_or(Fault::None, |(_, fault)| fault)
        });
    }

    fn has(&self, end: &str) -> bool {
        let moments = self.moments.lock().unwrap();
        moments.iter().any(|(line, ..)| line.ends_with(end))
    }
}

#[test]
fn heavy_killed_at_every_step_each_booking_is_one_appointment_or_rejected_book_1_book_4_book_8() {
    let mut ordeal = Ordeal::new();
    let met = Arc::<Met>::default();
    while !met.is_over.load(Ordering::SeqCst) {
        assert!(ordeal.all.len() < MOST_ROUNDS, "the scene has no end");
        let scene = ordeal.set_up();
        met.plan(&ordeal.proxy);
        let agent = ordeal.folder.start();
        ordeal.kill_when_stuck(agent);
        ordeal.finish(scene);
    }
    for end in CALLS {
        assert!(met.has(end), "{end} was not met");
    }
    println!("killed {} times", ordeal.all.len());
    ordeal.end();
}

#[test]
fn heavy_killed_when_the_pms_has_the_patient_or_the_appointment_it_is_inserted_once_book_4() {
    let mut ordeal = Ordeal::new();
    for n in 0..2 * SIGHTINGS {
        let scene = ordeal.set_up();
        let people = ordeal.book.people().unwrap().len();
        // Not a word of it gets to the hub.
        ordeal
            .proxy
            .plan(|call| match call.line.ends_with("Insert") {
                true => Fault::Silent,
                false => Fault::None,
            });
        let agent = ordeal.folder.start();
        see("the patient or the appointment", || match n % 2 {
            0 => ordeal.book.people().is_ok_and(|all| all.len() > people),
            _ => !ordeal.standing(scene.free).is_empty(),
        });
        kill(agent);
        ordeal.finish(scene);
    }
    ordeal.end();
}

/// Looks without a pause: what is killed on sight must not come any further.
fn see(what: &str, mut is_there: impl FnMut() -> bool) {
    for _ in 0..1_000_000 {
        if is_there() {
            return;
        }
        std::thread::yield_now();
    }
    panic!("looked in vain for {what}");
}
