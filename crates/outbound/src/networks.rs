//! Which addresses callbacks may reach (SUB-5).

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// A range of addresses: `10.1.0.0/16`, `fd00::/8`, or one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    first: IpAddr,
    length: u8,
}

/// What must be kept of an address of 128 bits for the first `length` of them.
const fn mask(length: u8) -> u128 {
    match length {
        0 => 0,
        length => u128::MAX << (128 - length),
    }
}

/// An address as 128 bits, those of IPv4 as they are mapped into IPv6.
fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped().to_bits(),
        IpAddr::V6(address) => address.to_bits(),
    }
}

impl Network {
    const fn v4(a: u8, b: u8, c: u8, d: u8, length: u8) -> Self {
        Self {
            first: IpAddr::V4(Ipv4Addr::new(a, b, c, d)),
            length,
        }
    }

    const fn v6(a: u16, b: u16, c: u16, length: u8) -> Self {
        Self {
            first: IpAddr::V6(Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0)),
            length,
        }
    }

    /// Whether an address lies in it. An IPv4 address is the same when it is mapped into IPv6.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let length = match self.first {
            IpAddr::V4(_) => self.length + 96,
            IpAddr::V6(_) => self.length,
        };
        (bits(self.first) ^ bits(address)) & mask(length) == 0
    }
}

impl FromStr for Network {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (address, length) = match text.split_once('/') {
            Some((address, length)) => (address, Some(length)),
            None => (text, None),
        };
        let first: IpAddr = address.parse().map_err(|_| ())?;
        let most = if first.is_ipv4() { 32 } else { 128 };
        let length = match length {
            Some(length) if length.bytes().all(|digit| digit.is_ascii_digit()) => {
                length.parse().map_err(|_| ())?
            }
            Some(_) => return Err(()),
            None => most,
        };
        (length <= most).then_some(Self { first, length }).ok_or(())
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.first, self.length)
    }
}

/// The ranges of this machine itself, which a sandbox and the demo call back.
pub const LOOPBACK: [Network; 2] = [
    Network::v4(127, 0, 0, 0, 8),
    Network {
        first: IpAddr::V6(Ipv6Addr::LOCALHOST),
        length: 128,
    },
];

/// What is reserved among the addresses of IPv4, by the registry of special-purpose addresses, and
/// one that a cloud uses for its own services.
const FORBIDDEN_V4: [Network; 17] = [
    // This network.
    Network::v4(0, 0, 0, 0, 8),
    // Private.
    Network::v4(10, 0, 0, 0, 8),
    // Shared by customers of a provider; metadata in one cloud.
    Network::v4(100, 64, 0, 0, 10),
    // Loopback.
    Network::v4(127, 0, 0, 0, 8),
    // Azure's services for its machines.
    Network::v4(168, 63, 129, 16, 32),
    // Link-local; metadata in most clouds.
    Network::v4(169, 254, 0, 0, 16),
    // Private.
    Network::v4(172, 16, 0, 0, 12),
    // Protocol assignments; metadata in one cloud.
    Network::v4(192, 0, 0, 0, 24),
    // Documentation.
    Network::v4(192, 0, 2, 0, 24),
    // Relays to 6to4.
    Network::v4(192, 88, 99, 0, 24),
    // Private.
    Network::v4(192, 168, 0, 0, 16),
    // Benchmarks.
    Network::v4(198, 18, 0, 0, 15),
    // Documentation.
    Network::v4(198, 51, 100, 0, 24),
    Network::v4(203, 0, 113, 0, 24),
    // Multicast, with the documentation's part of it.
    Network::v4(224, 0, 0, 0, 4),
    // Reserved.
    Network::v4(240, 0, 0, 0, 4),
    // Broadcast.
    Network::v4(255, 255, 255, 255, 32),
];

/// What IPv6 routes in public. Loopback, private (fc00::/7), link-local and multicast addresses,
/// NAT64, and IPv4 in any form but the mapped one lie outside.
const PUBLIC_V6: Network = Network::v6(0x2000, 0, 0, 3);

