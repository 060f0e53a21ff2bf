//! What is known to lead matchers astray, a row for each: whoever is held, whoever books, and what
//! must come of it.

use slotbridge_matching::{Matcher, Person, Record, Verdict};

/// A patient of whom all is known but the reference number on the card. Both rows of a case are
/// hers, but for what they say.
const HELD: Record<'static> = Record {
    firstname: "Helen",
    lastname: "Calderwood",
    dob: "27-03-1985",
    phone: "0412 345 678",
    email: "calderwoods@example.com",
    address: "12 Wattle Street",
    suburb: "Boronia",
    state: "VIC",
    postcode: "3155",
    gender: "Female",
    medicare_number: "2123 45670 1",
    medicare_irn: "",
    medicare_expiry: "",
};

/// As she books: with her phone, and without a card.
const BOOKED: Record<'static> = Record {
    email: "",
    address: "",
    suburb: "",
    state: "",
    postcode: "",
    gender: "",
    medicare_number: "",
    ..HELD
};

fn verdict(held: &Record<'_>, booked: &Record<'_>) -> Verdict {
    let mut practice = Matcher::new();
    practice.put("P", Person::read(held));
    practice.decide(&Person::read(booked)).verdict
}

/// First and last name.
type Names = (&'static str, &'static str);

