//! Free times: what has changed since the hub was last told is sent, and nothing else (AVAIL-1,
//! AVAIL-6, AVAIL-7).

use super::{Clinic, Stopped};
use crate::state::hex_digest;
use jiff::civil::Date;
use slotbridge_client::wire::availability::{AvailabilitySnapshot, MAX_BATCH};
use std::collections::{BTreeMap, BTreeSet};

/// What tells two days apart.
fn digest_of(snapshot: &AvailabilitySnapshot) -> String {
    let json = serde_json::to_vec(&snapshot.availability);
    hex_digest(&json.unwrap_or_default())
}

impl Clinic {
    /// The days that the hub is to know: from today on.
    pub(super) fn days(&self) -> impl Iterator<Item = Date> {
        let days = usize::from(self.settings.days_ahead);
        let next = |day: &Date| day.tomorrow().ok();
        std::iter::successors(Some(self.today()), next).take(days)
    }

    /// Sends what the hub does not know of all days of all resources.
    ///
    /// # Errors
    /// What could not be done; call it again.
    pub async fn send_all_days(&self) -> Result<(), Stopped> {
        let resources = self.adapter.resources().await?;
        let days: Vec<Date> = self.days().collect();
        let mut first = Ok(());
        for resource in resources {
            let id = &resource.pms_resource_id;
            let all: Vec<(String, Date)> = days.iter().map(|day| (id.clone(), *day)).collect();
            match self.send_days(&all).await {
                Err(Stopped::Pms(trouble)) => first = first.and(Err(Stopped::Pms(trouble))),
                done => done?,
            }
        }
        first
    }

    /// Sends what the hub does not know of some days. Of those that have passed, and of those that are
    /// not in sight yet, it is to know nothing.
    pub(super) async fn send_days(&self, days: &[(String, Date)]) -> Result<(), Stopped> {
        let (first, count) = (self.today(), i64::from(self.settings.days_ahead));
        let in_sight = |day: &Date| {
            let ahead = first.duration_until(*day).as_hours() / 24;
            (0..count).contains(&ahead)
        };
        let days = days.iter().filter(|(_, day)| in_sight(day)).cloned();
        let (snapshots, unread) = self.snapshots(days.collect()).await;
        let mut changed = Vec::new();
        for snapshot in snapshots {
            let (resource, day) = (&snapshot.pms_resource_id, snapshot.date);
            let digest = digest_of(&snapshot);
            if self.state.day(resource, day)?.as_ref() != Some(&digest) {
                changed.push((snapshot, digest));
            }
        }
        self.send(&changed).await?;
        unread
    }

    /// Sends the days that the hub asks for, whether or not they have changed.
    pub(super) async fn answer_availability(&self) -> Result<(), Stopped> {
        let mut asked = BTreeSet::new();
        let mut resources = None;
        let mut waiting = self.client.all_availability_snapshot_requests();
        while let Some(request) = waiting.next().await {
            let request = request?;
            match request.pms_resource_id {
                Some(resource) => {
                    asked.insert((resource, request.day));
                }
                None => {
                    if resources.is_none() {
                        resources = Some(self.adapter.resources().await?);
                    }
                    let all = resources.iter().flatten();
                    asked.extend(all.map(|one| (one.pms_resource_id.clone(), request.day)));
                }
            }
        }
        let (snapshots, unread) = self.snapshots(asked).await;
        let snapshots = snapshots.into_iter().map(|snapshot| {
            let digest = digest_of(&snapshot);
            (snapshot, digest)
        });
        self.send(&snapshots.collect::<Vec<_>>()).await?;
        unread
    }

    /// What is free on some days now, and the first trouble: the PMS is asked once for each resource, and
    /// one whose times cannot be read holds up no other.
    async fn snapshots(
        &self,
        days: BTreeSet<(String, Date)>,
    ) -> (Vec<AvailabilitySnapshot>, Result<(), Stopped>) {
        let mut by_resource = BTreeMap::<String, Vec<Date>>::new();
        for (resource, day) in days {
            by_resource.entry(resource).or_default().push(day);
        }
        let (mut snapshots, mut unread) = (Vec::new(), Ok(()));
        for (resource, days) in by_resource {
            let (Some(from), Some(to)) = (days.first(), days.last()) else {
                continue;
            };
            let mut free = match self.adapter.free_times(&resource, *from, *to).await {
                Ok(free) => free,
                Err(trouble) => {
                    unread = unread.and(Err(trouble.into()));
                    continue;
                }
            };
            for day in days {
                let mut availability = free.remove(&day).unwrap_or_default();
                // The order in which a PMS names them is no change.
                availability.sort_by_key(|range| (range.start, range.end, range.slot_length));
                snapshots.push(AvailabilitySnapshot {
                    id: None,
                    date: day,
                    pms_resource_id: resource.clone(),
                    availability,
                });
            }
        }
        (snapshots, unread)
    }

    /// Sends snapshots in batches, and remembers those that the hub took.
    async fn send(&self, snapshots: &[(AvailabilitySnapshot, String)]) -> Result<(), Stopped> {
        for batch in snapshots.chunks(MAX_BATCH) {
            let numbered: Vec<AvailabilitySnapshot> = batch
                .iter()
                .enumerate()
                .map(|(n, (snapshot, _))| AvailabilitySnapshot {
                    id: Some(n.to_string()),
                    ..snapshot.clone()
                })
                .collect();
            let answer = self.client.send_availability_snapshots(&numbered).await?;
            let refused: BTreeSet<&str> = answer.failed.iter().map(String::as_str).collect();
            if !refused.is_empty() {
                tracing::warn!(
                    refused = refused.len(),
                    "the hub did not take free times of a resource that it does not know; they are sent again"
                );
            }
            let taken = batch
                .iter()
                .enumerate()
                .filter(|(n, _)| !refused.contains(n.to_string().as_str()))
                .map(|(_, (snapshot, digest))| {
                    let resource = snapshot.pms_resource_id.as_str();
                    (resource, snapshot.date, digest.clone())
                });
            self.state.set_days(taken, self.today())?;
        }
        Ok(())
    }
}
