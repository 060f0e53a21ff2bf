//! Every operation calls what the API declares, sends all that it takes and reads all that it gives.
//! A new operation without a case here fails.

mod cases;
mod contract;

use crate::support::{Hub, Outcome};
use cases::Case;
use contract::Contract;
use slotbridge_client::operations::{self, Operation};
use std::collections::BTreeSet;

/// `confirmBookingInsert` as `confirm_booking_insert`.
fn snake_case(name: &str) -> String {
    let letters = name.chars().map(|letter| match letter {
        'A'..='Z' => format!("_{}", letter.to_ascii_lowercase()),
        letter => letter.to_string(),
    });
    letters.collect()
}

/// `METHOD path`, as the contract has it.
fn declared(operation: &Operation) -> String {
    let method = format!("{:?}", operation.method).to_uppercase();
    format!("{method} {}", operation.path)
}

/// Whether a call's line is one of an operation: ids are filled in, a query may follow.
fn is_of(operation: &Operation, line: &str) -> bool {
    let declared = declared(operation);
    let path = line.split('?').next().unwrap_or_default();
    let (expected, actual): (Vec<&str>, Vec<&str>) =
        (declared.split('/').collect(), path.split('/').collect());
    expected.len() == actual.len()
        && expected
            .iter()
            .zip(&actual)
            .all(|(expected, actual)| expected.starts_with('{') || expected == actual)
}

fn the_case<'c>(cases: &'c [Case], operation: &Operation) -> Option<&'c Case> {
    let method = snake_case(operation.name);
    cases.iter().find(|case| case.method == method)
}

#[test]
fn the_operations_are_those_of_the_contract_and_one_more() {
    let ours: BTreeSet<String> = operations::ALL
        .iter()
        .map(|operation| format!("{} {}", operation.name, declared(operation)))
        .collect();
    let mut theirs = Contract::new().operations();
    theirs.insert("replaceSubscription PUT /subscription/{id}".to_owned());
    assert_eq!(ours, theirs);
    assert_eq!((operations::ALL.len(), ours.len()), (43, 43));
}

#[test]
fn every_operation_has_a_method_of_its_name_and_a_case() {
    let cases = cases::all();
    let named: BTreeSet<String> = operations::ALL
        .iter()
        .map(|operation| snake_case(operation.name))
        .collect();
    let tested: BTreeSet<String> = cases.iter().map(|case| case.method.to_owned()).collect();
    assert_eq!(named, tested);
    assert_eq!(cases.len(), tested.len());
}

#[tokio::test]
async fn every_operation_calls_what_the_contract_declares_and_reads_the_answer() -> Outcome {
    let cases = cases::all();
    for operation in operations::ALL {
        let name = operation.name;
        let case = the_case(&cases, operation).ok_or(name)?;
        let (hub, client, _) = Hub::start(&[(case.status, &case.answer_text())]).await?;
        let given = (case.call)(client)
            .await
            .map_err(|e| format!("{name}: {e}"))?;
        assert_eq!(given, case.gives, "{name}");
        let received = hub.received();
        assert_eq!(received.len(), 1, "{name}");
        let (method, path) = case.line.split_once(' ').ok_or(name)?;
        assert_eq!(
            received[0].line,
            format!("{method} /pms-api/v1{path}"),
            "{name}"
        );
        assert!(is_of(operation, case.line), "{name}: {}", case.line);
        match &case.sends {
            Some(body) => {
                assert_eq!(received[0].json()?, *body, "{name}");
                assert_eq!(
                    received[0].header("content-type"),
                    "application/json",
                    "{name}"
                );
            }
            None => {
                assert_eq!(received[0].body, "", "{name}");
                assert_eq!(received[0].header("content-type"), "-", "{name}");
            }
        }
        let headers = [
            ("api-key", "sbc_first-secret"),
            ("practice-id", "7"),
            ("practice-key", "sbp_second-secret"),
            ("user-agent", "Acme PMS (a@acme.example) test"),
            ("accept", "application/json"),
        ];
        for (header, value) in headers {
            assert_eq!(received[0].header(header), value, "{name}: {header}");
        }
    }
    Ok(())
}

#[test]
fn every_body_sent_and_read_has_all_that_the_contract_declares() -> Outcome {
    let (contract, cases) = (Contract::new(), cases::all());
    for operation in operations::ALL {
        let name = operation.name;
        let case = the_case(&cases, operation).ok_or(name)?;
        // The contract lacks it; its bodies are those of the operation that creates.
        let declared = match name {
            "replaceSubscription" => "POST /subscription".to_owned(),
            _ => declared(operation),
        };
        let faults = contract.request_faults(&declared, case.sends.as_ref());
        assert!(faults.is_empty(), "{name} sends: {faults:#?}");
        let faults = contract.answer_faults(&declared, case.answer.as_ref());
        assert!(faults.is_empty(), "{name} is answered: {faults:#?}");
    }
    Ok(())
}
