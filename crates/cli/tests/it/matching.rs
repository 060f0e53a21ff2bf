//! `slotbridge match`: a row for each request, or for each pair who are one person; faults named by
//! line, and nobody's data on stderr.

use crate::support::{Ended, run, slotbridge};
use std::path::Path;
use tempfile::TempDir;

const PATIENTS: &str = "\
patientId,firstname,lastname,dob,phone,email,address,suburb,state,postcode,gender,medicareNumber,medicareIrn,medicareExpiry
P1,Robert,Nguyen,02-03-1965,0412 345 678,rob@example.com,12 Wattle St,Carlton,VIC,3053,m,,,
P2,Xanthippe,Okonkwo,17-04-1989,0498 111 222,,3 Elm Rd,Fitzroy,VIC,3065,f,,,
";
const REQUESTS: &str = "\
requestId,firstname,lastname,dob,phone,email,address,suburb,state,postcode,gender,medicareNumber,medicareIrn,medicareExpiry
R1,Rob,Nguyen,02-03-1965,+61 412 345 678,rob@example.com,12 Wattle Street,Carlton,VIC,3053,Male,,,
R2,Somebody,Else,01-01-2001,0400 000 000,,,,,,,,,
";

/// Runs it over two files, which lie in a folder of their own with the answer.
fn matched(patients: &[u8], requests: &[u8]) -> (Ended, TempDir) {
    let files = [("p.csv", patients), ("r.csv", requests)];
    answered(&files, "--requests r.csv --out o.csv")
}

/// Looks for doubles in a file, which lies in a folder of its own with the answer.
fn doubles(patients: &str) -> (Ended, TempDir) {
    answered(&[("p.csv", patients.as_bytes())], "--doubles --out o.csv")
}

/// Runs it in a folder with these files.
fn answered(files: &[(&str, &[u8])], what: &str) -> (Ended, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in files {
        std::fs::write(folder.path().join(name), content).unwrap();
    }
    let arguments = ["match", "--patients", "p.csv"].into_iter();
    let arguments: Vec<&str> = arguments.chain(what.split(' ')).collect();
    let ended = run(slotbridge(&arguments).current_dir(folder.path()));
    (ended, folder)
}

fn answer(folder: &TempDir) -> Vec<Vec<String>> {
    let header = ["requestId", "patientId", "verdict", "score", "explanation"];
    rows(folder, &header)
}

fn pairs(folder: &TempDir) -> Vec<Vec<String>> {
    rows(
        folder,
        &["patientId", "otherPatientId", "chance", "explanation"],
    )
}

/// The rows of the answer, which has this header.
fn rows(folder: &TempDir, expected: &[&str]) -> Vec<Vec<String>> {
    let mut rows = csv::Reader::from_path(folder.path().join("o.csv")).unwrap();
    let header: Vec<_> = rows.headers().unwrap().iter().map(str::to_owned).collect();
    assert_eq!(header, expected);
    let row = |row: csv::StringRecord| row.iter().map(str::to_owned).collect();
    rows.records().map(|record| row(record.unwrap())).collect()
}

fn has(folder: &Path, name: &str) -> bool {
    folder.join(name).exists()
}

#[test]
fn each_request_gets_one_row_with_verdict_score_and_explanation() {
    let (ended, folder) = matched(PATIENTS.as_bytes(), REQUESTS.as_bytes());
    assert_eq!(ended.stderr, "");
    let shown = ended.good();
    assert!(
        shown.starts_with("2 requests, 2 patients: 1 same, 0 possible, 1 new."),
        "{shown}"
    );
    let rows = answer(&folder);
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0][..3], ["R1", "P1", "same"]);
    assert!(rows[0][3].parse::<i64>().unwrap() > 0);
    assert!(!rows[0][4].is_empty());
    assert_eq!(rows[1][..3], ["R2", "", "new"]);
}

#[cfg(unix)]
#[test]
fn the_answer_can_be_read_by_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let (ended, folder) = matched(PATIENTS.as_bytes(), REQUESTS.as_bytes());
    ended.good();
    let metadata = std::fs::metadata(folder.path().join("o.csv")).unwrap();
    assert_eq!(metadata.permissions().mode() & 0o777, 0o600);
}

