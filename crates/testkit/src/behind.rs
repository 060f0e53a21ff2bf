//! What is changed in a store behind its hub's back.
#![expect(clippy::panic, reason = "a test without its database ends here")]

use crate::TestApp;
use crate::database::meddle;

async fn run(app: &TestApp, sql: String) {
    let location = app.database.location();
    let meddle = tokio::task::spawn_blocking(move || meddle(&location, &sql));
    meddle.await.unwrap_or_else(|error| panic!("{error}"));
}

/// The patient of a booking can't be read any more.
///
/// # Panics
/// The database refuses it.
pub async fn spoil_booking(app: &TestApp, booking_id: i64) {
    let sql = format!("UPDATE bookings SET person = data_key WHERE booking_id = {booking_id}");
    run(app, sql).await;
}

/// How a practice's integration does can't be read any more.
///
/// # Panics
/// The database refuses it.
pub async fn spoil_health(app: &TestApp, practice_id: i64) {
    let sql = format!("UPDATE health SET state = 'unknown' WHERE practice_id = {practice_id}");
    run(app, sql).await;
}

/// No message that was written can be read any more.
///
/// # Panics
/// The database refuses it.
pub async fn spoil_messages(app: &TestApp) {
    let sql = "UPDATE messages SET sealed = (SELECT data_key FROM bookings LIMIT 1)";
    run(app, sql.to_owned()).await;
}

/// Whatever messages were written, another node has written them.
///
/// # Panics
/// The database refuses it.
pub async fn give_messages_to_another_node(app: &TestApp) {
    run(app, "UPDATE messages SET node = node + 1".to_owned()).await;
}
