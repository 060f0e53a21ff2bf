//! The hub's callbacks, and who is woken by them.

use crate::stage::{Stage, at, settings};
use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};
use slotbridge_agent::clinic::Settings;
use slotbridge_agent::receiver::Receiver;
use slotbridge_client::webhooks::Verifier;
use slotbridge_testkit::served::Served;
use std::sync::Arc;
use tokio::sync::Notify;

const URL: &str = "https://agent.example/callbacks";

fn calling(name: &str, url: Option<&str>) -> Settings {
    Settings {
        name: name.to_owned(),
        callback_url: url.map(str::to_owned),
        ..settings()
    }
}

/// A callback as it comes over the network.
#[derive(Clone)]
struct Sent {
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

/// The hub, and the receiver of an agent with two clinics, `clinic` and `other`.
struct Scene {
    stage: Stage,
    served: Served,
    clinic: Arc<Notify>,
    other: Arc<Notify>,
}

fn is_woken(outstanding: &Notify) -> bool {
    let mut notified = std::pin::pin!(outstanding.notified());
    notified.as_mut().enable()
}

impl Scene {
    async fn new() -> Self {
        let stage = Stage::with(calling("clinic", Some(URL))).await;
        let path = format!("/consumers/{}/webhookSecret", stage.hub.pms.consumer_id);
        let made = stage
            .hub
            .app
            .admin("POST", &path, Value::Null)
            .await
            .expect(201);
        let verifier = Verifier::new([made["webhookSecret"].as_str().unwrap()]).unwrap();
        let mut receiver = Receiver::new(verifier, stage.now());
        let (clinic, other) = (Arc::<Notify>::default(), Arc::<Notify>::default());
        receiver.wakes("clinic", Arc::clone(&clinic));
        receiver.wakes("other", Arc::clone(&other));
        let mut served = Served::default();
        served.add(receiver.router()).await;
        Self {
            stage,
            served,
            clinic,
            other,
        }
    }

    /// Somebody books; the callbacks of it, which are held up on their way.
    async fn callbacks(&self, time: &str) -> Vec<Sent> {
        let _ = self.stage.hub.app.receiver.take();
        self.stage.hub.book(&at(time)).await;
        self.stage.hub.app.deliver().await;
        let calls = self.stage.hub.app.receiver.take().into_iter();
        let sent = |(name, value): (&'static str, String)| (name.to_owned(), value);
        calls
            .map(|call| Sent {
                headers: call.headers.into_iter().map(sent).collect(),
                body: call.body,
            })
            .collect()
    }

    /// The receiver's answer.
    async fn post(&self, sent: &Sent) -> u16 {
        let mut request = Request::builder().method("POST").uri("/callbacks");
        for (name, value) in &sent.headers {
            request = request.header(name, value);
        }
        let request = request.body(Body::from(sent.body.clone())).unwrap();
        self.served.send(request).await.status.as_u16()
    }
}

#[tokio::test]
async fn a_signed_callback_is_acknowledged_before_any_work_and_wakes_the_clinic_that_is_meant_sub_2_sub_6()
 {
    let scene = Scene::new().await;
    let sent = scene.callbacks("09:00").await;
    assert_eq!(sent.len(), 1);
    assert_eq!(scene.post(&sent[0]).await, 204);
    assert!(is_woken(&scene.clinic));
    assert!(!is_woken(&scene.other));
}

#[tokio::test]
async fn a_forged_callback_is_refused_and_wakes_nobody_sub_6() {
    let scene = Scene::new().await;
    let good = scene.callbacks("09:00").await.remove(0);
    let changed = |name: &str, value: &str| {
        let mut sent = good.clone();
        for header in &mut sent.headers {
            if header.0 == name {
                header.1 = value.to_owned();
            }
        }
        sent
    };
    let mut other_body = good.clone();
    other_body.body.push(b' ');
    let mut bare = good.clone();
    bare.headers.clear();
    for forged in [
        changed(
            "webhook-signature",
            "v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        ),
        changed("webhook-id", "msg_other"),
        changed("webhook-timestamp", "1795392001"),
        other_body,
        bare,
    ] {
        assert_eq!(scene.post(&forged).await, 401);
    }
    assert!(!is_woken(&scene.clinic) && !is_woken(&scene.other));
}

#[tokio::test]
async fn an_old_callback_played_again_is_refused_sub_6() {
    let scene = Scene::new().await;
    let sent = scene.callbacks("09:00").await.remove(0);
    assert_eq!(scene.post(&sent).await, 204);
    assert!(is_woken(&scene.clinic));
    scene.stage.hub.app.clock.advance(301);
    assert_eq!(scene.post(&sent).await, 401);
    assert!(!is_woken(&scene.clinic));
}

#[tokio::test]
async fn a_callback_for_a_clinic_that_the_agent_has_not_is_404_sub_2() {
    let scene = Scene::new().await;
    let theirs = json!({"topic": "requests.*", "callbackUrl": URL, "clientId": "nobody"});
    scene
        .stage
        .hub
        .pms("POST", "/subscription", theirs)
        .await
        .expect(201);
    let mut answers = Vec::new();
    for sent in scene.callbacks("09:00").await {
        answers.push(scene.post(&sent).await);
    }
    answers.sort_unstable();
    assert_eq!(answers, [204, 404]);
    assert!(is_woken(&scene.clinic) && !is_woken(&scene.other));
}

pub(crate) async fn subscriptions(stage: &Stage) -> Vec<Value> {
    let all = stage
        .hub
        .pms("GET", "/subscription", Value::Null)
        .await
        .expect(200);
    let all = if all.is_array() {
        all
    } else {
        all["data"].clone()
    };
    all.as_array().unwrap().clone()
}

#[tokio::test]
async fn the_subscription_is_renewed_before_it_expires_sub_1() {
    let stage = Stage::with(calling("clinic", Some(URL))).await;
    let before = subscriptions(&stage).await;
    assert_eq!(before.len(), 1);
    assert_eq!(before[0]["expireAt"], "2026-11-30 00:00:00");
    stage.hub.app.clock.advance(6 * 24 * 3600);
    let agent = stage.agent_with(stage.book.clone(), calling("clinic", Some(URL)));
    agent.link().await.unwrap();
    let after = subscriptions(&stage).await;
    assert_eq!(after.len(), 1);
    assert_eq!(after[0]["id"], before[0]["id"]);
    assert_eq!(after[0]["expireAt"], "2026-12-06 00:00:00");
}

#[tokio::test]
async fn the_subscription_of_an_old_address_is_taken_back_and_others_stay_sub_1() {
    let stage = Stage::with(calling("clinic", Some(URL))).await;
    let theirs = json!({"topic": "requests.*", "callbackUrl": URL, "clientId": "theirs"});
    stage
        .hub
        .pms("POST", "/subscription", theirs)
        .await
        .expect(201);
    let new = "https://agent.example/moved";
    let urls = async |url: Option<&str>| {
        let agent = stage.agent_with(stage.book.clone(), calling("clinic", url));
        agent.link().await.unwrap();
        let all = subscriptions(&stage).await;
        let text = |one: &Value| one["callbackUrl"].as_str().unwrap().to_owned();
        let mut urls: Vec<String> = all.iter().map(text).collect();
        urls.sort();
        urls
    };
    assert_eq!(urls(Some(new)).await, [URL, new]);
    assert_eq!(
        urls(None).await,
        [URL],
        "without callbacks there is none of ours"
    );
}
