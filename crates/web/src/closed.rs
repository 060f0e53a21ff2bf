//! Pages for those who are signed in: which there are, and what they take, is nobody else's business.

use crate::Web;
use crate::failure::Failure;
use axum::Router;
use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::routing::{MethodRouter, any};

/// The routes of pages that are for `S` alone, and of all that could be asked for beside them (`others`): whatever is
/// not there, or is not asked for like that, is so for `S` alone, and everybody else gets the answer
/// that they get to whatever is there.
#[expect(clippy::disallowed_methods, reason = "pages are no operations")]
pub(crate) fn routes<S: FromRequestParts<Web> + Send + 'static>(
    pages: impl Iterator<Item = (&'static str, MethodRouter<Web>)>,
    others: [&str; 2],
) -> Router<Web> {
    let there = pages.fold(Router::new(), |router, (path, page)| {
        router.route(path, page.fallback(not_like_that::<S>))
    });
    others
        .into_iter()
        .fold(there, |router, path| router.route(path, any(nowhere::<S>)))
}

async fn nowhere<S>(_: S) -> Failure {
    Failure::no_page()
}

async fn not_like_that<S>(_: S) -> Failure {
    Failure::new(StatusCode::METHOD_NOT_ALLOWED)
}
