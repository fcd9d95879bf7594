//! What the facts about a project cost, beside what nobody can do without: parsing every module once.
//!
//! Texts are read before, so that neither the disk nor the walk counts. Both run in turn, round by round, and each ratio is
//! taken within one round. Nothing is asserted.

#[allow(dead_code, reason = "the other benchmark uses the rest")]
#[path = "synthetic/mod.rs"]
mod synthetic;

use std::env;
use std::fs;
use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use camino::Utf8PathBuf;
use codemend_engine::project::Project;
use rayon::prelude::*;
use ruff_python_ast::PySourceType;
use ruff_python_parser::parse_unchecked_source;
use synthetic::Corpus;

/// The allocator of the program.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

type Text = (Utf8PathBuf, Arc<str>);

fn main() {
    let corpus = match env::var("CODEMEND_CORPUS") {
        Ok(path) => Corpus::at(&path),
        Err(_) => Corpus::synthetic(number("CODEMEND_MODULES", 10_000)),
    };
    let rounds = number("CODEMEND_ROUNDS", 7).max(1);
    println!("{corpus}, {rounds} rounds");
    let texts: Vec<Text> = corpus.files.iter().filter_map(read).collect();
    // Once for nothing: threads start, memory is mapped.
    let _ = (parse(&texts), facts(&corpus, &texts));
    let rounds: Vec<(Duration, Duration)> = (0..rounds)
        .map(|at| match at % 2 {
            0 => (parse(&texts), facts(&corpus, &texts)),
            _ => {
                let facts = facts(&corpus, &texts);
                (parse(&texts), facts)
            }
        })
        .collect();
    row(
        "parse alone, ms",
        rounds.iter().map(|(parse, _)| millis(*parse)),
    );
    row(
        "facts including parse, ms",
        rounds.iter().map(|(_, facts)| millis(*facts)),
    );
    let ratio = |(parse, facts): &(Duration, Duration)| facts.as_secs_f64() / parse.as_secs_f64();
    row("facts including parse / parse", rounds.iter().map(ratio));
    row(
        "facts beyond parse / parse",
        rounds.iter().map(|round| ratio(round) - 1.0),
    );
}

fn number(variable: &str, default: usize) -> usize {
    let said = env::var(variable).ok();
    said.and_then(|text| text.parse().ok()).unwrap_or(default)
}

fn read(path: &Utf8PathBuf) -> Option<Text> {
    let text = fs::read_to_string(path).ok()?;
    Some((path.clone(), text.into()))
}

fn parse(texts: &[Text]) -> Duration {
    let started = Instant::now();
    texts.par_iter().for_each(|(_, text)| {
        black_box(parse_unchecked_source(text, PySourceType::Python));
    });
    started.elapsed()
}

/// Until they are there. They stay for a whole run, so how long they take to go is nobody's business.
fn facts(corpus: &Corpus, texts: &[Text]) -> Duration {
    let roots = vec![corpus.root.clone()];
    let started = Instant::now();
    let project = Project::of_texts(&corpus.root, texts, roots);
    let took = started.elapsed();
    drop(black_box(project));
    took
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

/// The median, the lowest and the highest of `values`.
fn row(name: &str, values: impl Iterator<Item = f64>) {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let (low, high) = (values[0], values[values.len() - 1]);
    let middle = values[values.len() / 2];
    println!("{name:30}  median {middle:>8.2}  min {low:>8.2}  max {high:>8.2}");
}
