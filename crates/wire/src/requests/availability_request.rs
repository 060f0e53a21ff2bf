//! A day whose free times are wanted.

use crate::schema::{Day, Described, Id};
use crate::{
    read::{Faults, FromJson, Node, deserialize_by_reading},
    time,
};
use jiff::civil::Date;
use serde::{Serialize, Serializer};
use utoipa::{PartialSchema, ToSchema};

/// A day whose free times the hub wants, of one resource or of all (AVAIL-7).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AvailabilityRequest {
    /// The day at the practice.
    pub day: Date,
    /// The resource; `None` asks for every one. Written twice, as `pmsResourceId` and under the
    /// older name `pms_resource_id`.
    pub pms_resource_id: Option<String>,
}

/// A day whose free times the hub wants, of one resource or of all.
#[derive(Serialize, ToSchema)]
struct Written<'a> {
    /// The day at the practice.
    #[serde(serialize_with = "time::as_date")]
    #[schema(value_type = Day)]
    day: Date,
    /// The older name of `pmsResourceId`, with the same value.
    #[serde(rename = "pms_resource_id", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Id, deprecated)]
    old_name: Option<&'a str>,
    /// The resource; left out: every one is asked for.
    #[serde(rename = "pmsResourceId", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Id)]
    name: Option<&'a str>,
}

impl Serialize for AvailabilityRequest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let id = self.pms_resource_id.as_deref();
        Written {
            day: self.day,
            old_name: id,
            name: id,
        }
        .serialize(serializer)
    }
}

impl PartialSchema for AvailabilityRequest {
    fn schema() -> Described {
        Written::schema()
    }
}

impl ToSchema for AvailabilityRequest {
    fn schemas(schemas: &mut Vec<(String, Described)>) {
        Written::schemas(schemas);
    }
}

impl FromJson for AvailabilityRequest {
    fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        let mut object = node.object(faults)?;
        let day = object.required("day");
        let name = object.optional_id("pmsResourceId");
        let old_name = object.optional_id("pms_resource_id");
        Some(Self {
            day: day?,
            pms_resource_id: name.or(old_name),
        })
    }
}

deserialize_by_reading!(AvailabilityRequest);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::read;
    use jiff::civil::date;

    #[test]
    fn the_resource_is_written_under_both_names_avail_7() {
        let request = AvailabilityRequest {
            day: date(2027, 4, 4),
            pms_resource_id: Some("12345".to_owned()),
        };
        assert_eq!(
            serde_json::to_string(&request).unwrap(),
            r#"{"day":"2027-04-04","pms_resource_id":"12345","pmsResourceId":"12345"}"#
        );
    }

    #[test]
    fn a_request_for_every_resource_names_none_avail_7() {
        let request = AvailabilityRequest {
            day: date(2027, 4, 4),
            pms_resource_id: None,
        };
        assert_eq!(
            serde_json::to_string(&request).unwrap(),
            r#"{"day":"2027-04-04"}"#
        );
    }

    #[test]
    fn the_older_name_alone_is_understood_wire_2() {
        let read: AvailabilityRequest =
            read(br#"{"day": "2027-04-04", "pms_resource_id": 12345}"#).unwrap();
        assert_eq!(read.pms_resource_id.as_deref(), Some("12345"));
    }
}
