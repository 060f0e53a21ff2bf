//! Resources and appointment types.

use crate::support::{Practice, said};
use slotbridge_agent::adapter::Adapter;
use slotbridge_agent_folder::Folder;

#[tokio::test]
async fn resources_and_types_are_read() {
    let practice = Practice::new();
    let resources = practice.adapter.resources().await.unwrap();
    assert_eq!(resources[0].pms_resource_name, "Dr Alice Nguyen");
    assert_eq!(resources[0].pms_practitioner_title.as_deref(), Some("Dr"));
    assert_eq!(resources[1].pms_practitioner_title, None);
    let types = practice.adapter.appointment_types().await.unwrap();
    let lengths = types.iter().map(|kind| kind.pms_appointment_length);
    assert_eq!(lengths.collect::<Vec<_>>(), [Some(15), None]);
}

#[tokio::test]
async fn a_byte_order_mark_crlf_spaces_and_other_columns_do_no_harm() {
    let practice = Practice::new();
    let file =
        "\u{feff}pmsResourceId, pmsResourceName ,colour\r\n R9,\"Dr Lee, \"\"Al\"\"\",red\r\n";
    practice.export("resources.csv", file);
    let resources = practice.adapter.resources().await.unwrap();
    assert_eq!(resources[0].pms_resource_id, "R9");
    assert_eq!(resources[0].pms_resource_name, "Dr Lee, \"Al\"");
}

#[tokio::test]
async fn a_header_alone_is_a_list_of_none() {
    let practice = Practice::new();
    practice.export("resources.csv", "pmsResourceId,pmsResourceName\n");
    assert_eq!(practice.adapter.resources().await, Ok(Vec::new()));
}

#[test]
fn a_folder_that_is_not_there_is_not_opened() {
    let folder = tempfile::tempdir().unwrap();
    let error = said(Folder::open(&folder.path().join("none")));
    assert!(error.contains("is no folder"), "{error}");
}