/// What is not for the public within that.
const FORBIDDEN_V6: [Network; 4] = [
    // Protocol assignments: Teredo and ORCHID.
    Network::v6(0x2001, 0, 0, 23),
    // Documentation.
    Network::v6(0x2001, 0x0db8, 0, 32),
    // 6to4: an IPv4 address within.
    Network::v6(0x2002, 0, 0, 16),
    // Documentation.
    Network::v6(0x3fff, 0, 0, 20),
];

/// Whether an address is one of the public internet.
fn is_public(address: IpAddr) -> bool {
    let within = |networks: &[Network]| networks.iter().any(|one| one.contains(address));
    match address.to_canonical() {
        IpAddr::V4(_) => !within(&FORBIDDEN_V4),
        IpAddr::V6(_) => PUBLIC_V6.contains(address) && !within(&FORBIDDEN_V6),
    }
}

/// Whether callbacks may reach an address: one of the public internet, or of a range that the
/// operator allows.
#[must_use]
pub fn may_reach(address: IpAddr, allowed: &[Network]) -> bool {
    is_public(address) || allowed.iter().any(|one| one.contains(address))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reaches(address: &str, allowed: &[Network]) -> bool {
        may_reach(address.parse().unwrap(), allowed)
    }

    #[test]
    fn addresses_of_the_public_internet_are_reached_sub_5() {
        for address in [
            "1.1.1.1",
            "8.8.8.8",
            "100.63.255.255",
            "100.128.0.1",
            "172.15.255.255",
            "172.32.0.1",
            "192.0.1.1",
            "198.17.255.255",
            "198.20.0.1",
            "223.255.255.255",
            "::ffff:8.8.8.8",
            "2606:4700:4700::1111",
            "2001:4860:4860::8888",
        ] {
            assert!(reaches(address, &[]), "{address}");
        }
    }

    #[test]
    fn what_is_reserved_is_not_sub_5() {
        for address in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "100.100.100.200",
            "127.0.0.1",
            "127.255.255.255",
            "168.63.129.16",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.192",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "233.252.0.1",
            "239.255.255.250",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::7f00:1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:169.254.169.254",
            "::ffff:0:7f00:1",
            "64:ff9b::7f00:1",
            "64:ff9b::808:808",
            "64:ff9b:1::a00:1",
            "100::1",
            "2001::1",
            "2001:0:7f00:1::",
            "2001:10::1",
            "2001:20::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "2002:a9fe:a9fe::1",
            "3fff::1",
            "5f00::1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "4000::1",
        ] {
            assert!(!reaches(address, &[]), "{address}");
        }
    }

    #[test]
    fn an_operator_allows_a_range_and_no_more_sub_5() {
        let allowed: Vec<Network> = ["10.1.0.0/16", "fd00:1::/32", "192.168.7.7"]
            .into_iter()
            .map(|text| text.parse().unwrap())
            .collect();
        for address in [
            "10.1.255.255",
            "::ffff:10.1.0.1",
            "fd00:1::1",
            "192.168.7.7",
        ] {
            assert!(reaches(address, &allowed), "{address}");
        }
        for address in [
            "10.2.0.1",
            "10.0.255.255",
            "fd00:2::1",
            "192.168.7.8",
            "127.0.0.1",
        ] {
            assert!(!reaches(address, &allowed), "{address}");
        }
        let all: Vec<Network> = vec!["0.0.0.0/0".parse().unwrap()];
        assert!(reaches("127.0.0.1", &all) && !reaches("::1", &all));
        assert!(reaches("127.0.0.1", &LOOPBACK) && reaches("::1", &LOOPBACK));
        assert!(!reaches("10.0.0.1", &LOOPBACK) && !reaches("::2", &LOOPBACK));
    }

    #[test]
    fn a_range_is_an_address_with_a_length() {
        for text in [
            "",
            "10.0.0.0/33",
            "10.0.0/8",
            "::/129",
            "10.0.0.0/",
            "10.0.0.0/+8",
            "a/8",
        ] {
            assert!(text.parse::<Network>().is_err(), "{text}");
        }
        let network: Network = "10.0.0.0/8".parse().unwrap();
        assert_eq!(network.to_string(), "10.0.0.0/8");
    }
}
