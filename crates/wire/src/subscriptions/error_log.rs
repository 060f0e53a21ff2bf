//! A callback that failed (SUB-4).

use super::SubscriptionTopic;
use crate::profile::Field;
use crate::read::{Faults, FromJson, Node, deserialize_by_reading};
use crate::schema::{Integer, UtcTimestamp};
use crate::time::Utc;
use serde::Serialize;
use utoipa::ToSchema;

/// A failed attempt at a callback.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SubscriptionErrorLog {
    /// When it failed.
    #[schema(value_type = UtcTimestamp)]
    pub timestamp: Utc,
    /// The id of this entry, a UUID.
    pub id: String,
    /// The subscription's id.
    pub subscription_id: String,
    /// The subscription's topic then.
    pub subscription_topic: SubscriptionTopic,
    /// The client's own name of the subscription.
    #[serde(skip_serializing_if = "Field::is_absent")]
    #[schema(value_type = Option<String>)]
    pub client_id: Field<String>,
    /// Where it went.
    pub callback_url: String,
    /// What was sent.
    pub payload: SubscriptionErrorLogPayload,
    /// Which attempt it was, from 1.
    #[schema(value_type = Integer)]
    pub attempt: i64,
    /// The kind of the failure: `Timeout`, `ConnectError`, `DnsError`, `TlsError`, `HttpStatus`,
    /// `Redirect` or `BlockedAddress`.
    pub error_type: String,
    /// The failure in words.
    pub error_message: String,
}

/// What a callback carries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SubscriptionErrorLogPayload {
    /// The subscription's id.
    pub id: String,
    /// When the first attempt was made.
    #[schema(value_type = UtcTimestamp)]
    pub timestamp: String,
    /// The client's own name of the subscription.
    #[serde(skip_serializing_if = "Field::is_absent")]
    #[schema(value_type = Option<String>)]
    pub client_id: Field<String>,
    /// The subscription's topic.
    #[schema(value_type = SubscriptionTopic)]
    pub topic: String,
    /// What there is to be done.
    pub data: SubscriptionPayloadData,
}

/// What there is to be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SubscriptionPayloadData {
    /// The list in which it stands, if there is one.
    #[serde(skip_serializing_if = "Field::is_absent")]
    #[schema(value_type = Option<String>)]
    pub target: Field<String>,
    /// The type of the request.
    pub request_type: String,
    /// The booking, if it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Integer, required = false)]
    pub booking_id: Option<i64>,
    /// The request.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Integer, required = false)]
    pub request_id: Option<i64>,
}

impl FromJson for SubscriptionErrorLog {
    fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        let mut object = node.object(faults)?;
        let timestamp = object.required("timestamp");
        let id = object.required_id("id");
        let subscription_id = object.required_id("subscriptionId");
        let subscription_topic = object.required("subscriptionTopic");
        let client_id = object.field("clientId");
        let callback_url = object.required("callbackUrl");
        let payload = object.required("payload");
        let attempt = object.required("attempt");
        let error_type = object.required("errorType");
        let error_message = object.required("errorMessage");
        Some(Self {
            timestamp: timestamp?,
            id: id?,
            subscription_id: subscription_id?,
            subscription_topic: subscription_topic?,
            client_id,
            callback_url: callback_url?,
            payload: payload?,
            attempt: attempt?,
            error_type: error_type?,
            error_message: error_message?,
        })
    }
}

impl FromJson for SubscriptionErrorLogPayload {
    fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        let mut object = node.object(faults)?;
        let id = object.required("id");
        let timestamp = object.required("timestamp");
        let client_id = object.field("clientId");
        let topic = object.required("topic");
        let data = object.required("data");
        Some(Self {
            id: id?,
            timestamp: timestamp?,
            client_id,
            topic: topic?,
            data: data?,
        })
    }
}

impl FromJson for SubscriptionPayloadData {
    fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        let mut object = node.object(faults)?;
        let target = object.field("target");
        let request_type = object.required("requestType");
        let booking_id = object.optional("bookingId");
        let request_id = object.optional("requestId");
        Some(Self {
            target,
            request_type: request_type?,
            booking_id,
            request_id,
        })
    }
}

deserialize_by_reading!(
    SubscriptionErrorLog,
    SubscriptionErrorLogPayload,
    SubscriptionPayloadData,
);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::{describe, read};

    #[test]
    fn a_failure_is_read_as_it_is_written_sub_4() {
        let body = r#"{"timestamp":"2026-10-12 10:08:28","id":"e1","subscriptionId":"s1","subscriptionTopic":"requests.bookings","clientId":null,"callbackUrl":"https://pms.example/cb","payload":{"id":"s1","timestamp":"2026-10-12 10:06:35","clientId":null,"topic":"requests.bookings","data":{"target":"/requests/bookings","requestType":"bookings","bookingId":154}},"attempt":3,"errorType":"DnsError","errorMessage":"no such host"}"#;
        let failure: SubscriptionErrorLog = read(body.as_bytes()).unwrap();
        assert_eq!(serde_json::to_string(&failure).unwrap(), body);
    }

    #[test]
    fn a_callback_must_say_what_it_is_about_sub_2() {
        let faults = read::<SubscriptionErrorLogPayload>(br#"{"data": {}}"#).unwrap_err();
        let told = describe(&faults);
        for field in ["id", "timestamp", "topic", "data.requestType"] {
            assert!(told.contains(&format!("{field}: is required")), "{told}");
        }
    }
}
