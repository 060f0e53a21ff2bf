//! What operators see on the console's pages and do there.

use crate::console::{operator, row_with, send, surely};
use crate::headers::{HOSTILE, is_harmless, is_protected};
use crate::visitor::{between, html};
use serde_json::{Value, json};
use slotbridge_hub::outgoing::{CallbackFailure, ErrorType};
use slotbridge_testkit::{Clinic, TestApp};

#[tokio::test]
async fn the_map_shows_the_worst_practice_first_with_the_hours_in_which_it_did_not_answer_health_1()
{
    let clinic = Clinic::new().await;
    let app = &clinic.app;
    let well = app.link(json!({"name": "Aaa Clinic"})).await;
    app.advance(0).await;
    // Only the first has something to answer, and does not.
    clinic.book("2026-11-24T09:00").await;
    let never = json!({"liveHours": {}});
    app.pms(&well, "POST", "/config/livenessContract", never)
        .await
        .expect(200);
    app.advance(3 * 3600).await;
    let visitor = operator(app).await;
    let page = html(&visitor.get("/console/health").await);
    let rows: Vec<&str> = page.split("<tr>").skip(2).collect();
    assert_eq!(rows.len(), 2, "{page}");
    assert!(rows[0].contains("Unhealthy for"), "{page}");
    let sick = format!("/console/practices/{}\"", clinic.pms.practice_id);
    assert!(rows[0].contains(&sick), "{page}");
    assert!(
        rows[0].contains("</th><td class=\"u\">U</td>"),
        "the last hour: {page}"
    );
    assert_eq!(rows[0].matches("<td").count(), 24);
    assert!(
        rows[0].contains("<td class=\"n\">–</td>"),
        "it was not linked then: {page}"
    );
    assert!(
        rows[1].contains("Aaa Clinic") && !rows[1].contains(">U<"),
        "{page}"
    );
    let days = html(&visitor.get("/console/health?by=days&q=aaa").await);
    assert_eq!(days.matches("<td").count(), 14, "{days}");
    let none = html(&visitor.get("/console/health?q=nothing").await);
    assert!(
        none.contains("No linked practice is called like that"),
        "{none}"
    );
}

#[tokio::test]
async fn practices_are_found_by_name_suburb_postcode_and_id() {
    let app = TestApp::new().await;
    let details = json!({"name": "Émile’s Surgery", "suburb": "Glebe", "postcode": "2037"});
    let wanted = app.practice(details).await;
    let other =
        json!({"name": "90% Health_7", "suburb": "Perth", "postcode": "6000", "test": true});
    app.practice(other).await;
    let visitor = operator(&app).await;
    for (text, expected) in [
        ("", 2),
        ("émile", 1),
        ("GLEB", 1),
        ("203", 1),
        ("037", 0),
        (&wanted.to_string(), 1),
        ("%25", 1),
        ("h_7", 1),
        ("h_8", 0),
    ] {
        let page = html(&visitor.get(&format!("/console/practices?q={text}")).await);
        let rows = page.matches("<td><a href=\"/console/practices/").count();
        assert_eq!(rows, expected, "{text}: {page}");
    }
    let page = html(&visitor.get("/console/practices").await);
    assert!(
        row_with(&page, "90% Health_7", "tr").contains("Test"),
        "{page}"
    );
}

#[tokio::test]
async fn long_lists_of_practices_are_paged() {
    let app = TestApp::new().await;
    for n in 0..51 {
        app.practice(json!({"name": format!("Practice {n:03}")}))
            .await;
    }
    let visitor = operator(&app).await;
    let first = html(&visitor.get("/console/practices?q=practice").await);
    assert!(
        first.contains("51 practices") && !first.contains("Practice 050"),
        "{first}"
    );
    let next = between(&first, "quiet\" href=\"/console/practices?", "\"").replace("&#38;", "&");
    let next = next.replace("&amp;", "&");
    let last = html(&visitor.get(&format!("/console/practices?{next}")).await);
    assert!(
        last.contains("Practice 050") && !last.contains("Practice 049"),
        "{last}"
    );
}

