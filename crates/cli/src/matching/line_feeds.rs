//! Lines as old Macs and Windows end them, read as if all ended in a line feed.

use std::io::{Read, Result};

/// Reads what another reads, with a line feed for each end of a line: `\r\n`, `\r` or `\n`.
pub(super) struct LineFeeds<R> {
    inner: R,
    /// Whether the last byte ended a line already, so that a line feed after it is the same end.
    after_return: bool,
}

impl<R: Read> LineFeeds<R> {
    pub(super) fn new(inner: R) -> Self {
        Self {
            inner,
            after_return: false,
        }
    }
}

impl<R: Read> Read for LineFeeds<R> {
    fn read(&mut self, bytes: &mut [u8]) -> Result<usize> {
        loop {
            let read = self.inner.read(bytes)?;
            let mut kept = 0;
            for at in 0..read {
                let Some(byte) = bytes.get(at).copied() else {
                    break;
                };
                let is_same_end = self.after_return && byte == b'\n';
                self.after_return = byte == b'\r';
                if is_same_end {
                    continue;
                }
                if let Some(place) = bytes.get_mut(kept) {
                    *place = if byte == b'\r' { b'\n' } else { byte };
                }
                kept += 1;
            }
            // Nothing kept of something would pass for the end.
            if kept > 0 || read == 0 {
                return Ok(kept);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A reader of one byte at a time.
    struct Slow<'b>(&'b [u8]);

    impl Read for Slow<'_> {
        fn read(&mut self, bytes: &mut [u8]) -> Result<usize> {
            self.0.read(bytes.get_mut(..1).unwrap_or_default())
        }
    }

    #[test]
    fn each_end_of_a_line_is_one_line_feed_however_it_is_cut() {
        let text = b"\r\na\rb\r\rc\r\n\r\nd\n\re\r\n";
        let expected = "\na\nb\n\nc\n\nd\n\ne\n";
        let (mut whole, mut cut) = (String::new(), String::new());
        let read = LineFeeds::new(text.as_slice()).read_to_string(&mut whole);
        assert_eq!((read.unwrap(), whole.as_str()), (expected.len(), expected));
        LineFeeds::new(Slow(text)).read_to_string(&mut cut).unwrap();
        assert_eq!(cut, expected);
    }
}
