//! Calls of which no whole answer comes: which are made again, and what is told of them.

use crate::{
    silent::{self, Behaviour},
    support::{Outcome, Pauses, config},
};
use slotbridge_client::{Client, Error, Timeouts, TransportKind};
use std::{
    error,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

const SOON: Duration = Duration::from_millis(50);
const LATE: Duration = Duration::from_secs(60);

struct Silent {
    client: Client,
    arrived: Arc<AtomicUsize>,
    pauses: Pauses,
}

impl Silent {
    async fn start(behaviour: Behaviour, call: Duration) -> Result<Self, Box<dyn error::Error>> {
        let (address, arrived) = silent::start(behaviour).await?;
        let pauses = Pauses::default();
        let timeouts = Timeouts {
            connect: LATE,
            call,
            bulky_call: LATE,
        };
        let config = config(format!("http://{address}/pms-api/v1"));
        let client = Client::with(config, Arc::new(pauses.clone()), timeouts)?;
        Ok(Self {
            client,
            arrived,
            pauses,
        })
    }

    fn arrived(&self) -> usize {
        self.arrived.load(Ordering::SeqCst)
    }
}

fn kind(outcome: &Result<(), Error>) -> Option<TransportKind> {
    match outcome {
        Err(Error::Transport { kind, .. }) => Some(*kind),
        _ => None,
    }
}

#[tokio::test]
async fn a_call_that_may_be_made_twice_is_made_again_without_an_answer() -> Outcome {
    for behaviour in [Behaviour::Break, Behaviour::BreakLate] {
        let hub = Silent::start(behaviour, LATE).await?;
        let answer = hub.client.cancel_booking(1, None).await;
        assert_eq!(kind(&answer), Some(TransportKind::Broken), "{behaviour:?}");
        assert_eq!(hub.arrived(), 4, "{behaviour:?}");
        assert_eq!(hub.pauses.millis(), [250, 500, 1000]);
    }
    Ok(())
}

#[tokio::test]
async fn a_call_that_may_have_arrived_is_not_made_twice_if_that_harms() -> Outcome {
    let hub = Silent::start(Behaviour::Break, LATE).await?;
    let answers = [
        hub.client.delete_subscription("s1").await,
        hub.client.confirm_attach_document(1, None).await,
        hub.client.reject_attach_document(1, None).await,
    ];
    for answer in answers {
        assert_eq!(kind(&answer), Some(TransportKind::Broken));
    }
    assert_eq!(hub.arrived(), 3);
    assert!(hub.pauses.millis().is_empty());
    Ok(())
}

#[tokio::test]
async fn a_hub_that_does_not_answer_is_given_up() -> Outcome {
    let hub = Silent::start(Behaviour::Wait, SOON).await?;
    let call = hub.client.poll_requests();
    let Err(error) = tokio::time::timeout(LATE / 6, call).await? else {
        return Err("no error".into());
    };
    assert_eq!(
        error.to_string(),
        "no answer from the hub: it took too long"
    );
    assert_eq!(kind(&Err(error)), Some(TransportKind::Timeout));
    assert_eq!(hub.arrived(), 4);
    let answer = hub.client.delete_subscription("s1").await;
    assert_eq!(kind(&answer), Some(TransportKind::Timeout));
    assert_eq!(hub.arrived(), 5);
    Ok(())
}

#[tokio::test]
async fn a_document_is_given_more_time() -> Outcome {
    let hub = Silent::start(Behaviour::Wait, SOON).await?;
    let document = hub.client.get_attach_document(1);
    let waited = tokio::time::timeout(SOON * 10, document).await;
    assert!(waited.is_err(), "it was given up");
    Ok(())
}

#[tokio::test]
async fn a_call_that_did_not_arrive_is_made_again_whatever_it_is() -> Outcome {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let base_url = format!("http://{}/pms-api/v1", listener.local_addr()?);
    drop(listener);
    let pauses = Pauses::default();
    let client = Client::with_waiter(config(base_url), Arc::new(pauses.clone()))?;
    let Err(error) = client.delete_subscription("s1").await else {
        return Err("no error".into());
    };
    let text = error.to_string();
    assert!(text.to_lowercase().contains("refused"), "{text}");
    assert!(error.advice().is_some());
    assert_eq!(kind(&Err(error)), Some(TransportKind::Connect));
    assert_eq!(pauses.millis().len(), 3);
    Ok(())
}

#[tokio::test]
async fn a_hub_that_takes_no_connection_is_given_up() -> Outcome {
    let (address, _listener, _waiting) = silent::full().await?;
    let pauses = Pauses::default();
    let timeouts = Timeouts {
        connect: SOON,
        call: LATE,
        bulky_call: LATE,
    };
    let config = config(format!("http://{address}/pms-api/v1"));
    let client = Client::with(config, Arc::new(pauses.clone()), timeouts)?;
    let call = client.delete_subscription("s1");
    let answer = tokio::time::timeout(LATE / 6, call).await?;
    assert_eq!(kind(&answer), Some(TransportKind::Connect));
    assert_eq!(pauses.millis().len(), 3);
    Ok(())
}

#[tokio::test]
async fn a_refusal_is_one_even_if_its_reason_is_lost() -> Outcome {
    let hub = Silent::start(Behaviour::Refuse, LATE).await?;
    let error = hub.client.cancel_booking(1, None).await.err();
    assert!(matches!(error, Some(Error::Forbidden { .. })), "{error:?}");
    assert_eq!(hub.arrived(), 1);
    Ok(())
}

#[tokio::test]
async fn an_answer_without_an_end_is_not_read_to_it() -> Outcome {
    let hub = Silent::start(Behaviour::Flood, LATE).await?;
    let error = hub.client.poll_requests().await.err();
    assert!(matches!(error, Some(Error::TooLong(_))));
    assert_eq!(hub.arrived(), 1);
    Ok(())
}
