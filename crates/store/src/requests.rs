//! Requests: what the PMS is asked to do (REQ-1, REQ-2).

use crate::each::{args_of_each, of_each};
use crate::sql::{Row, statements};
use crate::{Asked, Listed, Result, StoreError, Tx, Window, args, numbers};
use jiff::Timestamp;
use slotbridge_domain::ids::{BookingId, ConsumerId, DocumentId, PracticeId, RequestId};
use slotbridge_domain::request::RequestType;
use std::collections::BTreeMap;

macro_rules! columns {
    () => {
        "request_id, type, booking_id, pms_resource_id, day, created_at, resolved_at, answer,
         date_type, document_id, handed_out_to"
    };
}

statements! {
    OUTSTANDING_TYPES = "SELECT DISTINCT type FROM requests
        WHERE practice_id = $1 AND resolved_at IS NULL";
    /// Jumps from type to type in the index, as a practice whose PMS is away can have many requests.
    OUTSTANDING_TYPES_OF_EACH = concat!("WITH RECURSIVE found (practice_id, type) AS (
            SELECT p.practice_id, (SELECT r.type FROM requests r
                WHERE r.practice_id = p.practice_id AND r.resolved_at IS NULL
                ORDER BY r.type LIMIT 1)
            FROM practice_counters p WHERE p.", of_each!(), "
            UNION ALL
            SELECT found.practice_id, (SELECT r.type FROM requests r
                WHERE r.practice_id = found.practice_id AND r.resolved_at IS NULL
                    AND r.type > found.type
                ORDER BY r.type LIMIT 1)
            FROM found WHERE found.type IS NOT NULL)
        SELECT practice_id, type FROM found WHERE type IS NOT NULL");
    FIND_OUTSTANDING = "SELECT request_id FROM requests
        WHERE practice_id = $1 AND type = $2 AND target = $3 AND resolved_at IS NULL";
    OF_BOOKING = "SELECT request_id FROM requests
        WHERE practice_id = $1 AND type = $2 AND booking_id = $3 AND resolved_at IS NULL
        ORDER BY request_id LIMIT 1";
    INSERT = "INSERT INTO requests (practice_id, request_id, type, target, booking_id,
            pms_resource_id, day, created_at, date_type, document_id)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    RESOLVE = "UPDATE requests SET resolved_at = $4, answer = $5
        WHERE practice_id = $1 AND type = $2 AND target = $3 AND resolved_at IS NULL";
    RESOLVE_ID = "UPDATE requests SET resolved_at = $3, answer = $4
        WHERE practice_id = $1 AND request_id = $2 AND resolved_at IS NULL";
    GET = concat!("SELECT ", columns!(), " FROM requests WHERE practice_id = $1 AND request_id = $2");
    LIST = concat!("SELECT ", columns!(), " FROM requests WHERE practice_id = $1 AND type = $2 AND resolved_at IS NULL
        ORDER BY request_id LIMIT $3 OFFSET $4");
    COUNT = "SELECT COUNT(*) FROM requests
        WHERE practice_id = $1 AND type = $2 AND resolved_at IS NULL";
    LIST_ALL = concat!("SELECT ", columns!(), " FROM requests WHERE practice_id = $1 AND resolved_at IS NULL
        ORDER BY request_id LIMIT $2 OFFSET $3");
    COUNT_ALL = "SELECT COUNT(*) FROM requests WHERE practice_id = $1 AND resolved_at IS NULL";
    OF_DAY = concat!("SELECT ", columns!(), " FROM requests
        WHERE practice_id = $1 AND type = 'availability' AND day = $2 AND resolved_at IS NULL
            AND (pms_resource_id IS NULL OR pms_resource_id = $3)
        ORDER BY request_id");
    WHOLE_DAYS = concat!("SELECT ", columns!(), " FROM requests
        WHERE practice_id = $1 AND type = 'availability' AND resolved_at IS NULL
            AND pms_resource_id IS NULL
        ORDER BY request_id");
    /// Of all practices; reads what `requests_outstanding` holds.
    OVERVIEW = "SELECT type, COUNT(*), MIN(created_at) FROM requests
        WHERE resolved_at IS NULL GROUP BY type";
    HAND_OUT = "UPDATE requests SET handed_out_to = $3 WHERE practice_id = $1 AND request_id = $2";
    RESOLVE_DOCUMENTS = "UPDATE requests SET resolved_at = $4, answer = 'confirmed'
        WHERE practice_id = $1 AND type = 'availableDocuments' AND resolved_at IS NULL
            AND (handed_out_to = $2 OR booking_id = $3)";
    CLOSE_OF_BOOKING = "UPDATE requests SET resolved_at = $3, answer = 'closed'
        WHERE practice_id = $1 AND booking_id = $2 AND resolved_at IS NULL";
    CLOSE_ALL = "UPDATE requests SET resolved_at = $2, answer = 'closed'
        WHERE practice_id = $1 AND resolved_at IS NULL";
    OF_RESOURCE = "UPDATE requests SET resolved_at = $3, answer = 'closed'
        WHERE practice_id = $1 AND type = 'availability' AND pms_resource_id = $2
            AND resolved_at IS NULL";
}

/// What a request is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// The practice as a whole.
    Practice,
    /// A booking.
    Booking(BookingId),
    /// A day, of one resource or of all.
    Day {
        /// The day at the practice, `YYYY-MM-DD`.
        day: String,
        /// The resource; `None`: all.
        pms_resource_id: Option<String>,
    },
    /// The appointment book of a date (SNAP-1).
    ClientSnapshot {
        /// The date at the practice, `YYYY-MM-DD`.
        date: String,
        /// Which of an appointment's times lies on it: `appt_datetime` or
        /// `appt_creation_datetime`.
        date_type: String,
    },
    /// A document: of the PMS, to be uploaded (DOC-2), or of ours, to be attached (ATT-1).
    Document {
        /// The booking that it belongs to.
        booking_id: BookingId,
        /// Its id.
        document_id: DocumentId,
    },
}

impl Target {
    /// The text that is the same for the same target.
    fn key(&self) -> String {
        match self {
            Self::Practice => String::new(),
            Self::Booking(id) => id.to_string(),
            Self::Day {
                day,
                pms_resource_id: None,
            } => day.clone(),
            Self::Day {
                day,
                pms_resource_id: Some(resource),
            } => format!("{day} {resource}"),
            Self::ClientSnapshot { date, date_type } => format!("{date} {date_type}"),
            Self::Document { document_id, .. } => document_id.to_string(),
        }
    }
}

/// A request.
#[derive(Clone, Debug)]
pub struct Request {
    /// Its id.
    pub request_id: RequestId,
    /// Its type.
    pub kind: RequestType,
    /// What it is about.
    pub target: Target,
    /// When it was raised.
    pub created_at: Timestamp,
    /// When it was resolved.
    pub resolved_at: Option<Timestamp>,
    /// How it was resolved: `confirmed`, `rejected` or `closed`.
    pub answer: Option<String>,
    /// The consumer that has seen it in a list, where that counts (DOC-1).
    pub handed_out_to: Option<ConsumerId>,
}

const NO_DOCUMENT: StoreError = StoreError::Corrupt("an id that cannot be a document's");

fn read(row: &Row<'_>) -> Result<Request> {
    let booking = row.opt_int(2)?.and_then(BookingId::new);
    let target = match (booking, row.opt_text(4)?, row.opt_text(8)?) {
        (Some(booking_id), ..) => match row.opt_int(9)? {
            Some(id) => Target::Document {
                booking_id,
                document_id: DocumentId::new(id).ok_or(NO_DOCUMENT)?,
            },
            None => Target::Booking(booking_id),
        },
        (None, Some(date), Some(date_type)) => Target::ClientSnapshot { date, date_type },
        (None, Some(day), None) => Target::Day {
            day,
            pms_resource_id: row.opt_text(3)?,
        },
        (None, None, _) => Target::Practice,
    };
    Ok(Request {
        request_id: row.id(0, RequestId::new)?,
        kind: row.named(1, |name| name.parse().ok())?,
        target,
        created_at: row.timestamp(5)?,
        resolved_at: row.opt_timestamp(6)?,
        answer: row.opt_text(7)?,
        handed_out_to: row.opt_int(10)?.and_then(ConsumerId::new),
    })
}

/// How many of a type are outstanding at all practices, and since when the oldest is. Runs
/// globally.
///
/// # Errors
/// The store's.
pub fn overview(tx: &mut Tx<'_>) -> Result<Vec<(RequestType, i64, Timestamp)>> {
    tx.query(&OVERVIEW, args![], |row| {
        let kind = row.named(0, |name| name.parse().ok())?;
        Ok((kind, row.int(1)?, row.timestamp(2)?))
    })
}

/// The types that have something outstanding, in the order of REQ-1.
///
/// # Errors
/// The store's.
pub fn outstanding_types(tx: &mut Tx<'_>) -> Result<Vec<RequestType>> {
    ask_outstanding_types(tx)?.all(tx)
}

/// Asks for [`outstanding_types`].
///
/// # Errors
/// The store's.
pub fn ask_outstanding_types(tx: &mut Tx<'_>) -> Result<OutstandingTypes> {
    let practice = tx.practice()?;
    let asked = tx.ask(&OUTSTANDING_TYPES, args![practice], |row| {
        row.named(0, |name| name.parse().ok())
    })?;
    Ok(OutstandingTypes(asked))
}

/// [`outstanding_types`] of each of several practices, [`AT_ONCE`](crate::AT_ONCE) at most. Runs globally.
///
/// # Errors
/// The store's.
pub fn outstanding_types_of_each(
    tx: &mut Tx<'_>,
    practices: &[PracticeId],
) -> Result<BTreeMap<PracticeId, Vec<RequestType>>> {
    let args = args_of_each(practices, &[]);
    let mut all: BTreeMap<_, _> = practices.iter().map(|id| (*id, Vec::new())).collect();
    let found = tx.query(&OUTSTANDING_TYPES_OF_EACH, &args, |row| {
        let practice = row.id(0, PracticeId::new)?;
        Ok((practice, row.named(1, |name| name.parse().ok())?))
    })?;
    for (practice, kind) in found {
        all.entry(practice).or_default().push(kind);
    }
    all.values_mut().for_each(|types| types.sort_unstable());
    Ok(all)
}

/// [`outstanding_types`], asked for.
#[derive(Debug)]
pub struct OutstandingTypes(Asked<RequestType>);

impl OutstandingTypes {
    /// The types.
    ///
    /// # Errors
    /// The store's.
    pub fn all(self, tx: &mut Tx<'_>) -> Result<Vec<RequestType>> {
        let mut types = self.0.all(tx)?;
        types.sort_unstable();
        Ok(types)
    }
}

/// The request of that type and target that is outstanding, if there is one.
///
/// # Errors
/// The store's.
pub fn find_outstanding(
    tx: &mut Tx<'_>,
    kind: RequestType,
    target: &Target,
) -> Result<Option<RequestId>> {
    let (practice, key) = (tx.practice()?, target.key());
    tx.query_opt(
        &FIND_OUTSTANDING,
        args![practice, kind.as_str(), &key],
        |row| row.id(0, RequestId::new),
    )
}

/// The oldest outstanding request of that type about a booking or a document of its.
///
/// # Errors
/// The store's.
pub fn of_booking(
    tx: &mut Tx<'_>,
    kind: RequestType,
    booking: BookingId,
) -> Result<Option<RequestId>> {
    let practice = tx.practice()?;
    let args = args![practice, kind.as_str(), booking];
    tx.query_opt(&OF_BOOKING, args, |row| row.id(0, RequestId::new))
}

/// Raises a request, or gives the one that is outstanding already. The flag says whether it is
/// new.
///
/// # Errors
/// The store's.
pub fn raise(tx: &mut Tx<'_>, kind: RequestType, target: &Target) -> Result<(RequestId, bool)> {
    let practice = tx.practice()?;
    let key = target.key();
    let found = tx.query_opt(
        &FIND_OUTSTANDING,
        args![practice, kind.as_str(), &key],
        |row| row.id(0, RequestId::new),
    )?;
    if let Some(id) = found {
        return Ok((id, false));
    }
    let id = numbers::request(tx)?;
    insert(tx, id, kind, target)?;
    Ok((id, true))
}

/// Raises a request that cannot be outstanding yet, under a number taken before.
///
/// # Errors
/// The store's.
pub fn insert(tx: &mut Tx<'_>, id: RequestId, kind: RequestType, target: &Target) -> Result<()> {
    let (practice, now) = (tx.practice()?, tx.now());
    let (booking, day, resource) = match target {
        Target::Practice => (None, None, None),
        Target::Booking(booking_id) | Target::Document { booking_id, .. } => {
            (Some(*booking_id), None, None)
        }
        Target::Day {
            day,
            pms_resource_id,
        } => (None, Some(day), pms_resource_id.as_ref()),
        Target::ClientSnapshot { date, .. } => (None, Some(date), None),
    };
    let date_type = match target {
        Target::ClientSnapshot { date_type, .. } => Some(date_type),
        _ => None,
    };
    let document = match target {
        Target::Document { document_id, .. } => Some(*document_id),
        _ => None,
    };
    let key = target.key();
    tx.push(
        &INSERT,
        args![
            practice,
            id,
            kind.as_str(),
            &key,
            booking,
            resource,
            day,
            now,
            date_type,
            document
        ],
    )
}

/// Resolves whatever is outstanding of that type and target.
///
/// # Errors
/// The store's.
pub fn resolve(tx: &mut Tx<'_>, kind: RequestType, target: &Target, answer: &str) -> Result<()> {
    let (practice, now, key) = (tx.practice()?, tx.now(), target.key());
    tx.push(&RESOLVE, args![practice, kind.as_str(), &key, now, answer])
}

/// Resolves one request; `false` if it was resolved before.
///
/// # Errors
/// The store's.
pub fn resolve_id(tx: &mut Tx<'_>, id: RequestId, answer: &str) -> Result<bool> {
    let (practice, now) = (tx.practice()?, tx.now());
    Ok(tx.execute(&RESOLVE_ID, args![practice, id, now, answer])? > 0)
}

/// Closes all that is asked about a booking, or (`None`) of the practice at all.
///
/// # Errors
/// The store's.
pub fn close(tx: &mut Tx<'_>, booking: Option<BookingId>) -> Result<()> {
    let (practice, now) = (tx.practice()?, tx.now());
    match booking {
        Some(id) => tx.push(&CLOSE_OF_BOOKING, args![practice, id, now]),
        None => tx.push(&CLOSE_ALL, args![practice, now]),
    }
}

/// Closes what is asked of a resource that is gone (AVAIL-7).
///
/// # Errors
/// The store's.
pub fn close_of_resource(tx: &mut Tx<'_>, resource: &str) -> Result<()> {
    let (practice, now) = (tx.practice()?, tx.now());
    tx.push(&OF_RESOURCE, args![practice, resource, now])
}

/// Writes down that a consumer has seen a request in a list.
///
/// # Errors
/// The store's.
pub fn hand_out(tx: &mut Tx<'_>, id: RequestId, consumer: ConsumerId) -> Result<()> {
    let practice = tx.practice()?;
    tx.push(&HAND_OUT, args![practice, id, consumer])
}

/// Resolves the availableDocuments requests that a consumer has seen, and that of a booking
/// (DOC-1).
///
/// # Errors
/// The store's.
pub fn resolve_available_documents(
    tx: &mut Tx<'_>,
    consumer: ConsumerId,
    booking: Option<BookingId>,
) -> Result<()> {
    let (practice, now) = (tx.practice()?, tx.now());
    tx.push(&RESOLVE_DOCUMENTS, args![practice, consumer, booking, now])
}

/// A request, outstanding or not.
///
/// # Errors
/// The store's.
pub fn get(tx: &mut Tx<'_>, id: RequestId) -> Result<Option<Request>> {
    let practice = tx.practice()?;
    tx.query_opt(&GET, args![practice, id], read)
}

/// The outstanding requests of a type, oldest first.
///
/// # Errors
/// The store's.
pub fn list(tx: &mut Tx<'_>, kind: RequestType, window: Window) -> Result<Listed<Request>> {
    let practice = tx.practice()?;
    let args = args![practice, kind.as_str(), window.limit, window.offset];
    let entries = tx.ask(&LIST, args, read)?;
    let total = count(tx, kind)?;
    let entries = entries.all(tx)?;
    Ok(Listed { entries, total })
}

/// How many requests of a type are outstanding.
///
/// # Errors
/// The store's.
pub fn count(tx: &mut Tx<'_>, kind: RequestType) -> Result<i64> {
    let practice = tx.practice()?;
    tx.query_one(&COUNT, args![practice, kind.as_str()], |row| row.int(0))
}

/// All outstanding requests, oldest first.
///
/// # Errors
/// The store's.
pub fn list_all(tx: &mut Tx<'_>, window: Window) -> Result<Listed<Request>> {
    let practice = tx.practice()?;
    let entries = tx.ask(
        &LIST_ALL,
        args![practice, window.limit, window.offset],
        read,
    )?;
    let total = tx.query_one(&COUNT_ALL, args![practice], |row| row.int(0))?;
    let entries = entries.all(tx)?;
    Ok(Listed { entries, total })
}

/// The outstanding availability requests that a snapshot of that resource and day speaks to.
///
/// # Errors
/// The store's.
pub fn of_day(tx: &mut Tx<'_>, resource: &str, day: &str) -> Result<Vec<Request>> {
    let practice = tx.practice()?;
    tx.query(&OF_DAY, args![practice, day, resource], read)
}

/// The outstanding availability requests for all resources of a day.
///
/// # Errors
/// The store's.
pub fn whole_days(tx: &mut Tx<'_>) -> Result<Vec<Request>> {
    let practice = tx.practice()?;
    tx.query(&WHOLE_DAYS, args![practice], read)
}
