//! What `serve` says when it is ready.

use super::{Opened, Running, TokenPlace};
use crate::config::Settings;
use crate::out::{program, quoted, say, strong};
use std::net::{IpAddr, SocketAddr};

/// The address under which this machine reaches it.
pub(crate) fn url(address: SocketAddr) -> String {
    let host = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => "127.0.0.1".to_owned(),
        IpAddr::V6(ip) if ip.is_unspecified() => "[::1]".to_owned(),
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => format!("[{ip}]"),
    };
    format!("http://{host}:{}", address.port())
}

/// Where it listens, which store it has, how to get in, what to do next.
pub(super) fn print(settings: &Settings, running: &Running, opened: &Opened) {
    let url = url(running.address);
    say!("Slotbridge {} is ready.", env!("CARGO_PKG_VERSION"));
    say!("  Listening on    {}", strong(&url));
    if !running.address.ip().is_loopback() {
        say!(
            "                  (plain HTTP, open to others: let a proxy with TLS stand before it)"
        );
    }
    let folder = settings.folder().unwrap_or_default();
    match &settings.database_url {
        Some(_) => say!("  Store           PostgreSQL, as database_url says"),
        None => say!("  Store           embedded, in {}", folder.display()),
    }
    match &opened.token {
        TokenPlace::File(path) => say!("  Operator token  {}", path.display()),
        TokenPlace::Settings => say!("  Operator token  the one in the settings"),
        TokenPlace::Elsewhere => say!("  Operator token  one that was made earlier"),
    }
    if opened.sandbox.is_some() {
        say!("  Sandbox         the clock can be moved: {url}/sandbox-api/v1/clock");
    }
    let token = match &opened.token {
        TokenPlace::File(_) => format!("--data-dir {}", quoted(&folder)),
        TokenPlace::Settings | TokenPlace::Elsewhere => "--token ...".to_owned(),
    };
    let program = program();
    say!("");
    say!("Next: make a practice");
    say!("  {program} admin --url {url} {token} practices create \\");
    say!("    --name \"Harbour Street Medical\" --timezone Australia/Sydney");
    say!("and see `{program} admin --help` for consumers, keys and consents. Ctrl-C stops it.");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_url_reaches_the_address_from_this_machine() {
        for (address, reached) in [
            ("0.0.0.0:80", "http://127.0.0.1:80"),
            ("[::]:80", "http://[::1]:80"),
            ("10.1.2.3:8080", "http://10.1.2.3:8080"),
        ] {
            assert_eq!(url(address.parse().unwrap()), reached);
        }
    }
}
