//! The configuration and the extra features.

use super::{Case, case, from, shown};
use serde_json::{Value, json};
use slotbridge_client::wire::{
    config::LivenessContract, config::PmsAppointmentType, config::PmsResource,
};

pub(super) fn configuration() -> Vec<Case> {
    fn resource() -> Value {
        json!({
            "pmsResourceId": "R&1", "pmsResourceName": "Room", "pmsPractitionerTitle": "Dr",
            "pmsPractitionerFirstname": "Wu", "pmsPractitionerLastname": "Li",
        })
    }
    fn kind() -> Value {
        json!({
            "pmsAppointmentTypeId": "T", "pmsAppointmentTypeName": "Long",
            "pmsAppointmentLength": 30, "pmsResourceId": "R&1",
        })
    }
    fn hours() -> Value {
        let day = json!([{"start": "08:00", "end": "17:30"}]);
        json!({"liveHours": {
            "monday": day, "tuesday": day, "wednesday": day, "thursday": day, "friday": day,
            "saturday": day, "sunday": day, "publicHolidays": day,
        }})
    }
    vec![
        case!(
            "POST /config/pmsResources/snapshot",
            upload_pms_resources(&[from::<PmsResource>(&resource())])
        )
        .sends(json!([resource()])),
        case!("GET /config/pmsResources", get_resources()).answers(json!([resource()])),
        case!(
            "GET /config/pmsResources/findById?id=R%261",
            find_by_pms_resource_id("R&1")
        )
        .answers(json!([resource()]))
        .gives(resource()),
        case!(
            "POST /config/pmsAppointmentTypes/snapshot",
            upload_pms_appointment_types(&[from::<PmsAppointmentType>(&kind())])
        )
        .sends(json!([kind()])),
        case!(
            "GET /config/pmsAppointmentTypes",
            get_pms_appointment_types()
        )
        .answers(json!([kind()])),
        case!(
            "GET /config/pmsAppointmentTypes/findById?id=T",
            find_by_pms_appointment_type_id("T")
        )
        .answers(json!([kind()]))
        .gives(kind()),
        case!("GET /config/livenessContract", get_liveness_contract()).answers(hours()),
        case!(
            "POST /config/livenessContract",
            upload_liveness_contract(&from::<LivenessContract>(&hours()))
        )
        .sends(hours()),
    ]
}

pub(super) fn features() -> Vec<Case> {
    let feature = || {
        json!({
            "id": "documents", "name": "Documents", "description": "For patients", "enabled": true,
        })
    };
    vec![
        case!("GET /features", get_features()).answers(json!([feature()])),
        case!("GET /features/documents", get_feature("documents")).answers(feature()),
        case!(
            "POST /features/documents/enable",
            enable_feature("documents")
        ),
        case!(
            "POST /features/documents/disable",
            disable_feature("documents")
        ),
    ]
}
