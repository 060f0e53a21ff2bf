//! Unpacking gzip, up to a limit.

use super::BodyFault;
use flate2::write::MultiGzDecoder;
use std::io::{self, Write};

/// What has come out so far.
struct Unpacked {
    bytes: Vec<u8>,
    limit: usize,
    over: bool,
}

impl Write for Unpacked {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + bytes.len() > self.limit {
            self.over = true;
            return Err(io::Error::other("over the limit"));
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Unpacks a whole body of at most `limit` bytes. The memory for all of them is asked for at once:
/// as long as nothing is written to it, it costs nothing, and it is never copied as it grows.
pub(super) fn unpack(packed: &[u8], limit: usize) -> Result<Vec<u8>, BodyFault> {
    if packed.is_empty() {
        return Ok(Vec::new());
    }
    let mut decoder = MultiGzDecoder::new(Unpacked {
        bytes: Vec::with_capacity(limit),
        limit,
        over: false,
    });
    let done = decoder
        .write_all(packed)
        .and_then(|()| decoder.try_finish());
    if decoder.get_ref().over {
        return Err(BodyFault::TooLarge(limit));
    }
    done.and_then(|()| decoder.finish())
        .map(|unpacked| unpacked.bytes)
        .map_err(|_| BodyFault::Gzip)
}
