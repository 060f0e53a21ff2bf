//! What a write is about. Bookings, requests and times come and go all day; who may call for a practice and
//! who offers what there, its configuration, is changed now and then. Nodes remember the latter for longer.

/// The tables of what goes on at a practice. All others count as its configuration, also those that are
/// still to come.
const GOES_ON: &[&str] = &[
    "alerts",
    "attachments",
    "audit",
    "bookings",
    "callback_errors",
    "client_catalogues",
    "client_snapshots",
    "deliveries",
    "delivery_lanes",
    "documents",
    "due",
    "health_changes",
    "holds",
    "idempotency_keys",
    "manage_links_sent",
    "messages",
    "practice_counters",
    "reminder_stops",
    "reminders",
    "requests",
    "resource_days",
    "slot_blocks",
    "waitlist",
    "waitlist_offers",
];

/// Whether a table holds what goes on at a practice, and so nothing of how it is configured.
#[must_use]
pub fn goes_on_in(table: &str) -> bool {
    GOES_ON.contains(&table)
}

/// Whether a statement may change how a practice is configured.
pub(crate) fn is_changed_by(statement: &str) -> bool {
    written(statement).any(|table| !goes_on_in(table))
}

/// The tables that a statement writes.
fn written(statement: &str) -> impl Iterator<Item = &str> {
    let between = |c: char| c.is_ascii_whitespace() || c == '(';
    let words = statement.split(between).filter(|word| !word.is_empty());
    let words = |ahead| words.clone().skip(ahead);
    let before = std::iter::once("").chain(words(0));
    let each = before.zip(words(0)).zip(words(1).zip(words(2).chain([""])));
    each.filter_map(|((before, word), (next, last))| match (word, next) {
        ("INSERT", "INTO") | ("DELETE", "FROM") => Some(last),
        // Not that of a row that is there already, nor what a reader locks.
        ("UPDATE", table) if before != "FOR" && table != "SET" => Some(table),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_is_known_by_the_tables_that_it_writes() {
        for (statement, tables) in [
            ("INSERT INTO a (b) SELECT c FROM d", vec!["a"]),
            (
                "INSERT INTO a (b) VALUES ($1) ON CONFLICT (b) DO UPDATE SET b = 1",
                vec!["a"],
            ),
            ("UPDATE a SET b = (SELECT c FROM d) RETURNING b", vec!["a"]),
            (
                "WITH gone AS (DELETE FROM a WHERE b = 1 RETURNING b)\n UPDATE c SET d = 1",
                vec!["a", "c"],
            ),
            ("INSERT INTO a(b) VALUES ($1)", vec!["a"]),
            ("SELECT a FROM b FOR UPDATE SKIP LOCKED", vec![]),
            ("DELETE FROM a", vec!["a"]),
        ] {
            assert_eq!(
                written(statement).collect::<Vec<_>>(),
                tables,
                "{statement}"
            );
        }
    }

    #[test]
    fn every_statement_that_writes_is_of_one_kind() {
        for sql in crate::statements() {
            let words = |word: &str| {
                sql.text
                    .split(|c: char| !c.is_alphanumeric())
                    .any(|one| one == word)
            };
            let tables: Vec<_> = written(sql.text).collect();
            let writes =
                words("INSERT") || words("DELETE") || (words("UPDATE") && !words("LOCKED"));
            assert_eq!(!tables.is_empty(), writes, "{}: {tables:?}", sql.name);
            let plain = |table: &&str| table.chars().all(|c| c == '_' || c.is_ascii_lowercase());
            assert!(tables.iter().all(plain), "{}: {tables:?}", sql.name);
            let goes_on = tables.iter().filter(|table| goes_on_in(table)).count();
            assert!(
                goes_on == 0 || goes_on == tables.len(),
                "{}: {tables:?}",
                sql.name
            );
        }
    }
}