#[tokio::test]
async fn a_practice_is_deactivated_when_the_operator_is_sure_and_can_come_back() {
    let clinic = Clinic::new().await;
    let id = clinic.pms.practice_id;
    let visitor = operator(&clinic.app).await;
    let path = format!("/console/practices/{id}");
    let done = surely(
        &clinic.app,
        &visitor,
        &path,
        &[("deed", "deactivate")],
        "nobody can book there",
    )
    .await;
    let page = html(&visitor.follow(&done).await);
    assert!(page.contains("It takes no part"), "{page}");
    let refused = clinic.pms("GET", "/requests/bookings", Value::Null).await;
    assert_eq!(refused.status, 403);
    let back = send(&visitor, &path, &[("deed", "reactivate")]).await;
    let page = html(&visitor.follow(&back).await);
    assert!(page.contains("its integration may call"), "{page}");
    let trail = html(
        &visitor
            .get(&format!(
                "/console/audit?practice={id}&action=updatePractice"
            ))
            .await,
    );
    assert!(trail.contains("operator:1"), "{trail}");
}

#[tokio::test]
async fn a_consent_is_revoked_when_the_operator_is_sure_auth_1() {
    let clinic = Clinic::new().await;
    let visitor = operator(&clinic.app).await;
    let path = format!("/console/practices/{}", clinic.pms.practice_id);
    let consumer = clinic.pms.consumer_id.to_string();
    let fields = [("deed", "revokeConsent"), ("consumer", consumer.as_str())];
    let done = surely(
        &clinic.app,
        &visitor,
        &path,
        &fields,
        "the practice needs a new key",
    )
    .await;
    let page = html(&visitor.follow(&done).await);
    assert!(
        page.contains("Revoked ") && page.contains("Not linked"),
        "{page}"
    );
    let refused = clinic.pms("GET", "/requests/bookings", Value::Null).await;
    assert_eq!(refused.status, 403);
    let again = [
        ("deed", "revokeConsent"),
        ("consumer", consumer.as_str()),
        ("sure", "yes"),
    ];
    let again = send(&visitor, &path, &again).await;
    assert_eq!(again.status, 404);
    assert!(
        html(&again).contains("Nothing was changed"),
        "{}",
        html(&again)
    );
}

#[tokio::test]
async fn the_audit_is_searched_by_booking_actor_action_call_and_day_and_notes_stay_sealed() {
    let clinic = Clinic::new().await;
    let practice = clinic.pms.practice_id;
    let (one, two) = (
        clinic.book("2026-11-24T09:00").await,
        clinic.book("2026-11-24T10:00").await,
    );
    let headers = clinic.pms.headers_and(&[("x-request-id", "call-4711")]);
    let reject = format!("/pms-api/v1/bookings/{}/rejectInsert", one.id);
    let body = json!({"reason": "the secret reason"});
    let rejected = clinic.app.call("POST", &reject, &headers, &body).await;
    assert_eq!(rejected.status, 200);
    let call = rejected.header("x-request-id").unwrap().to_owned();
    clinic.confirm(&two).await;
    let visitor = operator(&clinic.app).await;
    let rows = async |query: &str| {
        let page = html(&visitor.get(&format!("/console/audit?{query}")).await);
        assert!(!page.contains("secret reason"), "{page}");
        let rows = page.matches("<tr>").count().saturating_sub(1);
        (rows, page)
    };
    let (all, page) = rows(&format!("practice={practice}")).await;
    assert!(all >= 4 && page.contains("Has a sealed note"), "{page}");
    let (of_one, page) = rows(&format!("booking={}", one.id)).await;
    assert!(
        (1..all).contains(&of_one) && !page.contains(&two.id.to_string()),
        "{page}"
    );
    let pms = format!("pms:{}", clinic.pms.consumer_id);
    assert_eq!(rows(&format!("booking={}&actor={pms}", one.id)).await.0, 1);
    let (of_call, page) = rows(&format!("practice={practice}&call={call}")).await;
    assert_eq!(of_call, 1, "{page}");
    assert!(page.contains("rejectInsert"), "{page}");
    assert_eq!(
        rows(&format!("practice={practice}&action=confirmInsert"))
            .await
            .0,
        1
    );
    let today = slotbridge_hub::zone::day(
        &jiff::tz::TimeZone::get("Australia/Sydney").unwrap(),
        clinic.app.now(),
    );
    assert_eq!(
        rows(&format!("practice={practice}&from={today}&to={today}"))
            .await
            .0,
        all
    );
    let (none, page) = rows(&format!("practice={practice}&to=2020-01-01")).await;
    assert!(
        none == 0 && page.contains("That is the whole trail"),
        "{page}"
    );
    let (_, page) = rows("actor=hub").await;
    assert!(page.contains("Give the id of a practice"), "{page}");
    let (_, page) = rows("practice=99").await;
    assert!(page.contains("Give the id of a practice"), "{page}");
}

