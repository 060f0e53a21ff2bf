//! QR codes, drawn in the page itself: a page of ours loads no picture from elsewhere.

use qrcode::{EcLevel, QrCode};
use std::fmt::Write;

/// A code as the path of an SVG.
pub(crate) struct Code {
    /// Modules from side to side, with the quiet zone.
    pub(crate) side: usize,
    /// The dark modules.
    pub(crate) path: String,
}

/// The quiet zone on each side, in modules.
const QUIET: usize = 4;

impl Code {
    /// The code of a text; none if it is too long for one.
    pub(crate) fn of(text: &str) -> Option<Self> {
        let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
        let width = code.width();
        let mut path = String::new();
        for (at, colour) in code.to_colors().into_iter().enumerate() {
            if colour == qrcode::Color::Dark {
                let (x, y) = (at % width + QUIET, at / width + QUIET);
                // Into memory: it cannot fail.
                let _ = write!(path, "M{x} {y}h1v1h-1z");
            }
        }
        Some(Self {
            side: width + 2 * QUIET,
            path,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_its_three_finders_and_a_quiet_zone() {
        let code = Code::of("otpauth://totp/Slotbridge:kim@staff.example?secret=ABC").unwrap();
        for (x, y) in [(4, 4), (code.side - 11, 4), (4, code.side - 11)] {
            for along in 0..7 {
                assert!(
                    code.path.contains(&format!("M{} {y}h", x + along)),
                    "{x} {y}"
                );
            }
        }
        assert!(!code.path.contains("M3 ") && !code.path.contains(" 3h"));
        assert!(Code::of(&"x".repeat(5000)).is_none());
    }
}
