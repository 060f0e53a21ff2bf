//! SUB-5: whatever a URL looks like, no connection is made to an address that is not public.

use crate::server::{Names, Server, client, fails, post, status};
use slotbridge_hub::outgoing::ErrorType;
use std::sync::Arc;

/// URLs that lead, or may be thought to lead, to where callbacks must not go; `{p}` is the port
/// of a server on this machine.
const URLS: &[&str] = &[
    "http://127.0.0.1:{p}/",
    "http://127.0.0.2:{p}/",
    "http://127.1:{p}/",
    "http://127.0.1:{p}/",
    "http://127.255.255.254:{p}/",
    "http://2130706433:{p}/",
    "http://0x7f000001:{p}/",
    "http://0X7F000001:{p}/",
    "http://017700000001:{p}/",
    "http://0177.0.0.1:{p}/",
    "http://0177.0.0.01:{p}/",
    "http://0x7f.0.0.1:{p}/",
    "http://0x7f.0x0.0x0.0x1:{p}/",
    "http://127.0x1:{p}/",
    "http://0x7f.1:{p}/",
    "http://127.0.0.0x1:{p}/",
    "http://127.0.0.01:{p}/",
    "http://127.0.0.1.:{p}/",
    "http://2130706433.:{p}/",
    "http://0x7f000001.:{p}/",
    "http://%31%32%37.0.0.1:{p}/",
    "http://127%2e0%2e0%2e1:{p}/",
    "http://１２７.０.０.１:{p}/",
    "http://127。0。0。1:{p}/",
    "http://①②⑦.⓪.⓪.①:{p}/",
    "http://0:{p}/",
    "http://0.0.0.0:{p}/",
    "http://0.0.0.1:{p}/",
    "http://00.0.0.0:{p}/",
    "http://0x0:{p}/",
    "http://000000000:{p}/",
    "http://[::]:{p}/",
    "http://[::1]:{p}/",
    "http://[0:0:0:0:0:0:0:1]:{p}/",
    "http://[0000:0000:0000:0000:0000:0000:0000:0001]:{p}/",
    "http://[::0001]:{p}/",
    "http://[0::1]:{p}/",
    "http://[::ffff:127.0.0.1]:{p}/",
    "http://[::ffff:7f00:1]:{p}/",
    "http://[0:0:0:0:0:ffff:127.0.0.1]:{p}/",
    "http://[::FFFF:7F00:0001]:{p}/",
    "http://[::127.0.0.1]:{p}/",
    "http://[::7f00:1]:{p}/",
    "http://[::ffff:0:127.0.0.1]:{p}/",
    "http://[64:ff9b::127.0.0.1]:{p}/",
    "http://[64:ff9b::7f00:1]:{p}/",
    "http://[64:ff9b:1::127.0.0.1]:{p}/",
    "http://[2002:7f00:1::]:{p}/",
    "http://[2002:7f00:0001::1]:{p}/",
    "http://[2001:0:7f00:1::]:{p}/",
    "http://[2001:0:4136:e378:8000:63bf:80ff:fffe]:{p}/",
    "http://10.0.0.1:{p}/",
    "http://10.255.255.255:{p}/",
    "http://10.1:{p}/",
    "http://167772161:{p}/",
    "http://0xa000001:{p}/",
    "http://012.0.0.1:{p}/",
    "http://0xa.0.0.1:{p}/",
    "http://172.16.0.1:{p}/",
    "http://172.31.255.255:{p}/",
    "http://172.20.1:{p}/",
    "http://2886729729:{p}/",
    "http://192.168.0.1:{p}/",
    "http://192.168.1:{p}/",
    "http://3232235521:{p}/",
    "http://0xc0a80001:{p}/",
    "http://0300.0250.0.1:{p}/",
    "http://192.168.255.255:{p}/",
    "http://100.64.0.1:{p}/",
    "http://100.100.100.200:{p}/",
    "http://100.127.255.255:{p}/",
    "http://169.254.0.1:{p}/",
    "http://169.254.169.254:{p}/",
    "http://2852039166:{p}/",
    "http://0xa9fea9fe:{p}/",
    "http://0251.0376.0251.0376:{p}/",
    "http://169.254.43518:{p}/",
    "http://169.16689662:{p}/",
    "http://169.254.169.254.:{p}/",
    "http://169.254.170.2:{p}/",
    "http://168.63.129.16:{p}/",
    "http://192.0.0.192:{p}/",
    "http://192.0.0.1:{p}/",
    "http://[::ffff:10.0.0.1]:{p}/",
    "http://[::ffff:a00:1]:{p}/",
    "http://[::ffff:172.16.0.1]:{p}/",
    "http://[::ffff:192.168.0.1]:{p}/",
    "http://[::ffff:c0a8:1]:{p}/",
    "http://[::ffff:169.254.169.254]:{p}/",
    "http://[::ffff:a9fe:a9fe]:{p}/",
    "http://[::ffff:100.64.0.1]:{p}/",
    "http://[::10.0.0.1]:{p}/",
    "http://[::169.254.169.254]:{p}/",
    "http://[64:ff9b::10.0.0.1]:{p}/",
    "http://[64:ff9b::a9fe:a9fe]:{p}/",
    "http://[64:ff9b::192.168.0.1]:{p}/",
    "http://[64:ff9b:1::a00:1]:{p}/",
    "http://[2002:a00:1::1]:{p}/",
    "http://[2002:a9fe:a9fe::1]:{p}/",
    "http://[2002:c0a8:1::]:{p}/",
    "http://[2001:0:a9fe:a9fe::]:{p}/",
    "http://[fd00::1]:{p}/",
    "http://[fd00:ec2::254]:{p}/",
    "http://[fc00::1]:{p}/",
    "http://[fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:{p}/",
    "http://[fe80::1]:{p}/",
    "http://[fe80::a9fe:a9fe]:{p}/",
    "http://[febf::1]:{p}/",
    "http://[fec0::1]:{p}/",
    "http://192.0.2.1:{p}/",
    "http://198.51.100.7:{p}/",
    "http://203.0.113.7:{p}/",
    "http://198.18.0.1:{p}/",
    "http://198.19.255.255:{p}/",
    "http://192.88.99.1:{p}/",
    "http://224.0.0.1:{p}/",
    "http://239.255.255.250:{p}/",
    "http://233.252.0.1:{p}/",
    "http://240.0.0.1:{p}/",
    "http://255.255.255.255:{p}/",
    "http://4294967295:{p}/",
    "http://0xffffffff:{p}/",
    "http://[::ffff:255.255.255.255]:{p}/",
    "http://[ff01::1]:{p}/",
    "http://[ff02::1]:{p}/",
    "http://[ff05::1:3]:{p}/",
    "http://[ff0e::1]:{p}/",
    "http://[2001:db8::1]:{p}/",
    "http://[3fff::1]:{p}/",
    "http://[2001:10::1]:{p}/",
    "http://[2001:20::1]:{p}/",
    "http://[2001:2::1]:{p}/",
    "http://[100::1]:{p}/",
    "http://[4000::1]:{p}/",
    "http://[5f00::1]:{p}/",
    "http://[8000::1]:{p}/",
    "http://[::2]:{p}/",
    "http://[0:0:1::]:{p}/",
    "http://[1::1]:{p}/",
    "http://localhost:{p}/",
    "http://LOCALHOST:{p}/",
    "http://localhost.:{p}/",
    "http://ip6-localhost:{p}/",
    "http://inside.example:{p}/",
    "http://INSIDE.example:{p}/",
    "http://inside.example.:{p}/",
    "http://private.example:{p}/",
    "http://metadata.example:{p}/",
    "http://ten.example:{p}/",
    "http://six.example:{p}/",
    "http://mapped.example:{p}/",
    "http://nat64.example:{p}/",
    "http://sixtofour.example:{p}/",
    "http://linklocal.example:{p}/",
    "http://multicast.example:{p}/",
    "http://mixed.example:{p}/",
    "http://mixed-late.example:{p}/",
    "http://zero.example:{p}/",
    "http://broadcast.example:{p}/",
    "http://xn--bcher-kva.example:{p}/",
    "http://bücher.example:{p}/",
    "http://a.b.c.inside.example:{p}/",
    "http://127.0.0.1.nip.example:{p}/",
    "http://1.2.3.4.inside.example:{p}/",
    "http://public.example@127.0.0.1:{p}/",
    "http://public.example:80@127.0.0.1:{p}/",
    "http://public.example%00@127.0.0.1:{p}/",
    "http://127.0.0.1:{p}@public.example/",
    "http://@127.0.0.1:{p}/",
    "http://a:b@inside.example:{p}/",
    "http://public.example#@127.0.0.1:{p}/",
    "http://127.0.0.1:{p}#@public.example/",
    "http://127.0.0.1:{p}?@public.example/",
    "http://127.0.0.1:{p}\\@public.example/",
    "http:127.0.0.1:{p}/",
    "http:/127.0.0.1:{p}/",
    "http:///127.0.0.1:{p}/",
    "http:\\\\127.0.0.1:{p}/",
    "HTTP://127.0.0.1:{p}/",
    "https://127.0.0.1:{p}/",
    "https://inside.example:{p}/",
    "http://127.0.0.1\t:{p}/",
    "http://127.0.0.1:{p}/%2e%2e/",
    "http://127.0.0.1:0{p}/",
    "ftp://127.0.0.1:{p}/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:{p}/_x",
    "ws://127.0.0.1:{p}/",
    "unix:/run/x",
    "data:text/plain,x",
    "//127.0.0.1:{p}/",
    "127.0.0.1:{p}",
];

