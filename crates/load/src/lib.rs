//! Load as it comes in real life: the agents of practices poll, send snapshots and answer bookings;
//! patients search, look at pages, book and cancel; the hub calls back.
//!
//! Load is *open*: what arrives when is decided before anything is answered ([`Plan`]), nothing
//! waits for the answer of something else but what follows from it, and how long a call took counts
//! from when it was to be sent. A hub that stalls is therefore seen as its callers would see it. What
//! could not be sent, as too much was in the air, is counted and never passed over.
//!
//! - [`prepare`] makes the practices, or finds those of an earlier run.
//! - [`run`] does what is planned and gives the [`Record`].
//! - [`Report`] shows it: as a table, as JSON, as a page with charts.
//! - [`http`], [`pace`], [`setup`], [`receiver`] are the parts, for whoever makes load of another kind.
#![expect(
    clippy::indexing_slicing,
    reason = "JSON that lacks something gives null"
)]

mod address;
mod book;
mod calls;
mod chance;
pub mod clock;
mod error;
mod fleet;
pub mod histogram;
pub mod http;
mod kind;
mod limit;
pub mod pace;
mod patient;
mod plan;
pub mod receiver;
mod record;
mod report;
mod run;
mod settings;
pub mod setup;
mod state;
mod traffic;

pub use address::Address;
pub use book::packed;
pub use error::Error;
pub use fleet::{Fleet, Practice, Wanted, prepare};
pub use kind::Kind;
pub use limit::{Limit, SHARES, millis, time};
pub use plan::{Plan, Planned};
pub use record::{Outcome, Record, Tally};
pub use report::Report;
pub use run::{Callbacks, Done, Progress, run, subscribe};
pub use settings::{Habits, Settings, Shape};
