//! Parameters and path ids of every wrong kind (WIRE-5, WIRE-6).

use super::operations;
use super::schema::{Kind, Schema};
use super::stage::Stage;
use serde_json::Value;

/// Texts as they stand in a URL.
const TEXTS: [&str; 24] = [
    "",
    "%00",
    "a%00b",
    "%ff%fe",
    "%25",
    "_",
    "%5C",
    "%27",
    "%22",
    "%5B",
    "%7B%7D",
    "-1",
    "0",
    "1.5",
    "1e5",
    "0x1",
    "%2B1",
    "9223372036854775807",
    "9223372036854775808",
    "99999999999999999999999999",
    "true",
    "null",
    "%F0%9F%98%80",
    "2026-02-30",
];

/// Whether a text cannot be a parameter of that schema. An absent value is no value.
fn is_wrong(schema: &Schema, text: &str) -> bool {
    if text.contains("%00") {
        return true;
    }
    match &schema.kind {
        Kind::Integer(least, most) => {
            let digits = text.bytes().all(|byte| byte.is_ascii_digit());
            match text.parse::<i64>() {
                Ok(number) => !(least..=most).contains(&&number),
                // A page beyond all numbers is an empty one (WIRE-6).
                Err(_) => !text.is_empty() && text != "%2B1" && !(digits && *least == 1),
            }
        }
        Kind::Text(wanted) => {
            !text.is_empty() && (wanted.format.is_some() || !wanted.names.is_empty())
        }
        _ => false,
    }
}

#[tokio::test]
async fn a_wrong_parameter_is_400_and_named_wire_4_wire_5() {
    let stage = Stage::new().await;
    // A list that is read has been handed out (BOOK-7).
    for list in ["bookings", "bookingUpdates"] {
        let path = format!("/requests/{list}");
        stage
            .app
            .pms(&stage.own.pms, "GET", &path, Value::Null)
            .await
            .expect(200);
    }
    let before = stage.app.database.content();
    let long = "%F0%9F%98%80".repeat(2_000);
    let mut tried = 0;
    for operation in operations::all() {
        let headers = stage.headers(&operation, &stage.own);
        let path = stage.own_path(&operation);
        for parameter in &operation.queries {
            for text in TEXTS.into_iter().chain([long.as_str()]) {
                let query = stage.query(&operation, &[(&parameter.name, text.to_owned())]);
                let call = format!("{path}{query}");
                let answer = stage.call(&operation, &call, &headers, None).await;
                let page = parameter.name == "page";
                let required = parameter.required || page;
                if (text.is_empty() && required) || is_wrong(&parameter.schema, text) {
                    assert_eq!(answer.status, 400, "{call}");
                    let said = String::from_utf8_lossy(&answer.bytes).into_owned();
                    assert!(said.contains(&parameter.name), "{call}: {said}");
                }
                tried += 1;
            }
        }
        // All of them at once.
        let names: Vec<&str> = operation
            .queries
            .iter()
            .map(|one| one.name.as_str())
            .collect();
        let wrong: Vec<_> = names.iter().map(|name| (*name, "%00".to_owned())).collect();
        if !wrong.is_empty() {
            let call = format!("{path}{}", stage.query(&operation, &wrong));
            let answer = stage.call(&operation, &call, &headers, None).await;
            let said = String::from_utf8_lossy(&answer.bytes).into_owned();
            assert_eq!(answer.status, 400, "{call}: {said}");
            assert!(
                names.iter().all(|name| said.contains(name)),
                "{call}: {said}"
            );
        }
        // Parameters that nobody knows.
        let call = format!("{path}{}", stage.query(&operation, &[]));
        let more = if call.contains('?') { "&" } else { "?" };
        if operation.method == "GET" {
            let answer = stage
                .call(
                    &operation,
                    &format!("{call}{more}a=1&%ff&=&&a=2"),
                    &headers,
                    None,
                )
                .await;
            assert_eq!(answer.status, 200, "{call}");
        }
    }
    assert!(tried > 500, "{tried}");
    assert_eq!(stage.app.database.content(), before, "something was stored");
}

#[tokio::test]
async fn a_path_id_that_cannot_be_one_is_404_wire_5() {
    let stage = Stage::new().await;
    let before = stage.app.database.content();
    let ids = [
        "0",
        "-1",
        "+1",
        "1.5",
        "1e3",
        "0x1",
        "abc",
        "%20",
        "%00",
        "%ff",
        "%2e%2e",
        "null",
        "4711",
        "89999999",
        "90000000",
        "9223372036854775807",
        "9223372036854775808",
        "99999999999999999999999999",
    ];
    let mut tried = 0;
    for operation in operations::all() {
        let headers = stage.headers(&operation, &stage.own);
        let body = stage.sensible(&operation);
        let query = stage.query(&operation, &[]);
        for name in operation.path_names() {
            for id in ids {
                let own = stage.path(&operation, |other| {
                    (other == name).then(|| "-42".to_owned())
                });
                let path = own.replace("-42", id);
                let call = format!("{path}{query}");
                let answer = stage.call(&operation, &call, &headers, body.as_ref()).await;
                assert_eq!(
                    answer.status,
                    404,
                    "{} {call}: {}",
                    operation.name(),
                    answer.error()
                );
                tried += 1;
            }
        }
    }
    assert!(tried > 700, "{tried}");
    assert_eq!(stage.app.database.content(), before, "something was stored");
}
