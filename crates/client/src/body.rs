//! Bodies as they are sent (WIRE-3).

use crate::Error;
use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use serde::Serialize;
use std::io::{self, Write};

/// Bodies longer than this are packed, in bytes.
const PACK_ABOVE: usize = 1024;
/// Bodies longer than this take long enough to pack, in bytes, to keep a thread from other work.
const LONG: usize = 1024 * 1024;

/// A body as it goes out. Clones share their bytes.
#[derive(Clone, Debug)]
pub(crate) struct Body {
    pub(crate) bytes: Bytes,
    /// Whether the bytes are gzip.
    pub(crate) packed: bool,
}

/// A value as JSON.
pub(crate) fn json(value: &(impl Serialize + ?Sized)) -> Result<Bytes, Error> {
    Ok(serde_json::to_vec(value)?.into())
}

impl Body {
    /// Packs what is long, and what is very long elsewhere.
    pub(crate) async fn of(bytes: Bytes) -> Result<Self, Error> {
        if bytes.len() <= PACK_ABOVE {
            return Ok(Self {
                bytes,
                packed: false,
            });
        }
        let packed = if bytes.len() <= LONG {
            pack(&bytes, Compression::default())?
        } else {
            let packing = move || pack(&bytes, Compression::fast());
            let packed = tokio::task::spawn_blocking(packing).await;
            packed.map_err(io::Error::other)??
        };
        Ok(Self {
            bytes: packed.into(),
            packed: true,
        })
    }
}

fn pack(bytes: &[u8], how: Compression) -> io::Result<Vec<u8>> {
    let mut packer = GzEncoder::new(Vec::new(), how);
    packer.write_all(bytes)?;
    packer.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[tokio::test]
    async fn only_a_long_body_is_packed_wire_3() {
        let short = Body::of(json(&"x".repeat(PACK_ABOVE - 2)).unwrap()).await;
        assert!(!short.unwrap().packed);
        for length in [PACK_ABOVE - 1, LONG] {
            let text = "x".repeat(length);
            let body = Body::of(json(&text).unwrap()).await.unwrap();
            assert!(body.packed && body.bytes.len() < length / 10, "{length}");
            let mut unpacked = String::new();
            flate2::read::GzDecoder::new(&*body.bytes)
                .read_to_string(&mut unpacked)
                .unwrap();
            assert_eq!(unpacked, format!("\"{text}\""));
        }
    }
}
