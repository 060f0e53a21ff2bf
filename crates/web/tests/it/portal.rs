//! What staff see and do, and that they reach nothing of another practice.

use crate::headers::{HOSTILE, is_harmless, is_protected};
use crate::visitor::{Visitor, between, html};
use serde_json::json;
use slotbridge_domain::staff::Role;
use slotbridge_hub::staff::totp;
use slotbridge_testkit::staff::{Member, PASSWORD, secret_of};
use slotbridge_testkit::{Clinic, TestApp};

/// Somebody of the practice's staff with a browser that is signed in.
pub(crate) async fn signed_in<'a>(
    app: &'a TestApp,
    practice: i64,
    name: &str,
    role: &str,
) -> (Visitor<'a>, Member) {
    let member = app.member(practice, name, role).await;
    let visitor = Visitor::new(app);
    visitor.take_cookie("/portal", "staff", &member.session);
    (visitor, member)
}

/// The token that stands in the forms of a page.
pub(crate) fn token(page: &str) -> String {
    between(page, "name=\"token\" value=\"", "\"").to_owned()
}

pub(crate) const OURS: (&str, &str) = ("sec-fetch-site", "same-origin");

/// The pages of a practice.
fn practice_paths() -> impl Iterator<Item = &'static str> {
    let paths = slotbridge_web::portal_pages().map(|(path, _)| path);
    paths.filter(|path| path.contains('{'))
}

#[tokio::test]
async fn who_is_not_signed_in_is_sent_to_sign_in_and_learns_nothing() {
    let clinic = Clinic::new().await;
    let booked = clinic.book("2026-11-24T09:00").await;
    let visitor = Visitor::new(&clinic.app);
    let before = clinic.app.database.content();
    for path in practice_paths() {
        for practice in [clinic.pms.practice_id, 999] {
            let path = path
                .replace("{practiceId}", &practice.to_string())
                .replace("{bookingId}", &booked.id.to_string());
            for answer in [
                visitor.get(&path).await,
                visitor
                    .post_as(&path, &[("deed", "cancel"), ("sure", "yes")], &[OURS])
                    .await,
            ] {
                assert!([303, 405].contains(&answer.status.as_u16()), "{path}");
                if answer.status == 303 {
                    assert_eq!(answer.header("location"), Some("/portal/sign-in"));
                }
            }
        }
    }
    assert_eq!(clinic.app.database.content(), before);
}

#[tokio::test]
async fn staff_reach_nothing_of_another_practice() {
    let clinic = Clinic::new().await;
    let other = clinic.app.practice(json!({"name": "Other"})).await;
    let (visitor, _) = signed_in(&clinic.app, other, "kim", "manager").await;
    let own = html(&visitor.get(&format!("/portal/{other}")).await);
    let token = token(&own);
    let booked = clinic.book("2026-11-24T09:00").await;
    let before = clinic.app.database.content();
    let fields = [
        ("token", token.as_str()),
        ("deed", "cancel"),
        ("sure", "yes"),
    ];
    for path in practice_paths() {
        for practice in [clinic.pms.practice_id, other] {
            let place = path
                .replace("{practiceId}", &practice.to_string())
                .replace("{bookingId}", &booked.id.to_string());
            assert!(!place.contains('{'), "{place}: say here which id that is");
            let is_own = practice == other && !path.contains("{bookingId}");
            let read = visitor.get(&place).await;
            assert_eq!(read.status, if is_own { 200 } else { 404 }, "{place}");
            let sent = visitor.post_as(&place, &fields, &[OURS]).await;
            let refused: &[u16] = if is_own {
                &[400, 404, 405]
            } else {
                &[404, 405]
            };
            assert!(refused.contains(&sent.status.as_u16()), "{place}");
        }
    }
    assert_eq!(clinic.app.database.content(), before);
}

