//! Receives the hub's callbacks, believes those that it signed, and does the work afterwards: the hub
//! waits 5 seconds for an answer, no longer.
//!
//! ```text
//! SLOTBRIDGE_WEBHOOK_SECRET=whsec_... cargo run -p slotbridge-client --example receive_webhooks
//! ```
//!
//! While the secret is changed, give the old one too, as `SLOTBRIDGE_OLD_WEBHOOK_SECRET`. The address
//! to subscribe with (`Client::create_subscription`) is where this listens, as the hub can reach it.

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use jiff::Timestamp;
use slotbridge_client::webhooks::{Callback, Verifier};
use std::env;
use tokio::{net::TcpListener, sync::mpsc};

#[derive(Clone)]
struct Receiver {
    verifier: Verifier,
    work: mpsc::Sender<Callback>,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let secrets = [
        env::var("SLOTBRIDGE_WEBHOOK_SECRET").ok(),
        env::var("SLOTBRIDGE_OLD_WEBHOOK_SECRET").ok(),
    ];
    let verifier = Verifier::new(secrets.into_iter().flatten())?;
    let (work, mut waiting) = mpsc::channel(1000);
    let router = Router::new()
        .fallback(receive)
        .with_state(Receiver { verifier, work });
    let listener = TcpListener::bind("127.0.0.1:9090").await?;
    println!("listening on {}", listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, router).await });

    while let Some(callback) = waiting.recv().await {
        // Here an integration reads the list of that kind, as it does after a poll. A callback is
        // only a hint: it may come twice, late, or not at all, so a poll every hour stays.
        match callback.request() {
            Some(kind) => println!("{}: there are {kind}", callback.message_id),
            None => println!("{}: of no kind that is known here", callback.message_id),
        }
    }
    Ok(())
}

async fn receive(State(receiver): State<Receiver>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let header = |name: &str| headers.get(name)?.to_str().ok();
    #[expect(
        clippy::disallowed_methods,
        reason = "an example has no other clock than the machine's"
    )]
    let now = Timestamp::now();
    match receiver.verifier.verify(header, &body, now) {
        // Full: the hub tries again in 10 seconds.
        Ok(callback) => match receiver.work.try_send(callback) {
            Ok(()) => StatusCode::NO_CONTENT,
            Err(_) => StatusCode::SERVICE_UNAVAILABLE,
        },
        Err(why) => {
            eprintln!("not believed: {why}");
            StatusCode::UNAUTHORIZED
        }
    }
}
