//! How ranges are written down (AVAIL-6).

use super::*;

fn range(start: u32, end: u32, slot_length: i64, ids: &[&str]) -> Range {
    let pms_appointment_type_ids = ids.iter().map(|&id| id.to_owned()).collect();
    Range {
        start,
        end,
        slot_length,
        pms_appointment_type_ids,
    }
}

#[test]
fn the_text_keeps_its_form_for_ever_avail_6() {
    // Stored snapshots are compared with new ones by this text.
    let ranges = [
        range(32_400, 43_200, 900, &["b", "a"]),
        range(0, 86_400, -1, &[]),
    ];
    assert_eq!(
        encode(&ranges),
        r#"[[0,86400,-1,[]],[32400,43200,900,["a","b"]]]"#
    );
    assert_eq!(encode(&[]), "[]");
    assert_eq!(decode("[]"), Some(vec![]));
}

#[test]
fn equal_contents_are_equal_texts_avail_6() {
    let [a, b] = [range(0, 60, 60, &["x", "y"]), range(0, 60, 60, &["z"])];
    let text = encode(&[a.clone(), b.clone()]);
    assert_eq!(encode(&[b.clone(), a.clone(), b.clone()]), text);
    assert_eq!(
        encode(&[b.clone(), range(0, 60, 60, &["y", "x", "y"])]),
        text
    );
    assert_ne!(encode(&[a]), text);
    assert_ne!(encode(&[range(0, 60, 60, &["x", "y", "z"])]), text);
    assert_ne!(encode(&[range(0, 60, 60, &["xy"]), b]), text);
}

#[test]
fn other_texts_are_not_read_avail_6() {
    for text in [
        "",
        "null",
        "{}",
        "[[]]",
        "[[0,60,60]]",
        "[[0,60,60,[],0]]",
        "[[0,60,60,[1]]]",
        "[[-1,60,60,[]]]",
        "[[0,60,1.5,[]]]",
        "[[0,60,60,[]]",
        "[[0,60,60,[]]] x",
        // Not canonical: out of order, twice.
        "[[1,60,60,[]],[0,60,60,[]]]",
        "[[0,60,60,[]],[0,60,60,[]]]",
        r#"[[0,60,60,["b","a"]]]"#,
        r#"[[0,60,60,["a","a"]]]"#,
    ] {
        assert_eq!(decode(text), None, "{text}");
    }
}

#[test]
fn any_characters_survive_avail_6() {
    let ids = [
        "", " ", "\"],[", "\\", "\n", "é🙂", "1,2:3;", "\u{7f}", "[]",
    ];
    let text = encode(&[range(0, 60, i64::MIN, &ids)]);
    let mut sorted = ids;
    sorted.sort_unstable();
    assert_eq!(decode(&text), Some(vec![range(0, 60, i64::MIN, &sorted)]));
}
