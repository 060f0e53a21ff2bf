//! Keys that open nothing, at every operation: wrong, revoked, swapped, cut, lengthened, in other
//! letters (AUTH-1, AUTH-2).

use super::operations::{self, Caller, Operation};
use super::stage::Stage;
use serde_json::{Value, json};
use slotbridge_domain::keys::KeyKind;
use slotbridge_testkit::Answer;
use std::collections::HashMap;

type Headers = Vec<(String, String)>;

/// What a key can be mistaken for; each opens nothing.
fn spoilt(key: &str) -> Vec<String> {
    let (prefix, digits) = key.split_at(4);
    let half = &key[..key.len() / 2];
    vec![
        "x".into(),
        prefix.into(),
        digits.into(),
        half.into(),
        key[..key.len() - 1].into(),
        format!("{key}0"),
        format!("{key}{key}"),
        format!("{key},{key}"),
        format!("{key} {key}"),
        key.to_uppercase(),
        format!("{}{digits}", prefix.to_uppercase()),
        format!("{prefix}{}", digits.to_uppercase()),
        format!("\"{key}\""),
        key.chars().rev().collect(),
    ]
}

/// Keys that are whole, but of another kind, revoked, or nobody's.
struct Keys {
    operator: String,
    revoked_operator: String,
    api: String,
    revoked_api: String,
    practice: String,
    revoked_practice: String,
    manage: String,
    hold: String,
    session: String,
}

impl Keys {
    async fn of(stage: &Stage) -> Self {
        let (app, own) = (&stage.app, &stage.own);
        let made = app
            .admin("POST", "/operatorTokens", json!({"name": "Gone"}))
            .await
            .expect(201);
        let path = format!("/operatorTokens/{}", made["tokenId"]);
        app.admin("DELETE", &path, Value::Null).await.expect(204);
        let path = format!("/consumers/{}/keys", own.pms.consumer_id);
        let key = app.admin("POST", &path, Value::Null).await.expect(201);
        let path = format!("{path}/{}", key["keyId"]);
        app.admin("DELETE", &path, Value::Null).await.expect(204);
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        Self {
            operator: app.operator_token.clone(),
            revoked_operator: text(&made["token"]),
            api: own.pms.api_key.clone(),
            revoked_api: text(&key["apiKey"]),
            practice: own.pms.practice_key.clone(),
            revoked_practice: own.old_practice_key.clone(),
            manage: own.waiting.token.clone(),
            hold: own.hold.clone(),
            session: own.member.session.clone(),
        }
    }

    /// Everything that is no live key of a kind.
    fn but(&self, kind: KeyKind) -> Vec<String> {
        let live = match kind {
            KeyKind::Consumer => &self.api,
            KeyKind::Practice => &self.practice,
            KeyKind::Operator => &self.operator,
            KeyKind::Manage => &self.manage,
            KeyKind::Hold => &self.hold,
            // No call is made with them: they are a body's, or a page's.
            KeyKind::Unsubscribe | KeyKind::Session | KeyKind::Invitation => return Vec::new(),
        };
        let mut wrong = spoilt(live);
        let all = [
            &self.operator,
            &self.revoked_operator,
            &self.api,
            &self.revoked_api,
            &self.practice,
            &self.revoked_practice,
            &self.manage,
            &self.hold,
            &self.session,
        ];
        wrong.extend(all.into_iter().filter(|key| *key != live).cloned());
        wrong.push(kind.write([9; 20]));
        wrong
    }
}

fn with(headers: &Headers, name: &str, value: Option<&str>) -> Headers {
    let mut changed: Headers = headers
        .iter()
        .filter(|(header, _)| header != name)
        .cloned()
        .collect();
    changed.extend(value.map(|value| (name.to_owned(), value.to_owned())));
    changed
}

