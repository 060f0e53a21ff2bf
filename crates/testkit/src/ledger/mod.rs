//! A client's own ledger: what was said to it, to be held against the store after a crash, a power
//! cut or an I/O error.
//!
//! [`load::Client`] makes calls and writes the ledger, [`facts::Facts`] are what a store holds, and
//! [`check`] says where the two differ in a way that they must not.

mod check;
pub mod facts;
pub mod load;
#[cfg(test)]
mod tests;

use serde_json::Value;
use std::collections::BTreeMap;

/// What a caller knows of a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fate {
    /// It was never made.
    #[default]
    Untried,
    /// It was acknowledged: it happened.
    Done,
    /// It was refused: it did not happen.
    Refused,
    /// No answer, or one that says that it is not known: it happened, or it did not.
    Unknown,
}

/// An answer: the status and the body. `None`: there was none.
pub type Answer = Option<(u16, Value)>;

impl Fate {
    /// What an answer says; `Err` if it is one that a well-behaved hub never gives.
    ///
    /// # Errors
    /// The answer.
    pub fn of(answer: &Answer) -> Result<Self, String> {
        let Some((status, body)) = answer else {
            return Ok(Self::Unknown);
        };
        let text = body.to_string();
        match status {
            200 | 201 => Ok(Self::Done),
            409 => Ok(Self::Refused),
            503 if text.contains("not known") => Ok(Self::Unknown),
            503 if text.contains("nothing was changed") => Ok(Self::Refused),
            _ => Err(format!("{status} {text}")),
        }
    }
}

/// The try to book a time, and all that was done with the booking.
#[derive(Clone, Debug, Default)]
pub struct Attempt {
    /// Whom with.
    pub practitioner: i64,
    /// From when, in microseconds.
    pub start: i64,
    /// The booking itself.
    pub made: Fate,
    /// Its id, once that is known.
    pub id: Option<i64>,
    /// `confirmInsert`.
    pub confirmed: Fate,
    /// `rejectInsert`.
    pub rejected: Fate,
    /// The patient's cancellation.
    pub cancelled: Fate,
}

/// What was said to a client.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    /// Its tries to book.
    pub attempts: Vec<Attempt>,
    /// Per day, the versions of its snapshots in the order in which it sent them.
    pub days: BTreeMap<String, Vec<(i64, Fate)>>,
    /// How many calls of unknown outcome were settled when they were sent again under their key.
    pub resolved: usize,
    /// What it found wrong on its own.
    pub complaints: Vec<String>,
}

impl Ledger {
    /// Adds what was said to another client.
    pub fn extend(&mut self, other: Self) {
        self.attempts.extend(other.attempts);
        self.days.extend(other.days);
        self.resolved += other.resolved;
        self.complaints.extend(other.complaints);
    }

    /// How many of its tries ended so.
    #[must_use]
    pub fn count(&self, fate: Fate) -> usize {
        self.attempts
            .iter()
            .filter(|attempt| attempt.made == fate)
            .count()
    }
}

pub use check::check;
