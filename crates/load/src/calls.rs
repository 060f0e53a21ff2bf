//! Calls over connections that are kept, each counted.

use crate::address::Address;
use crate::clock::now;
use crate::http::{Connection, Request};
use crate::kind::Kind;
use crate::record::{Outcome, Record};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::io;
use std::time::{Duration, Instant};

/// A connection that has been at rest for longer is not used again: the hub may be closing it.
const KEPT: Duration = Duration::from_secs(30);

/// A call.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) kind: Kind,
    /// When it was to be sent.
    pub(crate) intended: Instant,
    pub(crate) request: Request,
    /// The status of a good answer.
    pub(crate) good: u16,
    /// The status that says that somebody else was quicker, if that can be.
    pub(crate) taken: Option<u16>,
}

impl Call {
    /// A call that follows from another's answer, so now.
    pub(crate) fn following(kind: Kind, request: Request) -> Self {
        Self::at(now(), kind, request)
    }

    pub(crate) fn at(intended: Instant, kind: Kind, request: Request) -> Self {
        Self {
            kind,
            intended,
            request,
            good: 200,
            taken: None,
        }
    }

    /// A call that makes something that may be gone.
    pub(crate) fn making(self) -> Self {
        Self {
            good: 201,
            taken: Some(409),
            ..self
        }
    }
}

/// The hub, and what came of the calls.
#[derive(Debug)]
pub(crate) struct Calls {
    address: Address,
    timeout: Duration,
    /// The last to come is taken first.
    resting: RefCell<VecDeque<(Instant, Connection)>>,
    pub(crate) record: RefCell<Record>,
}

impl Calls {
    pub(crate) fn new(address: Address, timeout: Duration, record: Record) -> Self {
        Self {
            address,
            timeout,
            resting: RefCell::default(),
            record: RefCell::new(record),
        }
    }

    async fn connection(&self) -> io::Result<Connection> {
        let rested = {
            let mut resting = self.resting.borrow_mut();
            while let Some((since, _)) = resting.front()
                && since.elapsed() > KEPT
            {
                resting.pop_front();
            }
            resting.pop_back()
        };
        match rested {
            Some((_, connection)) => Ok(connection),
            None => Connection::to(&self.address).await,
        }
    }

    /// Makes a call and reads a good answer's body; `None` if there was none.
    pub(crate) async fn make<T>(&self, call: Call, read: impl FnOnce(&[u8]) -> T) -> Option<T> {
        let (kind, intended) = (call.kind, call.intended);
        self.record.borrow_mut().intend(kind, intended);
        let sending = async {
            let mut connection = self.connection().await?;
            self.record.borrow_mut().send(kind, intended, now());
            let answer = connection.send(&call.request).await?;
            Ok::<_, io::Error>((connection, answer))
        };
        let sent = tokio::time::timeout(self.timeout, sending).await;
        let ended = now();
        let (outcome, read) = match sent {
            Ok(Ok((connection, answer))) => {
                let found = match answer.status {
                    status if status == call.good => {
                        (Outcome::Good, Some(read(connection.body(&answer))))
                    }
                    status if Some(status) == call.taken => (Outcome::Taken, None),
                    status => (Outcome::Bad(status.to_string()), None),
                };
                if !connection.is_ended() {
                    self.resting.borrow_mut().push_back((ended, connection));
                }
                found
            }
            Ok(Err(error)) => (Outcome::Bad(what_broke(&error).to_owned()), None),
            Err(_) => (Outcome::Bad("no answer in time".to_owned()), None),
        };
        let mut record = self.record.borrow_mut();
        record.end(kind, intended, ended, &outcome);
        read
    }
}

fn what_broke(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => "connection refused",
        io::ErrorKind::ConnectionReset
        | io::ErrorKind::BrokenPipe
        | io::ErrorKind::UnexpectedEof => "connection closed",
        io::ErrorKind::InvalidData => "no HTTP",
        _ => "connection failed",
    }
}