#[tokio::test]
async fn a_receptionist_sees_no_page_and_no_tab_whose_right_is_a_managers() {
    let clinic = Clinic::new().await;
    let practice = clinic.pms.practice_id;
    let booked = clinic.book("2026-11-24T09:00").await;
    let (reception, _) = signed_in(&clinic.app, practice, "jo", "receptionist").await;
    let (manager, _) = signed_in(&clinic.app, practice, "kim", "manager").await;
    let home = format!("/portal/{practice}");
    let own = html(&reception.get(&home).await);
    let all = html(&manager.get(&home).await);
    let token = token(&own);
    let before = clinic.app.database.content();
    let mut of_managers = 0;
    for (path, right) in slotbridge_web::portal_pages().filter(|(path, _)| path.contains('{')) {
        let place = path
            .replace("{practiceId}", &practice.to_string())
            .replace("{bookingId}", &booked.id.to_string());
        assert_eq!(manager.get(&place).await.status, 200, "{place}");
        let seen = reception.get(&place).await;
        let right = right.expect("a page of a practice says which right it needs");
        let link = format!("href=\"{place}\"");
        if Role::Receptionist.may(right) {
            assert_eq!(seen.status, 200, "{place}");
            continue;
        }
        of_managers += 1;
        assert_eq!(seen.status, 403, "{place}");
        assert!(html(&seen).contains("Only managers of the practice"));
        assert!(!own.contains(&link), "a tab leads to {place}");
        let sent = reception
            .post_as(&place, &[("token", &token)], &[OURS])
            .await;
        assert!([403, 405].contains(&sent.status.as_u16()), "{place}");
    }
    assert!(of_managers > 0);
    assert!(all.contains(">Settings</a>") && !own.contains(">Settings</a>"));
    assert_eq!(clinic.app.database.content(), before);
}

#[tokio::test]
async fn signing_in_has_one_answer_to_whatever_is_wrong_and_a_new_session_each_time() {
    let clinic = Clinic::new().await;
    let member = clinic
        .app
        .member(clinic.pms.practice_id, "kim", "manager")
        .await;
    clinic.app.advance(60).await;
    let visitor = Visitor::new(&clinic.app);
    visitor.get("/portal/sign-in").await;
    let code = member.code(&clinic.app);
    let mut answers = Vec::new();
    for (email, password, code) in [
        (member.email.as_str(), "wrong", code.as_str()),
        (&member.email, PASSWORD, "000000"),
        ("nobody@staff.example", PASSWORD, &code),
    ] {
        let fields = [("email", email), ("password", password), ("code", code)];
        let answer = visitor.post("/portal/sign-in", &fields).await;
        assert_eq!(answer.status, 401);
        is_protected(&answer, "a refusal");
        answers.push(html(&answer).replace(email, ""));
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]));
    let fields = [
        ("email", member.email.as_str()),
        ("password", PASSWORD),
        ("code", &code),
    ];
    let answer = visitor.post("/portal/sign-in", &fields).await;
    assert_eq!(answer.status, 303, "{}", html(&answer));
    let cookie = answer.header("set-cookie").unwrap();
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("Path=/portal"),
        "{cookie}"
    );
    assert!(!cookie.contains(&member.session), "no session is kept over");
    let home = visitor.follow(&answer).await;
    let agenda = html(&visitor.follow(&home).await);
    assert!(
        agenda.contains("No online bookings on this day"),
        "{agenda}"
    );
    let out = [("token", token(&agenda))];
    let out: Vec<(&str, &str)> = out.iter().map(|(n, v)| (*n, v.as_str())).collect();
    let gone = visitor.post_as("/portal/sign-out", &out, &[OURS]).await;
    assert_eq!(gone.status, 303);
    let again = visitor.get("/portal").await;
    assert_eq!(again.header("location"), Some("/portal/sign-in"));
}

#[tokio::test]
async fn too_many_wrong_attempts_are_told_to_wait() {
    let app = TestApp::new().await;
    let practice = app.practice(json!({})).await;
    let member = app.member(practice, "kim", "manager").await;
    let visitor = Visitor::new(&app);
    visitor.get("/portal/sign-in").await;
    let fields = [
        ("email", member.email.as_str()),
        ("password", "wrong"),
        ("code", "000000"),
    ];
    for _ in 0..5 {
        let answer = visitor.post("/portal/sign-in", &fields).await;
        assert_eq!(answer.status, 401);
    }
    let answer = visitor.post("/portal/sign-in", &fields).await;
    assert_eq!(answer.status, 429);
    assert!(
        html(&answer).contains("Wait 3 seconds"),
        "{}",
        html(&answer)
    );
}

