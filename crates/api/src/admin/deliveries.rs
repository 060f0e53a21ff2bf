//! `/practices/{practiceId}/deliveries`: callbacks, where they stand, and sending them again.

use crate::admin::{Admin, Ids, page_of, practice_id};
use crate::openapi::values::{DeliveryStateName, RequestTypeName, ScopedNumber};
use crate::params::{PageParams, Params};
use crate::problem::{Creating, PROBLEM, ProblemDetails, Result, created, kept};
use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use slotbridge_domain::delivery::DeliveryState;
use slotbridge_domain::ids::{ConsumerId, RequestId, SubscriptionId};
use slotbridge_domain::uuid;
use slotbridge_hub::admin::deliveries;
use slotbridge_hub::rows::{Delivery, WantedDeliveries};
use slotbridge_hub::{Error, Hub};
use slotbridge_wire::page::Page;
use slotbridge_wire::read::{Faults, FromJson, Node};
use slotbridge_wire::schema::{Id, Instant};
use utoipa::{IntoParams, ToSchema};

/// Which deliveries are wanted.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it describes what `list` reads")]
pub(super) struct WantedParams {
    /// Of whose subscriptions.
    #[param(rename = "consumerId", minimum = 1)]
    consumer_id: Option<i64>,
    /// Where they stand.
    #[param(value_type = Option<DeliveryStateName>)]
    state: Option<String>,
}

/// A request that is told to a subscription.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct DeliveryView {
    /// The request.
    request_id: i64,
    /// Its type.
    #[serde(rename = "type")]
    #[schema(value_type = RequestTypeName)]
    kind: &'static str,
    /// The subscription, a UUID; it may be gone.
    subscription_id: String,
    /// Whose subscription it is.
    consumer_id: i64,
    /// Where it stands.
    #[schema(value_type = DeliveryStateName)]
    state: &'static str,
    /// How many attempts have been made and are over.
    attempts: i64,
    /// When the request was raised.
    #[schema(value_type = Instant)]
    created_at: String,
    /// When the next attempt is due; while one is made, when it would be made again.
    #[schema(value_type = Option<Instant>, required)]
    due_at: Option<String>,
    /// When it was settled.
    #[schema(value_type = Option<Instant>, required)]
    ended_at: Option<String>,
}

fn shown(delivery: &Delivery) -> DeliveryView {
    DeliveryView {
        request_id: delivery.key.request_id.get(),
        kind: delivery.kind.as_str(),
        subscription_id: uuid::write(delivery.key.subscription_id.get()),
        consumer_id: delivery.consumer_id.get(),
        state: delivery.state.as_str(),
        attempts: delivery.attempts,
        created_at: delivery.created_at.to_string(),
        due_at: delivery.due_at.map(|at| at.to_string()),
        ended_at: delivery.ended_at.map(|at| at.to_string()),
    }
}

/// Where a delivery stands, as a parameter.
struct Standing(DeliveryState);

impl FromJson for Standing {
    fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        let name = String::from_json(node, faults)?;
        match name.parse() {
            Ok(state) => Some(Self(state)),
            Err(()) => node.must_be("the state of a delivery", faults),
        }
    }
}

/// The callbacks of a practice's requests
///
/// Oldest request first, 100 a page. A request that is told to two subscriptions is there twice. What
/// was settled is kept for 30 days (a setting) (SUB-3).
#[utoipa::path(
    get,
    path = "/practices/{practiceId}/deliveries",
    operation_id = "listDeliveries",
    tag = "requests",
    params(WantedParams, PageParams),
    responses((status = 200, description = "A page of deliveries.", body = Page<DeliveryView>)),
)]
pub(super) async fn list(
    State(hub): State<Hub>,
    admin: Admin,
    Ids([id]): Ids<1>,
    params: Params,
) -> Result<Response> {
    let id = practice_id(id)?;
    let (wanted, page) = params.read(|query| {
        let wanted = WantedDeliveries {
            newest_first: false,
            consumer_id: query.id("consumerId", ConsumerId::new),
            state: query.optional("state").map(|Standing(state)| state),
            request_id: None,
        };
        Some((wanted, query.page()))
    })?;
    let window = page.window();
    let found = hub
        .read(id, move |tx| {
            deliveries::list(tx, &admin.operator, id, wanted, window)
        })
        .await?;
    let data = found.entries.iter().map(shown);
    Ok(page_of(data, page.paginated(found.total)))
}

/// What is to be sent again.
pub(super) struct Again {
    request_id: RequestId,
    subscription_id: Option<String>,
}

/// What is to be sent again.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "it describes what `Again` reads")]
struct Resend {
    /// The request, which must be outstanding.
    #[schema(value_type = ScopedNumber)]
    request_id: i64,
    /// The subscription; left out: all that were told of it.
    #[schema(value_type = Option<Id>)]
    subscription_id: Option<String>,
}

impl FromJson for Again {
    fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        let mut object = node.object(faults)?;
        let request: Option<i64> = object.required("requestId");
        let request_id = request.and_then(|number| {
            RequestId::new(number).or_else(|| object.fault("requestId", "is no such id"))
        });
        let subscription: Option<String> = object.optional_id("subscriptionId");
        Some(Self {
            request_id: request_id?,
            subscription_id: subscription,
        })
    }
}

/// What was begun anew.
#[derive(Serialize, ToSchema)]
struct Begun {
    /// How many deliveries.
    deliveries: u64,
}

/// Sends the callbacks of a request again
///
/// Those that are settled begin anew, with the same bytes and four attempts (SUB-3).
#[utoipa::path(
    post,
    path = "/practices/{practiceId}/deliveries",
    operation_id = "resendDeliveries",
    tag = "requests",
    request_body(content = Resend, example = json!({"requestId": 100_000_012})),
    responses(
        (status = 201, description = "They are waiting.", body = Begun),
        (status = 409, description = "The request is resolved, or none of them is settled.", body = ProblemDetails, content_type = PROBLEM),
    ),
)]
pub(super) async fn again(
    State(hub): State<Hub>,
    admin: Admin,
    Ids([id]): Ids<1>,
    Creating(again, key): Creating<Again>,
) -> Result<Response> {
    let (id, context) = (practice_id(id)?, admin.context());
    // What can be no subscription's id is that of none.
    let known = |text: &String| uuid::read(text).and_then(SubscriptionId::new);
    let subscription = match &again.subscription_id {
        Some(text) => Some(known(text).ok_or(Error::NotFound("subscription"))?),
        None => None,
    };
    let once = hub.once(key, |begun: &u64| kept(Begun { deliveries: *begun }));
    let answer = hub
        .write(id, move |tx| {
            let request = again.request_id;
            once.run(tx, |tx| {
                deliveries::again(tx, &admin.operator, &context, id, request, subscription)
            })
        })
        .await?;
    Ok(created(answer))
}
