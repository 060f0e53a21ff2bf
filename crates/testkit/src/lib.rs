//! A hub in a test: either engine, a clock and randomness held still.

pub mod app;
pub mod authority;
pub mod behind;
pub mod chromium;
pub mod clinic;
pub mod clock;
mod conformity;
pub mod database;
pub mod dose;
pub mod fhir;
pub mod ledger;
pub mod line;
pub mod objects;
pub mod outgoing;
pub mod postgres;
pub mod proxy;
pub mod random;
pub mod receiver;
pub mod served;
pub mod staff;

pub use app::{Answer, Pms, TestApp};
pub use clinic::{Booked, Clinic};
pub use clock::TestClock;
pub use database::{TestDatabase, TestEngine};
pub use objects::MemoryObjects;
pub use outgoing::{Postbox, outgoing};
pub use random::TestRandom;
pub use receiver::Receiver;
pub use slotbridge_api::Limits;
pub use slotbridge_hub::outgoing::ErrorType;
pub use staff::Member;