#[tokio::test]
async fn a_link_sets_an_account_up_and_its_token_leaves_the_address() {
    let app = TestApp::new().await;
    let practice = app.practice(json!({"name": "Harbour Clinic"})).await;
    let (_, token) = app.take_on(practice, "kim", "receptionist").await;
    let visitor = Visitor::new(&app);
    let opened = visitor.get(&format!("/portal/open?token={token}")).await;
    assert_eq!(opened.header("location"), Some("/portal/set-up"));
    let page = html(&visitor.follow(&opened).await);
    assert!(
        page.contains("kim@staff.example") && page.contains("<svg class=\"qr\""),
        "{page}"
    );
    let secret = between(&page, "<code class=\"key\">", "<").replace(' ', "");
    let code = totp::code_at(&secret_of(&secret), app.now());
    let short = [("password", "short"), ("code", code.as_str())];
    let refused = visitor.post("/portal/set-up", &short).await;
    assert_eq!(refused.status, 400);
    assert!(
        html(&refused).contains("id=\"password-error\""),
        "{}",
        html(&refused)
    );
    let right = [("password", PASSWORD), ("code", code.as_str())];
    let ready = visitor.post("/portal/set-up", &right).await;
    assert_eq!(ready.status, 200, "{}", html(&ready));
    assert_eq!(html(&ready).matches("<li><code>").count(), 10);
    assert_eq!(
        visitor.get(&format!("/portal/{practice}")).await.status,
        200
    );
    let again = Visitor::new(&app);
    let opened = again.get(&format!("/portal/open?token={token}")).await;
    assert_eq!(again.follow(&opened).await.status, 410);
}

#[tokio::test]
async fn staff_see_the_day_and_what_needs_them_and_say_what_they_did_book_2() {
    let clinic = Clinic::new().await;
    let practice = clinic.pms.practice_id;
    let booked = clinic.book("2026-11-24T09:00").await;
    let (visitor, _) = signed_in(&clinic.app, practice, "jo", "receptionist").await;
    let day = format!("/portal/{practice}?day=2026-11-24");
    let page = html(&visitor.get(&day).await);
    assert!(
        page.contains("Waiting for your PMS") && page.contains("9:00\u{a0}am"),
        "{page}"
    );
    clinic.app.advance(21).await;
    let page = html(&visitor.get(&day).await);
    assert!(page.contains("Stands, not yet in your PMS"), "{page}");
    assert!(page.contains("One thing needs attention"), "{page}");
    let list = html(&visitor.get(&format!("/portal/{practice}/attention")).await);
    let place = between(&list, "<p><a href=\"", "\"").to_owned();
    assert_eq!(place, format!("/portal/{practice}/bookings/{}", booked.id));
    let page = html(&visitor.get(&place).await);
    assert!(page.contains("I have entered it by hand"), "{page}");
    let token = token(&page);
    let done = visitor
        .post_as(
            &place,
            &[("token", &token), ("deed", "enteredByHand")],
            &[OURS],
        )
        .await;
    let page = html(&visitor.follow(&done).await);
    assert!(page.contains("Confirmed, entered by hand"), "{page}");
    assert!(
        page.contains("Entered by hand") && page.contains("Staff "),
        "the trail: {page}"
    );
    assert!(clinic.list("bookings").await.is_empty());
    let list = html(&visitor.get(&format!("/portal/{practice}/attention")).await);
    assert!(list.contains("All bookings are in your PMS"), "{list}");
}

#[tokio::test]
async fn what_was_rejected_late_can_be_entered_by_hand_book_5() {
    let clinic = Clinic::new().await;
    let practice = clinic.pms.practice_id;
    let booked = clinic.book("2026-11-24T09:00").await;
    clinic.app.advance(21).await;
    let late = json!({"reason": "full"});
    clinic.say(&booked, "rejectInsert", late).await.expect(200);
    let (visitor, _) = signed_in(&clinic.app, practice, "jo", "receptionist").await;
    let list = html(&visitor.get(&format!("/portal/{practice}/attention")).await);
    assert!(list.contains("Rejected after it stood"), "{list}");
    let place = format!("/portal/{practice}/bookings/{}", booked.id);
    let page = html(&visitor.get(&place).await);
    assert!(page.contains("I have entered it by hand"), "{page}");
    assert!(
        !page.contains("The patient came"),
        "its day is to come: {page}"
    );
    let token = token(&page);
    let fields = [("token", token.as_str()), ("deed", "enteredByHand")];
    let done = visitor.post_as(&place, &fields, &[OURS]).await;
    let page = html(&visitor.follow(&done).await);
    assert!(page.contains("Confirmed, entered by hand"), "{page}");
    assert!(
        !page.contains("I have entered it"),
        "again it would change nothing: {page}"
    );
    let list = html(&visitor.get(&format!("/portal/{practice}/attention")).await);
    assert!(list.contains("All bookings are in your PMS"), "{list}");
}

