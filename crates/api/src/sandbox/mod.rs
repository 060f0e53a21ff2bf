//! The sandbox API: `/sandbox-api/v1`, time and faults under the callers' control.

pub(crate) mod faults;
pub(crate) mod live;

use crate::ApiState;
use crate::problem::{Input, Result};
use axum::extract::State;
use axum::{Extension, Json};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use slotbridge_hub::clock::{FURTHEST_SECONDS, MovableClock};
use slotbridge_hub::{Error, Fault, Hub};
use slotbridge_wire::read::{self, Faults, FromJson, Node};
use slotbridge_wire::schema::Instant;
use std::sync::Arc;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::default()
        .routes(routes!(show, shift))
        .routes(routes!(faults::get, faults::set, faults::end))
}

/// What the operations need: the clock in their hands.
pub(crate) fn hands(clock: Arc<MovableClock>) -> Extension<impl Clone + Send + Sync + 'static> {
    Extension(Hands {
        clock,
        turn: Arc::default(),
    })
}

/// The clock, and the right to move it: moves that come at once add up.
#[derive(Clone)]
struct Hands {
    clock: Arc<MovableClock>,
    turn: Arc<tokio::sync::Mutex<()>>,
}

/// Where the clock is to go: by a time, or to an instant that is not before its present.
#[derive(ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "it describes what `Move` reads")]
enum MoveBody {
    /// By a time.
    By {
        /// By how many seconds, at most 366 days.
        #[serde(rename = "advanceSeconds")]
        #[schema(minimum = 0, maximum = 31_622_400)]
        advance_seconds: i64,
    },
    /// To an instant.
    To {
        /// When it is to be, at most 366 days ahead.
        #[schema(value_type = Instant)]
        set: String,
    },
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

/// What time it is.
#[derive(Serialize, ToSchema)]
struct Clock {
    /// The hub's present, in UTC.
    #[schema(value_type = Instant)]
    now: String,
}

fn answer(now: Timestamp) -> Json<Clock> {
    Json(Clock {
        now: now.to_string(),
    })
}

/// What time it is
///
/// By the hub's clock.
#[utoipa::path(
    get,
    path = "/clock",
    operation_id = "getClock",
    tag = "clock",
    responses(
        (status = 200, description = "The present.", body = Clock),
    ),
)]
async fn show(State(hub): State<Hub>) -> Json<Clock> {
    answer(hub.now())
}

/// Moves the clock forward
///
/// Everything that falls due on the way is done, each at its own time, before the call answers. It
/// takes either `advanceSeconds` or `set`, never both.
#[utoipa::path(
    post,
    path = "/clock",
    operation_id = "moveClock",
    tag = "clock",
    request_body(content = MoveBody, example = json!({"advanceSeconds": 20})),
    responses(
        (status = 200, description = "The present, after the move.", body = Clock),
    ),
)]
async fn shift(
    State(hub): State<Hub>,
    Extension(Hands { clock, turn }): Extension<Hands>,
    Input(wanted): Input<Move>,
) -> Result<Json<Clock>> {
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
