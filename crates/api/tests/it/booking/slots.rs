//! The bookable times of a practice.

use super::problem;
use serde_json::{Value, json};
use slotbridge_testkit::{Answer, Clinic, clinic::snapshot};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::channel;

async fn slots(clinic: &Clinic, query: &str) -> Answer {
    let path = format!("/practices/{}/slots?{query}", clinic.pms.practice_id);
    clinic.app.patient("GET", &path, Value::Null).await
}

async fn found(clinic: &Clinic, query: &str) -> Vec<Value> {
    let list = slots(clinic, query).await.expect(200);
    assert_eq!(list.as_object().unwrap().len(), 1, "slots and nothing else");
    list["slots"].as_array().unwrap().clone()
}

#[tokio::test]
async fn slots_come_by_start_with_practitioner_type_and_end() {
    let clinic = Clinic::new().await;
    let day = snapshot("12345", "2026-11-25");
    clinic
        .pms("POST", "/availability/snapshot", day)
        .await
        .expect(200);
    let all = found(&clinic, "from=2026-11-24&to=2026-11-25").await;
    assert_eq!(all.len(), 14 + 14 + 14);
    let [first, second] = clinic.practitioners[..] else {
        panic!()
    };
    let slot = |who: i64| {
        json!({
            "practitionerId": who, "appointmentTypeId": clinic.appointment_type,
            "start": "2026-11-24T09:00:00+11:00", "end": "2026-11-24T09:30:00+11:00",
        })
    };
    assert_eq!(all[..2], [slot(first), slot(second)]);
    let starts: Vec<&str> = all
        .iter()
        .map(|slot| slot["start"].as_str().unwrap())
        .collect();
    assert!(starts.is_sorted());
    assert_eq!(
        found(&clinic, "from=2026-11-25&to=2026-11-25").await.len(),
        14
    );
    assert_eq!(
        found(&clinic, "from=2026-11-26&to=2026-11-30").await.len(),
        0
    );
    let one = format!("from=2026-11-24&to=2026-11-24&practitionerId={second}");
    let one = found(&clinic, &one).await;
    assert!(one.len() == 14 && one.iter().all(|slot| slot["practitionerId"] == second));
    let kind = clinic.appointment_type;
    let of_type = format!("from=2026-11-24&to=2026-11-24&appointmentTypeId={kind}");
    assert_eq!(found(&clinic, &of_type).await.len(), 28);
    for none in [
        format!("practitionerId={kind}"),
        format!("appointmentTypeId={second}"),
    ] {
        let query = format!("from=2026-11-24&to=2026-11-24&{none}");
        assert_eq!(found(&clinic, &query).await.len(), 0, "{none}");
    }
}

#[tokio::test]
async fn at_most_31_days_are_asked_for_at_once() {
    let clinic = Clinic::new().await;
    let far = snapshot("12345", "2026-12-25");
    clinic
        .pms("POST", "/availability/snapshot", far)
        .await
        .expect(200);
    assert_eq!(
        found(&clinic, "from=2026-11-25&to=2026-12-25").await.len(),
        14
    );
    let faults = problem(&slots(&clinic, "from=2026-11-24&to=2026-12-25").await, 400);
    assert_eq!(faults, ["to: ask for at most 31 days at once"]);
    problem(&slots(&clinic, "from=0001-01-01&to=9999-12-31").await, 400);
}

