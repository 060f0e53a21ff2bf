//! Query parameters and ids in paths.

use crate::failure::Failure;
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use slotbridge_hub::rows::Window;
use slotbridge_hub::{Error, Fault};
use slotbridge_wire::page::Paginated;
use slotbridge_wire::read::{FromJson, read_parameter};
use std::convert::Infallible;
use utoipa::IntoParams;

/// How many entries a page has (WIRE-6).
pub(crate) const PER_PAGE: i64 = 100;

/// The query's parameters. Reading them never fails; using them may.
pub(crate) struct Params(Vec<(String, String)>);

impl<S: Send + Sync> FromRequestParts<S> for Params {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let query = parts.uri.query().unwrap_or_default();
        Ok(Self(
            form_urlencoded::parse(query.as_bytes())
                .into_owned()
                .collect(),
        ))
    }
}

impl Params {
    /// A parameter that may be absent; an empty one is. The last one counts.
    pub(crate) fn optional<T: FromJson>(&self, name: &str) -> Result<Option<T>, Failure> {
        let value = self.0.iter().rev().find(|(key, _)| key == name);
        match value {
            Some((_, text)) if !text.is_empty() => Ok(Some(read_parameter(name, text)?)),
            _ => Ok(None),
        }
    }

    /// A parameter that must be there.
    pub(crate) fn required<T: FromJson>(&self, name: &str) -> Result<T, Failure> {
        self.optional(name)?
            .ok_or_else(|| Failure::invalid(vec![Fault::new(name, "is required")]))
    }

    /// Which page is asked for: a positive integer (WIRE-6).
    pub(crate) fn page(&self) -> Result<PageNumber, Failure> {
        let wrong = || Failure::from(Error::field("page", "must be a positive integer"));
        match self.0.iter().rev().find(|(key, _)| key == "page") {
            None => Ok(PageNumber(1)),
            Some((_, text)) => {
                let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
                let number = if digits {
                    text.parse().unwrap_or(i64::MAX)
                } else {
                    0
                };
                if number > 0 {
                    Ok(PageNumber(number))
                } else {
                    Err(wrong())
                }
            }
        }
    }
}

/// How a page is asked for, as the documents say it.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it describes what `Params::page` reads")]
pub(crate) struct PageParams {
    /// Which page, from 1; a page past the end is empty (WIRE-6).
    #[param(minimum = 1)]
    page: Option<i64>,
}

/// The number of a page, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PageNumber(i64);

impl PageNumber {
    pub(crate) const fn window(self) -> Window {
        Window {
            limit: PER_PAGE,
            offset: (self.0 - 1).saturating_mul(PER_PAGE),
        }
    }

    pub(crate) fn paginated(self, total: i64) -> Paginated {
        Paginated::new(self.0, total)
    }
}

/// The integer ids of a call's path; a path id that is no integer is 404 (WIRE-5).
pub(crate) async fn ids_of<const N: usize, S: Send + Sync>(
    parts: &mut Parts,
    state: &S,
) -> Result<[i64; N], Failure> {
    let segments = match Path::<Vec<(String, String)>>::from_request_parts(parts, state).await {
        Ok(Path(pairs)) => pairs.into_iter().map(|(_, value)| value).collect(),
        Err(_) => Vec::new(),
    };
    path_ids(&segments).ok_or_else(|| Failure::not_found("path"))
}

/// The integer ids of a path, in order; none if one of them is no integer.
fn path_ids<const N: usize>(segments: &[String]) -> Option<[i64; N]> {
    let ids: Vec<i64> = segments
        .iter()
        .map(|text| {
            let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            if digits { text.parse().ok() } else { None }
        })
        .collect::<Option<_>>()?;
    ids.try_into().ok()
}
