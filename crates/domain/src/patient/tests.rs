use jiff::civil::date;
use proptest::prelude::*;

use super::*;

const TODAY: Date = date(2027, 3, 1);

#[test]
fn a_name_is_trimmed_and_kept() {
    for (text, kept) in [
        ("Jo", "Jo"),
        ("  Mary  Jane ", "Mary  Jane"),
        ("O'Brien-Smith", "O'Brien-Smith"),
        ("Nguyễn", "Nguyễn"),
        ("李", "李"),
        ("Jo\n", "Jo"),
    ] {
        assert_eq!(name(text).as_deref(), Ok(kept));
    }
    assert!(name(&"é".repeat(100)).is_ok());
    assert_eq!(
        name(&"é".repeat(101)),
        Err("A name has at most 100 characters.")
    );
    for empty in ["", "  ", "\n", "\u{3000}"] {
        assert_eq!(name(empty), Err("Enter a name."));
    }
    for bad in ["Jo\0e", "Jo\ne", "Jo\te", "Jo\u{7f}e", "Jo\u{85}e"] {
        assert!(name(bad).is_err(), "{bad:?}");
    }
}

#[test]
fn a_date_of_birth_is_a_day_of_a_life() {
    for (text, day) in [
        ("1985-03-27", date(1985, 3, 27)),
        (" 2024-02-29 ", date(2024, 2, 29)),
        ("1880-01-01", date(1880, 1, 1)),
        ("2027-03-01", TODAY),
    ] {
        assert_eq!(dob(text, TODAY), Ok(day), "{text}");
    }
    assert_eq!(
        dob("2027-03-02", TODAY),
        Err("A date of birth cannot lie in the future.")
    );
    assert_eq!(
        dob("1879-12-31", TODAY),
        Err("A date of birth lies after 1879; check the year.")
    );
    for bad in [
        "",
        "27-03-1985",
        "1985-3-27",
        "85-03-27",
        "1985/03/27",
        "1985-02-29",
        "1985-13-01",
        "1985-00-10",
        "1985-01-00",
        "1985-01-32",
        "19850327",
        "+1985-03-27",
        "-1985-03-27",
        "1985-03-27T00:00",
        "1985-03-27-",
        "1985-+3-27",
        "١٩٨٥-03-27",
        "0000-00-00",
    ] {
        let fault = "Enter the date of birth as year-month-day, such as 1985-03-27.";
        assert_eq!(dob(bad, TODAY), Err(fault), "{bad}");
    }
}

#[test]
fn a_postcode_has_four_digits() {
    for good in ["2000", "0800", " 6000 "] {
        assert_eq!(postcode(good).as_deref(), Ok(good.trim()));
    }
    for bad in [
        "",
        "200",
        "20000",
        "2O00",
        "-200",
        "+200",
        "20 00",
        "２０００",
    ] {
        assert!(postcode(bad).is_err(), "{bad}");
    }
}

#[test]
fn a_state_is_one_of_eight() {
    for (text, abbreviation) in [
        ("NSW", "NSW"),
        ("nsw", "NSW"),
        (" Tas ", "TAS"),
        ("nt", "NT"),
    ] {
        assert_eq!(state(text), Ok(abbreviation));
    }
    for bad in ["", "N", "NZ", "New South Wales", "N S W"] {
        assert!(state(bad).is_err(), "{bad}");
    }
}

#[test]
fn a_gender_is_named_as_in_the_pms_api() {
    for gender in Gender::ALL {
        assert_eq!(gender.as_str().parse(), Ok(gender));
    }
    for bad in ["", "male", "M", "Male ", "Unknown"] {
        assert_eq!(bad.parse::<Gender>(), Err("Choose Male, Female or Other."));
    }
}

#[test]
fn free_text_keeps_its_lines() {
    for (entered, kept) in [
        ("", ""),
        (" a\tb ", " a\tb "),
        ("a\r\nb\nc\rd\r\n", "a\nb\nc\nd\n"),
        ("\r\r\n", "\n\n"),
        ("naïve 🙂", "naïve 🙂"),
    ] {
        assert_eq!(text(entered, 20).as_deref(), Ok(kept));
    }
    for bad in ["a\0", "\u{1b}[31m", "\u{8}", "\u{7f}", "\u{9b}"] {
        assert!(text(bad, 20).is_err(), "{bad:?}");
    }
    assert!(text("ééé", 3).is_ok());
    assert!(text("a\r\nb", 3).is_ok());
    assert_eq!(text("abcd", 3), Err("This is too long; shorten it."));
    assert!(text("a", 0).is_err());
}

proptest! {
    #[test]
    fn nothing_panics_and_every_normal_form_is_clean(entered in any::<String>(), max in 0_usize..50) {
        let forms = [
            name(&entered),
            phone(&entered),
            email(&entered),
            postcode(&entered),
            medicare_number(&entered),
            medicare_irn(&entered),
            medicare_expiry(&entered),
            state(&entered).map(str::to_owned),
            dob(&entered, TODAY).map(|day| day.to_string()),
            entered.parse().map(|gender: Gender| gender.as_str().to_owned()),
        ];
        for form in forms.into_iter().flatten() {
            prop_assert!(!form.contains(char::is_control));
            prop_assert_eq!(form.trim(), &form);
        }
        if let Ok(kept) = text(&entered, max) {
            prop_assert!(kept.chars().count() <= max);
            prop_assert_eq!(text(&kept, max), Ok(kept.clone()));
        }
    }

    #[test]
    fn every_day_of_a_life_is_a_date_of_birth(days in 0_i32..53_000) {
        let day = EARLIEST_BIRTH.saturating_add(jiff::Span::new().days(days));
        prop_assert_eq!(dob(&day.to_string(), TODAY), Ok(day));
    }
}
