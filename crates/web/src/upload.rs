//! Files that come with a form: the same proofs as for other forms, asked for before the file is
//! read.

use crate::Web;
use crate::failure::Failure;
use crate::form::{FIELD, Token, check_origin, foreign};
use axum::extract::multipart::{Multipart, MultipartError};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::StatusCode;
use slotbridge_domain::document::MOST_FILE_BYTES;
use std::sync::Arc;
use tokio::sync::OwnedSemaphorePermit;

/// The most bytes of such a form: its file, and what stands around it.
pub(crate) const MOST_BYTES: usize = MOST_FILE_BYTES + 64 * 1024;
/// The longest of its other fields, in bytes.
const LONGEST: usize = 1000;

/// A form with a file.
pub(crate) struct Upload {
    /// What else was chosen.
    pub(crate) kind: String,
    /// The name that the visitor's machine gave the file.
    pub(crate) name: String,
    /// Its content; nothing if none was chosen.
    pub(crate) content: Vec<u8>,
    /// The browser's token.
    pub(crate) token: Token,
    /// Its room in memory.
    _room: OwnedSemaphorePermit,
}

impl FromRequest<Web> for Upload {
    type Rejection = Failure;

    async fn from_request(request: Request, web: &Web) -> Result<Self, Failure> {
        let (mut parts, body) = request.into_parts();
        check_origin(web, &parts.headers)?;
        let Ok(token) = Token::from_request_parts(&mut parts, web).await;
        let Ok(room) = Arc::clone(&web.rooms).try_acquire_owned() else {
            return Err(Failure::new(StatusCode::SERVICE_UNAVAILABLE));
        };
        let request = Request::from_parts(parts, body);
        let form = Multipart::from_request(request, web).await;
        let mut form = form.map_err(|_| Failure::new(StatusCode::BAD_REQUEST))?;
        let mut upload = Self {
            kind: String::new(),
            name: String::new(),
            content: Vec::new(),
            token,
            _room: room,
        };
        let mut is_ours = false;
        while let Some(mut field) = form.next_field().await.map_err(|error| refused(&error))? {
            let name = field.name().unwrap_or_default().to_owned();
            // The token stands before everything else, so that nobody else's file is read.
            if name != FIELD && !is_ours {
                return Err(foreign());
            }
            if name == "file" {
                upload.name = field.file_name().unwrap_or_default().to_owned();
                while let Some(chunk) = field.chunk().await.map_err(|error| refused(&error))? {
                    upload.content.extend_from_slice(&chunk);
                }
                continue;
            }
            let mut text = Vec::new();
            while let Some(chunk) = field.chunk().await.map_err(|error| refused(&error))? {
                text.extend_from_slice(&chunk);
                if text.len() > LONGEST {
                    return Err(Failure::new(StatusCode::PAYLOAD_TOO_LARGE));
                }
            }
            let text = String::from_utf8_lossy(&text).into_owned();
            if name == FIELD {
                is_ours = upload.token.is(&text);
            } else if name == "kind" {
                upload.kind = text;
            }
        }
        if is_ours { Ok(upload) } else { Err(foreign()) }
    }
}

fn refused(error: &MultipartError) -> Failure {
    Failure::new(error.status())
}
