//! `slotbridge admin` against a real server.

use crate::support::{Place, Server, run, slotbridge};
use serde_json::Value;

/// Runs a command and gives its JSON.
fn json(place: &Place, server: &Server, arguments: &[&str]) -> Value {
    let mut all = vec!["--json"];
    all.extend(arguments);
    place.admin(server, &all).json()
}

fn practice(place: &Place, server: &Server) -> String {
    let create = [
        "practices",
        "create",
        "--name",
        "Harbour Street Medical",
        "--timezone",
        "Australia/Sydney",
        "--state",
        "NSW",
        "--auto-publish",
        "--specialty",
        "GP",
    ];
    json(place, server, &create)["practiceId"].to_string()
}

fn consumer(place: &Place, server: &Server) -> Value {
    let create = [
        "consumers",
        "create",
        "--name",
        "Acme",
        "--contact-email",
        "a@acme.example",
    ];
    json(place, server, &create)
}

#[test]
fn a_practice_is_made_changed_and_deactivated() {
    let place = Place::new();
    let server = place.start(&[]);
    let id = practice(&place, &server);
    let list = place.admin(&server, &["practices", "list"]).good();
    assert!(
        list.contains("NAME") && list.contains("Harbour Street Medical"),
        "{list}"
    );
    let update = [
        "practices",
        "update",
        &id,
        "--minimum-notice-minutes",
        "60",
        "--state",
        "",
    ];
    let changed = json(&place, &server, &update);
    assert_eq!(changed["minimumNoticeMinutes"], 60);
    assert_eq!(changed["state"], Value::Null);
    assert_eq!(changed["name"], "Harbour Street Medical");
    place
        .admin(&server, &["practices", "deactivate", &id])
        .good();
    assert_eq!(
        json(&place, &server, &["practices", "show", &id])["active"],
        false
    );
}

#[test]
fn a_consumer_gets_keys_and_consent() {
    let place = Place::new();
    let server = place.start(&[]);
    let id = practice(&place, &server);
    let made = consumer(&place, &server);
    let consumer = made["consumerId"].to_string();
    assert!(made["apiKey"].as_str().unwrap().starts_with("sbc_"));
    let shown = place.admin(&server, &["keys", "create", &consumer]).good();
    assert!(shown.contains("Keep apiKey now"), "{shown}");
    let keys = json(&place, &server, &["consumers", "show", &consumer]);
    let first = keys["keys"][0]["keyId"].to_string();
    place
        .admin(&server, &["keys", "revoke", &consumer, &first])
        .good();
    let granted = json(&place, &server, &["consents", "grant", &id, &consumer]);
    assert!(granted["practiceKey"].as_str().unwrap().starts_with("sbp_"));
    let list = json(&place, &server, &["consents", "list", &id]);
    assert_eq!(list["data"][0]["consumerId"].to_string(), consumer);
    let requests = json(&place, &server, &["requests", "list", &id]);
    assert_eq!(requests["data"].as_array().unwrap().len(), 2);
    place
        .admin(&server, &["consents", "revoke", &id, &consumer])
        .good();
    let secret = json(&place, &server, &["consumers", "webhook-secret", &consumer]);
    assert!(secret["webhookSecret"].is_string());
    let trail = json(&place, &server, &["audit", &id]);
    assert_eq!(trail["data"][0]["action"], "revokeConsent");
}

#[test]
fn practitioners_and_types_are_made_by_hand() {
    let place = Place::new();
    let server = place.start(&[]);
    let id = practice(&place, &server);
    let doctor = ["practitioners", "create", &id, "--name", "Dr Roe"];
    let doctor = json(&place, &server, &doctor)["practitionerId"].to_string();
    let rename = [
        "practitioners",
        "update",
        &id,
        &doctor,
        "--name",
        "Dr Doe",
        "--active",
        "false",
    ];
    assert_eq!(json(&place, &server, &rename)["active"], false);
    let kind = [
        "appointment-types",
        "create",
        &id,
        "--name",
        "Visit",
        "--length-minutes",
        "20",
    ];
    let kind = json(&place, &server, &kind)["appointmentTypeId"].to_string();
    let list = place.admin(&server, &["practitioners", "list", &id]).good();
    assert!(list.contains("Dr Doe"), "{list}");
    let list = place
        .admin(&server, &["appointment-types", "list", &id])
        .good();
    assert!(list.contains("Visit") && list.contains("20"), "{list}");
    let unknown = ["practitioners", "link", &id, &doctor, "12345"];
    let told = place.admin(&server, &unknown).bad(1);
    assert!(
        told.contains("pmsResourceIds[0]: the PMS has sent no such id"),
        "{told}"
    );
    let why = [
        "bookability",
        &id,
        "--practitioner-id",
        &doctor,
        "--appointment-type-id",
        &kind,
        "--start",
        "2027-03-01T09:00:00+11:00",
    ];
    let why = json(&place, &server, &why);
    assert_eq!(why["bookable"], false);
    assert!(!why["reasons"].as_array().unwrap().is_empty());
}

