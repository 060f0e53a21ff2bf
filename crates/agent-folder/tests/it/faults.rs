//! What is wrong with a file is named by file, line and column.

use crate::support::{FREE, Practice, said};
use slotbridge_agent::adapter::Adapter;

async fn fault_of(file: &str, content: impl AsRef<[u8]>) -> String {
    let practice = Practice::new();
    practice.export(file, content);
    match file {
        "resources.csv" => said(practice.adapter.resources().await),
        "appointment_types.csv" => said(practice.adapter.appointment_types().await),
        "patients.csv" => said(practice.adapter.patients(None).await),
        "changes.csv" => said(practice.adapter.fate(7, &[]).await),
        _ => said(practice.free("R1").await),
    }
}

#[tokio::test]
async fn a_cell_is_named_by_file_line_and_column_and_not_repeated() {
    let faulty = "bookingId,change\n7,moved\n8,Robert Brown\n";
    let error = fault_of("changes.csv", faulty).await;
    assert_eq!(
        error,
        "changes.csv:3: change: must be cancelled, moved or didNotAttend"
    );
    let error = fault_of("changes.csv", "bookingId,change\nBrown,moved\n").await;
    assert!(
        error.starts_with("changes.csv:2: bookingId: must be a whole number"),
        "{error}"
    );
    assert!(!error.contains("Brown"));
    let faulty = "pmsAppointmentTypeId,pmsAppointmentTypeName,minutes\nG,Standard,1441\n";
    let error = fault_of("appointment_types.csv", faulty).await;
    let wanted = "appointment_types.csv:2: minutes: must be a whole number from 0 to 1440";
    assert_eq!(error, wanted);
}

#[tokio::test]
async fn lines_are_counted_as_an_editor_does() {
    for (line_end, start) in [("\n", ""), ("\r\n", ""), ("\r\n", "\u{feff}")] {
        let rows = [
            &format!("{start}pmsResourceId,pmsResourceName"),
            "R1,\"a",
            "b\"",
            "",
            "R2,c",
            "R3,",
            "",
        ];
        let error = fault_of("resources.csv", rows.join(line_end)).await;
        assert_eq!(error, "resources.csv:6: pmsResourceName: must not be empty");
    }
}

#[tokio::test]
async fn an_id_that_stands_twice_is_named_by_both_lines() {
    let resources = "pmsResourceId,pmsResourceName\nR1,a\nR2,b\n R1 ,c\n";
    let error = fault_of("resources.csv", resources).await;
    assert_eq!(
        error,
        "resources.csv:4: pmsResourceId: stands on line 2 already"
    );
    let types = "pmsAppointmentTypeId,pmsAppointmentTypeName,minutes\nG,a,1\nG,b,1\n";
    let error = fault_of("appointment_types.csv", types).await;
    assert_eq!(
        error,
        "appointment_types.csv:3: pmsAppointmentTypeId: stands on line 2 already"
    );
    let patients = "patientId,firstname,lastname\nP1,a,b\nP1,c,d\n";
    let error = fault_of("patients.csv", patients).await;
    assert_eq!(error, "patients.csv:3: patientId: stands on line 2 already");
}

#[tokio::test]
async fn an_id_that_is_empty_is_a_fault() {
    for (file, faulty, column) in [
        (
            "resources.csv",
            "pmsResourceId,pmsResourceName\n,a\n",
            "pmsResourceId",
        ),
        (
            "patients.csv",
            "patientId,firstname,lastname\n ,a,b\n",
            "patientId",
        ),
        (
            "free_times.csv",
            "pmsResourceId,date,start,end,slotSeconds\n,2027-03-31,09:00,10:00,0\n",
            "pmsResourceId",
        ),
    ] {
        let error = fault_of(file, faulty).await;
        assert_eq!(error, format!("{file}:2: {column}: must not be empty"));
    }
}

