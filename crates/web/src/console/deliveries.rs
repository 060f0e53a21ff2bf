//! `/console/deliveries`: which hosts are behind, and what became of a practice's callbacks.

use super::{Frame, Pager, Sent, SignedIn, lasting, page_number, stamp};
use crate::Web;
use crate::failure::Failure;
use crate::page::{personal, see_other};
use crate::query::Query;
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use jiff::Timestamp;
use slotbridge_domain::delivery::DeliveryState;
use slotbridge_domain::ids::{ConsumerId, PracticeId, RequestId, SubscriptionId};
use slotbridge_hub::admin::deliveries::{self, LaneView, LastFailure};
use slotbridge_hub::admin::practices;
use slotbridge_hub::rows::{Delivery, WantedDeliveries};
use slotbridge_hub::{Error, zone};

const HERE: &str = "deliveries";
const PATH: &str = "/console/deliveries";
const PER_PAGE: i64 = 50;
/// How many lanes are shown.
const MOST_LANES: usize = 50;
/// From how many seconds on a lane is late.
const LATE: i64 = 10;

#[derive(Template)]
#[template(path = "console/deliveries.html")]
struct DeliveriesPage {
    frame: Frame,
    lanes: Vec<Lane>,
    more_lanes: usize,
    filters: Filters,
    states: Vec<(&'static str, bool)>,
    /// The log of the practice that is asked for, if it is there.
    log: Option<Log>,
}

struct Lane {
    consumer: String,
    host: String,
    late: bool,
    when: String,
}

/// What was asked for, as it was written.
struct Filters {
    practice: String,
    consumer: String,
    state: String,
    request: String,
}

impl Filters {
    fn of(query: &Query) -> Self {
        let text = |name: &str| query.text(name).unwrap_or_default().to_owned();
        Self {
            practice: text("practice"),
            consumer: text("consumer"),
            state: text("state"),
            request: text("request"),
        }
    }

    fn pairs(&self) -> [(&str, &str); 4] {
        [
            ("practice", &self.practice),
            ("consumer", &self.consumer),
            ("state", &self.state),
            ("request", &self.request),
        ]
    }

    /// The request names its practice.
    fn practice(&self) -> Option<PracticeId> {
        let given = self.practice.parse().ok().and_then(PracticeId::new);
        given.or_else(|| Some(self.request()?.practice()))
    }

    fn request(&self) -> Option<RequestId> {
        self.request.parse().ok().and_then(RequestId::new)
    }

    fn wanted(&self) -> WantedDeliveries {
        WantedDeliveries {
            consumer_id: self.consumer.parse().ok().and_then(ConsumerId::new),
            state: self.state.parse().ok(),
            request_id: self.request(),
            newest_first: true,
        }
    }
}

struct Log {
    name: String,
    rows: Vec<Row>,
    /// What the failures that are shown mean.
    failures: Vec<(&'static str, &'static str)>,
    pager: Pager,
    practice: i64,
}

struct Row {
    request: i64,
    subscription: i64,
    consumer: i64,
    kind: &'static str,
    state: &'static str,
    tone: &'static str,
    attempts: i64,
    raised: String,
    ended: String,
    /// Why its last attempt failed.
    failure: Option<String>,
    again: bool,
}

/// What kinds of failures there are, by their names in the error log (SUB-4): what is said of one, and
/// what it means with what to do.
const FAILURES: [(&str, &str, &str); 7] = [
    (
        "Timeout",
        "No answer within 5 s",
        "The consumer’s server is slow, overloaded or hangs. Tell the consumer.",
    ),
    (
        "ConnectError",
        "No connection",
        "Nothing listens at that address, a firewall is in the way, or the connection broke. If hosts of \
         several consumers fail like this at once, look at this hub’s own network first; otherwise tell the \
         consumer.",
    ),
    (
        "DnsError",
        "Host name not found",
        "The name in the callback URL leads to no address. If several hosts fail like this at once, look at \
         this hub’s own DNS first; otherwise the consumer must mend the name.",
    ),
    (
        "TlsError",
        "Certificate or TLS refused",
        "The certificate has run out, is for another name, or is signed by somebody whom this hub does not \
         trust. The consumer must renew it.",
    ),
    (
        "HttpStatus",
        "Answered with an error",
        "The server was reached and did not take the callback. 401 or 403: it may not know the present webhook \
         secret. 404 or 410: the callback URL is wrong. 429: it is sent too much. 5xx: it is broken. Tell \
         the consumer.",
    ),
    (
        "Redirect",
        "Answered with a redirect",
        "Redirects are not followed: the consumer must subscribe with the address to which it leads.",
    ),
    (
        "BlockedAddress",
        "Address not allowed",
        "The host has an address that callbacks must not reach, such as a private one. If it is meant to be \
         reached, allow its network in the setting callback_allowed_networks; otherwise the consumer must \
         subscribe with a public one.",
    ),
];

/// Of which kind a failure is.
fn kind_of(failure: &LastFailure) -> Option<&'static (&'static str, &'static str, &'static str)> {
    FAILURES
        .iter()
        .find(|(name, ..)| *name == failure.error_type)
}

