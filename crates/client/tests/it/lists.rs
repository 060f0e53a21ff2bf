//! Whole lists, read while they change (WIRE-6).

use crate::support::{Hub, Outcome, Pauses, config};
use axum::{
    Router,
    extract::{Request, State},
};
use futures_util::{StreamExt, TryStreamExt};
use slotbridge_client::{Client, Error};
use std::{
    error,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::net::TcpListener;

/// A hub with a list of bookings that wait for a cancellation to be noted: what is confirmed leaves
/// it.
#[derive(Clone)]
struct ListHub {
    outstanding: Arc<Mutex<Vec<i64>>>,
    pages_read: Arc<Mutex<Vec<usize>>>,
}

impl ListHub {
    async fn start(count: i64) -> Result<(Self, Client), Box<dyn error::Error>> {
        let hub = Self {
            outstanding: Arc::new(Mutex::new((1..=count).collect())),
            pages_read: Arc::default(),
        };
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let config = config(format!("http://{}/pms-api/v1", listener.local_addr()?));
        let router = Router::new().fallback(serve).with_state(hub.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let client = Client::with_waiter(config, Arc::new(Pauses::default()))?;
        Ok((hub, client))
    }

    fn outstanding(&self) -> Vec<i64> {
        let outstanding = self.outstanding.lock();
        outstanding.unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn pages_read(&self) -> Vec<usize> {
        let pages_read = self.pages_read.lock();
        pages_read.unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn page(&self, number: usize) -> String {
        let mut read = self
            .pages_read
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        read.push(number);
        let all = self.outstanding();
        let items: Vec<String> = all
            .chunks(100)
            .nth(number - 1)
            .unwrap_or_default()
            .iter()
            .map(|id| {
                format!(
                    r#"{{"requestId":{id},"bookingId":{id},"pmsAppointmentIds":[],"updatedAt":"2027-04-03 22:00:00","bookingStatus":"Cancelled"}}"#
                )
            })
            .collect();
        format!(
            r#"{{"data":[{}],"page":{{"currentPage":{number},"totalPages":{},"perPage":100,"total":{}}}}}"#,
            items.join(","),
            all.len().div_ceil(100).max(1),
            all.len()
        )
    }

    fn confirm(&self, id: i64) {
        let mut all = self
            .outstanding
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        all.retain(|other| *other != id);
    }
}

async fn serve(State(hub): State<ListHub>, request: Request) -> String {
    let last = |text: &str, mark: char| text.rsplit(mark).next().and_then(|n| n.parse().ok());
    match request.uri().query().map(|query| last(query, '=')) {
        Some(page) => hub.page(usize::try_from(page.unwrap_or(0)).unwrap_or(0).max(1)),
        None => {
            hub.confirm(last(request.uri().path(), '/').unwrap_or(0));
            "{}".to_owned()
        }
    }
}

#[tokio::test]
async fn a_list_that_stays_is_read_once_wire_6() -> Outcome {
    let (hub, client) = ListHub::start(250).await?;
    let all = client.all_booking_update_requests().await?;
    let ids: Vec<i64> = all.iter().map(|update| update.request_id).collect();
    assert_eq!(ids, hub.outstanding());
    assert_eq!(hub.pages_read(), [1, 2, 3]);
    Ok(())
}

#[tokio::test]
async fn an_empty_list_has_one_page_wire_6() -> Outcome {
    let (hub, client) = ListHub::start(0).await?;
    let mut items = client.all_booking_update_requests();
    assert!(items.next().await.is_none());
    assert_eq!(hub.pages_read(), [1]);
    Ok(())
}

#[tokio::test]
async fn what_is_answered_as_it_comes_hides_nothing_and_brings_nothing_twice_wire_6() -> Outcome {
    // All answered, every other one, and fewer.
    for every in [1, 2, 3, 90] {
        let (hub, client) = ListHub::start(450).await?;
        let mut ids = vec![];
        let mut items = client.all_booking_update_requests();
        while let Some(update) = items.next().await {
            let id = update?.request_id;
            ids.push(id);
            if id % every == 0 {
                client.confirm_booking_update(id, id).await?;
            }
        }
        assert_eq!(ids, (1..=450).collect::<Vec<_>>(), "{every}");
        let left = hub.outstanding();
        assert_eq!(left.iter().filter(|id| **id % every == 0).count(), 0);
        assert!(hub.pages_read().len() < 10, "{:?}", hub.pages_read());
    }
    Ok(())
}

#[tokio::test]
async fn pages_are_read_as_they_are_asked_for() -> Outcome {
    let (hub, client) = ListHub::start(250).await?;
    let mut items = client.all_booking_update_requests();
    assert!(hub.pages_read().is_empty());
    for _ in 0..100 {
        items.next().await.ok_or("an item")??;
    }
    assert_eq!(hub.pages_read(), [1]);
    Ok(())
}

#[tokio::test]
async fn a_list_is_a_stream() -> Outcome {
    let (_, client) = ListHub::start(150).await?;
    let bookings = client
        .all_booking_update_requests()
        .map_ok(|update| update.booking_id)
        .take(120);
    let bookings: Vec<i64> = bookings.try_collect().await?;
    assert_eq!(bookings.len(), 120);
    Ok(())
}

#[tokio::test]
async fn after_an_error_there_is_nothing_more() -> Outcome {
    let (hub, client, _) = Hub::start(&[(403, "")]).await?;
    let mut items = client.all_booking_requests();
    assert!(matches!(
        items.next().await,
        Some(Err(Error::Forbidden { .. }))
    ));
    assert!(items.next().await.is_none());
    assert_eq!(hub.lines().len(), 1);
    Ok(())
}

#[tokio::test]
async fn an_empty_page_is_the_last_whatever_the_count_says_wire_6() -> Outcome {
    let page = |data: &str| {
        format!(
            r#"{{"data":[{data}],"page":{{"currentPage":1,"totalPages":9,"perPage":100,"total":801}}}}"#
        )
    };
    let first = page(r#"{"day":"2027-04-04","pms_resource_id":"R"}"#);
    let (hub, client, _) = Hub::start(&[(200, &first), (200, &page(""))]).await?;
    let wanted = client.all_availability_snapshot_requests().await?;
    assert_eq!(wanted.len(), 1);
    assert_eq!(wanted[0].pms_resource_id.as_deref(), Some("R"));
    assert_eq!(hub.lines().len(), 2);
    Ok(())
}

#[tokio::test]
async fn every_page_of_a_log_is_asked_for_with_its_filter_sub_4() -> Outcome {
    let page = r#"{"data":[],"page":{"currentPage":1,"totalPages":1,"perPage":100,"total":0}}"#;
    let (hub, client, _) = Hub::start(&[(200, page), (200, page)]).await?;
    let mut filter = slotbridge_client::ErrorLogFilter::default();
    assert!(
        client
            .all_subscription_error_logs(&filter)
            .await?
            .is_empty()
    );
    filter.subscription_id = Some("a&b".to_owned());
    assert!(
        client
            .all_subscription_error_logs(&filter)
            .await?
            .is_empty()
    );
    assert_eq!(
        hub.lines(),
        [
            "GET /pms-api/v1/subscriptionErrorLog?page=1",
            "GET /pms-api/v1/subscriptionErrorLog?subscriptionId=a%26b&page=1",
        ]
    );
    Ok(())
}

#[tokio::test]
async fn each_list_is_read_whole_from_where_its_pages_are_wire_6() -> Outcome {
    let page = r#"{"data":[],"page":{"currentPage":1,"totalPages":1,"perPage":100,"total":0}}"#;
    let (hub, client, _) = Hub::start(&[(200, page); 16]).await?;
    macro_rules! both {
        ($($page:ident $all:ident),+) => {
            $(
                client.$page(1).await?;
                assert!(client.$all().await?.is_empty());
            )+
        };
    }
    both!(
        booking_requests all_booking_requests,
        booking_update_requests all_booking_update_requests,
        availability_snapshot_requests all_availability_snapshot_requests,
        pms_appointment_change_requests all_pms_appointment_change_requests,
        available_documents_requests all_available_documents_requests,
        upload_documents_requests all_upload_documents_requests,
        client_snapshots_requests all_client_snapshots_requests,
        attach_document_requests all_attach_document_requests
    );
    let lines = hub.lines();
    assert_eq!(lines.len(), 16);
    for pair in lines.chunks(2) {
        assert_eq!(pair[0], pair[1]);
    }
    Ok(())
}
