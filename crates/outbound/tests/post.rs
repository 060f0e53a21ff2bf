//! Mail to a small SMTP server and SMS to a small gateway, both in the test.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on ends here")]

use slotbridge_hub::outgoing::{Channel, Message, Messages, NotSent};
use slotbridge_outbound::{Mail, Post, Sms};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// What stands in every message, and must not stand in what is said of a failure.
const CANARY: &str = "zqcanary";

fn message(channel: Channel) -> Message {
    let to = match channel {
        Channel::Mail => format!("{CANARY}@example.com"),
        Channel::Sms => "0412345678".to_owned(),
    };
    Message {
        channel,
        to,
        subject: format!("{CANARY} Grüße"),
        text: format!("Dear {CANARY},\n.\nit is at 9:00 – bring your card."),
    }
}

/// Takes one mail, answering `RCPT` with a line; gives what was said.
async fn smtp(rcpt: &'static str) -> (String, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("smtp://{}", listener.local_addr().unwrap());
    let serving = tokio::spawn(async move {
        let (socket, _) = listener.accept().await.unwrap();
        let (read, mut write) = socket.into_split();
        let mut lines = BufReader::new(read).lines();
        let mut said = Vec::new();
        let mut in_data = false;
        write.write_all(b"220 test ready\r\n").await.unwrap();
        while let Ok(Some(line)) = lines.next_line().await {
            let answer = match line.split([' ', ':']).next().unwrap_or_default() {
                "." if in_data => {
                    in_data = false;
                    "250 taken"
                }
                _ if in_data => "",
                "EHLO" => "250 test",
                "RCPT" => rcpt,
                "DATA" => {
                    in_data = true;
                    "354 go on"
                }
                "QUIT" => "221 bye",
                _ => "250 ok",
            };
            said.push(line);
            if !answer.is_empty() {
                write
                    .write_all(format!("{answer}\r\n").as_bytes())
                    .await
                    .unwrap();
            }
            if answer.starts_with("221") {
                break;
            }
        }
        said
    });
    (url, serving)
}

async fn mail(url: &str) -> Result<(), NotSent> {
    let mail = Mail::new(url, "Appointments <from@hub.example>").unwrap();
    let post = Post {
        mail: Some(mail),
        sms: None,
    };
    assert!(post.sends(Channel::Mail) && !post.sends(Channel::Sms));
    post.send(message(Channel::Mail)).await
}

#[tokio::test]
async fn a_mail_is_handed_over_with_sender_receiver_subject_and_text() {
    let (url, serving) = smtp("250 ok").await;
    mail(&url).await.expect("it is taken");
    let said = serving.await.unwrap();
    let has = |line: &str| said.iter().any(|said| said == line);
    assert!(has("MAIL FROM:<from@hub.example>"), "{said:?}");
    assert!(has(&format!("RCPT TO:<{CANARY}@example.com>")), "{said:?}");
    assert!(has("From: Appointments <from@hub.example>"), "{said:?}");
    assert!(said.iter().any(|line| line.starts_with("Subject: ")));
    // A line of one dot within the text does not end the mail.
    assert!(said.iter().any(|line| line.contains("bring your card")));
    assert!(said.iter().any(|line| line.starts_with("Date: ")));
}

#[tokio::test]
async fn a_refusal_for_good_ends_it_and_one_for_now_does_not_and_neither_says_whom() {
    for (answer, again) in [
        ("550 no such user zqcanary@example.com", false),
        ("450 zqcanary@example.com is busy", true),
    ] {
        let (url, _serving) = smtp(answer).await;
        let not_sent = mail(&url).await.unwrap_err();
        assert_eq!(not_sent.again, again, "{not_sent:?}");
        assert!(!not_sent.why.contains(CANARY), "{not_sent:?}");
        assert!(not_sent.why.contains(&answer[..3]), "{not_sent:?}");
    }
}

#[tokio::test]
async fn a_mail_server_that_is_not_there_is_tried_again() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("smtp://user:secret@{}", listener.local_addr().unwrap());
    drop(listener);
    let not_sent = mail(&url).await.unwrap_err();
    assert!(not_sent.again);
    let words = format!("{not_sent:?}");
    assert!(
        !words.contains("secret") && !words.contains(CANARY),
        "{words}"
    );
}

#[test]
fn what_is_no_server_and_no_sender_is_refused_at_the_start() {
    assert!(Mail::new("http://mail.example", "a@b.example").is_err());
    assert!(Mail::new("smtp://mail.example", "nobody").is_err());
    assert!(Sms::new("smtp://sms.example", None).is_err());
    assert!(Sms::new("sms.example", None).is_err());
}

/// Takes one call, answers it with a status, and gives it as it came.
async fn gateway(status: &'static str) -> (String, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!(
        "http://{}/messages?key=zqsecret",
        listener.local_addr().unwrap()
    );
    let serving = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut call = Vec::new();
        while !call.ends_with(b"}") {
            let mut part = [0; 4096];
            let read = socket.read(&mut part).await.unwrap();
            assert!(read > 0, "the call ends too early");
            call.extend_from_slice(part.get(..read).unwrap());
        }
        let answer = format!(
            "HTTP/1.1 {status}\r\nlocation: http://127.0.0.1:1/\r\n\
             content-length: 0\r\nconnection: close\r\n\r\n"
        );
        socket.write_all(answer.as_bytes()).await.unwrap();
        String::from_utf8(call).unwrap()
    });
    (url, serving)
}

async fn sms(url: &str) -> Result<(), NotSent> {
    let post = Post {
        mail: None,
        sms: Some(Sms::new(url, Some("zqtoken".to_owned())).unwrap()),
    };
    post.send(message(Channel::Sms)).await
}

#[tokio::test]
async fn an_sms_is_one_post_with_receiver_text_and_token() {
    let (url, serving) = gateway("202 Accepted").await;
    sms(&url).await.expect("it is taken");
    let call = serving.await.unwrap();
    assert!(call.starts_with("POST /messages?key=zqsecret "), "{call}");
    assert!(call.contains("authorization: Bearer zqtoken"), "{call}");
    assert!(call.contains(r#""to":"0412345678""#), "{call}");
    assert!(call.contains("bring your card"), "{call}");
}

#[tokio::test]
async fn the_gateways_refusals_are_told_apart_and_hold_no_secret() {
    for (status, again) in [
        ("400 Bad Request", false),
        ("422 Unprocessable Entity", false),
        ("401 Unauthorized", true),
        ("429 Too Many Requests", true),
        ("500 Internal Server Error", true),
        ("307 Temporary Redirect", true),
    ] {
        let (url, _serving) = gateway(status).await;
        let not_sent = sms(&url).await.unwrap_err();
        assert_eq!(not_sent.again, again, "{status}");
        let words = format!("{not_sent:?}");
        assert!(!words.contains("zq") && !words.contains("0412"), "{words}");
    }
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/?key=zqsecret", listener.local_addr().unwrap());
    drop(listener);
    let not_sent = sms(&url).await.unwrap_err();
    assert!(
        not_sent.again && !not_sent.why.contains("zq"),
        "{not_sent:?}"
    );
}