#[tokio::test]
async fn the_audit_goes_on_with_older_entries_and_misses_none() {
    let app = TestApp::new().await;
    let practice = app.practice(json!({})).await;
    for n in 0..120 {
        let body = json!({"phone": format!("02987654{:02}", n % 100)});
        app.admin("PATCH", &format!("/practices/{practice}"), body)
            .await
            .expect(200);
    }
    let visitor = operator(&app).await;
    let mut path = format!("/console/audit?practice={practice}&action=updatePractice");
    let mut sizes = Vec::new();
    loop {
        let page = html(&visitor.get(&path).await);
        sizes.push(page.matches("<td>updatePractice").count());
        if !page.contains("rel=\"next\"") {
            break;
        }
        let next = between(&page, "quiet\" href=\"", "\"");
        path = next.replace("&#38;", "&").replace("&amp;", "&");
    }
    assert_eq!(sizes, [50, 50, 20]);
}

/// A practice whose callbacks all fail, given up.
async fn failed_callbacks(clinic: &Clinic) {
    clinic.app.receiver.fail(ErrorType::HttpStatus);
    let subscription = json!({
        "topic": "requests.bookings", "callbackUrl": "https://pms.example:8443/callbacks",
    });
    clinic
        .pms("POST", "/subscription", subscription)
        .await
        .expect(201);
    clinic.book("2026-11-24T09:00").await;
    clinic.app.deliver().await;
}

#[tokio::test]
async fn deliveries_are_told_by_host_and_sent_again_from_the_log_sub_3() {
    let clinic = Clinic::new().await;
    let app = &clinic.app;
    let visitor = operator(app).await;
    let page = html(&visitor.get("/console/deliveries").await);
    assert!(
        page.contains("Nothing waits") && page.contains("Enter a practice’s id"),
        "{page}"
    );
    failed_callbacks(&clinic).await;
    app.clock.advance(70);
    let page = html(&visitor.get("/console/deliveries").await);
    let lane = row_with(&page, "pms.example:8443", "tr");
    assert!(lane.contains("1 min 0 s late"), "{lane}");
    for _ in 0..4 {
        app.advance(1001).await;
    }
    let visitor = operator(app).await;
    let log = format!(
        "/console/deliveries?practice={}&state=failed",
        clinic.pms.practice_id
    );
    let page = html(&visitor.get(&log).await);
    let row = row_with(&page, "bookings", "tr");
    assert!(
        row.contains("failed") && row.contains("Send again"),
        "{page}"
    );
    let request = between(row, "name=\"request\" value=\"", "\"").to_owned();
    let subscription = between(row, "name=\"subscription\" value=\"", "\"").to_owned();
    let other = format!(
        "/console/deliveries?practice={}&state=delivered",
        clinic.pms.practice_id
    );
    assert!(html(&visitor.get(&other).await).contains("has no such deliveries"));
    let fields = [
        ("request", request.as_str()),
        ("subscription", subscription.as_str()),
    ];
    let done = send(&visitor, &log, &fields).await;
    let page = html(&visitor.follow(&done).await);
    let row = row_with(&page, "waiting", "tr");
    assert!(!row.contains("Send again"), "{page}");
    let twice = send(&visitor, &log, &fields).await;
    assert_eq!(twice.status, 409);
    assert!(
        html(&twice).contains("No delivery of this request is settled"),
        "{}",
        html(&twice)
    );
}

