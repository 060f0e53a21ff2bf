//! What operators see on the console's pages and do there.

use crate::console::{operator, send};
use crate::headers::{HOSTILE, is_harmless, is_protected};
use crate::visitor::{Visitor, between, html};
use serde_json::{Value, json};
use slotbridge_hub::outgoing::ErrorType;
use slotbridge_testkit::{Answer, Clinic, TestApp};

/// What stands in the table's or list's row that holds a text.
fn row_with<'t>(page: &'t str, text: &str, tag: &str) -> &'t str {
    let begin = format!("<{tag}>");
    let mut rows = page.split(&begin);
    let found = rows.find(|row| row.contains(text));
    let row = found.unwrap_or_else(|| panic!("no row with {text} in {page}"));
    row.split(&format!("</{tag}>")).next().unwrap()
}

/// What was asked must be confirmed: sends it, expects the question with `consequence` and that
/// nothing has changed, and sends it again with the answer.
async fn surely(
    app: &TestApp,
    visitor: &Visitor<'_>,
    path: &str,
    fields: &[(&str, &str)],
    consequence: &str,
) -> Answer {
    // Whether the session was used is written down now and then.
    visitor.get("/console").await;
    let before = app.database.content();
    let asked = html(&send(visitor, path, fields).await);
    assert!(asked.contains(consequence), "{asked}");
    assert!(asked.contains("Leave it as it is"), "{asked}");
    assert_eq!(app.database.content(), before, "asking changes nothing");
    let mut sure = fields.to_vec();
    sure.push(("sure", "yes"));
    send(visitor, path, &sure).await
}

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
        let rows = page.matches("href=\"/console/practices/").count();
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
async fn a_consumer_s_secrets_are_shown_once_and_a_form_sent_twice_makes_one_auth_2() {
    let app = TestApp::new().await;
    let visitor = operator(&app).await;
    let page = html(&visitor.get("/console/consumers").await);
    assert!(page.contains("There is no consumer yet"), "{page}");
    let token = between(&page, "name=\"token\" value=\"", "\"").to_owned();
    let once = between(&page, "name=\"once\" value=\"", "\"").to_owned();
    let fields = [
        ("token", token.as_str()),
        ("once", &once),
        ("name", "Acme PMS"),
        ("contactEmail", "dev@acme.example"),
        ("wireProfile", "documented"),
    ];
    let ours = [crate::console::OURS];
    let made = visitor.post_as("/console/consumers", &fields, &ours).await;
    let again = visitor.post_as("/console/consumers", &fields, &ours).await;
    let key = between(&html(&made), "class=\"key\">", "<").to_owned();
    assert_eq!(between(&html(&again), "class=\"key\">", "<"), key);
    let list = html(&visitor.get("/console/consumers").await);
    assert_eq!(
        list.matches("href=\"/console/consumers/").count(),
        1,
        "{list}"
    );
    assert!(!list.contains(&key));
    let one = "/console/consumers/1";
    assert!(!html(&visitor.get(one).await).contains(&key));
    // The key opens what it should, until it is revoked.
    let practice = app.practice(json!({})).await;
    let pms = app.consent(practice, 1, &key).await;
    app.pms(&pms, "GET", "/requests/bookings", Value::Null)
        .await
        .expect(200);
    let more = html(&send(&visitor, one, &[("deed", "addKey"), ("once", "a")]).await);
    assert!(more.contains("This is shown this once"), "{more}");
    let fields = [("deed", "revokeKey"), ("key", "1")];
    let done = surely(&app, &visitor, one, &fields, "refused, on every node").await;
    assert!(html(&visitor.follow(&done).await).contains("Revoked "));
    let refused = app
        .pms(&pms, "GET", "/requests/bookings", Value::Null)
        .await;
    assert_eq!(refused.status, 401);
    let fields = [("deed", "rotateSecret"), ("once", "b")];
    let secret = surely(&app, &visitor, one, &fields, "for 24 hours").await;
    assert!(html(&secret).contains("whsec_"), "{}", html(&secret));
    let done = surely(
        &app,
        &visitor,
        one,
        &[("deed", "deactivate")],
        "None of its keys",
    )
    .await;
    assert!(html(&visitor.follow(&done).await).contains("None of its keys opens"));
}

