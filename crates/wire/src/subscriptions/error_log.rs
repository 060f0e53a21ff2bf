//! A callback that failed (SUB-4).

use super::SubscriptionTopic;
use crate::profile::Field;
use crate::schema::{Integer, UtcTimestamp};
use crate::time::Utc;
use serde::Serialize;
use utoipa::ToSchema;

/// A failed attempt at a callback.
#[derive(Clone, Debug, Serialize, ToSchema)]
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
#[derive(Clone, Debug, Serialize, ToSchema)]
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
#[derive(Clone, Debug, Serialize, ToSchema)]
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