#[tokio::test]
async fn cancelling_asks_and_forms_of_elsewhere_do_nothing_book_7() {
    let clinic = Clinic::new().await;
    let practice = clinic.pms.practice_id;
    let booked = clinic.book("2026-11-24T09:00").await;
    let (visitor, _) = signed_in(&clinic.app, practice, "jo", "receptionist").await;
    let place = format!("/portal/{practice}/bookings/{}", booked.id);
    let token = token(&html(&visitor.get(&place).await));
    let before = clinic.app.database.content();
    let (cancel, sure) = (("deed", "cancel"), ("sure", "yes"));
    let right = ("token", token.as_str());
    for (fields, headers) in [
        (vec![cancel, sure], vec![OURS]),
        (
            vec![cancel, sure, ("token", "0123456789abcdef")],
            vec![OURS],
        ),
        (
            vec![cancel, sure, right],
            vec![("sec-fetch-site", "cross-site")],
        ),
        (
            vec![cancel, sure, right],
            vec![("host", "book.example"), ("origin", "https://evil.example")],
        ),
    ] {
        let answer = visitor.post_as(&place, &fields, &headers).await;
        assert_eq!(answer.status, 403, "{fields:?} {headers:?}");
    }
    let asked = visitor.post_as(&place, &[cancel, right], &[OURS]).await;
    assert!(
        html(&asked).contains("This can’t be undone"),
        "{}",
        html(&asked)
    );
    assert_eq!(
        clinic.app.database.content(),
        before,
        "asking changes nothing"
    );
    let done = visitor
        .post_as(&place, &[cancel, sure, right], &[OURS])
        .await;
    let page = html(&visitor.follow(&done).await);
    assert!(
        page.contains("Cancelled") && !page.contains("Cancel the appointment…"),
        "{page}"
    );
    let late = visitor
        .post_as(&place, &[("deed", "attended"), right], &[OURS])
        .await;
    assert_eq!(late.status, 409);
    assert!(
        html(&late).contains("Nothing was changed"),
        "{}",
        html(&late)
    );
}

#[tokio::test]
async fn why_a_time_is_not_bookable_is_said_by_the_rules_that_decide_avail_3() {
    let clinic = Clinic::new().await;
    let practice = clinic.pms.practice_id;
    clinic.book("2026-11-24T09:00").await;
    let (visitor, _) = signed_in(&clinic.app, practice, "jo", "receptionist").await;
    let ask = format!("/portal/{practice}/times");
    let page = html(&visitor.get(&ask).await);
    let kind = between(&page, "name=\"type\"><option value=\"", "\"").to_owned();
    let asked = |day: &str, time: &str| {
        let who = clinic.practitioners[0];
        format!("{ask}?practitioner={who}&type={kind}&day={day}&time={time}")
    };
    let taken = html(&visitor.get(&asked("2026-11-24", "09:00")).await);
    assert!(taken.contains("The time is booked."), "{taken}");
    let free = html(&visitor.get(&asked("2026-11-24", "09:30")).await);
    assert!(free.contains("It is bookable"), "{free}");
    let strange = visitor.get(&asked("x", "99:99")).await;
    assert_eq!(strange.status, 200, "what makes no sense is not asked");
}

#[tokio::test]
async fn whatever_stands_in_a_record_is_text_and_no_markup_for_staff() {
    let clinic = Clinic::new().await;
    let practice = clinic.pms.practice_id;
    let resources = json!([{"pmsResourceId": "12345", "pmsResourceName": HOSTILE}]);
    clinic
        .pms("POST", "/config/pmsResources/snapshot", resources)
        .await
        .expect(200);
    let booker = Visitor::new(&clinic.app);
    let (form, time) = booker.hold(&clinic).await;
    let mut fields = crate::visitor::DETAILS.to_vec();
    fields.retain(|(name, _)| *name != "reason");
    fields.extend([("time", time.as_str()), ("reason", HOSTILE)]);
    let made = booker.post(&form, &fields).await;
    let id = made.header("location").unwrap().replace("/bookings/", "");
    clinic.app.advance(21).await;
    let (visitor, _) = signed_in(&clinic.app, practice, "jo", "manager").await;
    let hostile = form_urlencoded::byte_serialize(HOSTILE.as_bytes()).collect::<String>();
    let mut shown = 0;
    for path in [
        format!("/portal/{practice}?day=2026-11-24"),
        format!("/portal/{practice}/attention"),
        format!("/portal/{practice}/health"),
        format!("/portal/{practice}/times?day={hostile}&time={hostile}"),
        format!("/portal/{practice}/bookings/{id}"),
        format!("/portal/open?token={hostile}"),
    ] {
        let answer = visitor.get(&path).await;
        is_protected(&answer, &path);
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{path}");
        let page = html(&answer);
        is_harmless(&page, &path);
        shown += usize::from(page.contains("script&"));
    }
    assert!(shown >= 3, "{shown}");
}
