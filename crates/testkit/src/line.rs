//! The line between a hub and its database, which a test cuts, or on which it lets all fall silent.
#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "a test that cannot go on ends here"
)]

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::JoinHandle;
use tokio::io::{AsyncRead, AsyncWrite, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;

/// How the line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Is {
    /// It passes everything on.
    Whole,
    /// What is connected stays so; nothing else gets through.
    Full,
    /// What is connected ends, and nothing gets through.
    Cut,
    /// Connections are taken and nothing is said on them, nor on those that there are.
    Silent,
    /// Nobody needs it any more.
    Gone,
}

/// A line of its own port. Not for use inside async code.
pub struct Line {
    address: SocketAddr,
    state: watch::Sender<Is>,
    taken: Arc<AtomicUsize>,
    thread: Option<JoinHandle<()>>,
}

impl Line {
    /// A line to whoever listens there.
    #[must_use]
    pub fn to(far: SocketAddr) -> Self {
        Self::with(far, None)
    }

    /// The same, over which one speaks TLS, as with a balancer that ends it.
    #[must_use]
    pub fn over_tls(far: SocketAddr, tls: TlsAcceptor) -> Self {
        Self::with(far, Some(tls))
    }

    fn with(far: SocketAddr, tls: Option<TlsAcceptor>) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let (state, mut seen) = watch::channel(Is::Whole);
        let taken = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&taken);
        let work = async move {
            let of_each = seen.clone();
            let taking = async {
                loop {
                    let (near, _) = listener.accept().await.unwrap();
                    counted.fetch_add(1, Ordering::SeqCst);
                    tokio::spawn(take(near, far, tls.clone(), of_each.clone()));
                }
            };
            tokio::select! {
                () = taking => {}
                _ = seen.wait_for(|is| *is == Is::Gone) => {}
            }
        };
        Self {
            address,
            state,
            taken,
            thread: Some(std::thread::spawn(move || runtime.block_on(work))),
        }
    }

    /// A line to the database of a URL, and the URL that goes over it.
    #[must_use]
    pub fn before(url: &str) -> (Self, String) {
        let (before, rest) = url.split_once('@').unwrap();
        let (far, rest) = rest.split_once('/').unwrap();
        let line = Self::to(far.parse().unwrap());
        let url = format!("{before}@{}/{rest}", line.address);
        (line, url)
    }

    /// From now on it is like this.
    pub fn set(&self, is: Is) {
        self.state.send_replace(is);
    }

    /// How many connections have come.
    #[must_use]
    pub fn taken(&self) -> usize {
        self.taken.load(Ordering::SeqCst)
    }

    /// Where it begins.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.set(Is::Gone);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

async fn take(
    near: TcpStream,
    far: SocketAddr,
    tls: Option<TlsAcceptor>,
    state: watch::Receiver<Is>,
) {
    let _ = near.set_nodelay(true);
    match tls {
        None => pass(near, far, state).await,
        Some(tls) => {
            if let Ok(near) = tls.accept(near).await {
                pass(near, far, state).await;
            }
        }
    }
}

async fn pass(
    mut near: impl AsyncRead + AsyncWrite + Unpin,
    far: SocketAddr,
    mut state: watch::Receiver<Is>,
) {
    let is = *state.borrow_and_update();
    match is {
        Is::Whole => {}
        Is::Full | Is::Cut | Is::Gone => return,
        Is::Silent => {
            // Whoever still waits when that is over has waited in vain.
            let _ = state.changed().await;
            return;
        }
    }
    let Ok(mut far) = TcpStream::connect(far).await else {
        return;
    };
    let _ = far.set_nodelay(true);
    {
        let copying = copy_bidirectional(&mut near, &mut far);
        let goes_on = |is: &Is| matches!(is, Is::Whole | Is::Full);
        tokio::select! {
            _ = copying => return,
            _ = state.wait_for(|is| !goes_on(is)) => {}
        }
    }
    if *state.borrow_and_update() == Is::Silent {
        let _ = state.changed().await;
    }
}