#[tokio::test]
async fn a_row_of_another_width_is_a_fault() {
    let error = fault_of(
        "resources.csv",
        "pmsResourceId,pmsResourceName\nR1,a\nR2,Lee, Ann\n",
    )
    .await;
    assert_eq!(error, "resources.csv:3: has 3 cells, the first line 2");
}

#[tokio::test]
async fn semicolons_are_said_to_be_the_reason() {
    let error = fault_of("resources.csv", "pmsResourceId;pmsResourceName\nR1;a\n").await;
    let wanted = "resources.csv:1: there is no column pmsResourceId: cells are to be apart by commas, \
                  not by semicolons or tabs";
    assert_eq!(error, wanted);
}

#[tokio::test]
async fn a_file_without_a_header_is_named_without_its_first_row() {
    let error = fault_of("patients.csv", "P1,Robert,Brown\n").await;
    assert_eq!(error, "patients.csv:1: there is no column patientId");
    let twice = "patientId,firstname,lastname,firstname\n";
    let error = fault_of("patients.csv", twice).await;
    assert_eq!(
        error,
        "patients.csv:1: cell 4 names a column that is there already"
    );
}

#[tokio::test]
async fn windows_1252_and_utf_16_are_said_to_be_the_reason() {
    let why = "is not UTF-8: export as UTF-8, not as Windows-1252 (ANSI) or UTF-16";
    let ansi = b"patientId,firstname,lastname\nP1,Ann,Lee\nP2,Zo\xeb,Lee\n";
    assert_eq!(
        fault_of("patients.csv", ansi).await,
        format!("patients.csv:3: {why}")
    );
    let utf_16 = b"\xff\xfep\0a\0t\0";
    assert_eq!(
        fault_of("patients.csv", utf_16).await,
        format!("patients.csv:1: {why}")
    );
    let zeros = b"patientId,firstname,lastname\nP1,Ann\0,Lee\n";
    assert_eq!(
        fault_of("patients.csv", zeros).await,
        "patients.csv:2: has a NUL character"
    );
}

#[tokio::test]
async fn a_file_that_is_not_there_is_named() {
    let practice = Practice::new();
    std::fs::remove_file(practice.path("free_times.csv")).unwrap();
    let error = said(practice.free("R1").await);
    assert_eq!(error, "free_times.csv: there is no such file");
}

#[tokio::test]
async fn a_half_written_file_is_a_fault_that_heals() {
    let practice = Practice::new();
    let whole = FREE.to_owned() + "R1,2027-04-02,09:00,12:00,900,\"G \nL\"\n";
    for length in 0..whole.len() {
        let half = &whole[..length];
        std::fs::write(practice.path("free_times.csv"), half).unwrap();
        let is_cut_at_a_line = half.ends_with('\n') && half.matches('"').count() != 1;
        let read = practice.free("R1").await;
        assert_eq!(read.is_ok(), is_cut_at_a_line, "the first {length} bytes");
    }
    std::fs::write(practice.path("free_times.csv"), &whole).unwrap();
    assert_eq!(practice.free("R1").await.unwrap().len(), 3);
}

#[tokio::test]
async fn a_faulty_file_spoils_no_other() {
    let practice = Practice::new();
    let files = [
        "resources.csv",
        "patients.csv",
        "changes.csv",
        "free_times.csv",
    ];
    for file in files {
        let good = practice.read(file);
        practice.export(file, "nonsense\n");
        let adapter = &practice.adapter;
        let broken = [
            ("resources.csv", adapter.resources().await.is_err()),
            ("patients.csv", adapter.patients(None).await.is_err()),
            ("changes.csv", adapter.fate(7, &[]).await.is_err()),
            ("free_times.csv", practice.free("R1").await.is_err()),
        ];
        let broken = broken.iter().filter(|(_, is_broken)| *is_broken);
        assert_eq!(broken.map(|(file, _)| *file).collect::<Vec<_>>(), [file]);
        assert!(adapter.appointment_types().await.is_ok());
        practice.export(file, good);
    }
}
