//! What is asked for and is not there, for who is signed in and who is not, and where signing in
//! leads.

use crate::console::operator;
use crate::desk::Desk;
use crate::headers::is_protected;
use crate::portal::OURS;
use crate::visitor::{Visitor, html};
use slotbridge_testkit::staff::PASSWORD;
use slotbridge_testkit::{Clinic, TestApp};

/// Paths that are none, or lead to nothing, below the console's and the portal's.
const NOWHERE: [&str; 9] = [
    "/console/",
    "/console/nothing",
    "/console/nothing/at/all",
    "/console/practices/1/nothing",
    "/console/practices/99",
    "/console/practices/x",
    "/console/consumers/99999999999999999999",
    "/console/staff/1/",
    "/console/sign-out/x",
];

#[tokio::test]
async fn what_is_not_there_is_told_inside_of_the_console_to_operators_alone() {
    let clinic = Clinic::new().await;
    let (visitor, nobody) = (operator(&clinic.app).await, Visitor::new(&clinic.app));
    for path in NOWHERE {
        let told = visitor.get(path).await;
        assert_eq!(told.status, 404, "{path}");
        is_protected(&told, path);
        assert_eq!(told.header("cache-control"), Some("no-store"), "{path}");
        let page = html(&told);
        assert!(page.contains("There is nothing here"), "{path}: {page}");
        assert!(page.contains("aria-label=\"Console\""), "{path}: {page}");
        assert!(!page.contains("Find a practice"), "{path}: {page}");
    }
    // Whatever an outsider asks for, and however: there is one answer.
    let known = slotbridge_web::console_paths().filter(|path| *path != "/console/sign-in");
    for path in NOWHERE.into_iter().chain(known) {
        let path = path.replace(['{', '}'], "");
        for answer in [
            nobody.get(&path).await,
            nobody.post_as(&path, &[("deed", "x")], &[OURS]).await,
            clinic.app.raw("DELETE", &path, &[], "").await,
        ] {
            assert_eq!(answer.status, 303, "{path}");
            assert_eq!(answer.header("location"), Some("/console/sign-in"));
        }
    }
}

#[tokio::test]
async fn what_is_not_there_is_told_inside_of_the_portal_to_staff_alone() {
    let clinic = Clinic::new().await;
    let practice = clinic.pms.practice_id;
    let desk = Desk::new(&clinic, "health").await;
    let nobody = Visitor::new(&clinic.app);
    let own = format!("/portal/{practice}");
    for path in [
        "/portal/".to_owned(),
        "/portal/nothing".to_owned(),
        "/portal/99".to_owned(),
        "/portal/99/health".to_owned(),
        "/portal/account/nothing".to_owned(),
        format!("{own}/nothing"),
        format!("{own}/nothing/at/all"),
        format!("{own}/bookings/1"),
        format!("{own}/bookings/x"),
    ] {
        let told = desk.visitor.get(&path).await;
        assert_eq!(told.status, 404, "{path}");
        is_protected(&told, &path);
        let page = html(&told);
        assert!(page.contains("There is nothing here"), "{path}: {page}");
        assert!(page.contains("aria-label=\"Portal\""), "{path}: {page}");
        for answer in [
            nobody.get(&path).await,
            nobody.post_as(&path, &[("deed", "x")], &[OURS]).await,
        ] {
            assert_eq!(answer.status, 303, "{path}");
            assert_eq!(answer.header("location"), Some("/portal/sign-in"));
        }
    }
}

/// Names under which pages elsewhere take where to go next, and places that are not ours, as
/// browsers read them.
fn elsewhere() -> impl Iterator<Item = (&'static str, &'static str)> {
    let names = [
        "next", "return", "returnTo", "redirect", "back", "url", "continue",
    ];
    let places = [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/console/../..//evil.example",
        "https:evil.example",
        "javascript:alert(1)",
        "/%0d%0alocation:%20https://evil.example",
    ];
    names
        .into_iter()
        .flat_map(move |name| places.map(|place| (name, place)))
}

#[tokio::test]
async fn signing_in_leads_to_our_own_pages_whatever_the_address_or_the_form_says() {
    let app = TestApp::new().await;
    let practice = app.practice(serde_json::json!({})).await;
    let kim = app.member(practice, "kim", "manager").await;
    let visitor = Visitor::new(&app);
    visitor.get("/console/sign-in").await;
    for (name, place) in elsewhere() {
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair(name, place)
            .finish();
        let path = format!("/console/sign-in?{query}");
        let asked = visitor.get(&path).await;
        assert!(!html(&asked).contains("evil.example"), "{path}");
        let fields = [
            ("operatorToken", app.operator_token.as_str()),
            (name, place),
        ];
        let signed_in = visitor.post(&path, &fields).await;
        assert_eq!(signed_in.status, 303, "{path}");
        assert_eq!(signed_in.header("location"), Some("/console"), "{path}");
        let wrong = visitor
            .post(&path, &[("operatorToken", "x"), (name, place)])
            .await;
        assert_eq!(
            (wrong.status.as_u16(), wrong.header("location")),
            (401, None)
        );
        // Who is not signed in is sent to sign in, and nothing of the address goes along.
        let nobody = Visitor::new(&app);
        for (asked, to) in [
            ("/console", "/console/sign-in"),
            ("/portal", "/portal/sign-in"),
        ] {
            let sent = nobody.get(&format!("{asked}?{query}")).await;
            assert_eq!(sent.header("location"), Some(to));
        }
    }
    let staff = Visitor::new(&app);
    staff.get("/portal/sign-in").await;
    for (name, place) in elsewhere().step_by(9) {
        app.clock.advance(60);
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair(name, place)
            .finish();
        let code = kim.code(&app);
        let fields = [
            ("email", kim.email.as_str()),
            ("password", PASSWORD),
            ("code", &code),
            (name, place),
        ];
        let signed_in = staff
            .post(&format!("/portal/sign-in?{query}"), &fields)
            .await;
        assert_eq!(signed_in.status, 303, "{}", html(&signed_in));
        assert_eq!(signed_in.header("location"), Some("/portal"), "{query}");
    }
}
