//! A server that counts its connections, and names that lead where a test says.

use slotbridge_hub::outgoing::{Callback, CallbackFailure, Callbacks, ErrorType};
use slotbridge_outbound::{Addresses, GuardedCallbacks, Lookup};
use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A server on an address of this machine.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    connections: Arc<AtomicUsize>,
    pub(crate) heard: Arc<Mutex<Vec<String>>>,
}

/// What it does with a connection after a request.
#[derive(Clone)]
pub(crate) enum Answer {
    /// It writes this and closes.
    Text(String),
    /// It closes without a word.
    Nothing,
    /// It never says anything.
    Silence,
    /// Success, with a body that does not end.
    Endless,
}

pub(crate) fn status(status: &str, more: &str) -> Answer {
    Answer::Text(format!(
        "HTTP/1.1 {status}\r\nconnection: close\r\n{more}\r\n"
    ))
}

impl Server {
    /// Serves on an address; port 0 is any.
    pub(crate) async fn on(address: &str, answer: Answer) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        let server = Self {
            address: listener.local_addr().unwrap(),
            connections: Arc::default(),
            heard: Arc::default(),
        };
        let (connections, heard) = (Arc::clone(&server.connections), Arc::clone(&server.heard));
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                connections.fetch_add(1, Ordering::SeqCst);
                let (answer, heard) = (answer.clone(), Arc::clone(&heard));
                tokio::spawn(serve(socket, answer, heard));
            }
        });
        server
    }

    /// How many connections it has seen.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

async fn serve(mut socket: TcpStream, answer: Answer, heard: Arc<Mutex<Vec<String>>>) {
    let mut request = Vec::new();
    let mut part = [0; 4096];
    while !request.ends_with(b"}") {
        match socket.read(&mut part).await {
            Ok(0) | Err(_) => break,
            Ok(read) => request.extend_from_slice(&part[..read]),
        }
    }
    let text = String::from_utf8_lossy(&request).into_owned();
    heard.lock().unwrap().push(text);
    match answer {
        Answer::Text(text) => {
            let _ = socket.write_all(text.as_bytes()).await;
        }
        Answer::Nothing => {}
        Answer::Silence => std::future::pending().await,
        Answer::Endless => {
            let head = b"HTTP/1.1 200 OK\r\ncontent-length: 100000000\r\n\r\n";
            let _ = socket.write_all(head).await;
            while socket.write_all(&[b'x'; 1024]).await.is_ok() {}
        }
    }
}

/// Names that lead where a test says: each look-up takes the next answer, the last one stays.
#[derive(Default)]
pub(crate) struct Names {
    known: Mutex<HashMap<String, Vec<Vec<IpAddr>>>>,
    asked: AtomicUsize,
}

impl Names {
    pub(crate) fn with(self, name: &str, answers: &[&[&str]]) -> Self {
        let parsed = answers.iter().map(|addresses| {
            let addresses = addresses.iter().map(|address| address.parse().unwrap());
            addresses.collect()
        });
        let mut known = self.known.lock().unwrap();
        known.insert(name.to_owned(), parsed.collect());
        drop(known);
        self
    }

    /// How often a name was looked up.
    pub(crate) fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

impl Lookup for Names {
    fn look_up(&self, name: String) -> Addresses {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let mut known = self.known.lock().unwrap();
        let name = name.trim_end_matches('.').to_lowercase();
        let answer = match known.get_mut(&name) {
            Some(answers) if answers.len() > 1 => answers.remove(0),
            Some(answers) => answers[0].clone(),
            None => Vec::new(),
        };
        Box::pin(async move { Ok(answer) })
    }
}

/// A client that may reach some ranges beside the public internet.
pub(crate) fn client(allowed: &[&str], names: &Arc<Names>) -> GuardedCallbacks {
    let allowed = allowed.iter().map(|range| range.parse().unwrap()).collect();
    let names: Arc<dyn Lookup> = Arc::<Names>::clone(names);
    GuardedCallbacks::with(allowed, names).unwrap()
}

/// Makes a callback.
pub(crate) async fn post(client: &GuardedCallbacks, url: &str) -> Result<(), CallbackFailure> {
    let callback = Callback {
        url: url.to_owned(),
        headers: vec![("webhook-id", "msg_1".to_owned())],
        body: b"{}".to_vec(),
    };
    client.post(callback).await
}

/// Makes one that fails.
pub(crate) async fn fails(client: &GuardedCallbacks, url: &str) -> (ErrorType, String) {
    let failure = post(client, url).await.expect_err(url);
    (failure.error_type, failure.message)
}
