//! Bodies as they are sent (WIRE-3).

use crate::Error;
use flate2::{Compression, write::GzEncoder};
use serde::Serialize;
use std::io::Write;

/// Bodies longer than this are packed.
const PACK_ABOVE: usize = 1024;

/// The bytes of a body.
#[derive(Clone, Debug)]
pub(crate) struct Body {
    pub(crate) bytes: Vec<u8>,
    /// Whether the bytes are gzip.
    pub(crate) packed: bool,
}

impl Body {
    /// Writes a value as JSON and packs it if it is long.
    pub(crate) fn json(value: &(impl Serialize + ?Sized)) -> Result<Self, Error> {
        let bytes = serde_json::to_vec(value)?;
        if bytes.len() <= PACK_ABOVE {
            return Ok(Self {
                bytes,
                packed: false,
            });
        }
        let mut packer = GzEncoder::new(Vec::new(), Compression::default());
        packer.write_all(&bytes)?;
        Ok(Self {
            bytes: packer.finish()?,
            packed: true,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn only_a_long_body_is_packed_wire_3() {
        assert!(!Body::json(&"x".repeat(PACK_ABOVE - 2)).unwrap().packed);
        let text = "x".repeat(PACK_ABOVE - 1);
        let body = Body::json(&text).unwrap();
        assert!(body.packed && body.bytes.len() < 100);
        let mut unpacked = String::new();
        flate2::read::GzDecoder::new(&*body.bytes)
            .read_to_string(&mut unpacked)
            .unwrap();
        assert_eq!(unpacked, format!("\"{text}\""));
    }
}
