//! Files that patients give: what they are is read off their bytes, not off their names.

/// The largest file that a patient can give, in bytes.
pub const MOST_FILE_BYTES: usize = 10 * 1024 * 1024;
/// The longest name of a file, in characters, without its ending.
const LONGEST_STEM: usize = 100;

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// PDF.
    Pdf,
    /// PNG.
    Png,
    /// JPEG.
    Jpeg,
}

impl FileKind {
    /// All that are known.
    const ALL: [Self; 3] = [Self::Pdf, Self::Png, Self::Jpeg];

    /// What bytes are, by how they begin; `None` if they are nothing that is taken.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|kind| bytes.starts_with(kind.beginning()))
    }

    const fn beginning(self) -> &'static [u8] {
        match self {
            Self::Pdf => b"%PDF-",
            Self::Png => b"\x89PNG\r\n\x1a\n",
            Self::Jpeg => b"\xff\xd8\xff",
        }
    }

    /// Its media type.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
        }
    }

    /// The ending of its name.
    #[must_use]
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Pdf => ".pdf",
            Self::Png => ".png",
            Self::Jpeg => ".jpg",
        }
    }
}

/// The ending of a file's name by the media type that somebody gives it; nothing if it is not one of
/// those in which documents are written.
#[must_use]
pub fn ending_of(media_type: &str) -> &'static str {
    let plain = media_type.split(';').next().unwrap_or_default();
    match plain.trim().to_ascii_lowercase().as_str() {
        "application/pdf" => ".pdf",
        "text/plain" => ".txt",
        "application/rtf" | "text/rtf" => ".rtf",
        "application/msword" => ".doc",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document" => ".docx",
        "image/tiff" => ".tif",
        _ => "",
    }
}

/// A name that is safe on any system: the last part of a path, without control characters and
/// without what file systems and headers give a meaning, not too long, with the given ending.
#[must_use]
pub fn file_name(name: &str, ending: &str, otherwise: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let stem = match last.rsplit_once('.') {
        Some((stem, extension)) if extension.len() <= 5 => stem,
        _ => last,
    };
    let plain: String = stem
        .chars()
        .map(|c| if is_safe(c) { c } else { ' ' })
        .collect();
    let words: Vec<&str> = plain.split_whitespace().collect();
    let joined = words.join(" ");
    let stem: String = joined
        .trim_matches(['.', ' '])
        .chars()
        .take(LONGEST_STEM)
        .collect();
    let stem = if stem.is_empty() { otherwise } else { &stem };
    format!("{stem}{ending}")
}

/// No control or formatting character, and none with a meaning.
fn is_safe(c: char) -> bool {
    let turns_text = matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    !c.is_control() && !turns_text && !"<>:\"/\\|?*;%".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_it_begins_with_att_1() {
        assert_eq!(FileKind::of(b"%PDF-1.7\n..."), Some(FileKind::Pdf));
        assert_eq!(FileKind::of(b"\x89PNG\r\n\x1a\n..."), Some(FileKind::Png));
        assert_eq!(
            FileKind::of(b"\xff\xd8\xff\xe0\0\x10JFIF"),
            Some(FileKind::Jpeg)
        );
        for other in [
            &b""[..],
            b"%PDF",
            b"<html>",
            b"MZ",
            b"PK\x03\x04",
            b" %PDF-1.7",
            b"\xff\xd8",
        ] {
            assert_eq!(FileKind::of(other), None, "{other:?}");
        }
    }

    #[test]
    fn a_name_is_safe_whatever_was_sent_att_1() {
        for (sent, name) in [
            ("Referral Dr Wu.PDF", "Referral Dr Wu.pdf"),
            ("../../etc/passwd", "passwd.pdf"),
            ("C:\\Users\\Anna\\brief.docx", "brief.pdf"),
            ("a\r\nSet-Cookie: x=1.pdf", "a Set-Cookie x=1.pdf"),
            ("\u{202e}fdp.exe", "fdp.pdf"),
            ("...", "Referral.pdf"),
            ("", "Referral.pdf"),
            ("\"; rm -rf *", "rm -rf.pdf"),
            ("Überweisung 2026.pdf", "Überweisung 2026.pdf"),
        ] {
            assert_eq!(file_name(sent, ".pdf", "Referral"), name, "{sent:?}");
        }
        assert_eq!(
            file_name(&"x".repeat(500), ".png", "").len(),
            LONGEST_STEM + 4
        );
    }
}
