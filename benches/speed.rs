//! How fast a run is, as ratios to what no tool can do without: reading and parsing the files.
//!
//! Times of a machine say little, and on a shared one they drift. So all contenders run in turn, round by round; each
//! ratio is taken within one round, and its median over the rounds is printed. Nothing is asserted.
//! `docs/benchmarks.md` says how to run it and how to read it.

#[path = "speed/contender.rs"]
mod contender;
#[path = "speed/corpus.rs"]
mod corpus;

use std::env;
use std::time::{Duration, Instant};

use contender::Contender;
use corpus::Corpus;

/// The allocator of the program, for the floors too.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let corpus = match env::var("CODEMEND_CORPUS") {
        Ok(path) => Corpus::at(&path),
        Err(_) => Corpus::synthetic(number("CODEMEND_MODULES", 2_000)),
    };
    let contenders = contender::all(&corpus);
    let rounds = number("CODEMEND_ROUNDS", 7).max(1);
    println!("{corpus}, {rounds} rounds");
    // Once for nothing: the files come into memory.
    round(&contenders, 0);
    let rounds: Vec<_> = (0..rounds).map(|at| round(&contenders, at)).collect();
    print!("{}", table(&contenders, &rounds));
}

fn number(variable: &str, default: usize) -> usize {
    let said = env::var(variable).ok();
    said.and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// The time of each contender, in their order. Another one begins in each round.
fn round(contenders: &[Contender], at: usize) -> Vec<Duration> {
    let mut times = vec![Duration::ZERO; contenders.len()];
    for step in 0..contenders.len() {
        let turn = (at + step) % contenders.len();
        let started = Instant::now();
        (contenders[turn].run)();
        times[turn] = started.elapsed();
    }
    times
}

/// A line for each contender: its median time, and the medians of its ratios to the two floors, which come first.
fn table(contenders: &[Contender], rounds: &[Vec<Duration>]) -> String {
    let names = contenders.iter().map(|contender| contender.name.len());
    let width = names.max().unwrap_or_default();
    let mut table = format!(
        "{:width$}  {:>9}  {:>8}  {:>8}\n",
        "", "median", "/ all", "/ gated"
    );
    for (at, contender) in contenders.iter().enumerate() {
        let seconds = |times: &Vec<Duration>, at: usize| times[at].as_secs_f64();
        let time = median(rounds.iter().map(|times| seconds(times, at)));
        let to = |floor| {
            median(
                rounds
                    .iter()
                    .map(|times| seconds(times, at) / seconds(times, floor)),
            )
        };
        let line = format!(
            "{:width$}  {:>6.1} ms  {:>8.2}  {:>8.2}\n",
            contender.name,
            time * 1_000.0,
            to(0),
            to(1),
        );
        table.push_str(&line);
    }
    table
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() % 2 {
        0 => f64::midpoint(values[middle - 1], values[middle]),
        _ => values[middle],
    }
}