#[tokio::test]
async fn the_log_says_why_callbacks_failed_and_shows_no_body_sub_4() {
    let clinic = Clinic::new().await;
    let app = &clinic.app;
    let subscription = json!({
        "topic": "requests.*", "callbackUrl": "https://pms.example:8443/callbacks",
    });
    clinic
        .pms("POST", "/subscription", subscription)
        .await
        .expect(201);
    let visitor = operator(app).await;
    let log = format!("/console/deliveries?practice={}", clinic.pms.practice_id);
    let day = |day: u32| json!({"type": "availability", "date": format!("2026-12-{day}"), "pmsResourceId": "12345"});
    let requests = format!("/practices/{}/requests", clinic.pms.practice_id);
    // The days for which a request is raised, what becomes of its callbacks, and what is said of it.
    let kinds = [
        (
            ErrorType::Timeout,
            None,
            "no answer",
            "No answer within 5 s",
        ),
        (ErrorType::ConnectError, None, "refused", "No connection"),
        (
            ErrorType::DnsError,
            None,
            "no address",
            "Host name not found",
        ),
        (
            ErrorType::TlsError,
            None,
            "expired",
            "Certificate or TLS refused",
        ),
        (
            ErrorType::HttpStatus,
            Some("503 Service Unavailable"),
            "Anna",
            "Answered 503",
        ),
        (ErrorType::HttpStatus, Some("418"), "", "Answered 418"),
        (
            ErrorType::Redirect,
            Some("302 Found"),
            "redirects",
            "Answered 302",
        ),
        (
            ErrorType::BlockedAddress,
            None,
            "10.0.0.1",
            "Address not allowed",
        ),
    ];
    for (at, (error_type, status, message, _)) in kinds.into_iter().enumerate() {
        app.receiver.answer_by(move |_| {
            let message = message.to_owned();
            Box::pin(async move {
                Err(match status {
                    Some(status) => CallbackFailure::answered(error_type, status, &message),
                    None => CallbackFailure {
                        error_type,
                        message,
                    },
                })
            })
        });
        let day = day(20 + u32::try_from(at).unwrap());
        app.admin("POST", &requests, day).await.expect(201);
        app.deliver().await;
    }
    let page = html(&visitor.get(&log).await);
    assert!(
        !page.contains("Anna") && !page.contains("10.0.0.1"),
        "{page}"
    );
    let rows: Vec<&str> = page.split("<tr>").skip(1).collect();
    let rows: Vec<&&str> = rows
        .iter()
        .filter(|row| row.contains("<td>availability"))
        .collect();
    assert_eq!(rows.len(), kinds.len(), "{page}");
    for ((_, _, _, said), row) in kinds.iter().rev().zip(rows) {
        assert!(
            row.contains(said) && row.contains("<td>1</td>"),
            "{said}: {row}"
        );
    }
    for meant in [
        "5xx: it is broken",
        "callback_allowed_networks",
        "Redirects are not followed",
    ] {
        assert_eq!(page.matches(meant).count(), 1, "{page}");
    }
    // A booking's callback names the booking; the last failure counts, until it is delivered.
    app.receiver.fail(ErrorType::Timeout);
    clinic.book("2026-11-24T09:00").await;
    app.deliver().await;
    app.receiver.fail(ErrorType::TlsError);
    app.advance(11).await;
    let page = html(&visitor.get(&format!("{log}&state=waiting")).await);
    let row = row_with(&page, "<td>bookings", "tr");
    let said = row.contains("Certificate or TLS refused") && row.contains("<td>2</td>");
    assert!(said && !row.contains("No answer"), "{row}");
    app.receiver.succeed();
    app.advance(101).await;
    let page = html(&visitor.get(&format!("{log}&state=delivered")).await);
    let row = row_with(&page, "<td>bookings", "tr");
    assert!(
        !row.contains("TLS") && !page.contains("What these failures mean"),
        "{page}"
    );
}

