//! What every client snapshot lists in full: locations, practitioners, appointment types (SNAP-2).

use super::More;
use crate::names::names;
use crate::read::{Faults, FromJson, MAX_NAME, Node, deserialize_by_reading, text_up_to};
use crate::schema::{Id, Line};
use serde::Serialize;
use utoipa::ToSchema;

names! {
    /// Whether something of the PMS is in use.
    pub enum EntryStatus {
        /// In use.
        Active = "active",
        /// Not in use any more.
        Inactive = "inactive",
    }
}

/// A place where the practice sees patients.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Location {
    /// The PMS's id of it.
    #[schema(value_type = Id)]
    pub pms_location_id: String,
    /// Its name in the PMS.
    #[schema(value_type = Line)]
    pub pms_location_name: String,
    /// Whether it is in use.
    pub pms_location_status: EntryStatus,
    /// Fields beyond the schema, kept as they came (SNAP-2).
    #[serde(flatten)]
    #[schema(ignore)]
    pub more: More,
}

/// Somebody who sees patients.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Practitioner {
    /// The PMS's id of it.
    #[schema(value_type = Id)]
    pub pms_practitioner_id: String,
    /// Its name in the PMS.
    #[schema(value_type = Line)]
    pub pms_practitioner_name: String,
    /// Whether it is in use.
    pub pms_practitioner_status: EntryStatus,
    /// Fields beyond the schema, kept as they came (SNAP-2).
    #[serde(flatten)]
    #[schema(ignore)]
    pub more: More,
}

/// A kind of appointment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AppointmentType {
    /// The PMS's id of it.
    #[schema(value_type = Id)]
    pub pms_appointment_type_id: String,
    /// Its name in the PMS.
    #[schema(value_type = Line)]
    pub pms_appointment_type_name: String,
    /// Whether it is in use.
    pub pms_appointment_type_status: EntryStatus,
    /// Fields beyond the schema, kept as they came (SNAP-2).
    #[serde(flatten)]
    #[schema(ignore)]
    pub more: More,
}

impl FromJson for Location {
    fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        let mut object = node.object(faults)?;
        let id = object.required_id("pmsLocationId");
        let name = object.required_with("pmsLocationName", text_up_to(MAX_NAME));
        let status = object.required("pmsLocationStatus");
        let known = ["pmsLocationId", "pmsLocationName", "pmsLocationStatus"];
        let more = object.more(&known);
        Some(Self {
            pms_location_id: id?,
            pms_location_name: name?,
            pms_location_status: status?,
            more,
        })
    }
}

impl FromJson for Practitioner {
    fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        let mut object = node.object(faults)?;
        let id = object.required_id("pmsPractitionerId");
        let name = object.required_with("pmsPractitionerName", text_up_to(MAX_NAME));
        let status = object.required("pmsPractitionerStatus");
        let known = [
            "pmsPractitionerId",
            "pmsPractitionerName",
            "pmsPractitionerStatus",
        ];
        let more = object.more(&known);
        Some(Self {
            pms_practitioner_id: id?,
            pms_practitioner_name: name?,
            pms_practitioner_status: status?,
            more,
        })
    }
}

impl FromJson for AppointmentType {
    fn from_json(node: &Node<'_>, faults: &mut Faults) -> Option<Self> {
        let mut object = node.object(faults)?;
        let id = object.required_id("pmsAppointmentTypeId");
        let name = object.required_with("pmsAppointmentTypeName", text_up_to(MAX_NAME));
        let status = object.required("pmsAppointmentTypeStatus");
        let known = [
            "pmsAppointmentTypeId",
            "pmsAppointmentTypeName",
            "pmsAppointmentTypeStatus",
        ];
        let more = object.more(&known);
        Some(Self {
            pms_appointment_type_id: id?,
            pms_appointment_type_name: name?,
            pms_appointment_type_status: status?,
            more,
        })
    }
}

deserialize_by_reading!(Location, Practitioner, AppointmentType);
