//! A hub that takes calls and gives no whole answer.

use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpSocket, TcpStream},
    time::timeout,
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
    /// Refuses the call, and breaks off before it has said why.
    Refuse,
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

/// Starts a hub that takes no connection any more: those that wait for it to are given, and keep it
/// full as long as they are.
pub(crate) async fn full() -> io::Result<(SocketAddr, TcpListener, Vec<TcpStream>)> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(SocketAddr::from(([127, 0, 0, 1], 0)))?;
    let listener = socket.listen(1)?;
    let address = listener.local_addr()?;
    let mut waiting = vec![];
    while let Ok(stream) = timeout(Duration::from_millis(200), TcpStream::connect(address)).await {
        waiting.push(stream?);
    }
    Ok((address, listener, waiting))
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
        Behaviour::Refuse => {
            let refused = b"HTTP/1.1 403 Forbidden\r\ncontent-length: 99\r\n\r\n{";
            let _ = stream.write_all(refused).await;
        }
        Behaviour::Flood => {
            let _ = stream.write_all(answer).await;
            while stream.write_all(&[b' '; 64 * 1024]).await.is_ok() {}
        }
    }
}
