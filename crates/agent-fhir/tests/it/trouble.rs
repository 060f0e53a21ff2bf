//! What goes wrong, and what is said about it.

use crate::practice::{DAY, config, fhir, practice};
use axum::http::Method;
use slotbridge_agent::adapter::{Adapter, Trouble};
use slotbridge_agent_fhir::{ConfigError, Credentials, Fhir, FhirConfig};
use slotbridge_testkit::fhir::{Endpoint, Fault, PRIVATE, TOKEN};
use std::time::Duration;

/// Why the resources cannot be read with a fault.
async fn with(fault: Fault) -> String {
    let (endpoint, adapter) = practice().await;
    endpoint.fails(Method::GET, fault);
    why(&adapter).await
}

async fn why(adapter: &Fhir) -> String {
    match adapter.resources().await {
        Err(Trouble::Later(why)) => why,
        Err(refused) => panic!("{refused}"),
        Ok(_) => panic!("no trouble"),
    }
}

#[tokio::test]
async fn a_status_that_is_no_success_says_what_to_do_and_nothing_of_the_servers_words() {
    for (status, says) in [
        (401, "it wants a valid token"),
        (403, "give it the scopes"),
        (429, "asked again later"),
        (500, "look at its log"),
        (503, "look at its log"),
        (400, "check base_url"),
        (404, "check base_url"),
    ] {
        let why = with(Fault::Status(status)).await;
        assert!(
            why.contains(says) && why.contains(&status.to_string()),
            "{why}"
        );
        assert!(!why.contains(PRIVATE) && !why.contains(TOKEN), "{why}");
    }
}

#[tokio::test]
async fn a_wrong_token_is_told_and_not_shown() {
    let (endpoint, _) = practice().await;
    let config = FhirConfig {
        credentials: Credentials::Token("wrong-token".to_owned()),
        ..config(&endpoint)
    };
    let shown = format!("{config:?}");
    let adapter = fhir(config).unwrap();
    let shown = format!("{shown} {adapter:?} {}", why(&adapter).await);
    assert!(shown.contains("it wants a valid token"), "{shown}");
    assert!(!shown.contains("wrong-token"), "{shown}");
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = Endpoint::start().await;
    let why = with(Fault::Redirect(format!("{}/Schedule", elsewhere.base))).await;
    assert!(why.contains("it redirects"), "{why}");
    assert!(elsewhere.asked().is_empty());
}

#[tokio::test]
async fn a_next_page_at_another_address_is_not_read() {
    let elsewhere = Endpoint::start().await;
    for url in [
        format!("{}/Schedule", elsewhere.base),
        "file:///etc/passwd".to_owned(),
        "http://[".to_owned(),
        String::from("//pms.example/fhir"),
    ] {
        let why = with(Fault::NextIsAt(url)).await;
        assert!(why.contains("at another address"), "{why}");
    }
    assert!(elsewhere.asked().is_empty());
}

#[tokio::test]
async fn a_next_page_may_be_named_by_its_path_alone() {
    let (endpoint, adapter) = practice().await;
    let next = "/fhir/r4/Schedule?_offset=1".to_owned();
    endpoint.fails(Method::GET, Fault::NextIsAt(next));
    let resources = adapter.resources().await.unwrap();
    assert_eq!(resources.len(), 2, "what comes on two pages is one");
    assert!(
        endpoint
            .asked()
            .iter()
            .any(|line| line.contains("_offset=1"))
    );
}

#[tokio::test]
async fn an_answer_that_does_not_come_is_not_waited_for() {
    let (endpoint, _) = practice().await;
    endpoint.fails(Method::GET, Fault::Silent);
    let config = FhirConfig {
        timeout: Duration::from_millis(300),
        ..config(&endpoint)
    };
    let why = why(&fhir(config).unwrap()).await;
    assert!(why.contains("did not answer within 0.3 s"), "{why}");
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_told() {
    let why = with(Fault::AnswerIsLost).await;
    assert!(why.contains("broke off"), "{why}");
}

#[tokio::test]
async fn an_endless_answer_is_not_read_to_its_end() {
    let why = with(Fault::Huge(17 * 1024 * 1024)).await;
    assert!(why.contains("longer than 16 MiB"), "{why}");
}

#[tokio::test]
async fn what_is_no_fhir_is_told() {
    for (text, says) in [
        ("<html>Ann Lee</html>", "not FHIR JSON"),
        ("", "no Bundle"),
        ("[]", "no Bundle"),
        (r#"{"resourceType": "Patient", "id": "Ann"}"#, "no Bundle"),
    ] {
        let why = with(Fault::Says(text.to_owned())).await;
        assert!(why.contains(says) && !why.contains("Ann"), "{why}");
    }
}

#[tokio::test]
async fn bundles_of_nonsense_do_no_harm() {
    for text in [
        r#"{"resourceType": "Bundle", "entry": 7, "link": "next", "meta": []}"#,
        r#"{"resourceType": "Bundle", "entry": [null, 7, {}, {"resource": null}], "link": [7]}"#,
        r#"{"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Schedule"}}]}"#,
        r#"{"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Schedule", "id": "../x"}}]}"#,
    ] {
        let (endpoint, adapter) = practice().await;
        endpoint.fails(Method::GET, Fault::Says(text.to_owned()));
        assert_eq!(adapter.resources().await, Ok(Vec::new()), "{text}");
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_is_told() {
    // Nothing listens on port 1.
    let config = FhirConfig::new("http://127.0.0.1:1/fhir", jiff::tz::TimeZone::UTC);
    let why = why(&fhir(config).unwrap()).await;
    assert!(why.contains("check that the FHIR server runs"), "{why}");
}

#[tokio::test]
async fn trouble_with_one_question_is_over_with_the_next() {
    let (endpoint, adapter) = practice().await;
    endpoint.fails(Method::GET, Fault::Status(503));
    assert!(adapter.free_times("of-alice", DAY, DAY).await.is_err());
    assert!(adapter.free_times("of-alice", DAY, DAY).await.is_ok());
}

#[test]
fn a_configuration_that_cannot_work_is_refused() {
    let config = FhirConfig::new("pms.example/fhir", jiff::tz::TimeZone::UTC);
    assert!(matches!(fhir(config), Err(ConfigError::BaseUrl)));
}
