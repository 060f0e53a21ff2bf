//! What a client does when a call does not succeed.

use crate::support::{Hub, Outcome};
use slotbridge_client::Error;
use std::time::Duration;

#[tokio::test]
async fn each_status_is_an_error_of_its_own_with_the_hubs_text_wire_5() -> Outcome {
    let said = r#"{"error": "because"}"#;
    let (_, client, _) =
        Hub::start(&[400, 401, 403, 404, 410, 409].map(|status| (status, said))).await?;
    let mut errors = Vec::new();
    for _ in 0..6 {
        errors.extend(client.cancel_booking(1, None).await.err());
    }
    assert!(matches!(&errors[0], Error::Invalid { error } if error == "because"));
    assert_eq!(errors[0].reasons().collect::<Vec<_>>(), ["because"]);
    assert!(matches!(&errors[1], Error::Unauthorized { error } if error == "because"));
    assert!(matches!(&errors[2], Error::Forbidden { error } if error == "because"));
    assert!(matches!(&errors[3], Error::NotFound { error } if error == "because"));
    assert!(matches!(&errors[4], Error::Gone { error } if error == "because"));
    assert!(matches!(&errors[5], Error::Status { status: 409, .. }));
    assert_eq!(errors[5].to_string(), "the hub answered 409: because");
    Ok(())
}

#[tokio::test]
async fn an_error_without_a_text_says_what_its_status_means_wire_5() -> Outcome {
    let (_, client, _) = Hub::start(&[(404, "<html>"), (500, "")]).await?;
    let error = client
        .cancel_booking(1, None)
        .await
        .err()
        .map(|error| error.to_string());
    assert_eq!(
        error.as_deref(),
        Some("the practice has no such thing (404): Not Found")
    );
    let error = client
        .cancel_booking(1, None)
        .await
        .err()
        .map(|error| error.to_string());
    assert_eq!(
        error.as_deref(),
        Some("the hub answered 500: Internal Server Error")
    );
    Ok(())
}

#[tokio::test]
async fn no_error_holds_a_key_auth_1() -> Outcome {
    let said = r#"{"error": "sbc_first-secret and sbp_second-secret"}"#;
    let unreadable = r#""sbc_first-secret""#;
    let (_, client, _) = Hub::start(&[(401, said), (418, said), (200, unreadable)]).await?;
    for _ in 0..3 {
        let Some(error) = client.get_resources().await.err() else {
            return Err("no error".into());
        };
        let text = format!("{error} {error:?}");
        assert!(!text.contains("secret"), "{text}");
        assert!(text.contains("[key]"), "{text}");
    }
    Ok(())
}

#[tokio::test]
async fn a_busy_hub_is_asked_again_after_longer_and_longer_pauses() -> Outcome {
    let (hub, client, pauses) = Hub::start(&[(503, ""), (429, ""), (503, ""), (200, "[]")]).await?;
    assert!(client.poll_requests().await?.is_empty());
    assert_eq!(hub.lines().len(), 4);
    assert_eq!(pauses.millis(), [250, 500, 1000]);
    Ok(())
}

#[tokio::test]
async fn after_three_repetitions_the_error_is_told() -> Outcome {
    let (hub, client, _) = Hub::start(&[(503, r#"{"error": "down"}"#); 9]).await?;
    let error = client.confirm_booking_update(1, 2).await.err();
    assert!(matches!(error, Some(Error::Status { status: 503, .. })));
    assert_eq!(hub.lines().len(), 4);
    Ok(())
}

#[tokio::test]
async fn a_wait_that_the_hub_asks_for_is_kept_or_told() -> Outcome {
    let (hub, client, pauses) = Hub::start(&[]).await?;
    hub.answer(429, Some(3), "");
    hub.answer(503, Some(3600), "");
    let error = client.confirm_booking_update(1, 2).await.err();
    let hour = Some(Duration::from_secs(3600));
    assert!(matches!(error, Some(Error::Status { retry_after, .. }) if retry_after == hour));
    assert_eq!(pauses.millis(), [3000]);
    Ok(())
}

#[tokio::test]
async fn what_a_busy_hub_did_not_take_up_is_sent_again_whatever_it_is() -> Outcome {
    let (hub, client, _) = Hub::start(&[(503, ""), (429, ""), (204, "")]).await?;
    client.delete_subscription("s1").await?;
    assert_eq!(hub.lines().len(), 3);
    Ok(())
}

#[tokio::test]
async fn what_the_hub_refused_is_not_sent_again() -> Outcome {
    let (hub, client, pauses) = Hub::start(&[(400, ""), (500, "")]).await?;
    assert!(client.cancel_booking(1, None).await.is_err());
    assert!(client.cancel_booking(1, None).await.is_err());
    assert_eq!(hub.lines().len(), 2);
    assert!(pauses.millis().is_empty());
    Ok(())
}

#[tokio::test]
async fn no_redirect_is_followed_auth_1() -> Outcome {
    let (hub, client, _) = Hub::start(&[(302, "")]).await?;
    let error = client.poll_requests().await.err();
    assert!(matches!(error, Some(Error::Status { status: 302, .. })));
    assert_eq!(hub.lines().len(), 1);
    Ok(())
}

#[tokio::test]
async fn an_answer_that_is_not_as_declared_is_told_by_its_fields_and_not_by_what_is_in_them()
-> Outcome {
    let answer = r#"[{"pmsResourceId": "1"}, {"pmsResourceId": ["Anna"], "pmsResourceName": "x"}]"#;
    let (_, client, _) = Hub::start(&[(200, answer)]).await?;
    let error = client.get_resources().await.err();
    let text = error.as_ref().map(ToString::to_string);
    assert_eq!(
        text.as_deref(),
        Some("the answer is not as the API declares it, at [0].pmsResourceName, [1].pmsResourceId")
    );
    let Some(Error::Decode(faults)) = error else {
        return Err(format!("{error:?}").into());
    };
    let first = faults.first().map(|fault| fault.message.as_str());
    assert_eq!(first, Some("is required"));
    Ok(())
}
