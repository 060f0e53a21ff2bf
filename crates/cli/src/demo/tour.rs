//! The demo for people: a booking made and confirmed before their eyes, then all they need to go
//! on by hand.

use super::check::{Outcome, Stop, Teller, until};
use super::patient::{ANNA, BEN, Made, Slot};
use super::staff::{Login, take_on};
use super::stage::Stage;
use super::wall::shown;
use crate::failure::Failure;
use crate::out::{faint, program, quoted, say, strong};

/// Plays it until somebody ends it.
pub(super) async fn play(stage: &Stage) -> Result<(), Failure> {
    say!("The hub is at {}.", strong(&stage.url));
    let mut teller = Teller::new(stage.wall.clone());
    teller
        .step(
            "The practice publishes itself through the PMS API",
            async |teller| publish(stage, teller).await,
        )
        .await?;
    let (mut working, _stop) = stage.put_pms_to_work();
    let (made, other) = teller
        .step(
            "A patient finds a time, books it, and sees it confirmed",
            async |teller| book(stage, teller).await,
        )
        .await?;
    let login = take_on(stage, stage.hub()).await?;
    by_hand(stage, &made, other.as_ref(), &login);
    // It polls until the demo is ended.
    let ended = working.join_next().await;
    Err(Failure::new(format!("the demo's PMS stopped: {ended:?}")))
}

async fn publish(stage: &Stage, teller: &mut Teller) -> Outcome<()> {
    stage.pms.link().await?;
    stage.pms.publish().await?;
    teller.saw("liveness contract, two doctors, two appointment types, 14 days of availability");
    Ok(())
}

async fn book(stage: &Stage, teller: &mut Teller) -> Outcome<(Made, Option<Slot>)> {
    let days = stage.wall.coming_days();
    let (Some(from), Some(to)) = (days.first(), days.last()) else {
        return Err(Stop::Failed("there are no coming days".to_owned()));
    };
    let slots = stage.patient.slots(*from, *to).await?;
    let Some(slot) = slots.first() else {
        return Err(Stop::Failed(
            "nothing is free any more: start with another --data-dir".into(),
        ));
    };
    say!(
        "  patient: takes {} of {} times",
        shown(stage.wall.shows(slot.start)),
        slots.len()
    );
    let made = stage.patient.book(slot, &ANNA, None).await?;
    say!("  patient: booking {} is requested", made.booking_id);
    let booked = stage.wall.now();
    until("the booking is confirmed", 30, async || {
        let seen = stage.patient.look(&made).await?;
        Ok((seen.status == "confirmed").then_some(()))
    })
    .await?;
    let took = stage.wall.seconds_since(booked);
    teller.saw(format!(
        "booking {} is confirmed {took:.1} s after it was made",
        made.booking_id
    ));
    Ok((made, slots.last().cloned()))
}

/// What to go on with.
fn by_hand(stage: &Stage, made: &Made, other: Option<&Slot>, login: &Login) {
    let Stage {
        url,
        account,
        token,
        folder,
        ..
    } = stage;
    let id = account.practice_id;
    let days = stage.wall.coming_days();
    let day = |at: usize| days.get(at).map(ToString::to_string).unwrap_or_default();
    let kept = if stage.kept {
        "kept"
    } else {
        "removed at the end"
    };
    say!("");
    say!("{}", strong("Go on by hand"));
    say!(
        "  book as patient {}",
        strong(&format!("{url}/practices/{id}"))
    );
    say!("  as its staff    {}", strong(&format!("{url}/portal")));
    say!("    email         {}", login.email);
    say!("    password      {}", login.password);
    for (at, code) in login.recovery_codes.iter().take(3).enumerate() {
        let name = if at == 0 { "a code, once" } else { "" };
        say!("    {name:<12}  {code}");
    }
    say!("  as operator     {}", strong(&format!("{url}/console")));
    say!("  store           {} ({kept})", folder.display());
    say!("  operator token  {token}");
    say!("  api-key         {}", account.api_key);
    say!("  practice-id     {id}");
    say!("  practice-key    {}", account.practice_key);
    say!("");
    say!(
        "{}",
        faint("# As a patient: find the practice, its times, and look at the booking")
    );
    say!("curl '{url}/booking-api/v1/practices?q=harbour'");
    say!(
        "curl '{url}/booking-api/v1/practices/{id}/slots?from={}&to={}'",
        day(1),
        day(2)
    );
    say!("curl -H 'Authorization: Bearer {}' \\", made.manage_token);
    say!("  {url}/booking-api/v1/bookings/{}", made.booking_id);
    say!("{}", faint("# ... cancel it, and watch the PMS take note"));
    say!(
        "curl -X POST -H 'Authorization: Bearer {}' \\",
        made.manage_token
    );
    say!("  {url}/booking-api/v1/bookings/{}/cancel", made.booking_id);
    if let Some(slot) = other {
        book_by_hand(stage, slot);
    }
    say!("{}", faint("# As the PMS: what does the hub ask for?"));
    say!(
        "curl -H 'api-key: {}' -H 'practice-id: {id}' \\",
        account.api_key
    );
    say!(
        "  -H 'practice-key: {}' {url}/pms-api/v1/requests",
        account.practice_key
    );
    say!("{}", faint("# As the operator"));
    let admin = format!(
        "{} admin --url {url} --data-dir {}",
        program(),
        quoted(folder)
    );
    say!("{admin} bookings list {id}");
    say!("{admin} audit {id}");
    say!("");
    say!(
        "The PMS polls every 5 seconds. {} ends the demo.",
        strong("Ctrl-C")
    );
}

/// A booking to be made by hand, of a time that is offered.
fn book_by_hand(stage: &Stage, slot: &Slot) {
    let form = stage.patient.form(slot, &BEN, None);
    let form = form.to_string().replace('\'', "'\\''");
    say!(
        "{}",
        faint("# ... book another time; the PMS confirms it within 5 seconds")
    );
    say!("curl -H 'Content-Type: application/json' -d '{form}' \\");
    say!("  {}/booking-api/v1/bookings", stage.url);
}