/// Where the names in them lead.
const NAMES: &[(&str, &[&str])] = &[
    ("ip6-localhost", &["::1"]),
    ("inside.example", &["127.0.0.1"]),
    ("private.example", &["10.0.0.1"]),
    ("metadata.example", &["169.254.169.254"]),
    ("ten.example", &["10.1.2.3"]),
    ("six.example", &["::1"]),
    ("mapped.example", &["::ffff:127.0.0.1"]),
    ("nat64.example", &["64:ff9b::7f00:1"]),
    ("sixtofour.example", &["2002:7f00:1::1"]),
    ("linklocal.example", &["fe80::1"]),
    ("multicast.example", &["ff02::1"]),
    ("zero.example", &["0.0.0.0"]),
    ("broadcast.example", &["255.255.255.255"]),
    ("xn--bcher-kva.example", &["127.0.0.1"]),
    ("a.b.c.inside.example", &["127.0.0.1"]),
    ("127.0.0.1.nip.example", &["127.0.0.1"]),
    ("1.2.3.4.inside.example", &["127.0.0.1"]),
    ("localhost", &["127.0.0.1"]),
    ("mixed.example", &["127.0.0.1", "8.8.8.8"]),
    (
        "mixed-late.example",
        &["8.8.8.8", "2606:4700::1", "127.0.0.1"],
    ),
];

