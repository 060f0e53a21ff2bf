//! Somebody with a browser that knows nothing but HTML, forms and cookies.

use slotbridge_testkit::{Answer, Clinic, TestApp};
use std::cell::RefCell;

/// A visitor with the cookies of a session.
pub(crate) struct Visitor<'a> {
    app: &'a TestApp,
    /// Path, name, value.
    cookies: RefCell<Vec<(String, String, String)>>,
}

/// The patient's details, as a form has them.
pub(crate) const DETAILS: [(&str, &str); 9] = [
    ("firstname", "Anna"),
    ("lastname", "Nguyen"),
    ("dobDay", "29"),
    ("dobMonth", "2"),
    ("dobYear", "1984"),
    ("phone", "0412 345 678"),
    ("email", "anna@example.com"),
    ("new", "yes"),
    ("reason", "Cough"),
];

/// A page as text.
pub(crate) fn html(answer: &Answer) -> String {
    String::from_utf8_lossy(&answer.bytes).into_owned()
}

/// What stands between two texts, the first time.
pub(crate) fn between<'t>(text: &'t str, before: &str, after: &str) -> &'t str {
    let (_, rest) = text
        .split_once(before)
        .unwrap_or_else(|| panic!("no {before} in {text}"));
    rest.split_once(after).expect("an end").0
}

impl<'a> Visitor<'a> {
    pub(crate) fn new(app: &'a TestApp) -> Self {
        Self {
            app,
            cookies: RefCell::default(),
        }
    }

    fn headers(&self, path: &str) -> Vec<(String, String)> {
        let cookies = self.cookies.borrow();
        let sent: Vec<String> = cookies
            .iter()
            .filter(|(of, _, _)| of == "/" || path == of || path.starts_with(&format!("{of}/")))
            .map(|(_, name, value)| format!("{name}={value}"))
            .collect();
        vec![
            ("accept".into(), "text/html,*/*;q=0.8".into()),
            ("cookie".into(), sent.join("; ")),
        ]
    }

    fn keep(&self, answer: &Answer) {
        for cookie in answer.headers.get_all("set-cookie") {
            let cookie = cookie.to_str().expect("text");
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            let path = format!("{cookie};");
            let path = between(&path, "Path=", ";");
            let mut cookies = self.cookies.borrow_mut();
            cookies.retain(|(of, known, _)| (of.as_str(), known.as_str()) != (path, name));
            cookies.push((path.into(), name.into(), value.into()));
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        let headers = self.headers(path.split('?').next().unwrap());
        let answer = self.app.raw("GET", path, &headers, "").await;
        self.keep(&answer);
        answer
    }

    /// The token that stands in this visitor's forms.
    pub(crate) fn token(&self) -> String {
        let cookies = self.cookies.borrow();
        let found = cookies.iter().find(|(_, name, _)| name == "form");
        found.map_or_else(String::new, |(_, _, value)| value.clone())
    }

    /// Sends a form of a page of ours.
    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let token = self.token();
        let mut all = vec![("token", token.as_str())];
        all.extend(fields);
        self.post_as(path, &all, &[("sec-fetch-site", "same-origin")])
            .await
    }

    /// Sends a form as it is.
    pub(crate) async fn post_as(
        &self,
        path: &str,
        fields: &[(&str, &str)],
        headers: &[(&str, &str)],
    ) -> Answer {
        let mut sent = self.headers(path);
        let form = "application/x-www-form-urlencoded";
        sent.push(("content-type".into(), form.into()));
        sent.extend(headers.iter().map(|(n, v)| ((*n).into(), (*v).into())));
        let mut body = form_urlencoded::Serializer::new(String::new());
        let body = body.extend_pairs(fields).finish();
        let answer = self.app.raw("POST", path, &sent, body).await;
        self.keep(&answer);
        answer
    }

    /// Takes a cookie, as if a page had set it.
    pub(crate) fn take_cookie(&self, path: &str, name: &str, value: &str) {
        let mut cookies = self.cookies.borrow_mut();
        cookies.retain(|(of, known, _)| (of.as_str(), known.as_str()) != (path, name));
        cookies.push((path.into(), name.into(), value.into()));
    }

    /// Sends a form with a file.
    pub(crate) async fn upload(&self, path: &str, boundary: &str, body: &[u8]) -> Answer {
        let mut sent = self.headers(path);
        let form = format!("multipart/form-data; boundary={boundary}");
        sent.push(("content-type".into(), form));
        sent.push(("sec-fetch-site".into(), "same-origin".into()));
        let answer = self.app.raw("POST", path, &sent, body.to_vec()).await;
        self.keep(&answer);
        answer
    }

    /// Goes where an answer leads.
    pub(crate) async fn follow(&self, answer: &Answer) -> Answer {
        assert_eq!(answer.status, 303, "{}", html(answer));
        self.get(answer.header("location").expect("a place")).await
    }

    /// Takes the first time of the clinic's day, and gives the path of the form and the time.
    pub(crate) async fn hold(&self, clinic: &Clinic) -> (String, String) {
        let practice = clinic.pms.practice_id;
        let page = html(&self.get(&format!("/practices/{practice}")).await);
        let time = between(&page, "name=\"time\" value=\"", "\"").to_owned();
        let held = self
            .post(&format!("/practices/{practice}/holds"), &[("time", &time)])
            .await;
        assert_eq!(held.status, 303, "{}", html(&held));
        let place = held.header("location").unwrap();
        (place.split('?').next().unwrap().to_owned(), time)
    }

    /// Books a time that is held.
    pub(crate) async fn book(&self, form: &str, time: &str) -> Answer {
        let mut fields = DETAILS.to_vec();
        fields.push(("time", time));
        self.post(form, &fields).await
    }
}
