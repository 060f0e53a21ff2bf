//! Writes a filled-in form as a PDF: text in two of the fonts that every reader has, so that nothing
//! needs to be embedded.
//!
//! These fonts know Western European letters. What lies beyond is written in Latin letters as well as
//! can be (`Nguyễn` as `Nguyen`, `张伟` as `Zhang Wei`); what has none is a question mark.

use std::fmt::Write;

/// A4, in points.
const WIDTH: usize = 595;
const HEIGHT: usize = 842;
const MARGIN: usize = 56;
/// How many pages a form may fill: many more than any does.
const MOST_PAGES: usize = 100;

/// A paragraph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// What the whole is.
    Title(String),
    /// A question.
    Label(String),
    /// An answer, or other text; lines are kept.
    Text(String),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Font {
    Regular,
    Bold,
}

impl Block {
    const fn style(&self) -> (Font, usize, usize) {
        match self {
            Self::Title(_) => (Font::Bold, 16, 0),
            Self::Label(_) => (Font::Bold, 10, 8),
            Self::Text(_) => (Font::Regular, 10, 0),
        }
    }

    fn text(&self) -> &str {
        match self {
            Self::Title(text) | Self::Label(text) | Self::Text(text) => text,
        }
    }
}

/// Writes blocks, one below the other, on as many pages as they take.
#[must_use]
pub fn write(blocks: &[Block]) -> Vec<u8> {
    let mut pages = vec![String::new()];
    let mut y = HEIGHT - MARGIN;
    for block in blocks {
        let (font, size, above) = block.style();
        y = y.saturating_sub(above);
        for line in lines(block.text(), font, size) {
            let leading = size + size / 2;
            if y < MARGIN + leading && pages.len() < MOST_PAGES {
                pages.push(String::new());
                y = HEIGHT - MARGIN;
            }
            y = y.saturating_sub(leading);
            let name = if font == Font::Bold { "B" } else { "R" };
            if let Some(page) = pages.last_mut() {
                let text = hex(&line);
                let _ = writeln!(page, "BT /{name} {size} Tf {MARGIN} {y} Td <{text}> Tj ET");
            }
        }
    }
    assemble(&pages)
}

/// The file around the pages: its objects, and where each of them begins.
fn assemble(pages: &[String]) -> Vec<u8> {
    // 1 is the catalogue, 2 the list of pages, 3 and 4 the fonts; then each page with its content.
    let number = |page: usize| 5 + 2 * page;
    let kids: Vec<String> = (0..pages.len())
        .map(|page| format!("{} 0 R", number(page)))
        .collect();
    let font = |name: &str| {
        format!("<< /Type /Font /Subtype /Type1 /BaseFont /{name} /Encoding /WinAnsiEncoding >>")
    };
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R /Lang (en-AU) >>".to_owned(),
        format!(
            "<< /Type /Pages /Kids [{}] /Count {} >>",
            kids.join(" "),
            pages.len()
        ),
        font("Helvetica"),
        font("Helvetica-Bold"),
    ];
    for (page, content) in pages.iter().enumerate() {
        objects.push(format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {WIDTH} {HEIGHT}] \
             /Resources << /Font << /R 3 0 R /B 4 0 R >> >> /Contents {} 0 R >>",
            number(page) + 1
        ));
        objects.push(format!(
            "<< /Length {} >>\nstream\n{content}endstream",
            content.len()
        ));
    }
    let mut file = "%PDF-1.4\n".to_owned();
    let mut table = String::new();
    for (at, object) in objects.iter().enumerate() {
        let _ = writeln!(table, "{:010} 00000 n ", file.len());
        let _ = write!(file, "{} 0 obj\n{object}\nendobj\n", at + 1);
    }
    let (start, size) = (file.len(), objects.len() + 1);
    let _ = write!(
        file,
        "xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n<< /Size {size} /Root 1 0 R >>\n\
         startxref\n{start}\n%%EOF\n"
    );
    file.into_bytes()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The lines of a text, broken between words where they would be too wide, and within a word that is
/// too wide by itself.
fn lines(text: &str, font: Font, size: usize) -> Vec<Vec<u8>> {
    let most = (WIDTH - 2 * MARGIN) * 1000 / size;
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        let (mut line, mut width) = (Vec::new(), 0);
        for word in encode(paragraph).split_inclusive(|byte| *byte == b' ') {
            let wide: usize = word.iter().map(|byte| width_of(*byte, font)).sum();
            if width + wide > most && !line.is_empty() {
                lines.push(std::mem::take(&mut line));
                width = 0;
            }
            for byte in word {
                let wide = width_of(*byte, font);
                if width + wide > most {
                    lines.push(std::mem::take(&mut line));
                    width = 0;
                }
                line.push(*byte);
                width += wide;
            }
        }
        lines.push(line);
    }
    lines
}

/// A text in the fonts' encoding (Windows-1252).
fn encode(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    for c in text.chars() {
        match windows_1252(c) {
            Some(byte) => bytes.push(byte),
            None => match deunicode::deunicode_char(c) {
                Some(latin) => bytes.extend(latin.bytes().map(|b| b.max(b' '))),
                None => bytes.push(b'?'),
            },
        }
    }
    while bytes.last() == Some(&b' ') {
        bytes.pop();
    }
    bytes
}