#[tokio::test]
async fn what_is_wrong_with_a_new_consumer_is_named_and_nothing_is_made() {
    let app = TestApp::new().await;
    let visitor = operator(&app).await;
    let before = app.database.content();
    let long = "x".repeat(201);
    for (name, mail, profile, fault) in [
        ("", "dev@acme.example", "documented", "Name: must be"),
        (&long, "dev@acme.example", "documented", "Name: must be"),
        ("Acme", "nobody", "documented", "ContactEmail: "),
        ("Acme", "dev@acme.example", "x", "WireProfile: must be"),
    ] {
        let fields = [
            ("name", name),
            ("contactEmail", mail),
            ("wireProfile", profile),
        ];
        let refused = send(&visitor, "/console/consumers", &fields).await;
        assert_eq!(refused.status, 400);
        assert!(html(&refused).contains(fault), "{}", html(&refused));
    }
    for path in [
        "/console/consumers/1",
        "/console/practices/1",
        "/console/staff/1",
    ] {
        assert_eq!(visitor.get(path).await.status, 404, "{path}");
    }
    assert_eq!(app.database.content(), before);
}

#[tokio::test]
async fn operator_tokens_are_shown_once_and_the_last_one_stays_auth_2() {
    let app = TestApp::new().await;
    let visitor = operator(&app).await;
    let path = "/console/operator-tokens";
    let fields = [("deed", "revoke"), ("tokenId", "1")];
    let last = surely(&app, &visitor, path, &fields, "you too, if it is yours").await;
    assert_eq!(last.status, 409);
    assert!(
        html(&last).contains("make another one first"),
        "{}",
        html(&last)
    );
    let fields = [("deed", "create"), ("name", "Kim"), ("once", "a")];
    let made = html(&send(&visitor, path, &fields).await);
    let token = between(&made, "class=\"key\">", "<").to_owned();
    let list = html(&visitor.get(path).await);
    assert!(list.contains("Kim") && !list.contains(&token), "{list}");
    app.hub.sign_in_operator(&token, None).await.unwrap();
    let fields = [("deed", "revoke"), ("tokenId", "2")];
    let done = surely(&app, &visitor, path, &fields, "never comes back").await;
    let list = html(&visitor.follow(&done).await);
    assert!(row_with(&list, "Kim", "li").contains("Revoked "), "{list}");
    assert!(app.hub.sign_in_operator(&token, None).await.is_err());
}

#[tokio::test]
async fn staff_are_found_by_their_mail_locked_and_given_links_without_being_shown() {
    let clinic = Clinic::new().await;
    let app = &clinic.app;
    let kim = app.member(clinic.pms.practice_id, "kim", "manager").await;
    let visitor = operator(app).await;
    let unknown = [("email", "nobody@staff.example")];
    assert_eq!(send(&visitor, "/console/staff", &unknown).await.status, 404);
    let found = send(&visitor, "/console/staff", &[("email", kim.email.as_str())]).await;
    let path = found.header("location").unwrap().to_owned();
    assert_eq!(path, format!("/console/staff/{}", kim.staff_id));
    for path in ["/console/staff", &path] {
        let page = html(&visitor.get(path).await);
        assert!(
            !page.contains("kim") && !page.contains("staff.example"),
            "{page}"
        );
    }
    let done = surely(
        app,
        &visitor,
        &path,
        &[("deed", "endSessions")],
        "signed out at once",
    )
    .await;
    assert!(html(&visitor.follow(&done).await).contains("Nowhere at the moment"));
    assert!(app.signed_in(&kim.session).await.is_err());
    app.advance(60).await;
    let session = app
        .sign_in(
            &kim.email,
            slotbridge_testkit::staff::PASSWORD,
            &kim.code(app),
        )
        .await;
    let session = session.unwrap();
    let done = surely(
        app,
        &visitor,
        &path,
        &[("deed", "lock")],
        "signed out everywhere",
    )
    .await;
    assert!(html(&visitor.follow(&done).await).contains("Nobody can sign in to it"));
    assert!(app.signed_in(&session).await.is_err());
    send(&visitor, &path, &[("deed", "unlock")]).await;
    let fields = [("deed", "newLink"), ("kind", "password")];
    let link = surely(app, &visitor, &path, &fields, "can become the owner").await;
    let page = html(&link);
    let link = between(&page, "/portal/open?token=", "<").to_owned();
    app.hub.open_staff_link(&link).await.unwrap();
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
