//! Mail over SMTP.

use lettre::address::Envelope;
use lettre::message::header::ContentType;
use lettre::message::{Mailbox, header};
use lettre::transport::smtp::Error;
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use slotbridge_hub::outgoing::{Message, NotSent};
use std::time::Duration;

/// How long each step of the conversation with the server may take.
const STEP: Duration = Duration::from_secs(10);

/// A server that takes mail, and whom it is from.
pub struct Mail {
    server: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

/// A failure without a word of the message: servers quote addresses in theirs.
fn not_sent(again: bool, why: impl Into<String>) -> NotSent {
    NotSent {
        again,
        why: why.into(),
    }
}

/// The same for what the server said. A refusal for good is one; whatever else goes wrong may
/// have passed the next time.
fn refused(error: &Error) -> NotSent {
    match error.status() {
        Some(code) => not_sent(
            !error.is_permanent(),
            format!("the mail server answered {code}"),
        ),
        None if error.is_timeout() => not_sent(true, "the mail server did not answer in time"),
        None if error.is_tls() => not_sent(true, "TLS with the mail server failed"),
        None => not_sent(true, "the mail server could not be talked to"),
    }
}

impl Mail {
    /// A server by its URL: `smtp://`, with `?tls=required` or `?tls=opportunistic` where wanted, or
    /// `smtps://`; user and password may stand in it. `from` is an address, or `Name <address>`.
    ///
    /// # Errors
    /// Which of the two is wrong, without a word of it.
    pub fn new(url: &str, from: &str) -> Result<Self, &'static str> {
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
            .map_err(|_| "must be an smtp:// or smtps:// URL")?;
        Ok(Self {
            server: builder.timeout(Some(STEP)).build(),
            from: from
                .parse()
                .map_err(|_| "must be an address, or a name with an address in < >")?,
        })
    }

    /// Hands a mail over.
    pub(crate) async fn send(&self, message: Message) -> Result<(), NotSent> {
        let to: Mailbox = message
            .to
            .parse()
            .map_err(|_| not_sent(false, "the address is none"))?;
        let envelope = Envelope::new(Some(self.from.email.clone()), vec![to.email.clone()])
            .map_err(|_| not_sent(false, "the address is none"))?;
        let mail = lettre::Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(message.subject)
            .header(ContentType::TEXT_PLAIN)
            .header(header::ContentTransferEncoding::QuotedPrintable)
            .body(message.text)
            .map_err(|_| not_sent(false, "it cannot be written as a mail"))?;
        let sent = self.server.send_raw(&envelope, &mail.formatted()).await;
        sent.map(drop).map_err(|error| refused(&error))
    }
}
