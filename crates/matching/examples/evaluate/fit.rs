//! Weights estimated from labelled sets: the regression by which the points of `src/weights.rs`
//! were found. What it prints is a proposal; a person rounds it and keeps it in a sensible order.

use std::error::Error;
use std::path::PathBuf;

use slotbridge_matching::{Factor, factors};

use crate::data::Labelled;

/// Pulls weights of rare evidence towards nothing.
const RIDGE: f64 = 1.0;
const STEPS: usize = 25;

/// A candidate: the places of its factors, and whether it is the patient.
type Example = (Vec<usize>, bool);

pub(crate) fn report(folders: &[PathBuf]) -> Result<(), Box<dyn Error>> {
    let mut examples = Vec::new();
    for folder in folders {
        collect(&Labelled::read(folder)?, &mut examples);
    }
    println!("{} candidates", examples.len());
    let weights = regression(&examples);
    for (place, (factor, weight)) in Factor::ALL.iter().zip(weights).enumerate() {
        let seen = |wanted| {
            examples
                .iter()
                .filter(|(places, same)| *same == wanted && places.contains(&place))
                .count()
        };
        println!(
            "    {factor:?} = {:.0}, // {} same, {} not",
            weight * 10.0,
            seen(true),
            seen(false)
        );
    }
    Ok(())
}

fn collect(set: &Labelled, examples: &mut Vec<Example>) {
    for request in &set.requests {
        for candidate in set.matcher.candidates(&request.person) {
            let places =
                factors(&candidate.comparison, candidate.rarity).map(|factor| factor as usize);
            let same = request.truth.as_deref() == Some(candidate.patient);
            examples.push((places.collect(), same));
        }
    }
}

/// Logistic regression by Newton's method.
fn regression(examples: &[Example]) -> Vec<f64> {
    let size = Factor::ALL.len();
    let mut weights = vec![0.0; size];
    for _ in 0..STEPS {
        let mut gradient: Vec<f64> = weights.iter().map(|weight| -RIDGE * weight).collect();
        let mut curvature = vec![vec![0.0; size]; size];
        for (row, line) in curvature.iter_mut().enumerate() {
            line[row] = RIDGE;
        }
        for (places, same) in examples {
            let sum: f64 = places.iter().map(|place| weights[*place]).sum();
            let chance = 1.0 / (1.0 + (-sum).exp());
            let error = f64::from(u8::from(*same)) - chance;
            for a in places {
                gradient[*a] += error;
                for b in places {
                    curvature[*a][*b] += chance * (1.0 - chance);
                }
            }
        }
        for (weight, step) in weights.iter_mut().zip(solve(curvature, gradient)) {
            *weight += step.clamp(-2.0, 2.0);
        }
    }
    weights
}

/// Gaussian elimination; the ridge keeps the matrix regular.
fn solve(mut matrix: Vec<Vec<f64>>, mut right: Vec<f64>) -> Vec<f64> {
    let size = right.len();
    for pivot in 0..size {
        for row in pivot + 1..size {
            let ratio = matrix[row][pivot] / matrix[pivot][pivot];
            let above = matrix[pivot].clone();
            for (cell, above) in matrix[row].iter_mut().zip(above) {
                *cell -= ratio * above;
            }
            right[row] -= ratio * right[pivot];
        }
    }
    for row in (0..size).rev() {
        let known: f64 = (row + 1..size)
            .map(|column| matrix[row][column] * right[column])
            .sum();
        right[row] = (right[row] - known) / matrix[row][row];
    }
    right
}
