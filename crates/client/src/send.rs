//! Making a call: one place for attempts, time limits, and what an answer means.

use crate::{Client, Error, body::Body, call::Call, retry, retry_after::retry_after};
use reqwest::{
    Response,
    header::{CONTENT_ENCODING, CONTENT_TYPE},
};
use slotbridge_wire::{error::ErrorBody, read};

/// The longest answer that is read, in bytes: a document of 30 MiB as base64, and room around it.
const LONGEST_ANSWER: usize = 48 * 1024 * 1024;

impl Client {
    /// Makes a call, and makes it again as long as that may help and cannot harm.
    pub(crate) async fn send(&self, call: Call) -> Result<Vec<u8>, Error> {
        let waiter = &self.inner.waiter;
        let body = match call.body.clone() {
            Some(bytes) => Some(Body::of(bytes).await?),
            None => None,
        };
        let mut failures = 0;
        loop {
            let error = match self.attempt(&call, body.clone()).await {
                Ok(bytes) => return Ok(bytes),
                Err(error) => error,
            };
            let repeat = call.operation.repeat;
            let Some(pause) = retry::pause(failures, &error, repeat, waiter.jitter()) else {
                return Err(error);
            };
            waiter.wait(pause).await;
            failures += 1;
        }
    }

    async fn attempt(&self, call: &Call, body: Option<Body>) -> Result<Vec<u8>, Error> {
        let inner = &self.inner;
        let mut request = inner
            .http
            .request(call.operation.method.into(), call.url.clone())
            .headers(inner.headers.clone())
            .timeout(inner.timeouts.of(call.operation));
        if let Some(body) = body {
            request = request
                .header(CONTENT_TYPE, "application/json")
                .body(body.bytes);
            if body.packed {
                request = request.header(CONTENT_ENCODING, "gzip");
            }
        }
        let response = request.send().await.map_err(Error::transport)?;
        let status = response.status();
        let wait = retry_after(response.headers());
        let bytes = whole(response).await;
        if status.is_success() {
            return bytes;
        }
        // The status says enough, even if the rest of the answer is lost.
        let text = match read::read::<ErrorBody>(&bytes.unwrap_or_default()) {
            Ok(body) => self.without_keys(body.error),
            Err(_) => status
                .canonical_reason()
                .unwrap_or("no reason given")
                .to_owned(),
        };
        Err(Error::of_status(status.as_u16(), text, wait))
    }
}

/// The answer's whole body, unless it is unreasonably long.
async fn whole(mut response: Response) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(Error::transport)? {
        if bytes.len() + chunk.len() > LONGEST_ANSWER {
            return Err(Error::TooLong(LONGEST_ANSWER));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}
