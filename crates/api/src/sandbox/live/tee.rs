//! A body whose beginning is kept while somebody reads it.

use axum::body::Body;
use bytes::{Buf, Bytes};
use http_body::{Frame, SizeHint};
use parking_lot::Mutex;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

/// A body that keeps up to some bytes of what is read of it.
pub(super) struct Tee {
    body: Body,
    most: usize,
    kept: Arc<Mutex<Vec<u8>>>,
}

impl Tee {
    /// The body to be read, and what is kept of it.
    pub(super) fn new(body: Body, most: usize) -> (Body, Arc<Mutex<Vec<u8>>>) {
        let kept = Arc::<Mutex<Vec<u8>>>::default();
        let tee = Self {
            body,
            most,
            kept: Arc::clone(&kept),
        };
        (Body::new(tee), kept)
    }
}

impl http_body::Body for Tee {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        if let Poll::Ready(Some(Ok(frame))) = &polled
            && let Some(data) = frame.data_ref()
        {
            let mut kept = self.kept.lock();
            let room = self.most.saturating_sub(kept.len());
            kept.extend_from_slice(data.chunk().get(..room).unwrap_or(data));
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
