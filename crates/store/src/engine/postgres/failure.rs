//! What a failure means for the transaction that met it.

use crate::StoreError;
use crate::tx::Failure;
use std::error::Error;
use tokio_postgres::error::{Severity, SqlState};

pub(crate) fn failure(statement: &'static str, error: &tokio_postgres::Error) -> Failure {
    let Some(database) = error.as_db_error() else {
        return without_answer(statement, error);
    };
    let code = database.code();
    if *code == SqlState::T_R_SERIALIZATION_FAILURE || *code == SqlState::T_R_DEADLOCK_DETECTED {
        return Failure::Retry(StoreError::Unavailable(format!(
            "{statement}: {}",
            code.code()
        )));
    }
    // Another who waits for the lock, or a slow statement that is ended, would be no quicker run
    // again.
    if *code == SqlState::LOCK_NOT_AVAILABLE || *code == SqlState::QUERY_CANCELED {
        return Failure::Final(StoreError::Unavailable(format!(
            "{statement}: {}",
            code.code()
        )));
    }
    // Classes 08 (connection), 53 (resources), 57 (operator), 58 (system): the server cannot, now.
    // One that takes no writes is a standby: the next connection finds the primary.
    let cannot_now = ["08", "53", "57", "58"]
        .iter()
        .any(|class| code.code().starts_with(class));
    if cannot_now
        || *code == SqlState::READ_ONLY_SQL_TRANSACTION
        || database.parsed_severity() == Some(Severity::Fatal)
    {
        return Failure::Lost(StoreError::Unavailable(format!(
            "{statement}: {}",
            code.code()
        )));
    }
    // The server's own text may quote a row's values; its code and the constraint do not.
    let constraint = database.constraint().unwrap_or_default();
    Failure::Final(StoreError::Statement {
        statement,
        message: format!("SQLSTATE {} {constraint}", code.code()),
    })
}

/// An error that the server did not send: the connection's, or a mistake of ours in an argument.
fn without_answer(statement: &'static str, error: &tokio_postgres::Error) -> Failure {
    let message = describe(error);
    let broken = error
        .source()
        .is_some_and(<dyn Error>::is::<std::io::Error>);
    if broken || error.is_closed() {
        return Failure::Lost(StoreError::Unavailable(format!("{statement}: {message}")));
    }
    Failure::Final(StoreError::Statement { statement, message })
}

/// The error with its cause, which tokio-postgres leaves out.
pub(super) fn describe(error: &tokio_postgres::Error) -> String {
    error
        .source()
        .map_or_else(|| error.to_string(), |source| format!("{error}: {source}"))
}
