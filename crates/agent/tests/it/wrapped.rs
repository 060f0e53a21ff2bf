//! The appointment book, with a say in what it is asked for: what fails, what hangs, what is added.

use jiff::civil::Date;
use slotbridge_agent::adapter::{
    Adapter, Cancelled, Changes, Document, Doing, Fate, FreeTimes, Inserted, NewPatient, Patients,
    PmsPatient, Trouble,
};
use slotbridge_agent_book::Book;
use slotbridge_client::wire::bookings::Booking;
use slotbridge_client::wire::config::{PmsAppointmentType, PmsResource};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use tokio::sync::Notify;

/// Something that the adapter is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    /// The method.
    pub(crate) what: &'static str,
    /// The booking, the resource, or the mark that it is asked about.
    pub(crate) of: String,
    /// Whether it has been done already.
    pub(crate) done: bool,
}

/// What becomes of it.
#[derive(Clone, Debug)]
pub(crate) enum Verdict {
    Go,
    Fail(Trouble),
    Hang,
}

/// Cannot at the moment.
pub(crate) fn later() -> Verdict {
    Verdict::Fail(Trouble::Later("as the test says".to_owned()))
}

/// Will not.
pub(crate) fn refused() -> Verdict {
    Verdict::Fail(Trouble::Refused("as the test says".to_owned()))
}

type Judge = Box<dyn FnMut(&Asked) -> Verdict + Send>;

/// The book.
pub(crate) struct Wrapped {
    book: Arc<Book>,
    judge: Mutex<Judge>,
    asked: Mutex<Vec<Asked>>,
    /// Whether it says that the configuration changed.
    pub(crate) configured: AtomicBool,
    /// Whether it names free times from the last to the first.
    pub(crate) backwards: AtomicBool,
    /// Patients that are not there any more, or are one with another.
    pub(crate) gone: Mutex<Vec<String>>,
    /// The documents of its bookings.
    pub(crate) documents: Mutex<Vec<(i64, Document, Vec<u8>)>>,
    stuck: Notify,
}

impl Wrapped {
    pub(crate) fn new(book: &Arc<Book>) -> Arc<Self> {
        Arc::new(Self {
            book: Arc::clone(book),
            judge: Mutex::new(Box::new(|_| Verdict::Go)),
            asked: Mutex::default(),
            configured: AtomicBool::new(false),
            backwards: AtomicBool::new(false),
            gone: Mutex::default(),
            documents: Mutex::default(),
            stuck: Notify::new(),
        })
    }

    /// Says what becomes of each question from now on, before and after it is done.
    pub(crate) fn judge(&self, judge: impl FnMut(&Asked) -> Verdict + Send + 'static) {
        *self.judge.lock().unwrap() = Box::new(judge);
    }

    /// What was asked since this was last asked.
    pub(crate) fn take(&self) -> Vec<Asked> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }

    /// Is done when a question hangs.
    pub(crate) async fn stuck(&self) {
        self.stuck.notified().await;
    }

    async fn moment(&self, what: &'static str, of: &str, done: bool) -> Result<(), Trouble> {
        let of = of.to_owned();
        let asked = Asked { what, of, done };
        self.asked.lock().unwrap().push(asked.clone());
        let verdict = (self.judge.lock().unwrap())(&asked);
        match verdict {
            Verdict::Go => Ok(()),
            Verdict::Fail(trouble) => Err(trouble),
            Verdict::Hang => {
                self.stuck.notify_one();
                std::future::pending().await
            }
        }
    }

    fn around<'a, T: Send + 'a>(
        &'a self,
        what: &'static str,
        of: String,
        ask: impl FnOnce(&'a Book) -> Doing<'a, T> + Send + 'a,
    ) -> Doing<'a, T> {
        Box::pin(async move {
            self.moment(what, &of, false).await?;
            let done = ask(&self.book).await?;
            self.moment(what, &of, true).await?;
            Ok(done)
        })
    }
}

impl Adapter for Wrapped {
    fn resources(&self) -> Doing<'_, Vec<PmsResource>> {
        self.around("resources", String::new(), |book| book.resources())
    }

    fn appointment_types(&self) -> Doing<'_, Vec<PmsAppointmentType>> {
        self.around("types", String::new(), |book| book.appointment_types())
    }

    fn free_times<'a>(&'a self, resource: &'a str, from: Date, to: Date) -> Doing<'a, FreeTimes> {
        Box::pin(async move {
            let free = self.around("free", resource.to_owned(), move |book| {
                book.free_times(resource, from, to)
            });
            let mut free = free.await?;
            if self.backwards.load(Ordering::SeqCst) {
                free.values_mut().for_each(|ranges| ranges.reverse());
            }
            Ok(free)
        })
    }

    fn changed_since<'a>(&'a self, mark: Option<&'a str>) -> Doing<'a, Changes> {
        let of = mark.unwrap_or_default().to_owned();
        Box::pin(async move {
            let changes = self.around("changes", of, move |book| book.changed_since(mark));
            let changes = changes.await?;
            let configuration = self.configured.load(Ordering::SeqCst);
            Ok(Changes {
                configuration,
                ..changes
            })
        })
    }

    fn patients<'a>(&'a self, mark: Option<&'a str>) -> Doing<'a, Patients> {
        let of = mark.unwrap_or_default().to_owned();
        Box::pin(async move {
            let patients = self.around("patients", of, move |book| book.patients(mark));
            let mut patients = patients.await?;
            let gone = self.gone.lock().unwrap().clone().into_iter();
            let gone = gone.map(|id| PmsPatient { id, person: None });
            patients.changed.extend(gone);
            Ok(patients)
        })
    }

    fn find(&self, booking: i64) -> Doing<'_, Option<Inserted>> {
        self.around("find", booking.to_string(), move |book| book.find(booking))
    }

    fn create_patient<'a>(&'a self, patient: &'a NewPatient) -> Doing<'a, String> {
        let of = patient.booking_id.to_string();
        self.around("create", of, move |book| book.create_patient(patient))
    }

    fn insert<'a>(&'a self, booking: &'a Booking, patient_id: &'a str) -> Doing<'a, Inserted> {
        let of = booking.booking_id.to_string();
        self.around("insert", of, move |book| book.insert(booking, patient_id))
    }

    fn cancel<'a>(&'a self, booking: i64, appointment_ids: &'a [String]) -> Doing<'a, Cancelled> {
        self.around("cancel", booking.to_string(), move |book| {
            book.cancel(booking, appointment_ids)
        })
    }

    fn fate<'a>(&'a self, booking: i64, appointment_ids: &'a [String]) -> Doing<'a, Option<Fate>> {
        self.around("fate", booking.to_string(), move |book| {
            book.fate(booking, appointment_ids)
        })
    }

    fn documents(&self, booking: i64) -> Doing<'_, Vec<Document>> {
        let all = self.documents.lock().unwrap();
        let of = all.iter().filter(|(id, ..)| *id == booking);
        let of: Vec<Document> = of.map(|(_, document, _)| document.clone()).collect();
        self.around("documents", booking.to_string(), move |_| {
            Box::pin(std::future::ready(Ok(of)))
        })
    }

    fn content<'a>(&'a self, booking: i64, document: &'a str) -> Doing<'a, Vec<u8>> {
        let all = self.documents.lock().unwrap();
        let found = all
            .iter()
            .find(|(id, one, _)| *id == booking && one.id == document);
        let content = found.map(|(.., content)| content.clone());
        let content = content.ok_or_else(|| Trouble::Refused("there is none".to_owned()));
        self.around("content", booking.to_string(), move |_| {
            Box::pin(std::future::ready(content))
        })
    }
}
