//! The demo's practice management system: an appointment book in one file, and the agent between it and
//! the hub. It is what `slotbridge agent` runs, on the book that comes with it.

use super::setup::Account;
use super::wall::Wall;
use crate::failure::Failure;
use jiff::civil::{DateTime, Weekday};
use slotbridge_agent::adapter::Trouble;
use slotbridge_agent::clinic::{Clinic, Settings, Stopped};
use slotbridge_agent::service::{Service, Tell};
use slotbridge_agent::state::{ClinicState, State};
use slotbridge_agent_book::{Book, Entry};
use slotbridge_client::Client;
use slotbridge_client::wire::config::{LivenessRange, Schedule};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

/// What the practice calls itself with the agent.
const NAME: &str = "harbour-street";
/// Today, and the fourteen days that the demo is about.
const DAYS: u16 = 15;
/// The doctor of the book whom the demo is about: the id, the name
pub(super) const DOCTOR: &str = "1";
pub(super) const DOCTOR_NAME: &str = "Dr Alice Nguyen";
/// and the kind of appointment: the id, the name, the minutes.
pub(super) const KIND: &str = "G";
pub(super) const KIND_NAME: &str = "Standard consultation";
pub(super) const MINUTES: i64 = 15;
/// When the book is open, in hours.
const OPEN: [(i64, i64); 2] = [(9, 12), (13, 17)];

/// The practice management system.
pub(super) struct Pms {
    client: Client,
    state: ClinicState,
    settings: Settings,
    wall: Wall,
    book: Book,
    adapter: Arc<Book>,
}

fn trouble(why: &Trouble) -> Failure {
    Failure::new(why.to_string())
}

/// The demo is open to whoever tries it out, at any hour.
fn always() -> Schedule {
    let day = || {
        Some(vec![LivenessRange {
            start: 0,
            end: 24 * 60,
        }])
    };
    Schedule {
        monday: day(),
        tuesday: day(),
        wednesday: day(),
        thursday: day(),
        friday: day(),
        saturday: day(),
        sunday: day(),
        public_holidays: None,
    }
}

impl Pms {
    /// A practice with a book in this folder.
    pub(super) fn open(
        client: Client,
        folder: &Path,
        account: &Account,
        wall: &Wall,
    ) -> Result<Self, Failure> {
        let path = folder.join("demo.book");
        let open = || Book::open(&path).map_err(|why| trouble(&why));
        let fails = |error: slotbridge_agent::state::StateError| Failure::new(error.to_string());
        let state = State::open(&folder.join("demo-agent.sqlite")).map_err(fails)?;
        let state = state.clinic(NAME, account.practice_id, &account.practice_key);
        Ok(Self {
            client,
            state: state.map_err(fails)?,
            settings: Settings {
                name: NAME.to_owned(),
                zone: wall.zone(),
                days_ahead: DAYS,
                live_hours: Some(always()),
                documents: false,
                callback_url: None,
            },
            wall: wall.clone(),
            book: open()?,
            adapter: Arc::new(open()?),
        })
    }

    fn clinic(&self) -> Clinic {
        let wall = self.wall.clone();
        Clinic::new(
            self.client.clone(),
            self.adapter.clone(),
            self.state.clone(),
            self.settings.clone(),
            Arc::new(move || wall.now()),
        )
    }

    /// Says when the hub can count on an answer.
    pub(super) async fn link(&self) -> Result<Schedule, Stopped> {
        self.clinic().link().await?;
        Ok(always())
    }

    /// Sends resources, types and free times.
    pub(super) async fn publish(&self) -> Result<(), Stopped> {
        self.clinic().send_all().await
    }

    /// Does what the agent does every few seconds: answers what is outstanding, and tells what has
    /// changed.
    pub(super) async fn turn(&self) -> Result<(), Stopped> {
        let clinic = self.clinic();
        clinic.poll().await?;
        clinic.take_changes().await
    }

    /// Answers what is outstanding.
    pub(super) async fn poll(&self) -> Result<(), Stopped> {
        self.clinic().poll().await
    }

    /// The agent as it runs by itself.
    pub(super) fn service(&self, tell: Tell) -> Service {
        Service {
            clinic: self.clinic(),
            outstanding: Arc::new(Notify::new()),
            offset: Duration::ZERO,
            tell,
        }
    }

    /// Somebody comes to the desk and is given a time. The hub hears of it with the next snapshot.
    pub(super) fn walk_in(&self, start: DateTime) -> Result<(), Failure> {
        let entry = Entry {
            resource: DOCTOR.to_owned(),
            start,
            minutes: MINUTES,
            patient_id: None,
        };
        let entered = self.book.enter(&entry).map_err(|why| trouble(&why))?;
        tracing::debug!(appointment = entered, "entered at the desk");
        Ok(())
    }

    /// Staff cancel an appointment.
    pub(super) fn strike(&self, appointment: &str) -> Result<(), Failure> {
        self.book.strike(appointment).map_err(|why| trouble(&why))
    }
}

/// The starts of a day, as the book's hours make them.
pub(super) fn starts(day: jiff::civil::Date) -> impl Iterator<Item = DateTime> {
    let is_open = !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
    let hours = OPEN.into_iter().filter(move |_| is_open);
    hours.flat_map(move |(from, to)| {
        let minutes = (from * 60..to * 60).step_by(usize::try_from(MINUTES).unwrap_or(1));
        let start = move |minutes: i64| {
            let span = jiff::Span::new().minutes(minutes);
            day.at(0, 0, 0, 0).checked_add(span).ok()
        };
        minutes.filter_map(start)
    })
}