fn named((firstname, lastname): Names, record: Record<'static>) -> Record<'static> {
    Record {
        firstname,
        lastname,
        ..record
    }
}

/// Cases in which only the names differ: as they are held, as they are booked.
fn check_names(expected: Verdict, cases: &[(Names, Names)]) {
    for (held, booked) in cases {
        let was = verdict(&named(*held, HELD), &named(*booked, BOOKED));
        assert_eq!(was, expected, "{held:?} {booked:?}");
    }
}

#[test]
fn one_name_is_written_in_many_ways() {
    check_names(
        Verdict::Same,
        &[
            (("Siobhan", "O'Brien"), ("Siobhan", "O\u{2019}Brien")),
            (("Siobhan", "O'Brien"), ("Siobhan", "O\u{2bc}Brien")),
            (("Siobhan", "O'Brien"), ("Siobhan", "O Brien")),
            (("Siobhan", "O'Brien"), ("SIOBHAN", "OBRIEN")),
            (("Zo\u{eb}", "N\u{fa}\u{f1}ez"), ("Zoe", "Nunez")),
            (
                ("Zoe\u{308}", "Nu\u{301}n\u{303}ez"),
                ("Zo\u{eb}", "N\u{fa}\u{f1}ez"),
            ),
            (("J\u{fc}rgen", "M\u{fc}ller"), ("Jurgen", "Mueller")),
            (
                ("\u{141}ukasz", "Wi\u{15b}niewski"),
                ("Lukasz", "Wisniewski"),
            ),
            (("Helen", "Smith-Jones"), ("Helen", "Smith Jones")),
            (("Helen", "Smith-Jones"), ("Helen", "SmithJones")),
            (("Helen", "Smith-Jones"), ("Helen", "Smith")),
            (("Helen", "Smith-Jones"), ("Helen", "Jones")),
            (("Helen", "Smith-Jones"), ("Helen", "Jones-Smith")),
            (("Helen", "Smith-Jones"), ("Smith-Jones", "Helen")),
            (
                ("Helen", "Calderwood"),
                ("Helen", "Thornbury (nee Calderwood)"),
            ),
            (("Helen", "Calderwood"), ("Helen", "Thornbury")),
            (("Helen", "Calderwood"), ("Mrs. Helen", "Calderwood")),
            (("Robert", "Calderwood"), ("Robert (Bob)", "Calderwood")),
            (("Robert", "Calderwood"), ("Bob", "Calderwood")),
            (("Robert James", "Calderwood"), ("James", "Calderwood")),
            (("Robert", "Calderwood"), ("Robert", "Calderwood Jr")),
            (("Mary-Jane", "Calderwood"), ("Maryjane", "Calderwood")),
            (("Helen", "Calderwood"), ("Helen", "Caldrewood")),
            (("Helen", "Calderwood"), ("Heeln", "Calderwood")),
        ],
    );
}

#[test]
fn names_have_their_own_order_and_letters_elsewhere() {
    check_names(
        Verdict::Same,
        &[
            (("Thi Hong Nhung", "Nguyen"), ("Nhung", "Nguyen")),
            (
                ("Thi Hong Nhung", "Nguyen"),
                ("Hong Nhung", "Nguy\u{1ec5}n"),
            ),
            (("Thi Hong Nhung", "Nguyen"), ("Nguyen", "Nhung")),
            (("Thi Hong Nhung", "Nguyen"), ("Nguyen Thi Hong", "Nhung")),
            (("Xiao Ming", "Wang"), ("Xiaoming", "Wang")),
            (("Xiao Ming", "Wang"), ("Wang", "Xiao-Ming")),
            (("Xiao Ming", "Wang"), ("Kevin Xiaoming", "Wang")),
            (("Xiaoming", "Ou Yang"), ("Xiaoming", "Ouyang")),
            (("Abdul Rahman", "El-Sayed"), ("Abdulrahman", "Elsayed")),
            (("Abdul Rahman", "El-Sayed"), ("Abdul-Rahman", "Al Sayed")),
            (("Fatima", "Hussein"), ("Fatima", "Hossain")),
            (("Fatima", "bint Yusuf"), ("Fatima", "Yousef")),
        ],
    );
    check_names(
        Verdict::Possible,
        &[
            // Brothers have been called so.
            (("Mohammed", "Hussein"), ("Muhammad", "Hossain")),
            (("Yusuf", "Hussein"), ("Youssef", "Hussein")),
            (("Khaled", "Hussein"), ("Khalid", "Hussein")),
            (("Ahmad", "Hussein"), ("Ahmed", "Hussein")),
            (("Fatima", "Hussein"), ("Fatimah", "Hussein")),
        ],
    );
}

#[test]
fn a_twin_is_not_the_same() {
    check_names(
        Verdict::New,
        &[
            (("Emma", "Calderwood"), ("Emily", "Calderwood")),
            (("Jayden", "Calderwood"), ("Hayden", "Calderwood")),
            (("Tim", "Calderwood"), ("Tom", "Calderwood")),
            (("Alexander", "Calderwood"), ("Alexandra", "Calderwood")),
            (("Michael", "Calderwood"), ("Michaela", "Calderwood")),
            (("Christian", "Calderwood"), ("Christina", "Calderwood")),
            (("Minh", "Tran"), ("Binh", "Tran")),
            (("Khanh", "Tran"), ("Khang", "Tran")),
            (("Thao", "Tran"), ("Thu", "Tran")),
            (("Priya", "Sharma"), ("Riya", "Sharma")),
            (("Aarav", "Sharma"), ("Arnav", "Sharma")),
            (("Hassan", "Khan"), ("Hussein", "Khan")),
            (("Layla", "Khan"), ("Leila", "Khan")),
            (("Wei", "Chen"), ("Mei", "Chen")),
            (("Jun", "Chen"), ("Jing", "Chen")),
        ],
    );
    check_names(
        Verdict::Possible,
        &[
            (("Mary Jane", "Calderwood"), ("Mary Kate", "Calderwood")),
            (("Mohammed Ali", "Khan"), ("Mohammed Hassan", "Khan")),
            (("Lan Anh", "Nguyen"), ("Mai Anh", "Nguyen")),
            // Names that no list knows.
            (("Zephyrine", "Calderwood"), ("Zephyrina", "Calderwood")),
            (("Tavion", "Calderwood"), ("Tavian", "Calderwood")),
            (("Tavion", "Calderwood"), ("Calderwood", "Tavian")),
            (("Daniel", "Calderwood"), ("Danielle", "Calderwood")),
            (("Twin 1", "Calderwood"), ("Twin 2", "Calderwood")),
            (
                ("Baby of Sarah", "Calderwood"),
                ("Baby of Sarah", "Calderwood"),
            ),
            (("Baby", "Calderwood"), ("Baby Girl", "Calderwood")),
            (("", "Calderwood"), ("Helen", "Calderwood")),
            (("Helen", "Calderwood"), ("", "Helen Calderwood")),
            (("H", "Calderwood"), ("Helen", "Calderwood")),
        ],
    );
    for (one, other) in [("Emma", "Emily"), ("Minh", "Binh")] {
        let (held, twin) = (
            named((one, "Calderwood"), HELD),
            named((other, "Calderwood"), HELD),
        );
        assert_eq!(verdict(&held, &twin), Verdict::New, "{one} {other}");
    }
}

#[test]
fn a_form_of_two_names_may_be_a_brother_s_or_a_sister_s() {
    let alexander = Record {
        firstname: "Alexander",
        gender: "Male",
        ..HELD
    };
    for (gender, expected) in [
        ("Female", Verdict::Possible),
        ("Male", Verdict::Same),
        ("", Verdict::Same),
    ] {
        let alex = Record {
            firstname: "Alex",
            gender,
            ..BOOKED
        };
        assert_eq!(verdict(&alexander, &alex), expected, "{gender}");
    }
}

#[test]
fn years_apart_or_unknown_are_a_parent_and_a_child() {
    for (held, booked, expected) in [
        ("27-03-1985", "27-03-2015", Verdict::New),
        ("27-03-1985", "11-10-2015", Verdict::New),
        ("27-03-1985", "27-03-1965", Verdict::Possible),
        ("27-03-1985", "", Verdict::Possible),
        ("", "27-03-1985", Verdict::Possible),
        // What systems fill in for a date that they do not know.
        ("01-01-1900", "27-03-1985", Verdict::Possible),
        ("27-03-1985", "03-27-1985", Verdict::Same),
    ] {
        let was = verdict(
            &Record { dob: held, ..HELD },
            &Record {
                dob: booked,
                ..BOOKED
            },
        );
        assert_eq!(was, expected, "{held} {booked}");
    }
}

#[test]
fn a_husband_shares_all_but_first_name_and_date_of_birth() {
    let husband = Record {
        firstname: "Peter",
        dob: "20-10-1983",
        gender: "Male",
        ..HELD
    };
    assert_eq!(verdict(&HELD, &husband), Verdict::New);
}

#[test]
fn mail_addresses_with_other_digits_are_two_people_s() {
    let held = Record {
        email: "h.calderwood1@example.com",
        ..HELD
    };
    for (email, expected) in [
        ("h.calderwood2@example.com", Verdict::Possible),
        ("h.caldrewood1@example.com", Verdict::Same),
    ] {
        let namesake = Record {
            email,
            phone: "0499 999 999",
            suburb: "Perth",
            postcode: "6000",
            ..BOOKED
        };
        assert_eq!(verdict(&held, &namesake), expected, "{email}");
    }
}

/// Helen Calderwood, born a day later: she is no namesake only if she lives in the same home.
const A_DAY_OFF: Record<'static> = Record {
    dob: "28-03-1985",
    phone: "",
    suburb: "Boronia",
    ..BOOKED
};

