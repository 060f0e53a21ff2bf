//! Tokens that the adapter fetches by a client's credentials (RFC 6749, 4.4).

use crate::practice::{DAY, booking, config, practice};
use axum::http::Method;
use jiff::Timestamp;
use jiff::civil::datetime;
use serde_json::json;
use slotbridge_agent::adapter::{Adapter, Trouble};
use slotbridge_agent_fhir::{ClientCredentials, ConfigError, Credentials, Fhir, FhirConfig};
use slotbridge_testkit::fhir::{CLIENT_ID, CLIENT_SECRET, Endpoint, Fault, PRIVATE, SCOPE};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

/// A practice whose server gives tokens of five minutes, an adapter with its client's credentials, and
/// the time in seconds.
struct Scene {
    endpoint: Endpoint,
    adapter: Fhir,
    now: Arc<AtomicI64>,
}

fn client(endpoint: &Endpoint) -> ClientCredentials {
    ClientCredentials {
        token_url: endpoint.token_url.clone(),
        client_id: CLIENT_ID.to_owned(),
        client_secret: CLIENT_SECRET.to_owned(),
        scope: Some(SCOPE.to_owned()),
    }
}

fn with_client(
    endpoint: &Endpoint,
    client: ClientCredentials,
    now: &Arc<AtomicI64>,
) -> Result<Fhir, ConfigError> {
    let now = Arc::clone(now);
    let config = FhirConfig {
        credentials: Credentials::Client(client),
        ..config(endpoint)
    };
    let now = move || Timestamp::from_second(now.load(Ordering::SeqCst)).unwrap();
    Fhir::new(config, Arc::new(now))
}

impl Scene {
    async fn new() -> Self {
        let (endpoint, _) = practice().await;
        endpoint.tokens(|tokens| tokens.expires_in = json!(300));
        let now = Arc::default();
        Self {
            adapter: with_client(&endpoint, client(&endpoint), &now).unwrap(),
            endpoint,
            now,
        }
    }

    /// How many tokens were given.
    fn given(&self) -> u32 {
        self.endpoint.tokens(|tokens| tokens.given)
    }

    async fn ask(&self) {
        assert_eq!(self.adapter.resources().await.unwrap().len(), 2);
    }

    /// Why the resources cannot be read.
    async fn why(&self) -> String {
        why(&self.adapter).await
    }
}

async fn why(adapter: &Fhir) -> String {
    match adapter.resources().await {
        Err(Trouble::Later(why)) => {
            for private in [
                PRIVATE,
                CLIENT_SECRET,
                "client%2B",
                "fetched-token",
                "Basic",
            ] {
                assert!(!why.contains(private), "{why}");
            }
            why
        }
        other => panic!("no trouble: {other:?}"),
    }
}

#[tokio::test]
async fn a_token_is_fetched_at_the_first_question_and_kept_until_shortly_before_it_expires() {
    let scene = Scene::new().await;
    assert_eq!(scene.given(), 0);
    for seconds in [0, 1, 269] {
        scene.now.store(seconds, Ordering::SeqCst);
        scene.ask().await;
        assert_eq!(scene.given(), 1);
    }
    scene.now.store(270, Ordering::SeqCst);
    scene.ask().await;
    assert_eq!(scene.given(), 2);
}

#[tokio::test]
async fn many_that_ask_at_once_fetch_one_token() {
    let scene = Scene::new().await;
    tokio::join!(scene.ask(), scene.ask(), scene.ask(), scene.ask());
    assert_eq!(scene.given(), 1);
    // All of them hold the token that is no longer good.
    scene
        .endpoint
        .tokens(slotbridge_testkit::fhir::Tokens::revoke);
    tokio::join!(scene.ask(), scene.ask(), scene.ask(), scene.ask());
    assert_eq!(scene.given(), 2);
}

#[tokio::test]
async fn a_token_that_is_refused_is_renewed_once_and_nothing_is_done_twice() {
    let scene = Scene::new().await;
    scene.ask().await;
    let nine = datetime(2027, 3, 8, 9, 0, 0, 0);
    scene.endpoint.fails(Method::POST, Fault::Status(401));
    scene
        .adapter
        .insert(&booking(7, nine, 15), "p1")
        .await
        .unwrap();
    assert_eq!(scene.given(), 2);
    let count = scene
        .endpoint
        .at_the_desk(|store| store.count("Appointment"));
    assert_eq!(count, 1);
}

#[tokio::test]
async fn tokens_that_the_server_never_takes_are_told_after_one_renewal() {
    let scene = Scene::new().await;
    scene.endpoint.tokens(|tokens| tokens.are_useless = true);
    let why = scene.why().await;
    assert!(why.contains("401") && why.contains("token_url"), "{why}");
    assert_eq!(scene.given(), 2);
    assert_eq!(scene.endpoint.asked().len(), 2);
}

#[tokio::test]
async fn a_token_without_an_end_is_kept_until_it_is_refused() {
    let scene = Scene::new().await;
    scene
        .endpoint
        .tokens(|tokens| tokens.expires_in = json!(null));
    scene.ask().await;
    scene.now.store(1_000_000, Ordering::SeqCst);
    scene.ask().await;
    assert_eq!(scene.given(), 1);
}

