//! SUB-3, SUB-4: what is a success, and how each failure is called.

use crate::server::{Answer, Names, Server, client, fails, post, status};
use slotbridge_hub::outgoing::ErrorType;
use std::sync::Arc;

const HERE: &[&str] = &["127.0.0.0/8"];

#[tokio::test]
async fn any_2xx_is_a_success_sub_3() {
    let client = client(HERE, &Arc::default());
    for code in ["200 OK", "201 Created", "202 Accepted", "204 No Content"] {
        let server = Server::on("127.0.0.1:0", status(code, "")).await;
        let url = format!("http://{}/hook?x=1", server.address);
        assert!(post(&client, &url).await.is_ok(), "{code}");
        let heard = server.heard.lock().unwrap()[0].to_lowercase();
        assert!(heard.starts_with("post /hook?x=1 http/1.1\r\n"), "{heard}");
        for line in [
            "content-type: application/json\r\n",
            "webhook-id: msg_1\r\n",
            "content-length: 2\r\n",
        ] {
            assert!(heard.contains(line), "{heard}");
        }
    }
}

#[tokio::test]
async fn every_other_answer_is_a_failure_of_its_kind_sub_3_sub_4() {
    let client = client(HERE, &Arc::default());
    for (code, kind) in [
        ("301 Moved Permanently", ErrorType::Redirect),
        ("302 Found", ErrorType::Redirect),
        ("307 Temporary Redirect", ErrorType::Redirect),
        ("400 Bad Request", ErrorType::HttpStatus),
        ("404 Not Found", ErrorType::HttpStatus),
        ("500 Internal Server Error", ErrorType::HttpStatus),
    ] {
        let server = Server::on("127.0.0.1:0", status(code, "location: /else\r\n")).await;
        let url = format!("http://{}/", server.address);
        let (found, message) = fails(&client, &url).await;
        assert_eq!(found, kind, "{code}: {message}");
        assert!(message.contains(&code[..3]), "{message}");
        assert_eq!(server.connections(), 1, "{code}");
    }
}

#[tokio::test]
async fn a_connection_that_is_refused_or_broken_is_a_connect_error_sub_4() {
    let client = client(HERE, &Arc::default());
    let server = Server::on("127.0.0.1:0", Answer::Nothing).await;
    let (found, _) = fails(&client, &format!("http://{}/", server.address)).await;
    assert_eq!(found, ErrorType::ConnectError);
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = closed.local_addr().unwrap();
    drop(closed);
    let (found, _) = fails(&client, &format!("http://{address}/")).await;
    assert_eq!(found, ErrorType::ConnectError);
}

#[tokio::test]
async fn a_name_without_address_is_a_dns_error_and_what_is_no_tls_a_tls_error_sub_4() {
    let client = client(HERE, &Arc::new(Names::default()));
    let (found, message) = fails(&client, "http://nowhere.example/").await;
    assert_eq!(found, ErrorType::DnsError);
    assert!(message.contains("nowhere.example"), "{message}");
    let plain = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = plain.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut socket, _) = plain.accept().await.unwrap();
        let _ = tokio::io::AsyncWriteExt::write_all(&mut socket, b"HTTP/1.1 400 Bad\r\n\r\n").await;
        std::future::pending::<()>().await;
    });
    let (found, message) = fails(&client, &format!("https://{address}/")).await;
    assert_eq!(found, ErrorType::TlsError, "{message}");
}

#[tokio::test]
async fn no_answer_within_five_seconds_is_a_timeout_sub_3() {
    let client = client(HERE, &Arc::default());
    let server = Server::on("127.0.0.1:0", Answer::Silence).await;
    let (found, _) = fails(&client, &format!("http://{}/", server.address)).await;
    assert_eq!(found, ErrorType::Timeout);
}

#[tokio::test]
async fn a_body_without_end_is_not_read_to_its_end_sub_5() {
    let client = client(HERE, &Arc::default());
    let server = Server::on("127.0.0.1:0", Answer::Endless).await;
    let url = format!("http://{}/", server.address);
    assert!(post(&client, &url).await.is_ok());
}
