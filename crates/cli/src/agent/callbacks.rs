//! How the hub calls back.

use super::section::Section;
use slotbridge_client::webhooks::Verifier;
use slotbridge_domain::callback_url::CallbackUrl;
use std::net::SocketAddr;

/// What `[callbacks]` says.
pub(super) struct Callbacks {
    /// Where callbacks are taken.
    pub(super) listen: SocketAddr,
    /// Where the hub sends them.
    pub(super) url: String,
    /// Tells those of the hub from others.
    pub(super) verifier: Verifier,
}

/// Reads `[callbacks]`.
pub(super) fn read(mut section: Section<'_>) -> Option<Callbacks> {
    let listen = listen(&mut section);
    let url = url(&mut section);
    let verifier = verifier(&mut section);
    section.finish();
    Some(Callbacks {
        listen: listen?,
        url: url?,
        verifier: verifier?,
    })
}

fn listen(section: &mut Section<'_>) -> Option<SocketAddr> {
    let what = "put in an address and a port, such as 127.0.0.1:8090";
    let listen = section.required("listen", what)?.parse().ok();
    if listen.is_none() {
        section.fault("listen", format_args!("is no address: {what}"));
    }
    listen
}

fn url(section: &mut Section<'_>) -> Option<String> {
    let url = section.required("url", "put in the URL at which the hub reaches `listen`")?;
    match CallbackUrl::parse(&url) {
        Ok(_) => Some(url),
        Err(must) => {
            section.fault("url", must);
            None
        }
    }
}

fn verifier(section: &mut Section<'_>) -> Option<Verifier> {
    let what = "put in the vendor's webhook secret (whsec_...), and while it is changed both";
    if !section.has("secrets") {
        section.fault("secrets", format_args!("is missing: {what}"));
    }
    let secrets = section.texts("secrets")?;
    if secrets.iter().all(|secret| secret.trim().is_empty()) {
        section.fault("secrets", format_args!("is empty: {what}"));
        return None;
    }
    match Verifier::new(&secrets) {
        Ok(verifier) => Some(verifier),
        Err(error) => {
            section.fault("secrets", error);
            None
        }
    }
}
