//! A whole list, read page by page as it is asked for (WIRE-6).

use crate::{Client, Error, operations::Operation};
use futures_util::{Stream, StreamExt, TryStreamExt, future::BoxFuture, stream};
use slotbridge_wire::{page::Page, read::FromJson};
use std::{
    collections::{HashSet, VecDeque},
    fmt,
    pin::Pin,
    task::{Context, Poll},
};

/// The most pages that one list reads.
const MOST_PAGES: i64 = 10_000;

/// All items of a list, oldest first: a [`Stream`], or, awaited, a `Vec`.
///
/// A page is read when its first item is asked for. What is answered leaves the list, so that the
/// others move up while it is read. You may answer items as they come all the same: where the list got
/// shorter since the page before, the pages are read again into which items have moved, and what was
/// given already is left out. So nothing is given twice, and nothing is passed over because you
/// answered. What others do to the list at the same time may hide an item; it stays outstanding, and
/// the next poll names it.
///
/// After an error there is nothing more.
#[must_use = "a list is read as its items are asked for"]
pub struct Items<T>(Pin<Box<dyn Stream<Item = Result<T, Error>> + Send>>);

impl<T> Items<T> {
    /// The next item; `None` at the end.
    ///
    /// # Errors
    /// Why its page could not be read.
    pub async fn next(&mut self) -> Option<Result<T, Error>> {
        self.0.next().await
    }
}

impl<T> fmt::Debug for Items<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Items")
    }
}

impl<T> Stream for Items<T> {
    type Item = Result<T, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.as_mut().poll_next(context)
    }
}

impl<T: Send + 'static> IntoFuture for Items<T> {
    type Output = Result<Vec<T>, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.0.try_collect())
    }
}

/// An item of a list, known by what it asks for.
pub(crate) trait Listed: FromJson + Send + Sync + 'static {
    /// What it is known by in its list.
    fn key(&self) -> String;
}

/// Where the reading of a list is.
struct Reading<T> {
    client: Client,
    operation: &'static Operation,
    query: Vec<(&'static str, String)>,
    /// The page to read next, from 1.
    number: i64,
    /// How many items the list had when it was last looked at.
    total: i64,
    ended: bool,
    /// The keys of all that was given, or waits to be.
    given: HashSet<String>,
    /// What was read and not yet given.
    waiting: VecDeque<T>,
}

impl<T: Listed> Reading<T> {
    async fn next(mut self) -> Result<Option<(T, Self)>, Error> {
        loop {
            if let Some(item) = self.waiting.pop_front() {
                return Ok(Some((item, self)));
            }
            if self.ended || self.number > MOST_PAGES {
                return Ok(None);
            }
            self.read_on().await?;
        }
    }

    /// Reads the next page, and before it is given, the pages again into which its forerunners have
    /// moved since.
    async fn read_on(&mut self) -> Result<(), Error> {
        let Page { data, page } = self.page(self.number).await?;
        let left = (self.total - page.total).max(0);
        let moved_by = left.saturating_add(page.per_page - 1) / page.per_page.max(1);
        for number in (self.number - moved_by).max(1)..self.number {
            let again = self.page(number).await?;
            self.add(again.data);
        }
        self.ended = data.is_empty() || self.number >= page.total_pages;
        self.total = page.total;
        self.number += 1;
        self.add(data);
        Ok(())
    }

    async fn page(&self, number: i64) -> Result<Page<T>, Error> {
        let (client, operation) = (&self.client, self.operation);
        client.page(operation, number, &self.query).await
    }

    fn add(&mut self, items: Vec<T>) {
        for item in items {
            if self.given.insert(item.key()) {
                self.waiting.push_back(item);
            }
        }
    }
}

impl Client {
    /// Reads one page of a list; pages count from 1.
    pub(crate) async fn page<T: FromJson>(
        &self,
        operation: &'static Operation,
        number: i64,
        query: &[(&'static str, String)],
    ) -> Result<Page<T>, Error> {
        let mut call = self.call(operation, &[])?;
        for (name, value) in query {
            call = call.query(name, value);
        }
        self.read(call.query("page", &number.to_string())).await
    }

    /// A whole list.
    pub(crate) fn items<T: Listed>(
        &self,
        operation: &'static Operation,
        query: Vec<(&'static str, String)>,
    ) -> Items<T> {
        let reading = Reading {
            client: self.clone(),
            operation,
            query,
            number: 1,
            total: 0,
            ended: false,
            given: HashSet::new(),
            waiting: VecDeque::new(),
        };
        Items(Box::pin(stream::try_unfold(reading, Reading::next)))
    }
}
