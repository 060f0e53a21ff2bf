//! Managers say how their practice works.

use crate::desk::Desk;
use crate::headers::{HOSTILE, is_harmless, is_protected};
use crate::visitor::html;
use serde_json::{Value, json};
use slotbridge_testkit::Clinic;

/// The form as it is filled in.
const FILLED: [(&str, &str); 12] = [
    ("deed", "settings"),
    ("name", " Harbour Street Medical "),
    ("phone", "02 9876 5432"),
    ("email", "desk@clinic.example"),
    ("address", "12 Harbour Street"),
    ("suburb", "Sydney"),
    ("postcode", "2000"),
    ("state", "NSW"),
    ("specialties", "Skin checks, , travel medicine"),
    ("minimumNoticeMinutes", "120"),
    ("defaultLengthMinutes", "20"),
    ("reminderHours", "48"),
];

fn with(changes: &[(&'static str, &'static str)]) -> Vec<(&'static str, &'static str)> {
    let mut fields = FILLED.to_vec();
    fields.extend(changes);
    fields
}

async fn practice(clinic: &Clinic) -> Value {
    clinic
        .admin("GET", "", Value::Null)
        .await
        .expect(200)
        .clone()
}

#[tokio::test]
async fn what_is_saved_is_how_the_practice_works() {
    let clinic = Clinic::new().await;
    let desk = Desk::new(&clinic, "settings").await;
    let page = desk
        .pressed(&with(&[("reminders", "yes"), ("hideWhenUnhealthy", "yes")]))
        .await;
    assert!(page.contains("role=\"status\">Saved."), "{page}");
    assert!(page.contains("value=\"02 9876 5432\""), "{page}");
    let now = practice(&clinic).await;
    for (name, value) in [
        ("name", json!("Harbour Street Medical")),
        ("phone", json!("0298765432")),
        ("suburb", json!("Sydney")),
        ("state", json!("NSW")),
        ("specialties", json!(["skin checks", "travel medicine"])),
        ("minimumNoticeMinutes", json!(120)),
        ("defaultLengthMinutes", json!(20)),
        ("reminderHours", json!(48)),
        ("products", json!(["reminders"])),
        ("hideWhenUnhealthy", json!(true)),
        ("autoPublish", json!(false)),
        ("active", json!(true)),
        ("timezone", json!("Australia/Sydney")),
    ] {
        assert_eq!(now[name], value, "{name}");
    }
    desk.pressed(&with(&[("phone", ""), ("state", ""), ("specialties", "")]))
        .await;
    let now = practice(&clinic).await;
    assert_eq!(now["phone"], Value::Null);
    assert_eq!(now["state"], Value::Null);
    assert_eq!(now["specialties"], json!([]));
    assert_eq!(now["products"], json!([]), "what is not ticked is off");
    assert_eq!(now["hideWhenUnhealthy"], json!(false));
}

#[tokio::test]
async fn each_fault_stands_beside_its_field_with_the_text_kept_and_nothing_is_saved() {
    let clinic = Clinic::new().await;
    let desk = Desk::new(&clinic, "settings").await;
    let before = clinic.app.database.content();
    for (name, text) in [
        ("name", " "),
        ("phone", "12"),
        ("email", "nobody"),
        ("postcode", "20000"),
        ("minimumNoticeMinutes", "-1"),
        ("minimumNoticeMinutes", "40321"),
        ("defaultLengthMinutes", "0"),
        ("reminderHours", "73"),
        ("reminderHours", "1.5"),
    ] {
        let refused = desk.press(&with(&[(name, text)])).await;
        assert_eq!(refused.status, 400, "{name} {text}");
        let page = html(&refused);
        assert!(
            page.contains(&format!("id=\"{name}-error\"")),
            "{name}: {page}"
        );
        assert!(page.contains(&format!("href=\"#{name}\"")), "{name}");
        assert!(page.contains(&format!("value=\"{text}\"")), "{name}");
        assert!(page.contains("value=\"12 Harbour Street\""), "the rest too");
    }
    let nonsense = desk.press(&[("deed", "close")]).await;
    assert_eq!(nonsense.status, 400);
    assert_eq!(clinic.app.database.content(), before);
}

