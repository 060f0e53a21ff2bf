//! Practices as operators look through them: found by a text, each with how its integration does
//! and did. All of it is of all practices, and runs globally.

use crate::health::Change;
use crate::sql::{Arg, Row, statements};
use crate::{Listed, Result, Tx, Window, args, practices};
use jiff::Timestamp;
use slotbridge_domain::health::State;
use slotbridge_domain::ids::{ConsumerId, PracticeId};

/// How many practices' changes one statement gives.
pub const MOST: usize = 25;
/// The most changes that are read for them.
const MOST_CHANGES: i64 = 5000;

macro_rules! found {
    ($columns:literal) => {
        concat!(
            "SELECT ",
            $columns,
            " FROM practices
        LEFT JOIN health h ON h.practice_id = practices.practice_id
        LEFT JOIN consents c ON c.practice_id = practices.practice_id AND c.revoked_at IS NULL
        WHERE (search_name LIKE $1 ESCAPE '!' OR search_suburb LIKE $1 ESCAPE '!'
                OR COALESCE(postcode, '') LIKE $2 ESCAPE '!'
                OR practices.practice_id = CAST($3 AS BIGINT))
            AND (CAST($4 AS BIGINT) = 0 OR c.consumer_id IS NOT NULL)"
        )
    };
}
macro_rules! columns {
    () => {
        found!(
            "practices.practice_id, name, suburb, practices.state, postcode, test,
            practices.created_at, deactivated_at, c.consumer_id, c.granted_at, h.state, h.since"
        )
    };
}
macro_rules! of_page {
    () => {
        "practice_id IN ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
            $19, $20, $21, $22, $23, $24, $25, $26)"
    };
}

statements! {
    BY_NAME = concat!(columns!(), " ORDER BY search_name, practices.practice_id LIMIT $5 OFFSET $6");
    WORST_FIRST = concat!(columns!(), "
        ORDER BY CASE h.state WHEN 'unhealthy' THEN 0 ELSE 1 END,
            CASE h.state WHEN 'unhealthy' THEN h.since ELSE 0 END, search_name, practices.practice_id
        LIMIT $5 OFFSET $6");
    COUNT = found!("COUNT(*)");
    CHANGES = concat!("SELECT practice_id, at, state FROM health_changes
        WHERE ", of_page!(), " AND at > $1
        ORDER BY change_id DESC LIMIT $27");
    BEFORE = concat!("SELECT practice_id, at, state FROM health_changes
        WHERE (practice_id, change_id) IN (SELECT practice_id, MAX(change_id) FROM health_changes
            WHERE ", of_page!(), " AND at <= $1 GROUP BY practice_id)");
}

/// A practice in a list.
#[derive(Clone, Debug)]
pub struct Found {
    /// Its id.
    pub practice_id: PracticeId,
    /// Its name.
    pub name: String,
    /// Suburb, state and postcode, as far as they are known.
    pub place: Vec<String>,
    /// Whether it is a test practice (AUTH-4).
    pub test: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was deactivated.
    pub deactivated_at: Option<Timestamp>,
    /// Whose consent is live, and since when.
    pub consent: Option<(ConsumerId, Timestamp)>,
    /// How its integration does, and since when, once that was judged.
    pub health: Option<(State, Timestamp)>,
}

fn read(row: &Row<'_>) -> Result<Found> {
    let place = [row.opt_text(2)?, row.opt_text(3)?, row.opt_text(4)?];
    let consumer = row.opt_int(8)?.and_then(ConsumerId::new);
    let state = match row.opt_text(10)? {
        Some(_) => Some(row.named(10, State::from_name)?),
        None => None,
    };
    Ok(Found {
        practice_id: row.id(0, PracticeId::new)?,
        name: row.text(1)?,
        place: place.into_iter().flatten().collect(),
        test: row.bool(5)?,
        created_at: row.timestamp(6)?,
        deactivated_at: row.opt_timestamp(7)?,
        consent: consumer.zip(row.opt_timestamp(9)?),
        health: state.zip(row.opt_timestamp(11)?),
    })
}

/// Which practices are wanted, and in which order.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Part of the name or suburb, the beginning of the postcode, or the id.
    pub text: String,
    /// Those with a live consent alone, those that are unhealthy first, the longest of them before
    /// the others; else all, by name.
    pub worst_first: bool,
}

/// The practices that are wanted.
///
/// # Errors
/// The store's.
pub fn list(tx: &mut Tx<'_>, wanted: &Wanted, window: Window) -> Result<Listed<Found>> {
    let text = Some(&wanted.text).filter(|text| !text.trim().is_empty());
    let part = practices::pattern("%", text, "%");
    let beginning = practices::pattern("", text, "%");
    let id: Option<i64> = wanted.text.trim().parse().ok();
    let sql = if wanted.worst_first {
        &WORST_FIRST
    } else {
        &BY_NAME
    };
    let which = args![&part, &beginning, id, wanted.worst_first];
    let total = tx.query_one(&COUNT, which, |row| row.int(0))?;
    let (limit, offset) = (window.limit, window.offset);
    let which = args![&part, &beginning, id, wanted.worst_first, limit, offset];
    let entries = tx.query(sql, which, read)?;
    Ok(Listed { entries, total })
}

/// How the integrations of up to [`MOST`] practices changed since an instant, oldest change first,
/// and before those the last change of each before it.
///
/// # Errors
/// The store's.
pub fn changes(
    tx: &mut Tx<'_>,
    practices: &[PracticeId],
    since: Timestamp,
) -> Result<Vec<(PracticeId, Change)>> {
    let mut which = vec![Arg::from(since)];
    which.extend(practices.iter().take(MOST).map(|id| Arg::from(*id)));
    which.resize(MOST + 1, Arg::from(0));
    let read = |row: &Row<'_>| {
        let change = Change {
            at: row.timestamp(1)?,
            state: row.named(2, State::from_name)?,
            reasons: Vec::new(),
        };
        Ok((row.id(0, PracticeId::new)?, change))
    };
    let mut all = tx.query(&BEFORE, &which, read)?;
    which.push(Arg::from(MOST_CHANGES));
    let later = tx.query(&CHANGES, &which, read)?;
    all.extend(later.into_iter().rev());
    Ok(all)
}