#[tokio::test]
async fn a_token_that_was_given_is_not_asked_for_twice() {
    let (endpoint, adapter) = practice().await;
    endpoint.fails(Method::GET, Fault::Status(401));
    let why = why(&adapter).await;
    assert!(why.contains("it wants a valid token"), "{why}");
    assert_eq!(endpoint.asked().len(), 1);
    assert_eq!(endpoint.tokens(|tokens| tokens.given), 0);
}

#[tokio::test]
async fn what_is_wrong_with_the_client_is_told() {
    let scene = Scene::new().await;
    let good = client(&scene.endpoint);
    let wrong = "wrong".to_owned();
    let says_client = "check client_id and client_secret";
    for (client, says) in [
        (
            ClientCredentials {
                client_id: wrong.clone(),
                ..good.clone()
            },
            says_client,
        ),
        (
            ClientCredentials {
                client_secret: wrong.clone(),
                ..good.clone()
            },
            says_client,
        ),
        (
            ClientCredentials {
                scope: Some(wrong),
                ..good.clone()
            },
            "check scope",
        ),
        (
            ClientCredentials {
                token_url: scene.endpoint.base.clone(),
                ..good.clone()
            },
            "check token_url",
        ),
        // Nothing listens on port 1.
        (
            ClientCredentials {
                token_url: "http://127.0.0.1:1/token".to_owned(),
                ..good.clone()
            },
            "check that the token endpoint runs, and token_url",
        ),
    ] {
        let shown = format!("{client:?}");
        let adapter = with_client(&scene.endpoint, client, &scene.now).unwrap();
        let why = why(&adapter).await;
        assert!(why.contains(says), "{shown}: {why}");
    }
    assert_eq!(scene.given(), 0);
    let adapter = with_client(
        &scene.endpoint,
        ClientCredentials {
            scope: None,
            ..good
        },
        &scene.now,
    );
    assert!(
        adapter.unwrap().resources().await.is_ok(),
        "a scope may be left out"
    );
}

#[tokio::test]
async fn trouble_with_the_token_endpoint_is_told_and_over_with_the_next_question() {
    let scene = Scene::new().await;
    let elsewhere = Endpoint::start().await;
    for (fault, says) in [
        (Fault::Status(401), "check token_url, client_id"),
        (
            Fault::Status(404),
            "the token endpoint answered 404: check token_url",
        ),
        (Fault::Status(429), "asked again later"),
        (Fault::Status(503), "look at its log"),
        (
            Fault::Redirect(elsewhere.token_url.clone()),
            "give the final URL as token_url",
        ),
        (
            Fault::Says("<html>Ann Lee, born 1980, has pox".to_owned()),
            "check token_url",
        ),
        (Fault::Huge(2 * 1024 * 1024), "check token_url"),
        (Fault::AnswerIsLost, "the connection to the token endpoint"),
    ] {
        scene.endpoint.gives_no_token(fault);
        let why = scene.why().await;
        assert!(why.contains(says), "{why}");
    }
    assert!(
        scene.endpoint.asked().is_empty(),
        "nothing is asked without a token"
    );
    assert_eq!(elsewhere.tokens(|tokens| tokens.given), 0);
    scene.ask().await;
}

#[tokio::test]
async fn a_token_endpoint_that_does_not_answer_is_not_waited_for() {
    let (endpoint, _) = practice().await;
    let config = FhirConfig {
        credentials: Credentials::Client(client(&endpoint)),
        timeout: Duration::from_millis(300),
        ..config(&endpoint)
    };
    let adapter = Fhir::new(config, Arc::new(|| Timestamp::UNIX_EPOCH)).unwrap();
    endpoint.gives_no_token(Fault::Silent);
    let why = why(&adapter).await;
    assert!(
        why.contains("the token endpoint") && why.contains("within 0.3 s"),
        "{why}"
    );
    assert!(adapter.free_times("of-alice", DAY, DAY).await.is_ok());
}

#[tokio::test]
async fn neither_secret_nor_token_is_shown() {
    let scene = Scene::new().await;
    scene.ask().await;
    let client = client(&scene.endpoint);
    let config = FhirConfig {
        credentials: Credentials::Client(client.clone()),
        ..config(&scene.endpoint)
    };
    let shown = format!("{client:?} {config:?} {:?}", scene.adapter);
    assert!(shown.contains(CLIENT_ID), "{shown}");
    for secret in [CLIENT_SECRET, "fetched-token"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[test]
fn a_client_that_cannot_be_shown_is_refused() {
    let with = |token_url: &str, client_id: &str, client_secret: &str| {
        let [token_url, client_id, client_secret] =
            [token_url, client_id, client_secret].map(str::to_owned);
        let credentials = Credentials::Client(ClientCredentials {
            token_url,
            client_id,
            client_secret,
            scope: None,
        });
        let config = FhirConfig::new("https://pms.example/fhir", jiff::tz::TimeZone::UTC);
        let config = FhirConfig {
            credentials,
            ..config
        };
        Fhir::new(config, Arc::new(|| Timestamp::UNIX_EPOCH))
    };
    for url in [
        "",
        "login",
        "ftp://login",
        "https://u:p@login/",
        "https://login/#a",
    ] {
        assert!(
            matches!(with(url, "a", "b"), Err(ConfigError::TokenUrl)),
            "{url}"
        );
    }
    for (id, secret) in [("", "b"), ("a", " ")] {
        let refused = with("https://login/token", id, secret);
        assert!(matches!(refused, Err(ConfigError::Client)));
    }
    assert!(with("https://login/token?tenant=7", "a", "b").is_ok());
}
