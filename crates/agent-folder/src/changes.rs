//! What changed in the folder since a mark.

use crate::Folder;
use crate::exports::Free;
use crate::fault::Fault;
use crate::journal::Journal;
use jiff::civil::Date;
use slotbridge_agent::adapter::{Changes, Fate};
use slotbridge_client::wire::availability::AvailabilityRange;
use slotbridge_client::wire::config::{PmsAppointmentType, PmsResource};
use std::collections::BTreeMap;
use std::sync::Arc;

type Configuration = (Arc<Vec<PmsResource>>, Arc<Vec<PmsAppointmentType>>);

/// What was seen until now. Each part has its own count, and its own place in the mark: what cannot be
/// read of one is told when it is mended, and holds up none of the others.
#[derive(Default)]
pub(crate) struct Seen {
    configuration: Journal<(), Configuration>,
    bookings: Journal<i64, Fate>,
    /// Free times without the bookings that stand.
    days: Journal<(String, Date), Vec<AvailabilityRange>>,
    /// What `days` were made of.
    days_of: Option<(Arc<Free>, u64)>,
}

impl Seen {
    fn mark(&self) -> String {
        let (configuration, bookings) = (self.configuration.mark(), self.bookings.mark());
        format!("{configuration}.{bookings}.{}", self.days.mark())
    }

    /// From which counts on a question with a mark is to be answered.
    fn since(&mut self, mark: Option<&str>) -> [u64; 3] {
        let mut counts = mark
            .unwrap_or_default()
            .split('.')
            .map(|count| count.parse().ok());
        let mut next = || counts.next().flatten();
        [
            self.configuration.since(next()),
            self.bookings.since(next()),
            self.days.since(next()),
        ]
    }

    fn changes(&self, [configuration, bookings, days]: [u64; 3]) -> Changes {
        let bookings = self.bookings.changed(bookings);
        let days = self.days.changed(days);
        Changes {
            mark: self.mark(),
            configuration: self.configuration.changed(configuration).next().is_some(),
            days: days.map(|(day, _)| day.clone()).collect(),
            bookings: bookings
                .filter_map(|(id, fate)| Some((*id, *fate?)))
                .collect(),
        }
    }
}

impl Folder {
    /// What changed since a mark. A fault is told when there is nothing else to tell: a file that
    /// cannot be read does not hide what the others say.
    pub(crate) fn changes(&self, mark: Option<&str>) -> Result<Changes, Fault> {
        let mut seen = self.seen.lock();
        let since = seen.since(mark);
        let looks = [
            self.look_at_configuration(&mut seen),
            // Before the days: what is off is free again.
            self.look_at_bookings(&mut seen),
            self.look_at_days(&mut seen),
        ];
        let changes = seen.changes(since);
        let is_none =
            !changes.configuration && changes.days.is_empty() && changes.bookings.is_empty();
        match looks.into_iter().find_map(Result::err) {
            Some(fault) if is_none => Err(fault),
            _ => Ok(changes),
        }
    }

    fn look_at_configuration(&self, seen: &mut Seen) -> Result<(), Fault> {
        let now = (self.resources.now()?, self.types.now()?);
        seen.configuration.look(BTreeMap::from([((), now)]));
        Ok(())
    }

    fn look_at_bookings(&self, seen: &mut Seen) -> Result<(), Fault> {
        let told = self.told.now()?;
        self.bookings.lock().take_off(&told)?;
        seen.bookings.look(told.as_ref().clone());
        Ok(())
    }

    fn look_at_days(&self, seen: &mut Seen) -> Result<(), Fault> {
        let free = self.free.now()?;
        let bookings = self.bookings.lock();
        if let Some((of, revision)) = &seen.days_of
            && Arc::ptr_eq(of, &free)
            && *revision == bookings.revision
        {
            return Ok(());
        }
        let mut now = BTreeMap::new();
        for (resource, days) in free.as_ref() {
            let days = bookings.cut(resource, days.iter()).into_iter();
            now.extend(days.map(|(day, ranges)| ((resource.clone(), day), ranges)));
        }
        seen.days.look(now);
        seen.days_of = Some((free, bookings.revision));
        Ok(())
    }
}