fn short(failure: &LastFailure) -> String {
    match (failure.status, kind_of(failure)) {
        (Some(status), _) => format!("Answered {status}"),
        (None, Some((_, short, _))) => (*short).to_owned(),
        (None, None) => failure.error_type.clone(),
    }
}

fn lane(lane: &LaneView, now: Timestamp) -> Lane {
    let seconds = now.duration_since(lane.due_at).as_secs();
    Lane {
        consumer: lane
            .consumer_id
            .map_or_else(String::new, |id| id.to_string()),
        host: lane.host.clone(),
        late: seconds > LATE,
        when: match seconds {
            ..0 => format!("Next attempt in {}", lasting(-seconds)),
            0..=LATE => "In time".to_owned(),
            _ => format!("{} late", lasting(seconds)),
        },
    }
}

const fn called(state: DeliveryState) -> (&'static str, &'static str) {
    match state {
        DeliveryState::Waiting => ("waiting", "wait"),
        DeliveryState::Delivered => ("delivered", "good"),
        DeliveryState::Failed => ("failed", "bad"),
        DeliveryState::Resolved => ("resolved before", "off"),
        DeliveryState::Cancelled => ("cancelled", "off"),
    }
}

async fn log(
    web: &Web,
    by: &SignedIn,
    filters: &Filters,
    number: i64,
) -> Result<Option<Log>, Failure> {
    let Some(id) = filters.practice() else {
        return Ok(None);
    };
    let (operator, wanted) = (by.operator(), filters.wanted());
    let window = Pager::window(number, PER_PAGE);
    let read = move |tx: &mut slotbridge_hub::rows::Tx<'_>| {
        let practice = practices::get(tx, &operator, id)?;
        let found = deliveries::list(tx, &operator, id, wanted, window)?;
        let failures = deliveries::failures(tx, &operator, id, &found.entries)?;
        Ok((practice, found, failures))
    };
    let (practice, found, failures) = match web.hub.read(id, read).await {
        Ok(read) => read,
        Err(Error::NotFound(_)) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let zone = zone::of(&practice)?;
    let row = |delivery: &Delivery| {
        let (state, tone) = called(delivery.state);
        let ended = delivery.ended_at.or(delivery.due_at);
        Row {
            request: delivery.key.request_id.get(),
            subscription: delivery.key.subscription_id.get(),
            consumer: delivery.consumer_id.get(),
            kind: delivery.kind.as_str(),
            state,
            tone,
            attempts: delivery.attempts,
            raised: stamp(&zone, delivery.created_at),
            ended: ended.map_or_else(String::new, |at| stamp(&zone, at)),
            failure: failures.get(&delivery.key).map(short),
            again: delivery.ended_at.is_some(),
        }
    };
    Ok(Some(Log {
        rows: found.entries.iter().map(row).collect(),
        failures: FAILURES
            .iter()
            .filter(|(name, ..)| failures.values().any(|one| one.error_type == *name))
            .map(|(_, short, means)| (*short, *means))
            .collect(),
        pager: Pager::new(PATH, &filters.pairs(), number, PER_PAGE, found.total),
        practice: id.get(),
        name: practice.name,
    }))
}

pub(crate) async fn show(
    State(web): State<Web>,
    by: SignedIn,
    query: Query,
) -> Result<Response, Failure> {
    let filters = Filters::of(&query);
    let lanes = deliveries::lanes(&web.hub, &by.operator()).await?;
    let log = log(&web, &by, &filters, page_number(&query)).await?;
    let now = web.hub.now();
    let states = DeliveryState::ALL.map(|state| (state.as_str(), state.as_str() == filters.state));
    personal(&DeliveriesPage {
        frame: by.frame(HERE),
        more_lanes: lanes.len().saturating_sub(MOST_LANES),
        lanes: lanes
            .iter()
            .take(MOST_LANES)
            .map(|one| lane(one, now))
            .collect(),
        states: states.into(),
        filters,
        log,
    })
}

/// Sends what is settled again. It asks nothing: whoever is told is told at least once anyway.
pub(crate) async fn again(State(web): State<Web>, sent: Sent) -> Result<Response, Failure> {
    let request = sent.number("request").and_then(RequestId::new);
    let request = request.ok_or_else(Failure::no_page)?;
    let subscription = sent.number("subscription").and_then(SubscriptionId::new);
    let (operator, context) = (sent.by.operator(), sent.by.context());
    let practice = request.practice();
    let done = web
        .hub
        .write(practice, move |tx| {
            deliveries::again(tx, &operator, &context, practice, request, subscription).map(drop)
        })
        .await;
    let back = format!("{PATH}?practice={practice}&request={request}");
    match done {
        Ok(()) => Ok(see_other(&back)),
        Err(error) => sent.refused(HERE, &back, error),
    }
}
