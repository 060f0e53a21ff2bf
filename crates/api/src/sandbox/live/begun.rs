//! A body of which the first part has been looked at.

use axum::body::{Body, HttpBody};
use bytes::Bytes;
use http_body::{Frame, SizeHint};
use http_body_util::BodyExt;
use std::pin::Pin;
use std::task::{Context, Poll};

/// A body that begins with a part that was taken out of it.
pub(super) struct Begun {
    first: Option<Bytes>,
    rest: Body,
}

impl Begun {
    /// The first part of a body, and the body as it was. No more is read: who made a large one waits
    /// until it is taken.
    pub(super) async fn of(mut body: Body) -> Result<(Bytes, Body), axum::Error> {
        let first = body.frame().await.transpose()?;
        let first = first.and_then(|frame| frame.into_data().ok());
        let begun = Self {
            first: first.clone(),
            rest: body,
        };
        Ok((first.unwrap_or_default(), Body::new(begun)))
    }
}

impl HttpBody for Begun {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        match self.first.take() {
            Some(first) => Poll::Ready(Some(Ok(Frame::data(first)))),
            None => Pin::new(&mut self.rest).poll_frame(context),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.first.is_none() && self.rest.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let first = self.first.as_ref().map_or(0, |first| first.len() as u64);
        let rest = self.rest.size_hint();
        let mut all = SizeHint::new();
        all.set_lower(rest.lower() + first);
        if let Some(upper) = rest.upper() {
            all.set_upper(upper + first);
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::pending;
    use std::time::Duration;
    use tokio::time::timeout;

    /// Two parts, or one and nothing more for ever.
    struct Parts(bool);

    impl HttpBody for Parts {
        type Data = Bytes;
        type Error = axum::Error;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            context: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
            if std::mem::replace(&mut self.0, false) {
                return Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(b"first")))));
            }
            std::pin::pin!(pending()).poll(context)
        }

        fn size_hint(&self) -> SizeHint {
            SizeHint::with_exact(if self.0 { 1_000_005 } else { 1_000_000 })
        }
    }

    #[tokio::test]
    async fn no_more_is_read_than_the_first_part_att_1() {
        let looked = timeout(Duration::from_secs(10), Begun::of(Body::new(Parts(true))));
        let (first, mut body) = looked
            .await
            .expect("it does not wait for the rest")
            .unwrap();
        assert_eq!(first, "first");
        assert_eq!(body.size_hint().exact(), Some(1_000_005));
        let frame = body.frame().await.unwrap().unwrap();
        assert_eq!(frame.into_data().unwrap(), "first");
        assert_eq!(body.size_hint().exact(), Some(1_000_000));
    }

    #[tokio::test]
    async fn a_whole_body_and_an_empty_one_stay_as_they_were() {
        for text in ["whole", ""] {
            let (first, body) = Begun::of(Body::from(text)).await.unwrap();
            assert_eq!(first, text);
            assert_eq!(body.size_hint().exact(), Some(text.len() as u64));
            assert_eq!(body.is_end_stream(), text.is_empty());
            assert_eq!(body.collect().await.unwrap().to_bytes(), text);
        }
    }
}
