//! `/docs`: pages and documents, and nothing from elsewhere.

use serde_json::Value;
use slotbridge_testkit::{Answer, TestApp};

async fn get(app: &TestApp, path: &str, headers: &[(String, String)]) -> Answer {
    app.raw("GET", path, headers, "").await
}

/// The values of an attribute in a page, e.g. of `href`.
fn attributes<'a>(page: &'a str, name: &str) -> Vec<&'a str> {
    let start = format!(" {name}=\"");
    let values = page.split(&*start).skip(1);
    values.map(|rest| rest.split('"').next().unwrap()).collect()
}

#[tokio::test]
async fn each_face_has_a_page_and_a_document_and_the_sandbox_only_in_one() {
    for (app, sandbox) in [
        (TestApp::new().await, false),
        (TestApp::sandbox().await, true),
    ] {
        let index = get(&app, "/docs", &[]).await;
        let index = String::from_utf8(index.bytes.to_vec()).unwrap();
        for (name, document) in super::documents() {
            let there = sandbox || name != "sandbox-api";
            let page = get(&app, &format!("/docs/{name}"), &[]).await;
            let json = get(&app, &format!("/docs/{name}.json"), &[]).await;
            assert_eq!(index.contains(&format!("/docs/{name}")), there, "{name}");
            assert_eq!(page.status.is_success(), there, "{name}");
            let shown = if there { document } else { Value::Null };
            let served = if there { json.json() } else { Value::Null };
            assert_eq!(served, shown, "{name}");
            assert_eq!(json.status.is_success(), there, "{name}");
        }
    }
}

#[tokio::test]
async fn a_page_loads_nothing_that_this_server_does_not_serve() {
    let app = TestApp::sandbox().await;
    let mut pages = vec!["/docs".to_owned()];
    pages.extend(
        super::documents()
            .iter()
            .map(|(name, _)| format!("/docs/{name}")),
    );
    for path in pages {
        let answer = get(&app, &path, &[]).await;
        let policy = answer.header("content-security-policy").unwrap();
        for rule in [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "connect-src 'self'",
        ] {
            assert!(
                policy.split("; ").any(|known| known == rule),
                "{path}: {rule}"
            );
        }
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        let page = String::from_utf8(answer.bytes.to_vec()).unwrap();
        for name in ["href", "src", "data-document"] {
            for url in attributes(&page, name) {
                if url != "data:," {
                    assert!(
                        url.starts_with('/') && !url.starts_with("//"),
                        "{path}: {url}"
                    );
                    assert_eq!(get(&app, url, &[]).await.status, 200, "{path}: {url}");
                }
            }
        }
    }
}

#[tokio::test]
async fn what_is_packed_comes_unpacked_to_whom_cannot_unpack() {
    let app = TestApp::new().await;
    let page = get(&app, "/docs/pms-api", &[]).await;
    let page = String::from_utf8(page.bytes.to_vec()).unwrap();
    let urls = attributes(&page, "src");
    let script = urls
        .iter()
        .find(|url| url.ends_with("swagger-ui-bundle.js"));
    let script = *script.unwrap();
    let plain = get(&app, script, &[]).await;
    assert_eq!(plain.header("content-encoding"), None);
    assert!(plain.bytes.len() > 1_000_000);
    assert!(std::str::from_utf8(&plain.bytes).is_ok());
    let gzip = [("accept-encoding".to_owned(), "br, gzip".to_owned())];
    let packed = get(&app, script, &gzip).await;
    assert_eq!(packed.header("content-encoding"), Some("gzip"));
    assert!(packed.bytes.len() < plain.bytes.len() / 2);
    assert_eq!(
        get(&app, "/docs/assets/0.0.1/swagger-ui.css", &[])
            .await
            .status,
        404
    );
    assert_eq!(
        get(&app, "/docs/assets/5.35.0/../page.js", &[])
            .await
            .status,
        404
    );
}