#[tokio::test]
async fn bad_parameters_are_named_all_of_them() {
    let clinic = Clinic::new().await;
    for (query, fault) in [
        ("", "from: is required; to: is required"),
        (
            "from=x&practitionerId=y",
            "from: must be a date (YYYY-MM-DD), not \"x\"; to: is required; \
             practitionerId: must be an integer, not \"y\"",
        ),
        ("from=2026-11-24", "to: is required"),
        ("from=&to=2026-11-24", "from: is required"),
        (
            "from=24.11.2026&to=2026-11-24",
            "from: must be a date (YYYY-MM-DD), not \"24.11.2026\"",
        ),
        (
            "from=2026-11-24&to=2026-02-30",
            "to: must be a date (YYYY-MM-DD), not \"2026-02-30\"",
        ),
        (
            "from=2026-11-24&to=2026-11-23",
            "to: must not lie before `from`",
        ),
        (
            "from=2026-11-24&to=2026-11-24&practitionerId=x",
            "practitionerId: must be an integer, not \"x\"",
        ),
        (
            "from=2026-11-24&to=2026-11-24&practitionerId=5",
            "practitionerId: is no such id",
        ),
        (
            "from=2026-11-24&to=2026-11-24&appointmentTypeId=-1",
            "appointmentTypeId: is no such id",
        ),
    ] {
        let faults = problem(&slots(&clinic, query).await, 400);
        assert_eq!(faults.join("; "), fault, "{query}");
    }
}

#[tokio::test]
async fn what_has_passed_or_comes_too_soon_is_not_offered() {
    let clinic = Clinic::new().await;
    let today = snapshot("12345", "2026-11-23");
    clinic
        .pms("POST", "/availability/snapshot", today)
        .await
        .expect(200);
    let first = async || {
        let list = found(&clinic, "from=2026-11-22&to=2026-11-23").await;
        list[0]["start"].as_str().unwrap()[11..16].to_owned()
    };
    assert_eq!(first().await, "11:30", "it is 11:00 exactly");
    clinic
        .admin("PATCH", "", json!({"minimumNoticeMinutes": 150}))
        .await
        .expect(200);
    assert_eq!(first().await, "13:30");
}

#[tokio::test]
async fn without_a_live_consent_nothing_is_offered() {
    let clinic = Clinic::new().await;
    let path = format!("/consents/{}", clinic.pms.consumer_id);
    clinic.admin("DELETE", &path, Value::Null).await.expect(204);
    assert_eq!(
        found(&clinic, "from=2026-11-24&to=2026-11-24").await.len(),
        0
    );
    problem(&clinic.try_book("2026-11-24T09:00").await, 409);
}

#[tokio::test]
async fn a_deactivated_practice_has_no_slots_and_takes_no_bookings() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    clinic.admin("DELETE", "", Value::Null).await.expect(204);
    problem(&slots(&clinic, "from=2026-11-24&to=2026-11-24").await, 404);
    problem(&clinic.try_book("2026-11-24T10:00").await, 404);
    let hold = clinic.booking("2026-11-24T10:00");
    problem(&clinic.app.patient("POST", "/holds", hold).await, 404);
    assert_eq!(
        clinic.status(&booked).await,
        "requested",
        "what was booked is there"
    );
}

/// The page that a search goes by was read before the change, the rest of it after: what it finds
/// is not shown to the next one.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_change_has_overtaken_is_not_remembered() {
    let clinic = Arc::new(Clinic::new().await);
    // What is remembered is read anew.
    let day = snapshot("12345", "2026-11-25");
    let sent = clinic.pms("POST", "/availability/snapshot", day).await;
    sent.expect(200);
    let ((arrive, arrived), (go_on, gone_on)) = (channel(), channel());
    let (gone_on, first) = (parking_lot::Mutex::new(gone_on), AtomicBool::new(true));
    clinic.app.hub.store().watch(move |sql, _| {
        if sql.name.ends_with("offers::LIST") && first.swap(false, Ordering::SeqCst) {
            let _ = arrive.send(());
            let _ = gone_on.lock().recv();
        }
    });
    let searching = {
        let clinic = Arc::clone(&clinic);
        tokio::spawn(async move { clinic.starts().await })
    };
    tokio::task::spawn_blocking(move || arrived.recv())
        .await
        .unwrap()
        .unwrap();
    let notice = json!({"minimumNoticeMinutes": 24 * 60});
    clinic.admin("PATCH", "", notice).await.expect(200);
    go_on.send(()).unwrap();
    searching.await.unwrap();
    assert_eq!(clinic.starts().await.first().unwrap(), "11:00");
}
