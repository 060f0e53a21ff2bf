//! Query parameters and ids in paths.

use crate::failure::{Failure, fault};
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use slotbridge_hub::Fault;
use slotbridge_hub::rows::Window;
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
    /// Reads all that a call takes, so that everything that is wrong is named at once (WIRE-4).
    pub(crate) fn read<T>(
        &self,
        take: impl FnOnce(&mut Query<'_>) -> Option<T>,
    ) -> Result<T, Failure> {
        let mut query = Query {
            params: self,
            faults: Vec::new(),
        };
        match take(&mut query) {
            Some(taken) if query.faults.is_empty() => Ok(taken),
            _ => Err(Failure::invalid(query.faults)),
        }
    }

    /// The only parameter, that must be there.
    pub(crate) fn required<T: FromJson>(&self, name: &str) -> Result<T, Failure> {
        self.read(|query| query.required(name))
    }

    /// Which page is asked for, where nothing else is.
    pub(crate) fn page(&self) -> Result<PageNumber, Failure> {
        self.read(|query| Some(query.page()))
    }

    /// The last one of a name counts.
    fn text(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().rev().find(|(key, _)| key == name);
        found.map(|(_, text)| text.as_str())
    }
}

/// What is taken from a query, and what is wrong with it.
pub(crate) struct Query<'p> {
    params: &'p Params,
    faults: Vec<Fault>,
}

impl Query<'_> {
    fn wrong<T>(&mut self, name: &str, message: &str) -> Option<T> {
        self.faults.push(Fault::new(name, message));
        None
    }

    /// A parameter that may be absent; an empty one is.
    pub(crate) fn optional<T: FromJson>(&mut self, name: &str) -> Option<T> {
        let text = self.params.text(name).filter(|text| !text.is_empty())?;
        read_parameter(name, text)
            .map_err(|faults| self.faults.extend(faults.into_iter().map(fault)))
            .ok()
    }

    /// A parameter that must be there.
    pub(crate) fn required<T: FromJson>(&mut self, name: &str) -> Option<T> {
        if self.params.text(name).is_none_or(str::is_empty) {
            return self.wrong(name, "is required");
        }
        self.optional(name)
    }

    /// An id that may be absent.
    pub(crate) fn id<T>(&mut self, name: &str, new: impl Fn(i64) -> Option<T>) -> Option<T> {
        let number = self.optional(name)?;
        new(number).or_else(|| self.wrong(name, "is no such id"))
    }

    /// An id that must be there.
    pub(crate) fn required_id<T>(
        &mut self,
        name: &str,
        new: impl Fn(i64) -> Option<T>,
    ) -> Option<T> {
        let number = self.required(name)?;
        new(number).or_else(|| self.wrong(name, "is no such id"))
    }

    /// Which page is asked for: a positive integer (WIRE-6).
    pub(crate) fn page(&mut self) -> PageNumber {
        let Some(text) = self.params.text("page") else {
            return PageNumber(1);
        };
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let number = if digits {
            text.parse().unwrap_or(i64::MAX)
        } else {
            0
        };
        if number < 1 {
            self.wrong::<()>("page", "must be a positive integer");
        }
        PageNumber(number)
    }
}

/// How a page is asked for, as the documents say it.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it describes what `Query::page` reads")]
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
