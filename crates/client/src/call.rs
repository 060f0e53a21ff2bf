//! One call: its operation, its URL and its body.

use crate::{Error, body, operations::Operation};
use bytes::Bytes;
use reqwest::Url;
use serde::Serialize;

/// One call, as it is to be made.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) operation: &'static Operation,
    pub(crate) url: Url,
    /// The body, JSON, not yet packed.
    pub(crate) body: Option<Bytes>,
}

impl Call {
    /// A call of an operation below a base URL; the ids are those of its path, in their order.
    ///
    /// # Errors
    /// [`Error::NotFound`] for an id that no path can hold: left to itself, the URL would drop it
    /// and so name another operation.
    pub(crate) fn new(
        base: &Url,
        operation: &'static Operation,
        ids: &[&str],
    ) -> Result<Self, Error> {
        let mut url = base.clone();
        let mut ids = ids.iter().copied();
        if let Ok(mut segments) = url.path_segments_mut() {
            for part in operation.path.split('/').skip(1) {
                let segment = match part.starts_with('{') {
                    true => ids.next().unwrap_or_default(),
                    false => part,
                };
                if matches!(segment, "" | "." | "..") {
                    let error = format!("an id cannot be {segment:?}");
                    return Err(Error::NotFound { error });
                }
                segments.push(segment);
            }
        }
        Ok(Self {
            operation,
            url,
            body: None,
        })
    }

    /// Adds a parameter to the query.
    pub(crate) fn query(mut self, name: &str, value: &str) -> Self {
        self.url.query_pairs_mut().append_pair(name, value);
        self
    }

    /// Sets the body.
    pub(crate) fn json(mut self, value: &(impl Serialize + ?Sized)) -> Result<Self, Error> {
        self.body = Some(body::json(value)?);
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations::{CONFIRM_BOOKING_UPDATE, GET_FEATURE, GET_FEATURES};

    fn path(operation: &'static Operation, ids: &[&str]) -> Result<String, Error> {
        let base = Url::parse("https://hub.example/pms-api/v1").unwrap();
        Call::new(&base, operation, ids).map(|call| call.url.path().to_owned())
    }

    #[test]
    fn ids_fill_the_path_in_their_order() {
        let found = path(&CONFIRM_BOOKING_UPDATE, &["1", "2"]).unwrap();
        assert_eq!(found, "/pms-api/v1/bookings/1/confirmUpdate/2");
        let found = path(&GET_FEATURES, &[]).unwrap();
        assert_eq!(found, "/pms-api/v1/features");
    }

    #[test]
    fn an_id_stays_in_its_segment() {
        let found = path(&GET_FEATURE, &["../a/b?c#d e%"]).unwrap();
        assert_eq!(found, "/pms-api/v1/features/..%2Fa%2Fb%3Fc%23d%20e%25");
    }

    #[test]
    fn an_id_that_a_url_would_drop_is_not_found() {
        for id in ["", ".", ".."] {
            let refused = path(&GET_FEATURE, &[id]);
            assert!(matches!(refused, Err(Error::NotFound { .. })), "{id:?}");
        }
    }
}
