//! Cookies: read, and written with every restriction that their use allows.

use crate::Web;
use crate::page::see_other;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;

/// A cookie's value, as the browser sent it.
pub(crate) fn get<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let all = headers.get_all(header::COOKIE).into_iter();
    all.filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}

/// A cookie for the session of the browser: no script reads it, no other site sends it with a form.
pub(crate) fn set(web: &Web, response: &mut Response, name: &str, value: &str, path: &str) {
    let secure = if web.is_https() { "; Secure" } else { "" };
    let cookie = format!("{name}={value}; Path={path}; HttpOnly; SameSite=Lax{secure}");
    if let Ok(cookie) = HeaderValue::try_from(cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}

/// To the pages that a new session opens, with its cookie.
pub(crate) fn signed_in(web: &Web, name: &str, secret: &str, path: &str) -> Response {
    let mut response = see_other(path);
    set(web, &mut response, name, secret, path);
    response
}

/// To where one signs in, without the cookie of the session that has ended.
pub(crate) fn signed_out(web: &Web, (name, path): (&str, &str), sign_in: &str) -> Response {
    let mut response = see_other(sign_in);
    clear(web, &mut response, name, path);
    response
}

/// Takes a cookie away.
pub(crate) fn clear(web: &Web, response: &mut Response, name: &str, path: &str) {
    set(web, response, name, "", &format!("{path}; Max-Age=0"));
}
