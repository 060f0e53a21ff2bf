//! Documents, there and back.

use crate::support::{Hub, Outcome};
use serde_json::json;
use slotbridge_client::{
    Error, LONGEST_DOCUMENT,
    wire::documents::{DocumentMetadata, DocumentUpload, read_document_upload},
};

fn upload(content: Vec<u8>) -> DocumentUpload {
    DocumentUpload {
        metadata: DocumentMetadata::new(1, "D"),
        content,
    }
}

fn attached(content: &str, size: i64, hash: &str) -> String {
    let document = json!({
        "pmsPatientId": "P", "pmsAppointmentId": null, "bookingId": null, "documentId": null,
        "documentType": "REFERRAL", "documentName": "R", "documentDescription": "r.pdf",
        "documentFormat": "application/pdf", "documentSize": size, "documentHash": hash,
        "createdAt": "2027-04-03 22:00:00", "documentContent": content,
    });
    document.to_string()
}

/// The SHA-1 of `foo`.
const FOO: &str = "0beec7b5ea3f0fdbc95d0dd47f3c5bc275da8a33";

#[tokio::test]
async fn a_long_document_arrives_as_it_was_packed_doc_2() -> Outcome {
    let content: Vec<u8> = (0..1_500_000_u32)
        .map(|n| n.to_le_bytes()[n as usize % 3])
        .collect();
    let (hub, client, _) = Hub::start(&[]).await?;
    client.upload_document(&upload(content.clone())).await?;
    let received = hub.received().remove(0);
    assert!(received.packed);
    let read = read_document_upload(received.body.into_bytes());
    let read = read.map_err(|_| "the hub could not read it")?;
    assert!(read.content == content);
    Ok(())
}

#[tokio::test]
async fn a_document_that_is_too_long_is_not_sent() -> Outcome {
    let (hub, client, _) = Hub::start(&[]).await?;
    let error = client
        .upload_document(&upload(vec![0; LONGEST_DOCUMENT + 1]))
        .await
        .err();
    assert!(matches!(error, Some(Error::TooLong(LONGEST_DOCUMENT))));
    assert!(hub.lines().is_empty());
    Ok(())
}

#[tokio::test]
async fn a_document_is_what_its_size_and_hash_say_att_1() -> Outcome {
    let answers = [
        attached("Zm9v", 3, FOO),
        attached("Zm9v", 3, &FOO.to_uppercase()),
        attached("Zm9v", 4, FOO),
        attached("Zm9w", 3, FOO),
        attached("%", 3, FOO),
    ];
    let answers: Vec<(u16, &str)> = answers.iter().map(|body| (200, body.as_str())).collect();
    let (_, client, _) = Hub::start(&answers).await?;
    assert_eq!(client.get_attach_document(1).await?.content, b"foo");
    assert_eq!(client.get_attach_document(1).await?.content, b"foo");
    let mut errors = vec![];
    for _ in 0..3 {
        errors.extend(client.get_attach_document(1).await.err());
    }
    let texts: Vec<String> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(
        texts,
        [
            "the document came damaged: its size is not as said",
            "the document came damaged: its SHA-1 is not as said",
            "the answer is not as the API declares it, at documentContent",
        ]
    );
    Ok(())
}

#[tokio::test]
async fn a_document_that_was_answered_is_gone_att_2() -> Outcome {
    let (_, client, _) = Hub::start(&[(410, r#"{"error": "answered"}"#)]).await?;
    let error = client.get_attach_document(1).await.err();
    assert!(matches!(error, Some(Error::Gone { .. })));
    Ok(())
}
