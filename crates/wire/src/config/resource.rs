//! What can be booked in the PMS: practitioners, rooms (CONF-1).

use super::unique::List;
use crate::read::{Fault, Faults, FromJson, Node, deserialize_by_reading, read_with};
use crate::schema::{Id, Name};
use serde::Serialize;
use utoipa::ToSchema;

/// The most resources of a practice: many times what the largest have. Whoever looks at a
/// practice's page has all of them read.
const MOST: usize = 2_000;

/// Something in the PMS that has an appointment book.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PmsResource {
    /// The PMS's id of it.
    #[schema(value_type = Id)]
    pub pms_resource_id: String,
    /// Its name in the PMS.
    #[schema(value_type = Name)]
    pub pms_resource_name: String,
    /// The practitioner's title, e.g. `Dr`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Name)]
    pub pms_practitioner_title: Option<String>,
    /// The practitioner's given name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Name)]
    pub pms_practitioner_firstname: Option<String>,
    /// The practitioner's family name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Name)]
    pub pms_practitioner_lastname: Option<String>,
}

impl FromJson for PmsResource {
    fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        let mut object = node.object(faults)?;
        let pms_resource_id = object.required_id("pmsResourceId");
        let pms_resource_name = object.required_name("pmsResourceName");
        let pms_practitioner_title = object.optional_name("pmsPractitionerTitle");
        let pms_practitioner_firstname = object.optional_name("pmsPractitionerFirstname");
        let pms_practitioner_lastname = object.optional_name("pmsPractitionerLastname");
        Some(Self {
            pms_resource_id: pms_resource_id?,
            pms_resource_name: pms_resource_name?,
            pms_practitioner_title,
            pms_practitioner_firstname,
            pms_practitioner_lastname,
        })
    }
}

deserialize_by_reading!(PmsResource);

crate::schemas! {
    /// The body of `POST /config/pmsResources/snapshot`.
    pub PmsResources = crate::schema::list_of::<PmsResource>(MOST);
}

/// Reads a whole list of resources: ids unique, names unique (CONF-1).
///
/// # Errors
/// Every fault found.
pub fn read_pms_resources(body: &[u8]) -> Result<Vec<PmsResource>, Vec<Fault>> {
    read_with(body, |node, faults| {
        let list = List::<PmsResource>::read(node, MOST, faults)?;
        list.unique(
            "pmsResourceId",
            "",
            |resource| &resource.pms_resource_id,
            faults,
        );
        list.unique(
            "pmsResourceName",
            "",
            |resource| &resource.pms_resource_name,
            faults,
        );
        list.finish()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::describe;

    #[test]
    fn a_list_as_vendors_send_it_is_read_conf_1() {
        let read = read_pms_resources(
            br#"[
              {
                "pmsResourceId": "12345",
                "pmsResourceName": "Doctor Do Good",
                "pmsPractitionerFirstname": "Do",
                "pmsPractitionerLastname": "Good",
                "pmsPractitionerTitle": ""
              },
              {"pmsResourceId": 12346, "pmsResourceName": "Room 2", "pmsPractitionerTitle": null}
            ]"#,
        )
        .unwrap();
        assert_eq!(read[0].pms_practitioner_lastname.as_deref(), Some("Good"));
        assert_eq!(read[0].pms_practitioner_title, None);
        assert_eq!(
            serde_json::to_string(&read[1]).unwrap(),
            r#"{"pmsResourceId":"12346","pmsResourceName":"Room 2"}"#
        );
    }

    #[test]
    fn an_id_or_name_that_stands_twice_is_named_at_both_places_conf_1() {
        let faults = read_pms_resources(
            br#"[
              {"pmsResourceId": "1", "pmsResourceName": "A"},
              {"pmsResourceId": "2", "pmsResourceName": ""},
              {"pmsResourceId": 1, "pmsResourceName": "B"},
              {"pmsResourceId": "3", "pmsResourceName": "A"},
              {"pmsResourceId": "1", "pmsResourceName": "C"}
            ]"#,
        )
        .unwrap_err();
        assert_eq!(
            describe(&faults),
            "[1].pmsResourceName: must not be blank; \
             [2].pmsResourceId: must be unique, but 1 is at [0].pmsResourceId too; \
             [4].pmsResourceId: must be unique, but \"1\" is at [0].pmsResourceId too; \
             [3].pmsResourceName: must be unique, but \"A\" is at [0].pmsResourceName too"
        );
    }

    #[test]
    fn an_empty_list_is_one_conf_1() {
        assert_eq!(read_pms_resources(b"[]"), Ok(vec![]));
        assert!(read_pms_resources(b"").is_err());
    }
}
