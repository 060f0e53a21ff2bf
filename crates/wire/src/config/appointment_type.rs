//! Kinds of appointments in the PMS (CONF-2).

use super::unique::List;
use crate::read::{Fault, Faults, FromJson, Node, deserialize_by_reading, integer, read_with};
use crate::schema::{Id, Name};
use serde::Serialize;
use utoipa::ToSchema;

/// The most types of a practice: many times what the largest have, each for one resource.
const MOST: usize = 20_000;

/// A kind of appointment in the PMS.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PmsAppointmentType {
    /// The PMS's id of it.
    #[schema(value_type = Id)]
    pub pms_appointment_type_id: String,
    /// Its name in the PMS.
    #[schema(value_type = Name)]
    pub pms_appointment_type_name: String,
    /// How long one takes, in minutes; 0 is as good as none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = i64, minimum = 0, maximum = 1440)]
    pub pms_appointment_length: Option<u16>,
    /// The resource that has it; left out: all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Id)]
    pub pms_resource_id: Option<String>,
}

impl FromJson for PmsAppointmentType {
    fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        let mut object = node.object(faults)?;
        let pms_appointment_type_id = object.required_id("pmsAppointmentTypeId");
        let pms_appointment_type_name = object.required_name("pmsAppointmentTypeName");
        let length = object.optional_with("pmsAppointmentLength", integer(0..=1440));
        let pms_resource_id = object.optional_id("pmsResourceId");
        Some(Self {
            pms_appointment_type_id: pms_appointment_type_id?,
            pms_appointment_type_name: pms_appointment_type_name?,
            pms_appointment_length: length.and_then(|minutes| u16::try_from(minutes).ok()),
            pms_resource_id,
        })
    }
}

deserialize_by_reading!(PmsAppointmentType);

crate::schemas! {
    /// The body of `POST /config/pmsAppointmentTypes/snapshot`.
    pub PmsAppointmentTypes = crate::schema::list_of::<PmsAppointmentType>(MOST);
}

/// Reads a whole list of appointment types: ids unique, names unique among the types of one
/// resource and among those of none (CONF-2).
///
/// # Errors
/// Every fault found.
pub fn read_pms_appointment_types(body: &[u8]) -> Result<Vec<PmsAppointmentType>, Vec<Fault>> {
    read_with(body, |node, faults| {
        let list = List::<PmsAppointmentType>::read(node, MOST, faults)?;
        list.unique(
            "pmsAppointmentTypeId",
            "",
            |kind| &kind.pms_appointment_type_id,
            faults,
        );
        list.unique(
            "pmsAppointmentTypeName",
            " for its pmsResourceId",
            |kind| (&kind.pms_resource_id, &kind.pms_appointment_type_name),
            faults,
        );
        list.finish()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::{describe, read};

    fn length(sent: &str) -> Result<Option<u16>, String> {
        let body = format!(
            r#"{{"pmsAppointmentTypeId":"1","pmsAppointmentTypeName":"A","pmsAppointmentLength":{sent}}}"#
        );
        read::<PmsAppointmentType>(body.as_bytes())
            .map(|kind| kind.pms_appointment_length)
            .map_err(|faults| describe(&faults))
    }

    #[test]
    fn the_length_may_be_a_numeric_string_wire_2() {
        assert_eq!(length(r#""30""#), Ok(Some(30)));
        assert_eq!(length("30"), Ok(Some(30)));
        assert_eq!(length("null"), Ok(None));
    }

    #[test]
    fn the_length_is_at_most_a_day_conf_2() {
        assert_eq!(length("1440"), Ok(Some(1440)));
        assert_eq!(length("0"), Ok(Some(0)));
        assert_eq!(
            length("1441").unwrap_err(),
            "pmsAppointmentLength: must be an integer from 0 to 1440, not 1441"
        );
        assert!(length("-1").is_err());
    }

    #[test]
    fn a_name_is_unique_for_its_resource_conf_2() {
        let read = read_pms_appointment_types(
            br#"[
              {"pmsAppointmentTypeId": "1", "pmsAppointmentTypeName": "A", "pmsResourceId": "R"},
              {"pmsAppointmentTypeId": "2", "pmsAppointmentTypeName": "A", "pmsResourceId": "S"},
              {"pmsAppointmentTypeId": "3", "pmsAppointmentTypeName": "A"}
            ]"#,
        );
        assert_eq!(read.unwrap().len(), 3);
    }

    #[test]
    fn an_absent_and_an_empty_resource_are_one_scope_conf_2() {
        let faults = read_pms_appointment_types(
            br#"[
              {"pmsAppointmentTypeId": "1", "pmsAppointmentTypeName": "A", "pmsResourceId": ""},
              {"pmsAppointmentTypeId": "2", "pmsAppointmentTypeName": "A"},
              {"pmsAppointmentTypeId": "2", "pmsAppointmentTypeName": "B", "pmsResourceId": "R"}
            ]"#,
        )
        .unwrap_err();
        assert_eq!(
            describe(&faults),
            "[2].pmsAppointmentTypeId: must be unique, but \"2\" is at [1].pmsAppointmentTypeId \
             too; [1].pmsAppointmentTypeName: must be unique for its pmsResourceId, but \"A\" is \
             at [0].pmsAppointmentTypeName too"
        );
    }
}
