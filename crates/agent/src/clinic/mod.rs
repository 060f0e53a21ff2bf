//! One clinic's integration: a PMS on one side, a practice of the hub on the other.

mod availability;
mod bookings;
mod changes;
mod configuration;
mod documents;
mod hours;
mod link;
mod patients;
mod poll;
mod refusal;
mod updates;

pub use refusal::without_values;

use crate::adapter::{Adapter, Trouble};
use crate::state::{ClinicState, StateError};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use slotbridge_client::wire::config::Schedule;
use slotbridge_client::{Client, Error};
use std::sync::Arc;
use tokio::sync::Mutex;

/// Says what time it is.
pub type Now = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Why a clinic's work did not come to its end. It is taken up again with the next poll.
#[derive(Debug, thiserror::Error)]
pub enum Stopped {
    /// The hub.
    #[error("{0}")]
    Hub(#[from] Error),
    /// The PMS.
    #[error("{0}")]
    Pms(#[from] Trouble),
    /// The agent's own state; nothing may be done without it.
    #[error("{0}")]
    State(#[from] StateError),
}

/// With whom there can be trouble.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// The hub.
    Hub,
    /// The PMS.
    Pms,
    /// The agent itself.
    Agent,
}

impl Side {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Hub, Self::Pms, Self::Agent];
}

impl std::fmt::Display for Side {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Hub => "the hub",
            Self::Pms => "the PMS",
            Self::Agent => "the agent",
        })
    }
}

impl Stopped {
    /// With whom the trouble is.
    #[must_use]
    pub const fn side(&self) -> Side {
        match self {
            Self::Hub(_) => Side::Hub,
            Self::Pms(_) => Side::Pms,
            Self::State(_) => Side::Agent,
        }
    }
}

/// What a round of work ran into in the PMS. It holds up none of the rest; the round is not done.
#[derive(Default)]
struct Held(Option<Trouble>);

impl Held {
    /// Takes note of what the PMS cannot do at the moment; anything else ends the round.
    fn unless_pms(&mut self, done: Result<(), Stopped>) -> Result<(), Stopped> {
        match done {
            Err(Stopped::Pms(later)) => {
                self.0 = Some(later);
                Ok(())
            }
            done => done,
        }
    }

    /// What came of the round.
    fn end(self) -> Result<(), Stopped> {
        self.0.map_or(Ok(()), |later| Err(later.into()))
    }
}

/// What a clinic's integration is told when it starts.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The clinic's name with the agent; its subscription bears it.
    pub name: String,
    /// The practice's zone.
    pub zone: TimeZone,
    /// For how many days from today on free times are sent.
    pub days_ahead: u16,
    /// When the hub can count on an answer; always, if nothing is said.
    pub live_hours: Option<Schedule>,
    /// Whether patients may have documents of the PMS.
    pub documents: bool,
    /// Where the hub calls back; it is polled if nothing is said.
    pub callback_url: Option<String>,
}

/// One clinic's integration.
pub struct Clinic {
    client: Client,
    adapter: Arc<dyn Adapter>,
    state: ClinicState,
    settings: Settings,
    now: Now,
    /// The PMS's patients, from the first booking that needs them on.
    patients: Mutex<Option<patients::Index>>,
}

impl Clinic {
    /// A clinic whose integration has not begun to work.
    #[must_use]
    pub fn new(
        client: Client,
        adapter: Arc<dyn Adapter>,
        state: ClinicState,
        settings: Settings,
        now: Now,
    ) -> Self {
        Self {
            client,
            adapter,
            state,
            settings,
            now,
            patients: Mutex::new(None),
        }
    }

    /// Today, at the practice.
    pub(crate) fn today(&self) -> Date {
        (self.now)().to_zoned(self.settings.zone.clone()).date()
    }

    /// Whether the hub calls back.
    pub(crate) const fn has_callbacks(&self) -> bool {
        self.settings.callback_url.is_some()
    }
}
