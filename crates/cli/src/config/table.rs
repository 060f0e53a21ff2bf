//! Every setting: how it is read, shown and explained.

use super::redact;
use super::settings::{DATA_DIR, Settings};
use serde_json::{Value, json};
use slotbridge_domain::keys::KeyKind;
use slotbridge_outbound::{Mail, Network, Sms};
use slotbridge_store::seal::MasterKey;
use std::net::IpAddr;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::str::FromStr;
use tracing_subscriber::EnvFilter;

/// What is wrong with a text: how it must be.
type Read = fn(&mut Settings, &str) -> Result<(), String>;

/// A setting.
pub(crate) struct Setting {
    /// Its name in the file; the environment and the flags derive theirs from it.
    pub(crate) name: &'static str,
    /// Whether its value may stand in an error.
    pub(crate) secret: bool,
    /// Puts a text into the settings, or says what it must be.
    pub(crate) read: Read,
    /// Its value as people may see it; `null` if it has none.
    pub(crate) shown: fn(&Settings) -> Value,
    /// A value for the template where there is no default.
    pub(crate) example: &'static str,
    /// What it does.
    pub(crate) about: &'static str,
}

impl Setting {
    /// Its name in the environment.
    pub(crate) fn variable(&self) -> String {
        format!("SLOTBRIDGE_{}", self.name.to_uppercase())
    }

    /// Its name as a flag, if it has one.
    pub(crate) fn flag(&self) -> String {
        format!("--{}", self.name.replace('_', "-"))
    }
}

const HIDDEN: &str = "(hidden)";

fn parse<T: FromStr>(into: &mut T, text: &str, must: &str) -> Result<(), String> {
    *into = text.parse().map_err(|_| format!("must be {must}"))?;
    Ok(())
}

fn number<T>(into: &mut T, text: &str, of: &str, range: RangeInclusive<T>) -> Result<(), String>
where
    T: FromStr + PartialOrd + std::fmt::Display,
{
    let (low, high) = (range.start(), range.end());
    let must = || format!("must be a whole number{of} from {low} to {high}");
    let number: T = text.parse().map_err(|_| must())?;
    if !range.contains(&number) {
        return Err(must());
    }
    *into = number;
    Ok(())
}

fn addresses(text: &str) -> Result<Vec<IpAddr>, String> {
    let addresses = text
        .split(',')
        .map(str::trim)
        .filter(|text| !text.is_empty());
    let parsed: Result<_, _> = addresses.map(str::parse).collect();
    parsed.map_err(|_| "must be IP addresses with commas between, such as 10.0.0.5,::1".to_owned())
}

fn networks(text: &str) -> Result<Vec<Network>, String> {
    let networks = text
        .split(',')
        .map(str::trim)
        .filter(|text| !text.is_empty());
    let parsed: Result<_, _> = networks.map(str::parse).collect();
    parsed.map_err(|()| {
        "must be ranges of IP addresses with commas between, such as 10.1.0.0/16,fd00:1::/32"
            .to_owned()
    })
}

fn shown_addresses(addresses: &[IpAddr]) -> Value {
    let texts = addresses.iter().map(|address| json!(address.to_string()));
    texts.collect()
}

fn path(path: Option<&PathBuf>) -> Value {
    path.map_or(Value::Null, |path| json!(path.to_string_lossy()))
}

fn url(url: Option<&String>) -> Value {
    url.map_or(Value::Null, |url| json!(redact::url(url)))
}

fn hidden(secret: Option<&String>) -> Value {
    secret.map_or(Value::Null, |_| json!(HIDDEN))
}

