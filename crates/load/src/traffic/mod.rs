//! What practices and patients do.

mod agent;
mod called_back;
mod patient;

pub(crate) use called_back::subscribe;

use crate::book::{Books, Time};
use crate::calls::Calls;
use crate::fleet::{Fleet, Practice};
use crate::kind::Kind;
use crate::plan::Planned;
use crate::settings::Habits;
use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap, VecDeque};
use std::rc::Rc;
use std::time::Instant;

/// How many appointments are remembered that patients may cancel.
const CANCELLABLE: usize = 10_000;

/// Everybody, and what they know.
pub(crate) struct World {
    pub(crate) calls: Calls,
    pub(crate) fleet: Fleet,
    pub(crate) habits: Habits,
    books: RefCell<Books>,
    /// The practices whose agent is answering, and what it heard of meanwhile.
    busy: RefCell<HashMap<usize, BTreeSet<String>>>,
    /// Where the PMS has the hub's bookings.
    inserted: RefCell<HashMap<i64, Time>>,
    /// What patients may cancel, and with what token.
    appointments: RefCell<VecDeque<(i64, String)>>,
    /// How many of the first practices are called back.
    pub(crate) called_back: usize,
    /// When each booking was acknowledged that a callback should tell of; `None` if the callback was
    /// quicker.
    awaited: RefCell<HashMap<i64, Option<Instant>>>,
}

impl World {
    pub(crate) fn new(
        calls: Calls,
        fleet: Fleet,
        habits: Habits,
        called_back: usize,
        seed: u64,
    ) -> Self {
        let books = Books::new(fleet.shape, fleet.today, fleet.practices.len(), seed);
        Self {
            calls,
            fleet,
            habits,
            books: RefCell::new(books),
            busy: RefCell::default(),
            inserted: RefCell::default(),
            appointments: RefCell::default(),
            called_back,
            awaited: RefCell::default(),
        }
    }

    fn practice(&self, n: usize) -> Option<&Practice> {
        self.fleet.practices.get(n)
    }

    /// Does what arrives, to its end.
    pub(crate) async fn act(self: Rc<Self>, intended: Instant, planned: Planned) {
        let (n, chance) = (planned.practice, planned.chance);
        match planned.kind {
            Kind::Poll => self.poll(n, intended).await,
            Kind::Daily => self.send_batch(n, planned.part, intended).await,
            Kind::Unchanged => {
                let day = self.books.borrow().any_day(n, chance);
                self.send_day(Kind::Unchanged, day, intended).await;
            }
            Kind::Changed => {
                let day = self.books.borrow_mut().phone(n, chance);
                self.send_day(Kind::Changed, day, intended).await;
            }
            Kind::Find => self.find(n, intended).await,
            Kind::Search => self.search(n, chance, intended).await,
            Kind::Page => self.page(n, chance, intended).await,
            Kind::Hold => self.book(n, chance, intended).await,
            Kind::Cancel => self.cancel(intended).await,
            Kind::List | Kind::Answer | Kind::Booking | Kind::Callback => {}
        }
    }
}
