//! A client snapshot that is wanted.

use crate::client_snapshots::DateType;
use crate::read::{Faults, FromJson, Node, deserialize_by_reading};
use crate::schema::Day;
use crate::time;
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

/// A date whose client snapshot the hub wants (SNAP-1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ClientSnapshotRequest {
    /// The date at the practice.
    #[serde(serialize_with = "time::as_date")]
    #[schema(value_type = Day)]
    pub date: Date,
    /// Which of their times puts appointments into it.
    pub date_type: DateType,
}

impl FromJson for ClientSnapshotRequest {
    fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        let mut object = node.object(faults)?;
        let date = object.required("date");
        let date_type = object.required("dateType");
        Some(Self {
            date: date?,
            date_type: date_type?,
        })
    }
}

deserialize_by_reading!(ClientSnapshotRequest);
