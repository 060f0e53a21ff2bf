//! When something goes wrong: a page that says what, and what to do now.

use crate::headers;
use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use slotbridge_hub::Error;
use slotbridge_hub::maintenance::Maintenance;
use slotbridge_hub::rows::StoreError;

/// How long to wait when the store cannot serve.
const RETRY_SECONDS: u64 = 2;

/// A page that cannot be shown as asked for.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    status: StatusCode,
    /// What the hub says of it, if it is for the patient to read.
    text: Option<String>,
    retry_after: Option<u64>,
}

#[derive(Template)]
#[template(path = "failure.html")]
struct FailurePage<'a> {
    title: &'a str,
    what: &'a str,
    todo: &'a str,
}

impl Failure {
    pub(crate) fn new(status: StatusCode) -> Self {
        Self {
            status,
            text: None,
            retry_after: None,
        }
    }

    /// Nobody is served at the moment.
    pub(crate) fn maintenance(maintenance: &Maintenance, now: Timestamp) -> Self {
        Self {
            status: StatusCode::SERVICE_UNAVAILABLE,
            text: Some(match &maintenance.message {
                Some(message) => sentence(message),
                None => "We’re looking after the service. Bookings that you have stand.".into(),
            }),
            retry_after: Some(maintenance.retry_after(now)),
        }
    }

    /// There is no such page, or not for this visitor.
    pub(crate) fn no_page() -> Self {
        Self::new(StatusCode::NOT_FOUND)
    }

    /// The page is there, but their role does not go so far.
    pub(crate) fn not_theirs(error: &Error) -> Self {
        Self {
            text: Some(sentence(&error.to_string())),
            ..Self::new(StatusCode::FORBIDDEN)
        }
    }

    /// The words: what it is, what that means, what to do.
    fn words(&self) -> (&'static str, &str, &'static str) {
        let (title, what, todo) = match self.status.as_u16() {
            404 => (
                "This page isn’t here",
                "The address may be incomplete, or what it showed is no longer there.",
                "If you followed a link from an email, open it from the email again. To book an \
                 appointment, find your practice.",
            ),
            403 if self.text.is_some() => (
                "This isn’t yours to see or change",
                "",
                "Go back to where you were.",
            ),
            403 => (
                "This form couldn’t be accepted",
                "It wasn’t sent from the page it belongs to, or your browser doesn’t keep cookies.",
                "Go back, reload the page and send it again. If that doesn’t help, allow cookies \
                 for this site.",
            ),
            400 | 422 => (
                "Something in this request isn’t right",
                "Nothing was changed.",
                "Go back, check what you entered and try again.",
            ),
            405 => (
                "This page can’t be used like that",
                "Nothing was changed.",
                "Go back and use the buttons on the page.",
            ),
            409 | 410 => (
                "That isn’t possible any more",
                "Something has changed in the meantime.",
                "Go back and reload the page to see how things stand.",
            ),
            413 => (
                "That is too large",
                "Nothing was changed.",
                "Go back and send something smaller.",
            ),
            429 => (
                "One moment, please",
                "There were many requests from your connection in a short time.",
                "Wait a minute, then reload this page.",
            ),
            503 => (
                "We can’t do this at the moment",
                "The service is briefly unavailable. If you were booking, nothing may have been \
                 booked yet.",
                "Wait a few seconds, then reload this page. You won’t book twice.",
            ),
            _ => (
                "Something went wrong on our side",
                "We’re sorry. The mistake is ours and has been noted.",
                "Reload this page in a moment. If it goes on, call the practice.",
            ),
        };
        (title, self.text.as_deref().unwrap_or(what), todo)
    }
}

/// A failure as it is told to whoever is signed in, inside of their pages: title, what it is, and
/// what to do.
pub(crate) struct Told {
    pub(crate) title: &'static str,
    pub(crate) what: String,
    pub(crate) todo: &'static str,
}

impl Told {
    /// What a response says of a failure, if that is for pages to tell which may have to ask the store:
    /// what is wrong with the request, and not that there are too many of them.
    pub(crate) fn of(response: &Response) -> Option<Self> {
        let failure = response.extensions().get::<Failure>()?;
        let (title, what, todo) = match failure.status {
            StatusCode::TOO_MANY_REQUESTS => return None,
            // The patients' page is about bookings and mails.
            StatusCode::NOT_FOUND => (
                "There is nothing here",
                "The address may be incomplete, or what it showed is gone.",
                "Go on with one of the pages above.",
            ),
            status if status.is_client_error() => failure.words(),
            _ => return None,
        };
        Some(Self {
            title,
            what: what.to_owned(),
            todo,
        })
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let status = match &error {
            Error::Invalid(_) => StatusCode::BAD_REQUEST,
            Error::Refused(_) | Error::Conflict(_) | Error::NotBookable(_) => StatusCode::CONFLICT,
            Error::Gone(_) => StatusCode::GONE,
            Error::KeyReused => StatusCode::UNPROCESSABLE_ENTITY,
            Error::TooManyAttempts { .. } => StatusCode::TOO_MANY_REQUESTS,
            // Whether there is such a thing is nobody's business who may not see it.
            Error::Unauthorized(_) | Error::Forbidden(_) | Error::NotFound(_) => {
                StatusCode::NOT_FOUND
            }
            Error::Store(
                StoreError::Unavailable(_) | StoreError::Away(_) | StoreError::OutcomeUnknown(_),
            ) => StatusCode::SERVICE_UNAVAILABLE,
            Error::Store(_) => StatusCode::INTERNAL_SERVER_ERROR,
        };
        // That the database is away stands in the log already.
        if !error.is_away()
            && let Error::Store(error) = &error
        {
            tracing::error!(%error, "the store failed");
        }
        let text = match &error {
            Error::Refused(_) | Error::Conflict(_) | Error::NotBookable(_) | Error::Gone(_) => {
                Some(sentence(&error.to_string()))
            }
            _ => None,
        };
        let retry_after = match error {
            Error::TooManyAttempts { wait_seconds } => u64::try_from(wait_seconds).ok(),
            _ => (status == StatusCode::SERVICE_UNAVAILABLE).then_some(RETRY_SECONDS),
        };
        Self {
            status,
            text,
            retry_after,
        }
    }
}

/// A text of the hub as a sentence.
pub(crate) fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    let mut sentence: String = first.chain(letters).collect();
    if !sentence.ends_with(['.', '!', '?']) {
        sentence.push('.');
    }
    sentence
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let (title, what, todo) = self.words();
        let page = FailurePage { title, what, todo };
        let html = page.render().unwrap_or_else(|_| title.to_owned());
        let html_type = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
        let mut response = (self.status, html_type, html).into_response();
        if let Some(seconds) = self.retry_after {
            let seconds = HeaderValue::from(seconds);
            response.headers_mut().insert(header::RETRY_AFTER, seconds);
        }
        response.extensions_mut().insert(self);
        headers::add(&mut response);
        response
    }
}

/// The page for a failure that was met before any page: no such path, too many calls and so on.
#[must_use]
pub fn told(status: StatusCode) -> Response {
    Failure::new(status).into_response()
}
