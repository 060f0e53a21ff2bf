//! Searches, page by page.

use crate::fhir::{Resource, as_resource, instant};
use crate::server::{Answer, Server, unexpected};
use jiff::Timestamp;
use reqwest::{StatusCode, Url};
use serde_json::Value;
use slotbridge_agent::adapter::Trouble;
use std::collections::HashSet;

/// How many resources a page is to have.
const PAGE: &str = "200";
/// After so many pages a search does not come to an end by itself.
const MOST_PAGES: usize = 5_000;

/// The pages of a search.
pub(crate) struct Pages<'s> {
    server: &'s Server,
    kind: &'static str,
    next: Option<Url>,
    left: usize,
    /// Whether the server may be without the type.
    is_optional: bool,
    /// When the first page was answered, by the server's clock: whatever the search does not show
    /// was changed after it.
    pub(crate) asked_at: Option<Timestamp>,
}

impl Server {
    /// Searches a type.
    pub(crate) fn search(&self, kind: &'static str, query: &[(&str, &str)]) -> Pages<'_> {
        let mut url = self.url(&[kind]);
        let mut pairs = url.query_pairs_mut();
        pairs.extend_pairs(query);
        if !query.iter().any(|(name, _)| *name == "_count") {
            pairs.append_pair("_count", PAGE);
        }
        drop(pairs);
        Pages {
            server: self,
            kind,
            next: Some(url),
            left: MOST_PAGES,
            is_optional: false,
            asked_at: None,
        }
    }

    /// All that a search finds, with what it includes; each once, also if it has moved from one page
    /// to the next meanwhile.
    pub(crate) async fn all(
        &self,
        kind: &'static str,
        query: &[(&str, &str)],
    ) -> Result<Vec<Value>, Trouble> {
        let (mut pages, mut all) = (self.search(kind, query), Vec::new());
        let mut seen = HashSet::new();
        while let Some(page) = pages.next().await? {
            let new = page.into_iter().filter(|value| seen.insert(key(value)));
            all.extend(new);
        }
        Ok(all)
    }

    /// Whether a search finds anything. A type that the server does not have has nothing.
    pub(crate) async fn finds(
        &self,
        kind: &'static str,
        query: &[(&str, &str)],
    ) -> Result<bool, Trouble> {
        let mut pages = self.search(kind, query);
        pages.is_optional = true;
        Ok(pages.next().await?.is_some_and(|page| !page.is_empty()))
    }

    /// All of its own type that a search finds and that can be read.
    pub(crate) async fn all_of<T: Resource>(
        &self,
        query: &[(&str, &str)],
    ) -> Result<Vec<T>, Trouble> {
        let all = self.all(T::TYPE, query).await?;
        Ok(all.iter().filter_map(as_resource).collect())
    }
}

impl Pages<'_> {
    /// The resources of the next page; `None` after the last.
    pub(crate) async fn next(&mut self) -> Result<Option<Vec<Value>>, Trouble> {
        let Some(url) = self.next.take() else {
            return Ok(None);
        };
        self.left = self.left.checked_sub(1).ok_or_else(|| {
            let kind = self.kind;
            Trouble::Later(format!("the FHIR server's pages of {kind} do not end"))
        })?;
        let Answer { status, body, at } = self.server.page(url.clone()).await?;
        if self.is_optional && status == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        if !status.is_success() {
            return Err(unexpected(status, self.kind));
        }
        if body.pointer("/resourceType").and_then(Value::as_str) != Some("Bundle") {
            return Err(Trouble::Later(format!(
                "the FHIR server answered a search of {} with no Bundle: check base_url",
                self.kind
            )));
        }
        let said_at = body.pointer("/meta/lastUpdated").and_then(Value::as_str);
        self.asked_at = self.asked_at.or(said_at.and_then(instant).or(at));
        self.next = self.following(&url, &body)?;
        Ok(Some(resources(body)))
    }

    /// The page that comes after. It has to be the same server's: the token goes there.
    fn following(&self, here: &Url, body: &Value) -> Result<Option<Url>, Trouble> {
        let links = body.get("link").and_then(Value::as_array);
        let next = links.into_iter().flatten().find(|link| {
            let relation = link.get("relation").and_then(Value::as_str);
            relation == Some("next")
        });
        let Some(next) = next else {
            return Ok(None);
        };
        let url = next.get("url").and_then(Value::as_str).unwrap_or_default();
        let url = here.join(url).ok();
        let url = url.filter(|url| url.origin() == self.server.base().origin());
        url.map(Some).ok_or_else(|| {
            Trouble::Later(format!(
                "the FHIR server's next page of {} is at another address than base_url: make the \
                 server name itself as base_url does",
                self.kind
            ))
        })
    }
}

/// What tells two resources apart.
fn key(value: &Value) -> (Option<String>, Option<String>) {
    let text = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
    (text("resourceType"), text("id"))
}

fn resources(mut body: Value) -> Vec<Value> {
    let entries = body.get_mut("entry").and_then(Value::as_array_mut);
    let entries = entries.into_iter().flatten();
    let resources = entries.filter_map(|entry| entry.get_mut("resource").map(Value::take));
    resources.collect()
}
