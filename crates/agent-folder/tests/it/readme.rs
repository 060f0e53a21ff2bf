//! What the README says of columns and errors is so.

use crate::support::{Practice, booking, new_patient, said};
use jiff::civil::datetime;
use slotbridge_agent::adapter::Adapter;

const README: &str = include_str!("../../README.md");

#[tokio::test]
async fn each_column_that_the_agent_writes_is_explained() {
    let practice = Practice::new();
    practice
        .insert(&booking(7, datetime(2027, 3, 31, 9, 0, 0, 0)))
        .await
        .unwrap();
    practice
        .adapter
        .create_patient(&new_patient(7, "Zoë"))
        .await
        .unwrap();
    for file in ["bookings.csv", "new_patients.csv"] {
        let written = practice.read(file);
        for column in written.lines().next().unwrap().split(',') {
            assert!(README.contains(&format!("`{column}`")), "{file}: {column}");
        }
    }
}

#[tokio::test]
async fn each_error_reads_as_it_is_shown() {
    let practice = Practice::new();
    let free = |row: &str| format!("pmsResourceId,date,start,end,slotSeconds\nR1,{row}\n");
    let patients = "patientId,firstname,lastname\n";
    practice.export("free_times.csv", free("2027-03-31,09:00,08:00,0"));
    let mut errors = vec![said(practice.free("R1").await)];
    practice.export("free_times.csv", free("2027-03-31,09:00,10:00,1"));
    errors.push(said(practice.free("R1").await));
    practice.export("patients.csv", format!("{patients}P1,a,b\nP1,a,b\n"));
    errors.push(said(practice.adapter.patients(None).await));
    practice.export(
        "patients.csv",
        [patients.as_bytes(), b"P1,a,\xeb\n"].concat(),
    );
    errors.push(said(practice.adapter.patients(None).await));
    practice.export("resources.csv", "pmsResourceId;pmsResourceName\n");
    errors.push(said(practice.adapter.resources().await));
    practice.export("changes.csv", "bookingId,change\n7,moved,\n");
    errors.push(said(practice.adapter.fate(7, &[]).await));
    std::fs::remove_file(practice.path("changes.csv")).unwrap();
    errors.push(said(practice.adapter.fate(7, &[]).await));
    let (_, block) = README.split_once("```text\n").unwrap();
    let (block, _) = block.split_once("```").unwrap();
    // On other lines.
    let without_lines = |text: &str| text.replace(|c: char| c.is_ascii_digit(), "");
    let errors: Vec<_> = errors.iter().map(|error| without_lines(error)).collect();
    let shown: Vec<_> = block.lines().map(without_lines).collect();
    assert_eq!(errors, shown);
}