fn windows_1252(c: char) -> Option<u8> {
    /// What stands from 0x80 to 0x9f, where there is something.
    const MIDDLE: [(char, u8); 27] = [
        ('€', 0x80),
        ('‚', 0x82),
        ('ƒ', 0x83),
        ('„', 0x84),
        ('…', 0x85),
        ('†', 0x86),
        ('‡', 0x87),
        ('ˆ', 0x88),
        ('‰', 0x89),
        ('Š', 0x8a),
        ('‹', 0x8b),
        ('Œ', 0x8c),
        ('Ž', 0x8e),
        ('‘', 0x91),
        ('’', 0x92),
        ('“', 0x93),
        ('”', 0x94),
        ('•', 0x95),
        ('–', 0x96),
        ('—', 0x97),
        ('˜', 0x98),
        ('™', 0x99),
        ('š', 0x9a),
        ('›', 0x9b),
        ('œ', 0x9c),
        ('ž', 0x9e),
        ('Ÿ', 0x9f),
    ];
    if matches!(c, ' '..='~' | '\u{a0}'..='\u{ff}') {
        return u8::try_from(u32::from(c)).ok();
    }
    if c == '\t' {
        return Some(b' ');
    }
    let found = MIDDLE.iter().find(|(known, _)| *known == c);
    found.map(|(_, byte)| *byte)
}

/// How wide a letter is, in thousandths of the size. Letters with accents are as wide as those
/// without, within a little.
fn width_of(byte: u8, font: Font) -> usize {
    const WIDE: usize = 722;
    let widths = match font {
        Font::Regular => &REGULAR,
        Font::Bold => &BOLD,
    };
    let known = usize::from(byte)
        .checked_sub(32)
        .and_then(|at| widths.get(at));
    known.map_or(WIDE, |width| usize::from(*width))
}

/// The widths of Helvetica, in thousandths of the size, from the blank to the tilde.
const REGULAR: [u16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667,
    611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667,
    667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500,
    222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
];

/// The widths of Helvetica Bold.
const BOLD: [u16; 95] = [
    278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 333, 333, 584, 584, 584, 611, 975, 722, 722, 722, 722, 667,
    611, 778, 722, 278, 556, 722, 611, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667,
    667, 611, 333, 278, 333, 584, 556, 333, 556, 611, 556, 611, 556, 333, 611, 611, 278, 278, 556,
    278, 889, 611, 611, 611, 611, 389, 556, 333, 611, 556, 778, 556, 556, 500, 389, 280, 389, 584,
];

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        encode(text).into_iter().map(char::from).collect()
    }

    #[test]
    fn names_of_any_script_can_be_read_att_1() {
        assert_eq!(shown("Zoë O’Brien-Müller"), "Zoë O\u{92}Brien-Müller");
        assert_eq!(shown("Nguyễn Thị Ánh"), "Nguyen Thi Ánh");
        assert_eq!(shown("Łukasz Dvořák"), "Lukasz Dvorák");
        assert_eq!(shown("张伟"), "Zhang Wei");
        assert_eq!(shown("Ελένη"), "Elene");
        assert_eq!(shown("\u{10ffff}"), "?");
    }

    #[test]
    fn what_somebody_writes_is_text_and_never_part_of_the_file_att_1() {
        let bytes = write(&[Block::Text(") Tj ET endstream endobj <</JS (x)>>".into())]);
        let file = String::from_utf8(bytes).unwrap();
        assert_eq!(file.matches("endobj").count(), 6);
        assert!(!file.contains("/JS"));
    }

    #[test]
    fn a_table_says_where_each_object_begins_att_1() {
        let long = "A word and another, again and again. ".repeat(400);
        let bytes = write(&[
            Block::Title("New Patient Form".into()),
            Block::Label("Allergies".into()),
            Block::Text(format!("{long}\n{}", "x".repeat(500))),
        ]);
        let file = String::from_utf8(bytes).unwrap();
        let (_, table) = file.split_once("xref\n").unwrap();
        let offsets: Vec<usize> = table
            .lines()
            .skip(2)
            .map_while(|line| line.strip_suffix(" 00000 n "))
            .map(|offset| offset.parse().unwrap())
            .collect();
        assert_eq!(offsets.len(), file.matches(" obj\n").count());
        for (at, offset) in offsets.iter().enumerate() {
            assert!(file[*offset..].starts_with(&format!("{} 0 obj\n", at + 1)));
        }
        assert!(file.matches("/Type /Page ").count() > 1, "it goes on");
    }

    #[test]
    fn a_line_is_no_wider_than_the_page_att_1() {
        let text = format!("{} {}", "word ".repeat(100), "W".repeat(300));
        let most = (WIDTH - 2 * MARGIN) * 1000 / 10;
        for line in lines(&text, Font::Regular, 10) {
            let wide: usize = line.iter().map(|byte| width_of(*byte, Font::Regular)).sum();
            assert!(wide <= most + 278, "{wide}");
        }
    }
}
