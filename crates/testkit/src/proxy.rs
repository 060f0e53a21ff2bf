//! What stands between an agent and its hub: it writes down each call, and lets go wrong what a test
//! says.
#![expect(
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "a test that cannot go on ends here"
)]

use axum::Router;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::AbortHandle;

/// A call of the agent's.
#[derive(Clone, Debug)]
pub struct Call {
    /// Method and path below the API's, without the query.
    pub line: String,
    /// The body as text.
    pub body: String,
}

/// What becomes of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing goes wrong.
    None,
    /// It takes a while, before and after.
    Slow,
    /// The connection ends after so many bytes of the request.
    CutRequest(usize),
    /// The hub does it, and the connection ends after so many bytes of the answer.
    CutAnswer(usize),
    /// The same after so many of a thousand parts of the answer.
    CutAnswerWithin(usize),
    /// Something before the hub answers in its place.
    Instead(u16),
    /// The hub does it, and something answers in its place.
    After(u16),
    /// The way repeats the call; the second answer arrives.
    Twice,
    /// The hub does it, the answer is lost, and the same call later gets the answer of then.
    Replayed,
    /// It never gets to the hub, and is never answered.
    Silent,
    /// The hub does it, and it is never answered.
    SilentAfter,
    /// Nothing goes wrong with it; whoever waits for what gets stuck hears of it when it is answered.
    Last,
}

type Plan = Box<dyn FnMut(&Call) -> Fault + Send>;

struct Inner {
    hub: SocketAddr,
    calls: Mutex<Vec<Call>>,
    plan: Mutex<Plan>,
    /// The last request whose answer was lost, and that answer.
    lost: Mutex<Option<(Vec<u8>, Vec<u8>)>>,
    /// How many calls are under way.
    under_way: AtomicUsize,
    was_whole: AtomicBool,
    stuck: tokio::sync::Notify,
}

/// The proxy. Its tasks end with it.
pub struct Proxy {
    address: SocketAddr,
    inner: Arc<Inner>,
    tasks: Vec<AbortHandle>,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

impl Proxy {
    /// Serves a hub on a port of its own, and stands before it.
    pub async fn before(router: Router) -> Self {
        let served = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let hub = served.local_addr().unwrap();
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        let serving = tokio::spawn(async move { axum::serve(served, service).await.unwrap() });
        let mut proxy = Self::to(hub).await;
        proxy.tasks.push(serving.abort_handle());
        proxy
    }

    /// Stands before a hub that somebody else serves.
    pub async fn to(hub: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let inner = Arc::new(Inner {
            hub,
            calls: Mutex::default(),
            plan: Mutex::new(Box::new(|_| Fault::None)),
            lost: Mutex::default(),
            under_way: AtomicUsize::new(0),
            was_whole: AtomicBool::new(false),
            stuck: tokio::sync::Notify::new(),
        });
        let of_task = Arc::clone(&inner);
        let taking = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let inner = Arc::clone(&of_task);
                tokio::spawn(async move { inner.pass(stream).await });
            }
        });
        Self {
            address,
            inner,
            tasks: vec![taking.abort_handle()],
        }
    }

    /// Where the agent calls.
    pub fn base_url(&self) -> String {
        format!("http://{}/pms-api/v1", self.address)
    }

    /// Says what becomes of each call from now on.
    pub fn plan(&self, plan: impl FnMut(&Call) -> Fault + Send + 'static) {
        *self.inner.plan.lock().unwrap() = Box::new(plan);
    }

    /// Nothing goes wrong from now on.
    pub fn calm(&self) {
        self.plan(|_| Fault::None);
    }

    /// The calls since this was last asked.
    pub fn take(&self) -> Vec<Call> {
        std::mem::take(&mut *self.inner.calls.lock().unwrap())
    }

    /// Method and path of the calls since this was last asked.
    pub fn lines(&self) -> Vec<String> {
        self.take().into_iter().map(|call| call.line).collect()
    }

    /// How many calls have come since they were last taken.
    pub fn count(&self) -> usize {
        self.inner.calls.lock().unwrap().len()
    }

    /// Whether no call is under way.
    pub fn is_quiet(&self) -> bool {
        self.inner.under_way.load(Ordering::SeqCst) == 0
    }

    /// Whether nothing was missing of the last message that was to be cut: it is no longer.
    pub fn was_whole(&self) -> bool {
        self.inner.was_whole.load(Ordering::SeqCst)
    }

    /// Is done when a call got stuck ([`Fault::Silent`], [`Fault::SilentAfter`]), or was the last.
    pub async fn stuck(&self) {
        self.inner.stuck.notified().await;
    }
}

impl Inner {
    async fn pass(&self, mut agent: TcpStream) {
        let Some((head, body)) = read_request(&mut agent).await else {
            return;
        };
        self.under_way.fetch_add(1, Ordering::SeqCst);
        self.meet(&mut agent, &head, &body).await;
        self.under_way.fetch_sub(1, Ordering::SeqCst);
    }