#[tokio::test]
async fn a_public_holiday_of_its_own_is_added_once_and_removed_conf_3() {
    let clinic = Clinic::new().await;
    let desk = Desk::new(&clinic, "settings").await;
    assert!(desk.page().await.contains("None yet."));
    let add = [
        ("deed", "addHoliday"),
        ("date", "2027-03-01"),
        ("name", "Show day"),
    ];
    let page = desk.pressed(&add).await;
    assert!(page.contains("Monday 1 March 2027"), "{page}");
    let before = clinic.app.database.content();
    desk.pressed(&add).await;
    assert_eq!(clinic.app.database.content(), before, "pressed twice");
    let all = clinic.admin("GET", "/holidays", Value::Null).await;
    let shown = json!([{"date": "2027-03-01", "name": "Show day"}]);
    assert_eq!(all.expect(200)["data"], shown);
    let refused = desk
        .press(&[("deed", "addHoliday"), ("date", "soon"), ("name", "Fair")])
        .await;
    assert_eq!(refused.status, 400);
    let page = html(&refused);
    assert!(
        page.contains("id=\"holiday-date-error\">Choose a day."),
        "{page}"
    );
    assert!(page.contains("value=\"Fair\""), "{page}");
    let remove = [("deed", "removeHoliday"), ("date", "2027-03-01")];
    let page = desk.pressed(&remove).await;
    assert!(page.contains("None yet."), "{page}");
    desk.pressed(&remove).await;
}

#[tokio::test]
async fn public_holidays_of_its_own_are_a_thousand_at_most_conf_3() {
    let clinic = Clinic::new().await;
    let desk = Desk::new(&clinic, "settings").await;
    let day = |n: i64| jiff::civil::date(2027, 1, 1).saturating_add(jiff::Span::new().days(n));
    let all: Vec<Value> = (0..999)
        .map(|n| json!({"date": day(n), "name": "Fair"}))
        .collect();
    let put = json!({"data": all});
    clinic.admin("PUT", "/holidays", put).await.expect(200);
    let add = async |n: i64, name: &'static str| {
        let date = day(n).to_string();
        desk.press(&[("deed", "addHoliday"), ("date", &date), ("name", name)])
            .await
    };
    assert_eq!(add(999, "The last").await.status, 303);
    let before = clinic.app.database.content();
    let refused = add(1000, "Too many").await;
    assert_eq!(refused.status, 400);
    let page = html(&refused);
    assert!(page.contains("at most 1000 public holidays"), "{page}");
    assert!(page.contains("id=\"holiday-name-error\""), "{page}");
    assert_eq!(clinic.app.database.content(), before);
    assert_eq!(add(5, "Called otherwise").await.status, 303);
}

#[tokio::test]
async fn whatever_is_entered_is_text_and_no_markup() {
    let clinic = Clinic::new().await;
    let desk = Desk::new(&clinic, "settings").await;
    for name in [
        "name",
        "phone",
        "email",
        "address",
        "suburb",
        "postcode",
        "state",
        "specialties",
        "minimumNoticeMinutes",
        "defaultLengthMinutes",
        "reminderHours",
    ] {
        let wrong = desk
            .press(&with(&[("reminderHours", "0"), (name, HOSTILE)]))
            .await;
        assert_eq!(wrong.status, 400, "{name}");
        is_harmless(&html(&wrong), name);
        assert_eq!(html(&wrong).contains("onerror"), name != "state", "{name}");
    }
    let all = [
        ("name", HOSTILE),
        ("address", HOSTILE),
        ("suburb", HOSTILE),
        ("specialties", HOSTILE),
    ];
    is_harmless(&desk.pressed(&with(&all)).await, "settings");
    let add = [
        ("deed", "addHoliday"),
        ("date", "2027-03-01"),
        ("name", HOSTILE),
    ];
    is_harmless(&desk.pressed(&add).await, "a holiday");
    let seen = desk.visitor.get(&desk.path).await;
    is_protected(&seen, "settings");
    assert!(html(&seen).matches("onerror").count() >= 5);
}