#[test]
fn staff_are_taken_on_and_taken_off() {
    let place = Place::new();
    let server = place.start(&[]);
    let id = practice(&place, &server);
    let add = ["staff", "add", &id, "Kim Lee", "kim@clinic.example"];
    let added = json(&place, &server, &add);
    assert!(added["link"]["token"].as_str().unwrap().starts_with("sbi_"));
    let staff = added["staffId"].to_string();
    for list in [vec!["staff", "list", &id], vec!["staff", "list"]] {
        let list = place.admin(&server, &list).good();
        assert!(list.contains("kim@clinic.example"), "{list}");
    }
    let link = ["staff", "link", &id, &staff, "--second-factor"];
    assert_eq!(json(&place, &server, &link)["kind"], "setUp");
    let told = place.admin(&server, &["staff", "link", &id, &staff]).bad(1);
    assert!(told.contains("never set up"), "{told}");
    for done in [
        vec!["staff", "role", &id, &staff, "manager"],
        vec!["staff", "sign-out", &staff],
        vec!["staff", "sessions", &staff],
    ] {
        place.admin(&server, &done).good();
    }
    let off = ["staff", "deactivate", &staff];
    assert_eq!(json(&place, &server, &off)["active"], false);
    let on = ["staff", "activate", &staff];
    assert_eq!(json(&place, &server, &on)["active"], true);
    let seen = json(&place, &server, &["staff", "show", &staff]);
    assert_eq!(seen["memberships"][0]["role"], "manager");
    place
        .admin(&server, &["staff", "remove", &id, &staff])
        .good();
    place.admin(&server, &["staff", "show", &staff]).bad(1);
}

#[test]
fn bookings_and_what_needs_attention_are_listed() {
    let place = Place::new();
    let server = place.start(&[]);
    let id = practice(&place, &server);
    assert_eq!(
        place
            .admin(&server, &["bookings", "list", &id])
            .good()
            .trim(),
        "(none)"
    );
    assert_eq!(
        place.admin(&server, &["attention", &id]).good().trim(),
        "(none)"
    );
    let told = place
        .admin(&server, &["bookings", "show", &id, "100000001"])
        .bad(1);
    assert!(
        told.contains("404 Not Found: there is no such booking"),
        "{told}"
    );
}

#[test]
fn a_refusal_names_every_field() {
    let place = Place::new();
    let server = place.start(&[]);
    let wrong = [
        "practices",
        "create",
        "--name",
        "X",
        "--timezone",
        "Mars/Base",
    ];
    let told = place.admin(&server, &wrong).bad(1);
    assert!(
        told.contains("400 Bad Request") && told.contains("\n  timezone: "),
        "{told}"
    );
    let mut all = vec!["--json"];
    all.extend(wrong);
    let told: Value = serde_json::from_str(&place.admin(&server, &all).bad(1)).unwrap();
    assert_eq!(told["errors"][0]["field"], "timezone");
}

#[test]
fn the_token_is_found_where_it_was_put() {
    let place = Place::new();
    let server = place.start(&[]);
    let list = ["admin", "--url", &server.url, "practices", "list"];
    let nowhere = tempfile::tempdir().unwrap();
    let bare = || {
        let mut command = slotbridge(&list);
        command.current_dir(nowhere.path());
        command
    };
    let told = run(&mut bare()).bad(2);
    assert!(
        told.contains("no operator token") && told.contains("--data-dir"),
        "{told}"
    );
    run(bare().env("SLOTBRIDGE_OPERATOR_TOKEN", place.token())).good();
    run(bare().args(["--token", &place.token()])).good();
    let wrong = run(bare().args(["--token", "sbo_wrong"])).bad(1);
    assert!(wrong.contains("Is the operator token right"), "{wrong}");
    // As after `slotbridge serve` in this folder.
    let folder = nowhere.path().join("slotbridge-data");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("operator-token"), place.token()).unwrap();
    run(&mut bare()).good();
}

#[test]
fn no_server_is_told_with_what_to_do() {
    let arguments = [
        "admin",
        "--url",
        "http://127.0.0.1:1",
        "--token",
        "x",
        "practices",
        "list",
    ];
    let told = run(&mut slotbridge(&arguments)).bad(1);
    assert!(
        told.contains("no slotbridge answers at http://127.0.0.1:1"),
        "{told}"
    );
    assert!(told.contains("slotbridge serve"), "{told}");
}
