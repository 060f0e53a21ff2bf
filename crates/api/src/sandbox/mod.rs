//! The sandbox API: `/sandbox-api/v1`, time under the callers' control.

use crate::ApiState;
use crate::problem::{Input, Result};
use axum::extract::State;
use axum::routing::get;
use axum::{Extension, Json, Router};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use slotbridge_hub::clock::MovableClock;
use slotbridge_hub::{Error, Fault, Hub};
use slotbridge_wire::read::{self, Faults, FromJson, Node};
use std::sync::Arc;

/// The furthest that one call moves the clock: ten years.
const FURTHEST_SECONDS: i64 = 10 * 366 * 24 * 3600;

pub(crate) fn routes(clock: Arc<MovableClock>) -> Router<ApiState> {
    let hands = Hands {
        clock,
        turn: Arc::default(),
    };
    Router::new()
        .route("/clock", get(show).post(shift))
        .layer(Extension(crate::body::Public))
        .layer(Extension(hands))
}

/// The clock, and the right to move it: moves that come at once add up.
#[derive(Clone)]
struct Hands {
    clock: Arc<MovableClock>,
    turn: Arc<tokio::sync::Mutex<()>>,
}

/// Where the clock is to go.
enum Move {
    By(i64),
    To(Timestamp),
}

impl FromJson for Move {
    fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        let mut object = node.object(faults)?;
        let by = object.optional_with("advanceSeconds", read::integer(0..=FURTHEST_SECONDS));
        let to = object.optional("set");
        match (object.has("advanceSeconds"), object.has("set")) {
            (true, false) => by.map(Self::By),
            (false, true) => to.map(Self::To),
            _ => object.fault("advanceSeconds", "give either advanceSeconds or set"),
        }
    }
}

fn answer(now: Timestamp) -> Json<Value> {
    Json(json!({"now": now.to_string()}))
}

/// What time it is.
async fn show(State(hub): State<Hub>) -> Json<Value> {
    answer(hub.now())
}

/// Moves the clock and answers when all that fell due has been done.
async fn shift(
    State(hub): State<Hub>,
    Extension(Hands { clock, turn }): Extension<Hands>,
    Input(wanted): Input<Move>,
) -> Result<Json<Value>> {
    let _turn = turn.lock().await;
    let now = match wanted {
        Move::By(seconds) => advance(&hub, &clock, seconds).await?,
        Move::To(to) => clock.move_to(&hub, to).await?,
    };
    Ok(answer(now))
}

/// Moves the clock by a time from now on.
async fn advance(
    hub: &Hub,
    clock: &MovableClock,
    seconds: i64,
) -> slotbridge_hub::Result<Timestamp> {
    let of_this = |message: String| Error::field("advanceSeconds", message);
    let to = hub
        .now()
        .checked_add(SignedDuration::from_secs(seconds))
        .map_err(|_| of_this("is too far".into()))?;
    match clock.move_to(hub, to).await {
        // Time goes on by itself as well, and has been quicker than so short a move.
        Err(Error::Invalid(_)) if to <= hub.now() => {
            hub.timers().await.run().await?;
            Ok(hub.now())
        }
        Err(Error::Invalid(faults)) => {
            let messages: Vec<String> = faults.into_iter().map(|f: Fault| f.message).collect();
            Err(of_this(messages.join("; ")))
        }
        moved => moved,
    }
}