#[test]
fn one_address_is_written_in_many_ways() {
    let decided = |held, booked| {
        let held = Record {
            address: held,
            ..HELD
        };
        let booked = Record {
            address: booked,
            ..A_DAY_OFF
        };
        verdict(&held, &booked)
    };
    for (held, booked) in [
        ("12 Wattle Street", "12 WATTLE ST."),
        ("12 Wattle Street", "No. 12 Wattle Street"),
        ("12 Wattle Street", "Level 2, 12 Wattle Street"),
        ("12A Wattle Street", "12 A Wattle Street"),
        ("Lot 12 Wattle Street", "12 Wattle Street"),
        ("3/12 Wattle Street", "Unit 3, 12 Wattle St"),
        ("3/12 Wattle Street", "12 Wattle St, Unit 3"),
        ("3/12 Wattle Street", "Flat 3 12 Wattle St"),
        ("3/12 Wattle Street", "U3/12 Wattle St"),
        ("3/12 Wattle Street", "12 Wattle Street"),
        ("12 St Kilda Road", "12 Saint Kilda Rd"),
        ("12 Mt Dandenong Road", "12 Mount Dandenong Rd"),
        ("PO Box 46", "P.O. Box 46"),
        ("PO Box 46", "P O BOX 46"),
        ("PO Box 46", "Post Office Box 46"),
        ("PO Box 46", "GPO Box 46"),
    ] {
        assert_eq!(decided(held, booked), Verdict::Same, "{held} {booked}");
    }
    for (held, booked) in [
        ("3/12 Wattle Street", "3/21 Elm Road"),
        ("12 Wattle Street", "12 Banksia Street"),
        ("PO Box 46", "PO Box 47"),
    ] {
        assert_eq!(decided(held, booked), Verdict::New, "{held} {booked}");
    }
}

#[test]
fn one_phone_number_is_written_in_many_ways() {
    for (held, booked) in [
        ("0412 345 678", "+61 412 345 678"),
        ("0412 345 678", "+61 (0) 412-345-678"),
        ("0412 345 678", "61412345678"),
        ("0412 345 678", "412345678"),
        ("0412 345 678", "0412 345 678 (mum)"),
        ("0412 345 678", "0412 345 678 / 03 9876 5432"),
        ("03 9876 5432", "(03) 9876-5432"),
        ("03 9876 5432", "9876 5432"),
        ("9876 5432", "03 9876 5432"),
    ] {
        let was = verdict(
            &Record {
                phone: held,
                ..HELD
            },
            &Record {
                phone: booked,
                ..A_DAY_OFF
            },
        );
        assert_eq!(was, Verdict::Same, "{held} {booked}");
    }
}