/// The settings, in the order in which they are shown.
pub(crate) const TABLE: &[Setting] = &[
    Setting {
        name: "listen",
        secret: false,
        read: |settings, text| {
            let must = "an address and a port, such as 127.0.0.1:8080 or [::]:8080";
            parse(&mut settings.listen, text, must)
        },
        shown: |settings| json!(settings.listen.to_string()),
        example: "",
        about: "The one address on which everything answers. Port 0 takes any free port.",
    },
    Setting {
        name: "data_dir",
        secret: false,
        read: |settings, text| {
            settings.data_dir = Some(PathBuf::from(text));
            Ok(())
        },
        shown: |settings| path(settings.folder().as_ref()),
        example: DATA_DIR,
        about: "The folder of the embedded store; without a database_url the default is the one \
                named here.\nA master key and an operator token are made in it at the first \
                start. With a database_url\nit holds the operator token only.",
    },
    Setting {
        name: "database_url",
        secret: true,
        read: |settings, text| {
            settings.database_url = Some(text.to_owned());
            Ok(())
        },
        shown: |settings| url(settings.database_url.as_ref()),
        example: "postgres://slotbridge@localhost/slotbridge",
        about: "The PostgreSQL database that is used in place of the embedded store. It may name \
                several hosts,\nas in db1,db2, and TLS: ?sslmode=verify-full&sslrootcert=FILE \
                (docs/OPERATIONS.md).",
    },
    Setting {
        name: "database_replica_url",
        secret: true,
        read: |settings, text| {
            settings.database_replica_url = Some(text.to_owned());
            Ok(())
        },
        shown: |settings| url(settings.database_replica_url.as_ref()),
        example: "postgres://slotbridge@standby/slotbridge",
        about: "A standby of that database, or several: patients' searches read there what need not \
                be read\non the primary, and see no less. If it is away, they read on the primary.",
    },
    Setting {
        name: "sandbox",
        secret: false,
        read: |settings, text| parse(&mut settings.sandbox, text, "true or false"),
        shown: |settings| json!(settings.sandbox),
        example: "",
        about: "Whether callers can move the clock (/sandbox-api/v1). Never where real patients \
                book.",
    },
    Setting {
        name: "master_key",
        secret: true,
        read: |settings, text| {
            MasterKey::from_hex(text)
                .ok_or("must be 64 hexadecimal digits (make one: slotbridge keygen master-key)")?;
            settings.master_key = Some(text.to_owned());
            Ok(())
        },
        shown: |settings| hidden(settings.master_key.as_ref()),
        example: "0000000000000000000000000000000000000000000000000000000000000000",
        about: "The key that wraps all keys of personal data: 64 hexadecimal digits. Better in \
                the\nenvironment or in a file of its own than here. Without the key the personal \
                data in the\nstore cannot be read: keep a copy of it apart from the backups.",
    },
    Setting {
        name: "master_key_file",
        secret: false,
        read: |settings, text| {
            settings.master_key_file = Some(PathBuf::from(text));
            Ok(())
        },
        shown: |settings| path(settings.master_key_file.as_ref()),
        example: "/etc/slotbridge/master-key",
        about: "The file that holds the master key. Without either, the embedded store uses \
                master-key in\nits folder and makes it at the first start; PostgreSQL needs one \
                of the two.",
    },
    Setting {
        name: "previous_master_key",
        secret: true,
        read: |settings, text| {
            MasterKey::from_hex(text).ok_or("must be 64 hexadecimal digits")?;
            settings.previous_master_key = Some(text.to_owned());
            Ok(())
        },
        shown: |settings| hidden(settings.previous_master_key.as_ref()),
        example: "0000000000000000000000000000000000000000000000000000000000000000",
        about: "The master key before, while it is changed: what it wrapped is wrapped anew at \
                the start.\nTo be taken out once every node has started with the new one.",
    },
    Setting {
        name: "previous_master_key_file",
        secret: false,
        read: |settings, text| {
            settings.previous_master_key_file = Some(PathBuf::from(text));
            Ok(())
        },
        shown: |settings| path(settings.previous_master_key_file.as_ref()),
        example: "/etc/slotbridge/previous-master-key",
        about: "The file that holds the master key before.",
    },
    Setting {
        name: "operator_token",
        secret: true,
        read: |settings, text| {
            KeyKind::Operator.check(text).map_err(|fault| {
                format!(
                    "is no operator token: {fault} (make one: slotbridge keygen operator-token)"
                )
            })?;
            settings.operator_token = Some(text.to_owned());
            Ok(())
        },
        shown: |settings| hidden(settings.operator_token.as_ref()),
        example: "sbo_...",
        about: "An operator's token for the admin API that is to be live. Without it, one is \
                made at the\nfirst start, in the file operator-token of the folder.",
    },
    Setting {
        name: "log",
        secret: false,
        read: |settings, text| {
            EnvFilter::builder().parse(text).map_err(|_| {
                "must be levels, such as info or warn,slotbridge_hub=debug".to_owned()
            })?;
            settings.log = text.to_owned();
            Ok(())
        },
        shown: |settings| json!(settings.log),
        example: "",
        about: "What is logged (to stderr): error, warn, info, debug or trace, also per module, \
                as in\nwarn,slotbridge_hub=debug.",
    },
    Setting {
        name: "hold_seconds",
        secret: false,
        read: |settings, text| number(&mut settings.hold_seconds, text, " of seconds", 10..=3600),
        shown: |settings| json!(settings.hold_seconds),
        example: "",
        about: "How long a time stays held for a patient who is filling in the form.",
    },
    Setting {
        name: "session_idle_minutes",
        secret: false,
        read: |settings, text| {
            number(
                &mut settings.session_idle_minutes,
                text,
                " of minutes",
                5..=720,
            )
        },
        shown: |settings| json!(settings.session_idle_minutes),
        example: "",
        about: "After how long without use staff and operators have to sign in to the pages again.",
    },
    Setting {
        name: "session_hours",
        secret: false,
        read: |settings, text| number(&mut settings.session_hours, text, " of hours", 1..=168),
        shown: |settings| json!(settings.session_hours),
        example: "",
        about: "After how long they have to in any case.",
    },
    Setting {
        name: "offer_seconds",
        secret: false,
        read: |settings, text| {
            number(
                &mut settings.offer_seconds,
                text,
                " of seconds",
                60..=86_400,
            )
        },
        shown: |settings| json!(settings.offer_seconds),
        example: "",
        about: "How long a time that came free is kept for whom it is offered to on the waitlist.",
    },
    Setting {
        name: "public_holidays_file",
        secret: false,
        read: |settings, text| {
            settings.public_holidays_file = Some(PathBuf::from(text));
            Ok(())
        },
        shown: |settings| path(settings.public_holidays_file.as_ref()),
        example: "/etc/slotbridge/holidays.csv",
        about: "Public holidays by state, in place of those that the program knows (2024 to 2032): \
                a line\neach, `day,states,name`, the states with blanks between or * for all.",
    },
    Setting {
        name: "booking_days",
        secret: false,
        read: |settings, text| {
            number(
                &mut settings.keep.booking_days,
                text,
                " of days",
                1..=36_500,
            )
        },
        shown: |settings| json!(settings.keep.booking_days),
        example: "",
        about: "How long a booking's person, and what the PMS said of it, are kept, from its appointment on.",
    },
    Setting {
        name: "audit_days",
        secret: false,
        read: |settings, text| number(&mut settings.keep.audit_days, text, " of days", 1..=36_500),
        shown: |settings| json!(settings.keep.audit_days),
        example: "",
        about: "How long the audit trail is kept.",
    },
    Setting {
        name: "request_days",
        secret: false,
        read: |settings, text| {
            number(
                &mut settings.keep.request_days,
                text,
                " of days",
                1..=36_500,
            )
        },
        shown: |settings| json!(settings.keep.request_days),
        example: "",
        about: "How long requests are kept once they are resolved.",
    },
    Setting {
        name: "subscription_error_log_days",
        secret: false,
        read: |settings, text| {
            let days = &mut settings.keep.subscription_error_log_days;
            number(days, text, " of days", 1..=36_500)
        },
        shown: |settings| json!(settings.keep.subscription_error_log_days),
        example: "",
        about: "How long it is kept what became of callbacks: the log of those that failed, and \
                deliveries\nthat are settled.",
    },
    Setting {
        name: "attach_days",
        secret: false,
        read: |settings, text| number(&mut settings.attach_days, text, " of days", 1..=3650),
        shown: |settings| json!(settings.attach_days),
        example: "",
        about: "How long a PMS is asked to attach a document that a patient has given.",
    },
    Setting {
        name: "object_store_url",
        secret: false,
        read: |settings, text| {
            let folder = text.strip_prefix("file://").map(PathBuf::from);
            let folder = folder.filter(|folder| folder.is_absolute());
            settings.object_store =
                Some(folder.ok_or("must be a folder, such as file:///var/lib/slotbridge/objects")?);
            Ok(())
        },
        shown: |settings| json!(format!("file://{}", settings.objects().display())),
        example: "file:///var/lib/slotbridge/objects",
        about: "Where the content of documents is kept, sealed: a folder. Without this setting it \
                is\nobjects in the data folder. Several nodes need one that they share.",
    },
    Setting {
        name: "body_limit_bytes",
        secret: false,
        read: |settings, text| {
            number(
                &mut settings.body_limit_bytes,
                text,
                " of bytes",
                1024..=1_073_741_824,
            )
        },
        shown: |settings| json!(settings.body_limit_bytes),
        example: "",
        about: "The largest body that is taken, before and after unpacking.",
    },
    Setting {
        name: "document_body_limit_bytes",
        secret: false,
        read: |settings, text| {
            number(
                &mut settings.document_body_limit_bytes,
                text,
                " of bytes",
                1024..=1_073_741_824,
            )
        },
        shown: |settings| json!(settings.document_body_limit_bytes),
        example: "",
        about: "The same for a document that a PMS uploads; base64 takes a third more than what \
                it says.",
    },
    Setting {
        name: "booking_requests_per_minute",
        secret: false,
        read: |settings, text| {
            number(
                &mut settings.booking_requests_per_minute,
                text,
                "",
                1..=1_000_000,
            )
        },
        shown: |settings| json!(settings.booking_requests_per_minute),
        example: "",
        about: "How many calls of the booking API one client address may make in a minute.",
    },
    Setting {
        name: "trusted_proxies",
        secret: false,
        read: |settings, text| {
            settings.trusted_proxies = addresses(text)?;
            Ok(())
        },
        shown: |settings| shown_addresses(&settings.trusted_proxies),
        example: "",
        about: "The addresses of proxies whose X-Forwarded-For is believed.",
    },
    Setting {
        name: "metrics_readers",
        secret: false,
        read: |settings, text| {
            settings.metrics_readers = addresses(text)?;
            Ok(())
        },
        shown: |settings| shown_addresses(&settings.metrics_readers),
        example: "",
        about: "The addresses that may read /metrics without a token, beside this machine itself; \
                others\ngive an operator token. What comes through a proxy always needs one.",
    },
    Setting {
        name: "callback_allowed_networks",
        secret: false,
        read: |settings, text| {
            settings.callback_allowed_networks = networks(text)?;
            Ok(())
        },
        shown: |settings| {
            let networks = settings.callback_allowed_networks.iter();
            networks.map(|network| json!(network.to_string())).collect()
        },
        example: "",
        about: "The ranges that callbacks of subscriptions may reach beside the public internet, \
                such as\n10.1.0.0/16,fd00:1::/32. Whoever may subscribe can make the hub call any \
                address in them.\nA sandbox also calls back this machine itself.",
    },
    Setting {
        name: "outgoing",
        secret: false,
        read: |settings, text| parse(&mut settings.outgoing, text, "true or false"),
        shown: |settings| json!(settings.outgoing),
        example: "",
        about: "Whether integrations are called back and messages sent. With false both wait: for \
                a trial of\na restored backup, which must tell nobody anything.",
    },
    Setting {
        name: "drain_seconds",
        secret: false,
        read: |settings, text| number(&mut settings.drain_seconds, text, " of seconds", 0..=3600),
        shown: |settings| json!(settings.drain_seconds),
        example: "",
        about: "How long it goes on serving when it is asked to stop, while /readyz says no: as \
                long as\na load balancer needs to notice.",
    },
    Setting {
        name: "postgres_connections",
        secret: false,
        read: |settings, text| number(&mut settings.postgres_connections, text, "", 1..=500),
        shown: |settings| json!(settings.postgres_connections),
        example: "",
        about: "How many connections to PostgreSQL are kept.",
    },
    Setting {
        name: "smtp_url",
        secret: true,
        read: |settings, text| {
            Mail::new(text, "from@example.com")?;
            settings.smtp_url = Some(text.to_owned());
            Ok(())
        },
        shown: |settings| url(settings.smtp_url.as_ref()),
        example: "smtp://user:password@mail.example:587?tls=required",
        about: "The server that takes mail to patients and practices; smtps:// for TLS from the \
                start. Without\nit mail stays in the outbox: `slotbridge admin messages`.",
    },
    Setting {
        name: "mail_from",
        secret: false,
        read: |settings, text| {
            Mail::new("smtp://localhost", text)?;
            settings.mail_from = Some(text.to_owned());
            Ok(())
        },
        shown: |settings| json!(settings.mail_from),
        example: "Appointments <no-reply@hub.example>",
        about: "Whom mail is from; needed with smtp_url.",
    },
    Setting {
        name: "sms_url",
        secret: true,
        read: |settings, text| {
            Sms::new(text, None)?;
            settings.sms_url = Some(text.to_owned());
            Ok(())
        },
        shown: |settings| hidden(settings.sms_url.as_ref()),
        example: "https://sms.example/messages",
        about: "The gateway that takes SMS: a POST of {\"to\", \"text\"}. Without it they stay in the \
                outbox.",
    },
    Setting {
        name: "sms_token",
        secret: true,
        read: |settings, text| {
            settings.sms_token = Some(text.to_owned());
            Ok(())
        },
        shown: |settings| hidden(settings.sms_token.as_ref()),
        example: "...",
        about: "The bearer token that the gateway wants.",
    },
    Setting {
        name: "message_days",
        secret: false,
        read: |settings, text| number(&mut settings.keep.message_days, text, " of days", 1..=3650),
        shown: |settings| json!(settings.keep.message_days),
        example: "",
        about: "How long messages to people are kept, sealed.",
    },
    Setting {
        name: "client_snapshot_days",
        secret: false,
        read: |settings, text| {
            number(
                &mut settings.keep.client_snapshot_days,
                text,
                " of days",
                1..=3650,
            )
        },
        shown: |settings| json!(settings.keep.client_snapshot_days),
        example: "",
        about: "How long client snapshots are kept, sealed.",
    },
    Setting {
        name: "public_url",
        secret: false,
        read: |settings, text| {
            let is_url = text.starts_with("http://") || text.starts_with("https://");
            if !is_url || text.contains(char::is_whitespace) {
                return Err("must be an http:// or https:// URL".to_owned());
            }
            settings.public_url = Some(text.to_owned());
            Ok(())
        },
        shown: |settings| json!(settings.public_url),
        example: "https://hub.example",
        about: "Where patients reach this hub: for the links in mails to their bookings, and\nin reminders to stop them.",
    },
];