/// Every way to call without the right, with the status that it gets.
fn attempts(stage: &Stage, keys: &Keys, operation: &Operation) -> Vec<(Headers, u16)> {
    let own = stage.headers(operation, &stage.own);
    let mut attempts: Vec<(Headers, u16)> = Vec::new();
    let bearers = |kind: KeyKind, status: u16| {
        let wrong = keys.but(kind).into_iter();
        let wrong = wrong.map(move |key| {
            (
                vec![("authorization".into(), format!("Bearer {key}"))],
                status,
            )
        });
        wrong.collect::<Vec<_>>()
    };
    let not_bearers = |key: &str| {
        let values = [
            String::new(),
            "Bearer".into(),
            "Bearer ".into(),
            key.into(),
            format!("Basic {key}"),
            format!("Bearer{key}"),
            format!("Digest {key}"),
        ];
        let mut all: Vec<(Headers, u16)> = values
            .into_iter()
            .map(|value| (vec![("authorization".to_owned(), value)], 401))
            .collect();
        all.push((Vec::new(), 401));
        // Where another face looks for keys.
        all.push((
            vec![
                ("api-key".into(), key.into()),
                ("practice-key".into(), key.into()),
            ],
            401,
        ));
        all
    };
    match operation.caller {
        Caller::Integration => {
            for header in ["api-key", "practice-id", "practice-key"] {
                for value in [None, Some("")] {
                    attempts.push((with(&own, header, value), 401));
                }
            }
            let api = keys.but(KeyKind::Consumer).into_iter();
            attempts.extend(api.map(|key| (with(&own, "api-key", Some(&key)), 401)));
            let practice = keys.but(KeyKind::Practice).into_iter();
            attempts.extend(practice.map(|key| (with(&own, "practice-key", Some(&key)), 403)));
            let swapped = with(
                &with(&own, "api-key", Some(&keys.practice)),
                "practice-key",
                Some(&keys.api),
            );
            attempts.push((swapped, 401));
            let theirs = stage.other.pms.headers();
            for (header, value) in &theirs {
                attempts.push((with(&own, header, Some(value)), 403));
            }
            for (header, value) in &own {
                attempts.push((with(&theirs, header, Some(value)), 403));
            }
            for id in [
                "0",
                "-1",
                "4711",
                "abc",
                "1e0",
                "99999999999999999999",
                "1,1",
            ] {
                attempts.push((with(&own, "practice-id", Some(id)), 403));
            }
            attempts.push((
                vec![("authorization".into(), format!("Bearer {}", keys.operator))],
                401,
            ));
        }
        Caller::Operator => {
            attempts.extend(not_bearers(&keys.operator));
            attempts.extend(bearers(KeyKind::Operator, 401));
        }
        Caller::Patient => {
            attempts.extend(not_bearers(&keys.manage));
            // A token that is not this booking's: the booking is not theirs.
            attempts.extend(bearers(KeyKind::Manage, 404));
            let (theirs, another) = (&stage.other.waiting.token, &stage.own.updated.token);
            for token in [theirs, another] {
                let bearer = format!("Bearer {token}");
                attempts.push((vec![("authorization".into(), bearer)], 404));
            }
        }
        Caller::Anybody => {}
    }
    attempts
}

#[tokio::test]
async fn no_operation_opens_to_a_key_that_is_not_live_whole_and_its_own_auth_1_auth_2() {
    let stage = Stage::new().await;
    let keys = Keys::of(&stage).await;
    let mut same: HashMap<(Caller, Headers), Answer> = HashMap::new();
    let mut tried = 0;
    for operation in operations::all() {
        if operation.caller == Caller::Anybody {
            continue;
        }
        let before = stage.app.database.content();
        let body = stage.sensible(&operation);
        let path = format!(
            "{}{}",
            stage.own_path(&operation),
            stage.query(&operation, &[])
        );
        let attempts = attempts(&stage, &keys, &operation);
        for (headers, status) in attempts {
            let answer = stage.call(&operation, &path, &headers, body.as_ref()).await;
            assert_eq!(
                answer.status,
                status,
                "{} {headers:?}: {}",
                operation.name(),
                answer.error()
            );
            tried += 1;
            // What is said depends on the keys, not on what was asked for: it tells of nothing.
            let first = same
                .entry((operation.caller, headers))
                .or_insert_with(|| answer.clone());
            assert_eq!(first.bytes, answer.bytes, "{}", operation.name());
        }
        assert_eq!(
            stage.app.database.content(),
            before,
            "{} changed something",
            operation.name()
        );
    }
    assert!(tried > 1_500, "{tried}");
}

#[tokio::test]
async fn every_operation_opens_to_the_right_keys() {
    // So that the refusals are the keys' doing. What changes something has a stage of its own.
    let mut shared = None;
    for operation in operations::all() {
        // What ends others' right comes last, on a stage of its own.
        if operation.caller == Caller::Anybody || operation.method == "DELETE" {
            continue;
        }
        let stage = match shared.take() {
            Some(stage) => stage,
            None => Stage::new().await,
        };
        let path = format!(
            "{}{}",
            stage.own_path(&operation),
            stage.query(&operation, &[])
        );
        let body = stage.sensible(&operation);
        let headers = stage.headers(&operation, &stage.own);
        let answer = stage.call(&operation, &path, &headers, body.as_ref()).await;
        shared = (operation.method == "GET").then_some(stage);
        assert!(
            ![401, 403, 404].contains(&answer.status.as_u16()),
            "{}: {}",
            operation.name(),
            answer.error()
        );
    }
}
