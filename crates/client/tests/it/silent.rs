//! A hub that takes calls and gives no whole answer.

use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// What such a hub does with a call.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Behaviour {
    /// Never answers.
    Wait,
    /// Breaks the connection off.
    Break,
    /// Breaks it off within the answer.
    BreakLate,
    /// Answers with more than any answer should have.
    Flood,
}

/// Starts one; it counts the calls that arrived.
pub(crate) async fn start(behaviour: Behaviour) -> io::Result<(SocketAddr, Arc<AtomicUsize>)> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let arrived = Arc::new(AtomicUsize::new(0));
    let counter = arrived.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, behaviour, counter.clone()));
        }
    });
    Ok((address, arrived))
}

async fn serve(mut stream: TcpStream, behaviour: Behaviour, arrived: Arc<AtomicUsize>) {
    let mut buffer = [0; 16 * 1024];
    // A call of these tests comes in one piece.
    if !matches!(stream.read(&mut buffer).await, Ok(1..)) {
        return;
    }
    arrived.fetch_add(1, Ordering::SeqCst);
    let answer: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 99999999\r\n\r\n[";
    match behaviour {
        Behaviour::Wait => std::future::pending().await,
        Behaviour::Break => {}
        Behaviour::BreakLate => {
            let _ = stream.write_all(answer).await;
        }
        Behaviour::Flood => {
            let _ = stream.write_all(answer).await;
            while stream.write_all(&[b' '; 64 * 1024]).await.is_ok() {}
        }
    }
}
