//! Queries that are asked for now and read later, so that several go to PostgreSQL in one flight.

use crate::sql::Row;
use crate::tx::Tx;
use crate::{Result, StoreError};

/// What a query that always has a row comes to without one.
pub(crate) const MISSING: StoreError = StoreError::Corrupt("a row is missing");

/// The rows of a query that has been asked for. They are as they were when it was asked, and those
/// of several queries travel together when the first of them is read.
#[must_use = "it is read by `all` or `first`"]
#[derive(Debug)]
pub struct Asked<T>(pub(crate) Answer<T>);

pub(crate) type Read<T> = fn(&Row<'_>) -> Result<T>;

#[derive(Debug)]
pub(crate) enum Answer<T> {
    /// SQLite is in this process: it has answered.
    Here(Vec<T>),
    /// It is on its way under a number, or will be.
    Sent(usize, Read<T>),
}

impl<T> Asked<T> {
    /// All rows.
    ///
    /// # Errors
    /// The store's.
    pub fn all(self, tx: &mut Tx<'_>) -> Result<Vec<T>> {
        tx.go_on()?;
        match self.0 {
            Answer::Here(rows) => Ok(rows),
            Answer::Sent(number, read) => tx.receive(number, read),
        }
    }

    /// The first row, if there is one.
    ///
    /// # Errors
    /// The store's.
    pub fn first(self, tx: &mut Tx<'_>) -> Result<Option<T>> {
        Ok(self.all(tx)?.into_iter().next())
    }

    /// The first row of a query that always has one.
    ///
    /// # Errors
    /// The store's.
    pub fn one(self, tx: &mut Tx<'_>) -> Result<T> {
        self.first(tx)?.ok_or(MISSING)
    }
}
