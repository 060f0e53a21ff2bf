//! Subscriptions and their log.

use super::{Case, case, from, shown};
use serde_json::{Value, json};
use slotbridge_client::{
    ErrorLogFilter,
    wire::{subscriptions::Subscription, time::parse_utc},
};

pub(super) fn subscriptions() -> Vec<Case> {
    fn subscription() -> Value {
        json!({
            "id": "db26bebd", "clientId": "front-desk", "topic": "requests.*",
            "callbackUrl": "https://pms.example/cb", "startAt": "2027-04-03 22:00:00",
            "expireAt": "2027-12-01 00:00:00",
        })
    }
    fn wanted() -> Subscription {
        from(&subscription())
    }
    fn filter() -> ErrorLogFilter {
        ErrorLogFilter {
            subscription_id: Some("db26bebd".to_owned()),
            from: parse_utc("2027-04-03 22:00:00"),
            to: parse_utc("2027-04-04 22:00:00"),
        }
    }
    let failure = json!({
        "timestamp": "2027-04-03 22:00:06", "id": "e1", "subscriptionId": "db26bebd",
        "subscriptionTopic": "requests.*", "clientId": "front-desk",
        "callbackUrl": "https://pms.example/cb",
        "payload": {
            "id": "db26bebd", "timestamp": "2027-04-03 22:00:00", "clientId": "front-desk",
            "topic": "requests.*",
            "data": {
                "target": "/requests/bookingUpdates", "requestType": "bookingUpdates",
                "bookingId": 1, "requestId": 2,
            },
        },
        "attempt": 1, "errorType": "Timeout", "errorMessage": "no answer within 5 s",
    });
    vec![
        case!("GET /subscription", get_subscriptions()).answers(json!([subscription()])),
        case!("POST /subscription", create_subscription(&wanted()))
            .sends(subscription())
            .status(201)
            .answers(subscription()),
        case!("GET /subscription/db26bebd", get_subscription("db26bebd")).answers(subscription()),
        case!("PUT /subscription/db26bebd", replace_subscription("db26bebd", &wanted()))
            .sends(subscription())
            .answers(subscription()),
        case!("DELETE /subscription/db26bebd", delete_subscription("db26bebd")).status(204),
        case!(
            "GET /subscriptionErrorLog?subscriptionId=db26bebd&from=2027-04-03+22%3A00%3A00&to=2027-04-04+22%3A00%3A00&page=3",
            get_subscription_error_logs(&filter(), 3)
        )
        .page_of(&failure),
    ]
}