fn names() -> Names {
    let known = NAMES
        .iter()
        .fold(Names::default(), |names, (name, addresses)| {
            names.with(name, &[addresses])
        });
    // Nobody is there: what gets so far is no way in, and opens no connection either.
    known.with("public.example", &[&[]])
}

#[tokio::test]
async fn no_url_leads_to_an_address_that_is_not_public_sub_5() {
    let here = Server::on("0.0.0.0:0", status("200 OK", "")).await;
    let port = here.address.port().to_string();
    let there = Server::on(&format!("[::1]:{port}"), status("200 OK", "")).await;
    let client = client(&[], &Arc::new(names()));
    assert!(URLS.len() >= 150, "{}", URLS.len());
    let mut blocked = 0;
    for url in URLS {
        let url = url.replace("{p}", &port);
        let (found, message) = fails(&client, &url).await;
        // Else it is no URL, or leads to the name that nobody has.
        let is_none = matches!(found, ErrorType::ConnectError) && message.contains("is none");
        assert!(
            matches!(found, ErrorType::BlockedAddress | ErrorType::DnsError) || is_none,
            "{url}: {found:?} {message}"
        );
        blocked += usize::from(found == ErrorType::BlockedAddress);
    }
    assert!(blocked > 150, "{blocked}");
    assert_eq!([here.connections(), there.connections()], [0, 0]);
}

#[tokio::test]
async fn the_server_of_the_corpus_would_count_who_gets_in_sub_5() {
    let here = Server::on("0.0.0.0:0", status("200 OK", "")).await;
    let port = here.address.port();
    let client = client(&["127.0.0.0/8"], &Arc::new(names()));
    for host in [
        "127.0.0.1",
        "2130706433",
        "[::ffff:127.0.0.1]",
        "inside.example",
    ] {
        let answered = post(&client, &format!("http://{host}:{port}/")).await;
        assert!(answered.is_ok(), "{host}: {answered:?}");
    }
    assert_eq!(here.connections(), 4);
}

#[tokio::test]
async fn what_was_checked_is_what_is_connected_to_sub_5() {
    let allowed = Server::on("127.0.0.2:0", status("200 OK", "")).await;
    let port = allowed.address.port();
    let forbidden = Server::on(&format!("127.0.0.1:{port}"), status("200 OK", "")).await;
    let names = Names::default().with("rebinds.example", &[&["127.0.0.2"], &["127.0.0.1"]]);
    let names = Arc::new(names);
    let client = client(&["127.0.0.2"], &names);
    let url = format!("http://rebinds.example:{port}/");
    assert!(post(&client, &url).await.is_ok());
    assert_eq!(names.asked(), 1, "looked up once");
    let (found, _) = fails(&client, &url).await;
    assert_eq!(found, ErrorType::BlockedAddress);
    assert_eq!([allowed.connections(), forbidden.connections()], [1, 0]);
}

#[tokio::test]
async fn no_redirect_is_followed_sub_5() {
    let forbidden = Server::on("127.0.0.1:0", status("200 OK", "")).await;
    let location = format!("location: http://{}/\r\n", forbidden.address);
    for code in [
        "301 Moved",
        "302 Found",
        "303 See Other",
        "307 Temporary",
        "308 Permanent",
    ] {
        let redirecting = Server::on("127.0.0.2:0", status(code, &location)).await;
        let client = client(&["127.0.0.2"], &Arc::default());
        let (found, _) = fails(&client, &format!("http://{}/", redirecting.address)).await;
        assert_eq!(found, ErrorType::Redirect);
    }
    assert_eq!(forbidden.connections(), 0);
}