#[test]
fn columns_come_in_any_order_with_others_between_them_behind_a_mark_of_their_encoding() {
    let patients = "\u{feff}Lastname,Doctor,DOB,firstname,phone,patientId\r\n\
        Nguyen,Smith,02-03-1965,Robert,0412345678,P1\r\n";
    let (ended, folder) = matched(patients.as_bytes(), REQUESTS.as_bytes());
    assert_eq!(ended.stderr, "");
    ended.good();
    assert_eq!(answer(&folder)[0][..3], ["R1", "P1", "same"]);
}

#[test]
fn faults_are_named_by_line_and_column_and_tell_nobody_s_data() {
    let patients = format!(
        "{PATIENTS}\
         P1,Canaryson,Again,01-01-1990,,,,,,,,,,\n\
         ,Canaryson,Nobody,01-01-1990,,,,,,,,,,\n\
         P5,Canaryson\n\
         P6,Canaryson,Datum,31-02-1990,not canary,,,,,,,,,\n\
         P7,,,01-01-1990,,,,,,,,,,\n"
    );
    let requests = format!("{REQUESTS}R3,,,01-01-1990,,,,,,,,,,\n");
    let (ended, folder) = matched(patients.as_bytes(), requests.as_bytes());
    let told: Vec<&str> = ended.stderr.lines().collect();
    let expected = [
        "p.csv:4: patientId:",
        "p.csv:5: patientId:",
        "p.csv:6:",
        "p.csv:7: dob:",
        "p.csv:7: phone:",
        "p.csv:8: lastname:",
        "r.csv:4: lastname:",
    ];
    assert_eq!(told.len(), expected.len(), "{told:#?}");
    for (line, expected) in told.iter().zip(expected) {
        assert!(line.starts_with(expected), "{line}");
    }
    assert!(!ended.stderr.to_lowercase().contains("canary"));
    let shown = ended.good();
    assert!(shown.contains("3 requests, 3 patients"), "{shown}");
    assert!(shown.contains("7 in all"), "{shown}");
    // Whoever has no name is nobody that is known.
    let rows = answer(&folder);
    assert_eq!(rows[2][..4], ["R3", "", "new", "0"]);
}

#[test]
fn lines_are_counted_as_an_editor_does() {
    let rows = "\
patientId,firstname,lastname,dob,address

P1,Robert,Nguyen,soon,\"12
Wattle St\"
P2,Robert,Nguyen,soon,
 
P3,Robert
P4,Robert,Nguyen,soon,";
    for ending in ["\n", "\r\n", "\r"] {
        let patients = rows.replace('\n', ending);
        let (ended, _folder) = matched(patients.as_bytes(), REQUESTS.as_bytes());
        let told: Vec<&str> = ended.stderr.lines().collect();
        let expected = [
            "p.csv:3: dob:",
            "p.csv:5: dob:",
            "p.csv:7: The row has 2",
            "p.csv:8: dob:",
        ];
        assert_eq!(told.len(), expected.len(), "{told:#?}");
        for (line, expected) in told.iter().zip(expected) {
            assert!(line.starts_with(expected), "{ending:?} {line}");
        }
        assert!(ended.good().contains("3 patients"));
    }
}

#[test]
fn the_answer_never_replaces_what_is_read() {
    let files = [("p.csv", PATIENTS), ("r.csv", REQUESTS)];
    for what in [
        "--requests r.csv --out p.csv",
        "--requests r.csv --out ./r.csv",
        "--doubles --out p.csv",
    ] {
        let (ended, folder) = answered(&files.map(|(name, text)| (name, text.as_bytes())), what);
        let stderr = ended.bad(2);
        assert!(stderr.contains("is what is read"), "{stderr}");
        for (name, text) in files {
            let kept = std::fs::read_to_string(folder.path().join(name)).unwrap();
            assert_eq!(kept, text, "{what}");
        }
    }
}

