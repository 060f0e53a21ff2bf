//! Many snapshots in one call, each judged alone (AVAIL-6).

use super::AvailabilitySnapshot;
use crate::read::{
    self, Document, Fault, Faults, FromJson, Json, Node, array_of, deserialize_by_reading,
};
use serde::Serialize;
use utoipa::ToSchema;

/// The most snapshots in one call.
pub const MAX_BATCH: usize = 100;

crate::schemas! {
    /// The body of `POST /availability/snapshots`.
    pub AvailabilitySnapshots = crate::schema::list_of::<AvailabilitySnapshot>(MAX_BATCH);
}

/// One element of a batch: its `id`, as far as it can be read, and the snapshot or all that is
/// wrong with it. Paths are relative to the element, which itself is called `snapshot`.
pub type BatchItem = (Option<String>, Result<AvailabilitySnapshot, Vec<Fault>>);

/// Reads a batch, each element alone.
///
/// # Errors
/// What is wrong with the call as a whole: no JSON, no array, or more than [`MAX_BATCH`] elements.
pub fn read_batch(body: &[u8]) -> Result<Vec<BatchItem>, Vec<Fault>> {
    let document = Document::parse(body).map_err(|fault| vec![fault])?;
    let root = document.root();
    let mut faults = Faults::default();
    let elements = root.items(MAX_BATCH, &mut faults);
    let elements = faults.or(elements)?;
    Ok(elements
        .iter()
        .map(|element| {
            let node = Node::root(element.value(), "snapshot");
            let snapshot = document.read_node(&node, AvailabilitySnapshot::from_json);
            (id_of(element.value()), snapshot)
        })
        .collect())
}

/// The id of an element, whatever else is wrong with it.
fn id_of(element: &Json<'_>) -> Option<String> {
    let node = Node::root(element.get("id")?, "id");
    read::id(&node, &mut Faults::default()).filter(|id| !id.contains('\0'))
}

/// What became of a batch. A snapshot is named by its `id`, or else by its index from 0.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct SnapshotsResult {
    /// Those that were taken.
    pub created: Vec<String>,
    /// Those that change nothing: the same content was there already.
    pub existing: Vec<String>,
    /// Those that were refused.
    pub failed: Vec<String>,
    /// Why; left out when none was refused.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<SnapshotError>,
}

/// Why a snapshot of a batch was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SnapshotError {
    /// The snapshot's `id`, or else its index.
    pub snapshot: String,
    /// What is wrong with it.
    pub error: String,
}

impl FromJson for SnapshotsResult {
    fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        let names = array_of(MAX_BATCH, read::id);
        let mut object = node.object(faults)?;
        let created = object.optional_with("created", &names);
        let existing = object.optional_with("existing", &names);
        let failed = object.optional_with("failed", &names);
        let errors = object.optional("errors");
        Some(Self {
            created: created.unwrap_or_default(),
            existing: existing.unwrap_or_default(),
            failed: failed.unwrap_or_default(),
            errors: errors.unwrap_or_default(),
        })
    }
}

impl FromJson for SnapshotError {
    fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        let mut object = node.object(faults)?;
        let snapshot = object.required_id("snapshot");
        let error = object.required_with("error", read::text_up_to(100_000));
        Some(Self {
            snapshot: snapshot?,
            error: error?,
        })
    }
}

deserialize_by_reading!(SnapshotsResult, SnapshotError);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::describe;

    const GOOD: &str =
        r#"{"id": "a", "date": "2027-04-04", "pmsResourceId": "1", "availability": []}"#;

    #[test]
    fn each_snapshot_is_judged_alone_avail_6() {
        let body = format!(
            r#"[{GOOD},
                {{"id": 7, "date": "2027-02-30", "pmsResourceId": "1", "availability": []}},
                {{"id": "", "date": "2027-04-04", "pmsResourceId": "x\u0000", "availability": []}},
                null,
                {{"id": "b\u0000", "date": "2027-04-04", "availability": [{{"start": "x"}}]}}]"#
        );
        let read = read_batch(body.as_bytes()).unwrap();
        let ids: Vec<_> = read.iter().map(|(id, _)| id.as_deref()).collect();
        assert_eq!(ids, [Some("a"), Some("7"), None, None, None]);
        let faults: Vec<String> = read
            .iter()
            .map(|(_, snapshot)| {
                snapshot
                    .as_ref()
                    .map_or_else(|f| describe(f), |_| String::new())
            })
            .collect();
        assert_eq!(
            faults,
            [
                "",
                r#"date: must be a date (YYYY-MM-DD), not "2027-02-30""#,
                "pmsResourceId: must not contain a NUL character",
                "snapshot: must be an object, not null",
                "id: must not contain a NUL character; pmsResourceId: is required; \
                 availability[0].start: must be a time (HH:MM), not \"x\"; \
                 availability[0].end: is required; availability[0].slotLength: is required",
            ]
        );
    }

    #[test]
    fn more_than_a_hundred_snapshots_are_refused_as_a_whole_avail_6() {
        let batch = |n: usize| format!("[{}]", vec![GOOD; n].join(","));
        assert_eq!(read_batch(batch(100).as_bytes()).unwrap().len(), 100);
        let faults = read_batch(batch(101).as_bytes()).unwrap_err();
        assert_eq!(
            describe(&faults),
            "body: must have at most 100 items, not 101"
        );
    }

    #[test]
    fn a_batch_of_none_is_one_and_something_else_is_none_avail_6() {
        assert_eq!(read_batch(b"[]"), Ok(vec![]));
        assert_eq!(
            describe(&read_batch(b"").unwrap_err()),
            "body: must be an array, not empty"
        );
        assert_eq!(
            describe(&read_batch(GOOD.as_bytes()).unwrap_err()),
            "body: must be an array, not an object"
        );
        assert!(read_batch(b"[").is_err());
    }

    #[test]
    fn errors_are_left_out_when_there_is_none_avail_6() {
        let mut result = SnapshotsResult {
            created: vec!["0".to_owned()],
            ..Default::default()
        };
        assert_eq!(
            serde_json::to_string(&result).unwrap(),
            r#"{"created":["0"],"existing":[],"failed":[]}"#
        );
        result.errors.push(SnapshotError {
            snapshot: "1".to_owned(),
            error: "no".to_owned(),
        });
        assert!(
            serde_json::to_string(&result)
                .unwrap()
                .ends_with(r#""errors":[{"snapshot":"1","error":"no"}]}"#)
        );
    }
}
