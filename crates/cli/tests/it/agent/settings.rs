//! The settings file: made, and checked.

use super::support::{Folder, Hub, settings};
use crate::support::{Ended, run, slotbridge};
use std::os::unix::fs::PermissionsExt;

/// What `check` says of settings that are wrong.
fn faults(folder: &Folder, text: &str) -> String {
    folder.write(text);
    let ended = folder.agent(&["check"]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(
        !ended.stdout.contains("sbc_") && !ended.stdout.contains("sbp_"),
        "{ended:?}"
    );
    ended.stdout
}

/// Good settings, and one thing changed in them.
fn with(old: &str, new: &str) -> String {
    let text = settings();
    assert!(text.contains(old), "{old}");
    text.replacen(old, new, 1)
}

#[test]
fn init_writes_a_file_for_its_owner_only_and_never_over_another() {
    let folder = Folder::new();
    folder.agent(&["init"]).good();
    let mode = std::fs::metadata(folder.config()).unwrap().permissions();
    assert_eq!(mode.mode() & 0o777, 0o600);
    let text = std::fs::read_to_string(folder.config()).unwrap();
    assert!(text.lines().all(|line| line.len() <= 100), "{text}");
    folder.write("mine");
    let stderr = folder.agent(&["init"]).bad(1);
    assert!(stderr.contains("agent.toml is there already"), "{stderr}");
    assert_eq!(std::fs::read_to_string(folder.config()).unwrap(), "mine");
}

#[test]
fn what_init_wrote_is_good_once_the_keys_are_in_it() {
    let folder = Folder::new();
    let hub = Hub::new();
    folder.agent(&["init"]).good();
    let text = std::fs::read_to_string(folder.config()).unwrap();
    let told = faults(&folder, &text);
    for key in [
        "api_key",
        "user_agent.name",
        "user_agent.email",
        "clinic north: practice_key",
    ] {
        assert!(told.contains(&format!("{key}: is empty: put in")), "{told}");
    }
    let filled = hub.filled_in(&text);
    folder.write(&filled);
    let told = folder.agent(&["check"]).good();
    assert!(told.contains("ok     hub        answers"), "{told}");
    assert!(
        told.contains("the book is made at the first start"),
        "{told}"
    );
    // Every example in it is one that is understood.
    let examples = filled
        .replace("# [callbacks]", "[callbacks]")
        .replace("# listen =", "listen =")
        .replace("# url =", "url =")
        .replace(
            "# secrets = [\"whsec_...\"]",
            &format!("secrets = [{:?}]", hub.webhook_secret),
        )
        .replace("# state =", "state =")
        .replace("# days_ahead", "days_ahead")
        .replace("# documents =", "documents =")
        .replace("# [clinic.live_hours]", "[clinic.live_hours]")
        .replace("# monday =", "monday =")
        .replace("# tuesday =", "tuesday =")
        .replace("# public_holidays =", "public_holidays =");
    folder.write(&examples);
    folder.agent(&["check"]).good();
    assert!(!folder.path().join("slotbridge-agent.sqlite").exists());
    assert!(!folder.path().join("north.book").exists());
}

#[test]
fn each_slip_is_named_by_its_key_and_says_what_to_do() {
    let folder = Folder::new();
    let pms = "kind = \"book\"\npath = \"north.book\"";
    for (old, new, told) in [
        (
            "api_key =",
            "api_kee =",
            "api_kee: there is no such key; did you mean api_key?",
        ),
        ("api_key =", "api_kee =", "api_key: is missing: put in"),
        (
            "timezone =",
            "timzone =",
            "clinic north: timzone: there is no such key; did you mean timezone?",
        ),
        (
            "Australia/Perth",
            "Mars/Base",
            "clinic north: timezone: there is no such zone",
        ),
        (
            "http://127.0.0.1:1/",
            "ftp://hub/",
            "hub: must be an http or https URL",
        ),
        (
            "practice_id = 7",
            "practice_id = \"7\"",
            "clinic north: practice_id: must be a whole number from 1 on",
        ),
        ("email =", "mail =", "user_agent.email: is missing"),
        (
            "timezone",
            "days_ahead = 0\ntimezone",
            "clinic north: days_ahead: must be a whole number from 1 to 366",
        ),
        (
            "timezone",
            "documents = 1\ntimezone",
            "clinic north: documents: must be true or false",
        ),
        (
            pms,
            "kind = \"card\"",
            "clinic north: pms.kind: must be \"book\", \"folder\" or \"fhir\"",
        ),
        (
            pms,
            "kind = \"folder\"",
            "clinic north: pms.path: is missing",
        ),
        (
            pms,
            "kind = \"fhir\"\nbase_url = \"pms\"",
            "clinic north: pms.base_url: base_url must be",
        ),
        (
            pms,
            "kind = \"fhir\"\nbase_url = \"https://p\"\ntoken = \"\"",
            "clinic north: pms.token: is empty",
        ),
        (
            "[clinic.pms]",
            "[clinic.live_hours]\nmonday = [\"8-25\"]\n[clinic.pms]",
            "clinic north: live_hours.monday: must be ranges such as \"08:00-18:00\"",
        ),
        (
            "[clinic.pms]",
            "[clinic.live_hours]\nmonkday = []\n[clinic.pms]",
            "live_hours.monkday: there is no such key; did you mean monday?",
        ),
        (
            "[user_agent]",
            "[callbacks]\nlisten = \"8090\"\nurl = \"agent\"\n[user_agent]",
            "callbacks.listen: is no address",
        ),
        (
            "[user_agent]",
            "[callbacks]\nlisten = \"8090\"\nurl = \"agent\"\n[user_agent]",
            "callbacks.url: must be an absolute http or https URL",
        ),
        (
            "[user_agent]",
            "[callbacks]\nsecrets = [\"whsec_no\"]\n[user_agent]",
            "callbacks.secrets: a webhook secret must be",
        ),
        (
            "api_key = \"sbc_vendor\"",
            "api_key_file = \"none\"",
            "api_key_file: that file cannot be read",
        ),
        ("hub =", "hub", ", line 1: "),
    ] {
        let said = faults(&folder, &with(old, new));
        assert!(said.contains(told), "{told} is missing in {said}");
    }
    let said = faults(&folder, &with("[[clinic]]", "[clinics]"));
    assert!(said.contains("clinic: there is none"), "{said}");
}

#[test]
fn what_two_clinics_must_not_share_is_named() {
    let folder = Folder::new();
    let text = settings();
    let (_, clinic) = text.split_once("[[clinic]]").unwrap();
    let said = faults(&folder, &format!("{text}\n[[clinic]]{clinic}"));
    for key in ["name", "practice_id", "pms.path"] {
        let told = format!("clinic north: {key}: is that of another clinic too");
        assert!(said.contains(&told), "{said}");
    }
    let other = clinic.replace("north", "south").replace("= 7", "= 8");
    let said = faults(&folder, &format!("{text}\n[[clinic]]{other}"));
    assert!(!said.contains("too: give each"), "{said}");
}

#[test]
fn a_pms_and_a_hub_that_do_not_answer_are_told_for_each_clinic() {
    let folder = Folder::new();
    let pms = "kind = \"book\"\npath = \"north.book\"";
    let said = faults(&folder, &with(pms, "kind = \"folder\"\npath = \"nowhere\""));
    assert!(said.contains("is no folder: make it"), "{said}");
    assert!(said.contains("no answer from the hub"), "{said}");
    let said = faults(&folder, &with("north.book", "no/north.book"));
    assert!(said.contains("the folder is not there: make it"), "{said}");
    let hub = Hub::new();
    let said = faults(
        &folder,
        &hub.settings().replace(&hub.practice_key, "sbp_other"),
    );
    assert!(
        said.contains("(403)") && said.contains("has to consent"),
        "{said}"
    );
}

#[test]
fn a_file_that_is_not_there_says_how_to_get_one() {
    let folder = Folder::new();
    for arguments in [&[][..], &["resync"]] {
        let stderr = folder.agent(arguments).bad(1);
        assert!(stderr.contains("slotbridge agent init"), "{stderr}");
    }
    let Ended { stdout, .. } = folder.agent(&["check"]);
    assert!(stdout.contains("slotbridge agent init"), "{stdout}");
}

#[test]
fn keys_may_stand_in_files_of_their_own_or_in_the_environment() {
    let (hub, folder) = (Hub::new(), Folder::new());
    let api_key = format!("api_key = {:?}", hub.api_key);
    let in_files = hub
        .settings()
        .replace(&api_key, "api_key_file = \"vendor\"")
        .replace("practice_key = ", "practice_key_file = \"north\" # ");
    folder.write(&in_files);
    std::fs::write(folder.path().join("vendor"), format!("{}\n", hub.api_key)).unwrap();
    std::fs::write(folder.path().join("north"), &hub.practice_key).unwrap();
    // Files are looked for beside the settings.
    let config = folder.config();
    let check = ["agent", "check", "--config", config.to_str().unwrap()];
    run(&mut slotbridge(&check)).good();
    folder.write(&format!("{api_key}\n{in_files}"));
    let said = run(&mut slotbridge(&check));
    assert!(
        said.stdout
            .contains("api_key_file: is there as well as api_key"),
        "{said:?}"
    );
    folder.write(&hub.settings().replace(&hub.api_key, "sbc_old"));
    assert_eq!(run(&mut slotbridge(&check)).code, Some(1));
    let mut command = slotbridge(&check);
    run(command.env("SLOTBRIDGE_AGENT_API_KEY", &hub.api_key)).good();
}