#[test]
fn texts_in_another_encoding_spoil_no_row() {
    let patients = [
        PATIENTS.as_bytes(),
        b"P8,Andr\xe9,Test,01-01-1990,,,,,,,,,,\n",
    ]
    .concat();
    let (ended, _folder) = matched(&patients, REQUESTS.as_bytes());
    assert!(ended.good().contains("3 patients"));
}

#[test]
fn what_is_no_such_file_is_told_and_leaves_no_answer() {
    for (patients, told) in [
        ("a,b\n1,2\n", "p.csv has no column patientId"),
        ("", "p.csv has no column patientId"),
        ("patientId,firstname\n1,2\n", "p.csv has no column lastname"),
    ] {
        let (ended, folder) = matched(patients.as_bytes(), REQUESTS.as_bytes());
        let stderr = ended.bad(1);
        assert!(stderr.contains(told), "{stderr}");
        assert!(!has(folder.path(), "o.csv"));
    }
    let arguments = [
        "match",
        "--patients",
        "/no/such",
        "--requests",
        "/no/such",
        "--out",
        "o",
    ];
    let folder = tempfile::tempdir().unwrap();
    let stderr = run(slotbridge(&arguments).current_dir(folder.path())).bad(1);
    assert!(stderr.contains("/no/such cannot be read"), "{stderr}");
    assert!(!has(folder.path(), "o"));
}

/// A record of a person of [`PATIENTS`] twice, a twin, and a father and a son of one name.
const HELD_TWICE: &str = "\
P3,Rob,Nguyen,02-03-1965,0412345678,,12 Wattle Street,Carlton,VIC,3053,male,,,
P4,Yolanda,Okonkwo,17-04-1989,0498 111 222,,3 Elm Rd,Fitzroy,VIC,3065,f,,,
P5,Gordon,Calderwood,11-10-1990,0411 222 333,,7 Oak Ave,Boronia,VIC,3155,m,,,
P6,Gordon,Calderwood,11-10-1960,0411 222 333,,7 Oak Ave,Boronia,VIC,3155,m,,,
";

#[test]
fn each_pair_of_one_person_gets_one_row_and_relatives_get_none() {
    let (ended, folder) = doubles(&format!("{PATIENTS}{HELD_TWICE}"));
    assert_eq!(ended.stderr, "");
    let shown = ended.good();
    assert!(
        shown.starts_with("6 patients, pairs of them who are one person: 1. o.csv"),
        "{shown}"
    );
    let pairs = pairs(&folder);
    assert_eq!(pairs.len(), 1, "{pairs:?}");
    assert_eq!(pairs[0][..2], ["P1", "P3"]);
    assert!(pairs[0][2].parse::<f64>().unwrap() > 0.5);
    assert!(pairs[0][3].contains("same phone"), "{pairs:?}");
}

#[test]
fn doubles_are_sought_in_what_can_be_read_and_faults_are_named() {
    let patients = format!("{PATIENTS}{HELD_TWICE}P7,,,01-01-1990,canary,,,,,,,,,\n");
    let (ended, folder) = doubles(&patients);
    let told: Vec<&str> = ended.stderr.lines().collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].starts_with("p.csv:8: lastname:"), "{told:?}");
    assert!(!ended.stderr.contains("canary"));
    assert!(ended.good().contains("2 in all"));
    assert_eq!(pairs(&folder).len(), 1);
}

#[test]
fn a_file_without_doubles_gets_an_answer_without_rows() {
    let (ended, folder) = doubles(PATIENTS);
    ended.good();
    assert!(pairs(&folder).is_empty());
    let (ended, folder) = doubles(PATIENTS.lines().next().unwrap());
    ended.good();
    assert!(pairs(&folder).is_empty());
}

#[test]
fn it_is_either_requests_or_doubles() {
    for what in [&[][..], &["--requests", "r.csv", "--doubles"]] {
        let arguments = [&["match", "--patients", "p.csv", "--out", "o.csv"], what].concat();
        let stderr = run(&mut slotbridge(&arguments)).bad(2);
        assert!(stderr.contains("--requests"), "{stderr}");
    }
}
