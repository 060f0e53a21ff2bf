//! Who somebody is taken for: each rule with a case that fails when the rule is taken away.

use slotbridge_matching::{Decision, Matcher, Person, Record, Verdict};

/// A patient with everything filled in; the tests change what matters.
const ROBERT: Record<'static> = Record {
    firstname: "Robert",
    lastname: "Calderwood",
    dob: "27-03-1985",
    phone: "0412 345 678",
    email: "robert.calderwood@example.com",
    address: "12 Wattle Street",
    suburb: "Boronia",
    state: "VIC",
    postcode: "3155",
    gender: "Male",
    medicare_number: "2123 45670 1",
    medicare_irn: "1",
    medicare_expiry: "05/2029",
};

/// Without card and contacts: only who it is.
fn bare(firstname: &'static str, lastname: &'static str, dob: &'static str) -> Record<'static> {
    Record {
        firstname,
        lastname,
        dob,
        ..Record::default()
    }
}

fn practice(patients: &[Record<'_>]) -> Matcher {
    let mut matcher = Matcher::new();
    for (place, record) in patients.iter().enumerate() {
        matcher.put(&format!("P{place}"), Person::read(record));
    }
    matcher
}

fn verdict(patient: Record<'_>, request: Record<'_>) -> Verdict {
    practice(&[patient]).decide(&Person::read(&request)).verdict
}

#[test]
fn everything_the_same_is_the_same_person() {
    assert_eq!(verdict(ROBERT, ROBERT), Verdict::Same);
}

#[test]
fn name_and_date_of_birth_suffice() {
    assert_eq!(
        verdict(ROBERT, bare("Robert", "Calderwood", "27-03-1985")),
        Verdict::Same
    );
}

#[test]
fn case_accents_spaces_and_titles_do_not_matter() {
    let request = Record {
        firstname: "  DR  róbert ",
        lastname: "calder-wood",
        dob: "1985-03-27",
        phone: "+61 (0)412345678",
        address: "12 WATTLE ST.",
        ..Record::default()
    };
    let matcher = practice(&[ROBERT]);
    let decision = matcher.decide(&Person::read(&request));
    assert_eq!(decision.verdict, Verdict::Same);
    assert_eq!(
        decision.explanation,
        "Same first name; same last name; same date of birth; same phone; same address."
    );
}

#[test]
fn a_nickname_is_the_same_first_name() {
    for nickname in ["Rob", "Bob", "Bobby"] {
        let request = Record {
            firstname: nickname,
            email: "",
            address: "",
            medicare_number: "",
            ..ROBERT
        };
        let matcher = practice(&[ROBERT]);
        let decision = matcher.decide(&Person::read(&request));
        assert_eq!(decision.verdict, Verdict::Same, "{nickname}");
        assert!(
            decision.explanation.starts_with(&format!(
                "{nickname} and Robert are forms of one first name; same last name; same date of birth; same phone"
            )),
            "{}",
            decision.explanation
        );
    }
}

#[test]
fn names_in_each_others_place_and_slips_are_seen_through() {
    for (firstname, lastname) in [
        ("Calderwood", "Robert"),
        ("Robrt", "Calderwood"),
        ("Robert", "Caldrewood"),
        ("Robert James", "Calderwood"),
        ("Robert", "Calderwood-Smith"),
    ] {
        let request = Record {
            firstname,
            lastname,
            phone: "",
            medicare_number: "",
            ..ROBERT
        };
        assert_eq!(
            verdict(ROBERT, request),
            Verdict::Same,
            "{firstname} {lastname}"
        );
    }
}

#[test]
fn a_married_name_is_seen_through_where_the_home_is_shared() {
    let request = Record {
        lastname: "Thornbury",
        ..ROBERT
    };
    assert_eq!(verdict(ROBERT, request), Verdict::Same);
    for lastname in ["Thornbury", ""] {
        let elsewhere = bare("Robert", lastname, "27-03-1985");
        assert_eq!(verdict(ROBERT, elsewhere), Verdict::New, "{lastname}");
    }
}

#[test]
fn the_last_digit_of_a_reissued_card_does_not_matter() {
    let request = Record {
        medicare_number: "2123 45670 3",
        ..bare("Bob", "Calderwood", "")
    };
    let request = Record {
        medicare_irn: "1",
        ..request
    };
    assert_eq!(verdict(ROBERT, request), Verdict::Same);
}

#[test]
fn two_first_names_are_two_people_however_alike() {
    for (one, other) in [
        ("Jayden", "Hayden"),
        ("Robert", "Rupert"),
        ("Caitlin", "Olivia"),
        ("Quandrel", "Olivia"),
    ] {
        let patient = Record {
            firstname: one,
            medicare_irn: "",
            ..ROBERT
        };
        let twin = Record {
            firstname: other,
            ..patient
        };
        assert_eq!(verdict(patient, twin), Verdict::New, "{one} {other}");
    }
}

#[test]
fn a_known_first_name_on_the_same_place_of_the_card_is_for_a_person_to_decide() {
    let western = Record {
        firstname: "Tony",
        ..ROBERT
    };
    assert_eq!(verdict(ROBERT, western), Verdict::Possible);
}

#[test]
fn spellings_and_initials_may_be_twins() {
    for (one, other) in [("Mohammed", "Mohamad"), ("Matthew", "M")] {
        let patient = Record {
            firstname: one,
            medicare_irn: "",
            ..ROBERT
        };
        let twin = Record {
            firstname: other,
            ..patient
        };
        assert_eq!(verdict(patient, twin), Verdict::Possible, "{one} {other}");
    }
}

#[test]
fn vietnamese_sisters_may_share_a_word_of_their_names() {
    let tuyet_thao = Record {
        firstname: "Tuyết Thảo",
        lastname: "Phạm",
        gender: "Female",
        medicare_irn: "",
        ..ROBERT
    };
    for (firstname, expected) in [
        ("Tuyet", Verdict::Possible),
        ("Thao", Verdict::Same),
        ("Tuyet Thao", Verdict::Same),
    ] {
        let request = Record {
            firstname,
            ..tuyet_thao
        };
        assert_eq!(verdict(tuyet_thao, request), expected, "{firstname}");
    }
}

#[test]
fn spellings_with_two_cards_are_two_people() {
    let patient = Record {
        firstname: "Caitlin",
        ..ROBERT
    };
    let twin = Record {
        firstname: "Kaitlyn",
        medicare_number: "2428 77813 2",
        ..ROBERT
    };
    assert_eq!(verdict(patient, twin), Verdict::New);
}

#[test]
fn a_slip_that_may_be_of_another_name_is_for_a_person_to_decide() {
    let lily = Record {
        firstname: "Lily",
        medicare_irn: "",
        ..ROBERT
    };
    let slip = Record {
        firstname: "Eily",
        ..lily
    };
    let matcher = practice(&[lily]);
    let decision = matcher.decide(&Person::read(&slip));
    assert_eq!(decision.verdict, Verdict::Possible);
    assert!(
        decision
            .explanation
            .contains("a typing slip apart, but may be two people's"),
        "{}",
        decision.explanation
    );
}

#[test]
fn another_reference_number_on_the_card_is_another_person() {
    let request = Record {
        medicare_irn: "2",
        ..ROBERT
    };
    assert_eq!(verdict(ROBERT, request), Verdict::New);
    let behind_the_number = Record {
        medicare_number: "21234567012",
        medicare_irn: "",
        ..ROBERT
    };
    assert_eq!(verdict(ROBERT, behind_the_number), Verdict::New);
}

#[test]
fn a_father_and_a_son_differ_in_the_year_of_birth() {
    for (dob, expected) in [
        ("27-03-1965", Verdict::Possible),
        ("14-11-2012", Verdict::New),
        // No parent is so young.
        ("27-03-1986", Verdict::Same),
    ] {
        let request = Record {
            dob,
            medicare_number: "",
            ..ROBERT
        };
        assert_eq!(verdict(ROBERT, request), expected, "{dob}");
    }
    let on_the_card = Record {
        dob: "27-03-1965",
        ..ROBERT
    };
    assert_eq!(verdict(ROBERT, on_the_card), Verdict::Same);
}

#[test]
fn without_a_date_of_birth_nobody_is_merged() {
    let at_home = Record {
        dob: "",
        medicare_number: "",
        ..ROBERT
    };
    assert_eq!(verdict(ROBERT, at_home), Verdict::Possible);
    assert_eq!(
        verdict(ROBERT, bare("Robert", "Calderwood", "")),
        Verdict::New
    );
    let on_the_card = Record { dob: "", ..ROBERT };
    assert_eq!(verdict(ROBERT, on_the_card), Verdict::Same);
}

#[test]
fn a_household_counts_once() {
    let sister = Record {
        firstname: "Wren",
        dob: "02-11-1990",
        gender: "Female",
        medicare_irn: "",
        ..ROBERT
    };
    assert_eq!(verdict(ROBERT, sister), Verdict::New);
    let matcher = practice(&[ROBERT]);
    let score = |request: Record<'_>| matcher.decide(&Person::read(&request)).score();
    let only_phone = Record {
        phone: ROBERT.phone,
        ..bare("Robert", "Calderwood", "27-03-1985")
    };
    let all = Record {
        medicare_irn: "",
        ..ROBERT
    };
    assert!(
        score(all) - score(only_phone) <= 5,
        "{} {}",
        score(all),
        score(only_phone)
    );
}

#[test]
fn a_namesake_born_on_a_day_that_looks_alike_is_another() {
    for dob in ["28-03-1985", "27-03-1986", "03-27-1985"] {
        assert_eq!(
            verdict(ROBERT, bare("Robert", "Calderwood", dob)),
            Verdict::New,
            "{dob}"
        );
        let at_home = Record {
            dob,
            medicare_number: "",
            ..ROBERT
        };
        assert_eq!(verdict(ROBERT, at_home), Verdict::Same, "{dob}");
    }
}

#[test]
fn a_namesake_of_the_same_day_who_shares_nothing_else_is_for_a_person_to_decide() {
    let request = Record {
        phone: "0498 111 222",
        email: "rc@example.org",
        ..bare("Robert", "Calderwood", "27-03-1985")
    };
    assert_eq!(verdict(ROBERT, request), Verdict::Possible);
    let other_card = Record {
        medicare_number: "2428 77813 2",
        ..bare("Robert", "Calderwood", "27-03-1985")
    };
    assert_eq!(verdict(ROBERT, other_card), Verdict::Possible);
}

#[test]
fn a_shared_phone_alone_makes_nobody_a_patient() {
    let request = Record {
        phone: ROBERT.phone,
        ..bare("Maria", "Rossi", "01-02-1970")
    };
    assert_eq!(verdict(ROBERT, request), Verdict::New);
}

#[test]
fn of_two_patients_who_fit_equally_none_is_taken() {
    let father = ROBERT;
    let son = Record {
        dob: "27-03-2015",
        medicare_irn: "2",
        ..ROBERT
    };
    let others = ["Ash", "Bea", "Cy", "Di", "Em", "Flo", "Gus", "Hal"];
    let others = others.map(|firstname| bare(firstname, "Thornbury", "01-02-1970"));
    let matcher = practice(&[[father, son].as_slice(), &others].concat());
    let request = Record {
        dob: "",
        medicare_number: "",
        ..ROBERT
    };
    let decision = matcher.decide(&Person::read(&request));
    assert_eq!(decision.verdict, Verdict::New);
    assert!(
        decision
            .explanation
            .contains("another patient fits as well"),
        "{}",
        decision.explanation
    );
    let with_card = Person::read(&Record { dob: "", ..son });
    assert_eq!(matcher.decide(&with_card).patient(), Some("P1"));
}

#[test]
fn an_empty_practice_knows_nobody() {
    let matcher = Matcher::new();
    let decision: Decision<'_> = matcher.decide(&Person::read(&ROBERT));
    assert_eq!(
        (decision.verdict, decision.patient(), decision.score()),
        (Verdict::New, None, 0)
    );
}
