//! A subscription to callbacks (SUB-1).

use super::SubscriptionTopic;
use crate::profile::Field;
use crate::read::{Faults, FromJson, Node, deserialize_by_reading};
use crate::schema::{CallbackUrl, Id, Text, UtcTimestamp};
use crate::time::Utc;
use serde::Serialize;
use utoipa::ToSchema;

/// A subscription: whom to call when there are requests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Subscription {
    /// Its id, a UUID. Ignored when it is sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Text, required = false)]
    pub id: Option<String>,
    /// The client's own name of it, which comes back with each callback.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Id, required = false)]
    pub client_id: Option<String>,
    /// What it is for.
    pub topic: SubscriptionTopic,
    /// Where the callbacks go: an absolute `http` or `https` URL without credentials in it.
    #[schema(value_type = CallbackUrl)]
    pub callback_url: String,
    /// From when on it is in force; now, if it is not sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = UtcTimestamp, required = false)]
    pub start_at: Option<Utc>,
    /// Until when it is in force, after `startAt`; for good, if it is not sent or null.
    #[serde(skip_serializing_if = "Field::is_absent")]
    #[schema(value_type = Option<UtcTimestamp>, required = false)]
    pub expire_at: Field<Utc>,
}

impl FromJson for Subscription {
    fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        let mut object = node.object(faults)?;
        let id = object.optional("id");
        let client_id = object.optional_id("clientId");
        let topic = object.required("topic");
        let callback_url = object.required("callbackUrl");
        let start_at = object.optional("startAt");
        let expire_at = object.field("expireAt");
        Some(Self {
            id,
            client_id,
            topic: topic?,
            callback_url: callback_url?,
            start_at,
            expire_at,
        })
    }
}

deserialize_by_reading!(Subscription);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::{describe, read};

    #[test]
    fn a_subscription_as_vendors_send_it_is_read_sub_1() {
        let read: Subscription = read(
            br#"{"topic": "requests.bookings", "callbackUrl": "http://yoururl.com.au/endpoint",
                 "clientId": 7, "startAt": null, "expireAt": "2024-12-01 00:00:00", "id": null}"#,
        )
        .unwrap();
        assert_eq!(
            serde_json::to_string(&read).unwrap(),
            r#"{"clientId":"7","topic":"requests.bookings","callbackUrl":"http://yoururl.com.au/endpoint","expireAt":"2024-12-01 00:00:00"}"#
        );
    }

    #[test]
    fn every_fault_is_named_wire_4() {
        let faults = read::<Subscription>(br#"{"topic": "bookings", "expireAt": 7}"#).unwrap_err();
        let text = describe(&faults);
        for field in [
            "topic: must be one of requests.*,",
            "callbackUrl: is required",
            "expireAt: ",
        ] {
            assert!(text.contains(field), "{text}");
        }
    }
}