    async fn meet(&self, agent: &mut TcpStream, head: &str, body: &[u8]) {
        let fault = self.fault(head, body);
        let request = last_on_connection(head, body);
        match fault {
            Fault::None => self.answer(agent, &request).await,
            Fault::Slow => {
                a_while().await;
                let answer = self.forward(&request).await;
                a_while().await;
                let _ = agent.write_all(&answer).await;
            }
            Fault::CutRequest(bytes) => {
                let some = self.cut(&request, bytes);
                self.send_some(some).await;
            }
            Fault::CutAnswer(bytes) => {
                let answer = self.forward(&request).await;
                let _ = agent.write_all(self.cut(&answer, bytes)).await;
            }
            Fault::CutAnswerWithin(parts) => {
                let answer = self.forward(&request).await;
                let bytes = answer.len() * parts / 1000;
                let _ = agent.write_all(self.cut(&answer, bytes)).await;
            }
            Fault::Instead(status) => instead(agent, status).await,
            Fault::After(status) => {
                self.forward(&request).await;
                instead(agent, status).await;
            }
            Fault::Twice => {
                self.forward(&request).await;
                self.answer(agent, &request).await;
            }
            Fault::Replayed => {
                let answer = self.forward(&request).await;
                *self.lost.lock().unwrap() = Some((request, answer));
            }
            Fault::Silent => self.hang(agent).await,
            Fault::SilentAfter => {
                self.forward(&request).await;
                self.hang(agent).await;
            }
            Fault::Last => {
                self.answer(agent, &request).await;
                self.stuck.notify_one();
            }
        }
    }

    /// The beginning of a message.
    fn cut<'m>(&self, message: &'m [u8], bytes: usize) -> &'m [u8] {
        self.was_whole
            .store(bytes >= message.len(), Ordering::SeqCst);
        message.get(..bytes).unwrap_or(message)
    }

    /// Writes the call down and asks what becomes of it.
    fn fault(&self, head: &str, body: &[u8]) -> Fault {
        let mut words = head.split(' ');
        let method = words.next().unwrap_or_default();
        let path = words.next().unwrap_or_default();
        let path = path.split('?').next().unwrap_or_default();
        let path = path.strip_prefix("/pms-api/v1").unwrap_or(path);
        let mut calls = self.calls.lock().unwrap();
        let call = Call {
            line: format!("{method} {path}"),
            body: String::from_utf8_lossy(body).into_owned(),
        };
        calls.push(call.clone());
        drop(calls);
        (self.plan.lock().unwrap())(&call)
    }

    /// Passes on, unless this is the same call again whose answer was lost, and which arrives now.
    async fn answer(&self, agent: &mut TcpStream, request: &[u8]) {
        let lost = self.lost.lock().unwrap().take();
        let answer = match lost {
            Some((known, answer)) if known == request => answer,
            _ => self.forward(request).await,
        };
        let _ = agent.write_all(&answer).await;
    }

    async fn forward(&self, request: &[u8]) -> Vec<u8> {
        let mut answer = Vec::new();
        if let Ok(mut hub) = TcpStream::connect(self.hub).await {
            let _ = hub.write_all(request).await;
            let _ = hub.read_to_end(&mut answer).await;
        }
        answer
    }

    /// Gives the hub the beginning of a request and no more; whatever it says to that is not heard.
    async fn send_some(&self, bytes: &[u8]) {
        if let Ok(mut hub) = TcpStream::connect(self.hub).await {
            let _ = hub.write_all(bytes).await;
            let _ = hub.shutdown().await;
            let _ = hub.read_to_end(&mut Vec::new()).await;
        }
    }

    async fn hang(&self, agent: &mut TcpStream) {
        self.stuck.notify_one();
        // Until the other side goes away.
        let _ = agent.read(&mut [0]).await;
    }
}

async fn instead(agent: &mut TcpStream, status: u16) {
    let body = r#"{"error":"proxy"}"#;
    let answer = format!(
        "HTTP/1.1 {status} Trouble\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let _ = agent.write_all(answer.as_bytes()).await;
}

#[expect(
    clippy::disallowed_methods,
    reason = "a delay is what is tested: it must do no harm"
)]
async fn a_while() {
    tokio::time::sleep(std::time::Duration::from_millis(3)).await;
}

/// Head and body of a request.
async fn read_request(agent: &mut TcpStream) -> Option<(String, Vec<u8>)> {
    let (mut bytes, mut chunk) = (Vec::new(), [0; 4096]);
    loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end + 2]).into_owned();
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                let is_length = name.eq_ignore_ascii_case("content-length");
                is_length.then(|| value.trim().parse::<usize>().unwrap())
            });
            let whole = end + 4 + length.unwrap_or_default();
            if bytes.len() >= whole {
                return Some((head, bytes[end + 4..whole].to_vec()));
            }
        }
        match agent.read(&mut chunk).await {
            Ok(0) | Err(_) => return None,
            Ok(read) => bytes.extend_from_slice(&chunk[..read]),
        }
    }
}

/// The request as the last on its connection: so the end of the answer is the end of that.
fn last_on_connection(head: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("{head}connection: close\r\n\r\n");
    [head.as_bytes(), body].concat()
}