#[tokio::test]
async fn the_charts_show_what_was_counted_as_a_picture_and_as_a_table() {
    let clinic = Clinic::new().await;
    let app = &clinic.app;
    let visitor = operator(app).await;
    let page = html(&visitor.get("/console/charts").await);
    assert!(page.contains("There is nothing to draw yet"), "{page}");
    app.charts.sample(&app.hub).await;
    clinic.book("2026-11-24T09:00").await;
    for _ in 0..60 {
        clinic
            .pms("GET", "/requests/bookings", Value::Null)
            .await
            .expect(200);
    }
    for _ in 0..6 {
        app.clock.advance(10);
        app.charts.sample(&app.hub).await;
    }
    let page = html(&visitor.get("/console/charts").await);
    let calls = between(&page, "<h2>Calls", "</section>");
    let (_, rate) = calls.split_once("PMS API: <strong>").unwrap();
    assert!(rate.starts_with("1<"), "60 calls in a minute, {calls}");
    assert_eq!(calls.matches("<tr>").count(), 2, "{calls}");
    let bookings = between(&page, "<h2>Bookings", "</section>");
    assert!(bookings.contains("Bookings made: <strong>1<"), "{bookings}");
    assert_eq!(page.matches("<svg class=\"chart\"").count(), 5, "{page}");
    let day = html(&visitor.get("/console/charts?over=day").await);
    assert!(day.contains("There is nothing to draw yet"), "{day}");
}

#[tokio::test]
async fn whatever_anything_is_called_is_text_and_no_markup_for_operators() {
    let app = TestApp::new().await;
    let details = json!({
        "name": HOSTILE, "suburb": HOSTILE, "address": HOSTILE, "timezone": "Australia/Sydney",
    });
    let clinic = Clinic::at(app, details).await;
    let app = &clinic.app;
    let vendor = json!({"name": HOSTILE, "contactEmail": "dev@vendor.example"});
    app.admin("POST", "/consumers", vendor).await.expect(201);
    app.admin("POST", "/operatorTokens", json!({"name": HOSTILE}))
        .await
        .expect(201);
    let day = json!({"type": "availability", "date": "2026-11-30", "pmsResourceId": "12345"});
    let path = format!("/practices/{}/requests", clinic.pms.practice_id);
    app.admin("POST", &path, day).await;
    failed_callbacks(&clinic).await;
    let practice = clinic.pms.practice_id;
    let text = form_urlencoded::byte_serialize(HOSTILE.as_bytes()).collect::<String>();
    let visitor = operator(app).await;
    let mut shown = 0;
    for path in [
        "/console".to_owned(),
        format!("/console/health?q={text}"),
        "/console/health".to_owned(),
        format!("/console/deliveries?practice={text}&consumer={text}&state={text}&request={text}"),
        format!("/console/deliveries?practice={practice}"),
        format!("/console/practices?q={text}"),
        format!("/console/practices?page={text}"),
        format!("/console/practices/{practice}"),
        format!("/console/practices/{practice}/staff?known={text}"),
        "/console/practices/new".to_owned(),
        format!("/console/consumers?q={text}"),
        "/console/consumers".to_owned(),
        "/console/consumers/2".to_owned(),
        format!("/console/audit?practice={practice}"),
        format!(
            "/console/audit?practice={text}&actor={text}&action={text}&call={text}&from={text}&before={text}"
        ),
        format!("/console/charts?over={text}"),
        "/console/operator-tokens".to_owned(),
        format!("/console/sign-in?{text}"),
    ] {
        let answer = visitor.get(&path).await;
        assert_eq!(answer.status, 200, "{path}");
        is_protected(&answer, &path);
        let page = html(&answer);
        is_harmless(&page, &path);
        shown += usize::from(page.contains("script&"));
    }
    assert!(shown >= 9, "{shown}");
    let asked = [("deed", "deactivate"), (HOSTILE, HOSTILE)];
    let path = format!("/console/practices/{practice}");
    let page = html(&send(&visitor, &path, &asked).await);
    is_harmless(&page, "a question");
    assert!(page.contains("script&"), "{page}");
}
