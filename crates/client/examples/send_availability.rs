//! Sends what is free on one resource in the coming days, a hundred days a call, and says what became
//! of each.
//!
//! ```text
//! SLOTBRIDGE_URL=... SLOTBRIDGE_API_KEY=... SLOTBRIDGE_PRACTICE_ID=... SLOTBRIDGE_PRACTICE_KEY=... \
//!   cargo run -p slotbridge-client --example send_availability -- room-1 2027-04-05 28
//! ```

use slotbridge_client::wire::availability::{AvailabilityRange, AvailabilitySnapshot, MAX_BATCH};
use slotbridge_client::wire::time::parse_date;
use slotbridge_client::{Client, ClientConfig, user_agent};
use std::env;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let usage = "give a resource, the first day as YYYY-MM-DD and how many days";
    let mut arguments = env::args().skip(1);
    let resource = arguments.next().ok_or(usage)?;
    let first = arguments
        .next()
        .and_then(|day| parse_date(&day))
        .ok_or(usage)?;
    let days: usize = arguments.next().ok_or(usage)?.parse()?;
    let client = Client::new(ClientConfig {
        base_url: env::var("SLOTBRIDGE_URL")?,
        api_key: env::var("SLOTBRIDGE_API_KEY")?,
        practice_id: env::var("SLOTBRIDGE_PRACTICE_ID")?.parse()?,
        practice_key: env::var("SLOTBRIDGE_PRACTICE_KEY")?,
        user_agent: user_agent("Example PMS", "dev@pms.example", "test"),
    })?;

    // Seconds since midnight on the practice's wall clock.
    let hours = |from: u32, to: u32| AvailabilityRange {
        start: from * 3600,
        end: to * 3600,
        slot_length: 15 * 60,
        pms_appointment_type_ids: vec![],
    };
    let snapshots: Vec<AvailabilitySnapshot> = first
        .series(jiff::Span::new().days(1))
        .take(days)
        .map(|date| AvailabilitySnapshot {
            id: Some(date.to_string()),
            date,
            pms_resource_id: resource.clone(),
            availability: vec![hours(9, 12), hours(13, 17)],
        })
        .collect();
    for batch in snapshots.chunks(MAX_BATCH) {
        let result = client.send_availability_snapshots(batch).await?;
        println!(
            "{} days are new, {} were there already",
            result.created.len(),
            result.existing.len()
        );
        for refused in result.errors {
            println!("{} was refused: {}", refused.snapshot, refused.error);
        }
    }
    Ok(())
}
