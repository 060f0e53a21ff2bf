//! The feed of patients.

use crate::support::{Practice, new_patient};
use slotbridge_agent::adapter::{Adapter, Patients};

/// Ids, with first names of those who are there.
fn shown(patients: &Patients) -> Vec<(&str, Option<&str>)> {
    let one = patients.changed.iter().map(|patient| {
        let person = patient.person.as_ref();
        (
            patient.id.as_str(),
            person.map(|person| person.firstname.as_str()),
        )
    });
    one.collect()
}

const HEADER: &str = "patientId,firstname,lastname,dob\n";

#[tokio::test]
async fn without_a_mark_all_are_given_and_with_it_those_who_changed() {
    let practice = Practice::new();
    let all = practice.patients(None).await;
    assert_eq!(shown(&all), [("P1", Some("Robert")), ("P2", Some("Ann"))]);
    assert!(practice.patients(Some(&all.mark)).await.changed.is_empty());
    let file = format!("{HEADER}P2,Anna,Lee,1990-01-02\nP1,Robert,Brown,1985-03-27\nP3,Jo,Hay,\n");
    practice.export("patients.csv", file);
    let changed = practice.patients(Some(&all.mark)).await;
    assert_eq!(shown(&changed), [("P2", Some("Anna")), ("P3", Some("Jo"))]);
    assert!(
        practice
            .patients(Some(&changed.mark))
            .await
            .changed
            .is_empty()
    );
    // Whoever has forgotten all of them asks for all.
    assert_eq!(practice.patients(None).await.changed.len(), 3);
    // Whoever missed the last answer is told again.
    assert_eq!(shown(&practice.patients(Some(&all.mark)).await).len(), 2);
}

#[tokio::test]
async fn a_patient_who_is_not_in_the_file_any_more_is_gone() {
    let practice = Practice::new();
    let mark = practice.patients(None).await.mark;
    practice.export(
        "patients.csv",
        format!("{HEADER}P1,Robert,Brown,1985-03-27\n"),
    );
    let changed = practice.patients(Some(&mark)).await;
    assert_eq!(shown(&changed), [("P2", None)]);
    assert_eq!(
        shown(&practice.patients(None).await),
        [("P1", Some("Robert"))]
    );
}

#[tokio::test]
async fn after_a_restart_all_have_changed() {
    let mut practice = Practice::new();
    let mark = practice.patients(None).await.mark;
    practice.restart();
    assert_eq!(practice.patients(Some(&mark)).await.changed.len(), 2);
}

#[tokio::test]
async fn the_file_is_read_once_for_each_change() {
    let practice = Practice::new();
    let mark = practice.patients(None).await.mark;
    let file = practice.read("patients.csv");
    practice.write_unseen("patients.csv", &file.replace("Robert", "Rupert"));
    assert!(practice.patients(Some(&mark)).await.changed.is_empty());
}

#[tokio::test]
async fn a_faulty_file_takes_no_patient_away() {
    let practice = Practice::new();
    let mark = practice.patients(None).await.mark;
    let file = practice.read("patients.csv");
    practice.export("patients.csv", "");
    assert!(practice.adapter.patients(Some(&mark)).await.is_err());
    practice.export("patients.csv", file);
    assert!(practice.patients(Some(&mark)).await.changed.is_empty());
}

#[tokio::test]
async fn a_person_becomes_one_patient_for_one_booking_also_after_a_restart() {
    let mut practice = Practice::new();
    let id = practice
        .adapter
        .create_patient(&new_patient(7, "Zoë"))
        .await
        .unwrap();
    assert_eq!(id, "SB-P7");
    let other = practice
        .adapter
        .create_patient(&new_patient(8, "Zoë"))
        .await
        .unwrap();
    assert_ne!(other, id);
    let file = practice.read("new_patients.csv");
    for _ in 0..2 {
        let again = new_patient(7, "Zoe");
        let again = practice.adapter.create_patient(&again).await;
        assert_eq!(again, Ok(id.clone()));
        assert_eq!(practice.read("new_patients.csv"), file);
        practice.restart();
    }
}

#[tokio::test]
async fn a_new_patient_is_found_before_the_pms_exports_it() {
    let mut practice = Practice::new();
    let mark = practice.patients(None).await.mark;
    practice
        .adapter
        .create_patient(&new_patient(7, "Zoë"))
        .await
        .unwrap();
    assert_eq!(
        shown(&practice.patients(Some(&mark)).await),
        [("SB-P7", Some("Zoë"))]
    );
    practice.restart();
    assert_eq!(practice.patients(None).await.changed.len(), 3);
}

#[tokio::test]
async fn once_the_pms_has_a_new_patient_its_word_counts() {
    let mut practice = Practice::new();
    practice
        .adapter
        .create_patient(&new_patient(7, "Zoë"))
        .await
        .unwrap();
    let mark = practice.patients(None).await.mark;
    practice.export(
        "patients.csv",
        format!("{HEADER}SB-P7,Zoe,Brown,1985-03-27\n"),
    );
    let taken_up = practice.patients(Some(&mark)).await;
    assert!(shown(&taken_up).contains(&("SB-P7", Some("Zoe"))));
    // Merged into another.
    practice.export("patients.csv", format!("{HEADER}P1,Zoe,Brown,1985-03-27\n"));
    let merged = practice.patients(Some(&taken_up.mark)).await;
    assert_eq!(shown(&merged), [("P1", Some("Zoe")), ("SB-P7", None)]);
    practice.restart();
    assert_eq!(shown(&practice.patients(None).await), [("P1", Some("Zoe"))]);
    // The booking's patient has the id that was given all the same.
    let again = practice
        .adapter
        .create_patient(&new_patient(7, "Zoë"))
        .await;
    assert_eq!(again.as_deref(), Ok("SB-P7"));
}
