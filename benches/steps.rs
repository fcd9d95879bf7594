//! The steps inside a run, one at a time: finding files, decoding, the prefilter, the nesting check, resolving and making
//! edits, the difference, and a whole run without its start and its output.
//!
//! `benches/compare` says how fast codemend is; this says which step became slower since it was last run.

#[allow(dead_code, reason = "another benchmark uses the rest")]
#[path = "synthetic/mod.rs"]
mod synthetic;

use std::env;
use std::fs;
use std::hint::black_box;

use aho_corasick::AhoCorasick;
use camino::Utf8PathBuf;
use codemend_codemods::ALL;
use codemend_engine::about::About;
use codemend_engine::change::{Change, Changes};
use codemend_engine::codemod::Codemod;
use codemend_engine::config::{Configuration, Overrides};
use codemend_engine::diff::git_patch;
use codemend_engine::patch::{FilePatch, Outcome};
use codemend_engine::pipeline::{self, Narrowing, Request, Unwatched};
use codemend_engine::source::Source;
use codemend_engine::steps;
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use ruff_text_size::{TextRange, TextSize};
use synthetic::Corpus;

/// The allocator of the program.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

const CODEMOD: &str = "optional-to-union";

criterion_group! {
    name = all;
    config = Criterion::default().without_plots();
    targets = over_files, over_edits, over_a_run
}
criterion_main!(all);

fn corpus() -> Corpus {
    match env::var("CODEMEND_CORPUS") {
        Ok(path) => Corpus::at(&path),
        Err(_) => {
            let said = env::var("CODEMEND_MODULES").ok();
            Corpus::synthetic(said.and_then(|text| text.parse().ok()).unwrap_or(2_000))
        }
    }
}

/// What each file costs, whether there is something to do in it or not. One iteration is over all of them.
fn over_files(criterion: &mut Criterion) {
    let corpus = corpus();
    let files: Vec<(Utf8PathBuf, Vec<u8>)> = corpus.files.iter().filter_map(read).collect();
    let texts: Vec<&str> = files.iter().filter_map(|(_, bytes)| text(bytes)).collect();
    let size = files.iter().map(|(_, bytes)| bytes.len() as u64).sum();
    let configuration = configuration();
    let mut group = criterion.benchmark_group("all files");
    group.throughput(Throughput::Bytes(size)).sample_size(20);

    let roots = [corpus.root.clone()];
    group.bench_function("discover", |bencher| {
        bencher.iter(|| steps::find(&roots, &configuration));
    });
    group.bench_function("decode", |bencher| {
        let decode = |files: Vec<(Utf8PathBuf, Vec<u8>)>| {
            let sources = files
                .into_iter()
                .map(|(path, bytes)| Source::decode(&path, &bytes));
            sources.filter(Result::is_ok).count()
        };
        bencher.iter_batched(|| files.clone(), decode, BatchSize::LargeInput);
    });
    group.bench_function("prefilter", |bencher| {
        let triggers = AhoCorasick::new(codemod().triggers()).expect("they are short");
        let hits = || texts.iter().filter(|text| triggers.is_match(*text)).count();
        bencher.iter(hits);
    });
    group.bench_function("nesting", |bencher| {
        bencher.iter(|| texts.iter().filter(|text| steps::is_too_deep(text)).count());
    });
    group.finish();
}

/// What each change costs, once it is proposed: 1 000 changes of two edits in one file of 10 000 lines.
fn over_edits(criterion: &mut Criterion) {
    let path = Utf8PathBuf::from("/project/module.py");
    let line = "    value: Optional[int] = None\n";
    let text = line.repeat(10_000);
    let changes = changes(&path, line.len());
    let accepted = steps::resolve(changes.clone());
    assert_eq!(accepted.len(), changes.len(), "none overlap");
    let mut group = criterion.benchmark_group("edits");
    group.throughput(Throughput::Elements(changes.len() as u64));

    group.bench_function("resolve", |bencher| {
        bencher.iter_batched(|| changes.clone(), steps::resolve, BatchSize::LargeInput);
    });
    group.bench_function("apply", |bencher| {
        bencher.iter(|| steps::apply(&text, &path, &accepted));
    });
    group.finish();
}

/// What a whole run costs without its start and its output, and what its difference costs.
fn over_a_run(criterion: &mut Criterion) {
    let corpus = corpus();
    let configuration = configuration();
    let run = || run(&corpus, &configuration);
    let patch = run().patch();
    assert!(!patch.is_empty(), "there is something to do");
    // The same when nobody knows what survives: the texts are compared.
    let unknown: Vec<FilePatch> = patch.iter().map(without_edits).collect();
    let mut group = criterion.benchmark_group("a run");
    group.sample_size(10);

    group.bench_function(CODEMOD, |bencher| bencher.iter(run));
    group.throughput(Throughput::Elements(patch.len() as u64));
    group.bench_function("diff along the edits", |bencher| {
        bencher.iter(|| black_box(git_patch(&patch, &corpus.root)));
    });
    group.bench_function("diff of two texts", |bencher| {
        bencher.iter(|| black_box(git_patch(&unknown, &corpus.root)));
    });
    group.finish();
}

fn codemod() -> &'static dyn Codemod {
    let found = ALL.iter().find(|codemod| codemod.about().name == CODEMOD);
    *found.expect("it is in the catalogue")
}

fn configuration() -> Configuration {
    let overrides = Overrides {
        select: Some(vec![CODEMOD.to_owned()]),
        unsafe_fixes: Some(true),
        ..Overrides::default()
    };
    let abouts: Vec<About> = ALL.iter().map(|codemod| codemod.about()).collect();
    Configuration::new(overrides, abouts).expect("no settings, no faults")
}

fn run(corpus: &Corpus, configuration: &Configuration) -> Outcome {
    let request = Request {
        paths: vec![corpus.root.clone()],
        catalogue: ALL,
        configuration,
        stdin: None,
        python: None,
        threads: None,
        follow_hard_links: false,
        prefilter: true,
        narrowing: Narrowing::default(),
        review: false,
        shard: None,
        in_parts: false,
    };
    pipeline::run(&request, &Unwatched)
}

fn read(path: &Utf8PathBuf) -> Option<(Utf8PathBuf, Vec<u8>)> {
    Some((path.clone(), fs::read(path).ok()?))
}

fn text(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()
}

fn without_edits(file: &FilePatch) -> FilePatch {
    FilePatch::new(&file.path, file.before.clone(), file.after.clone())
}

/// A change in every tenth line, of `width` bytes: what stands around `int` goes.
fn changes(path: &Utf8PathBuf, width: usize) -> Vec<Change> {
    let range = |from: usize, to: usize| {
        let offset = |at: usize| TextSize::try_from(at).expect("it is a small file");
        TextRange::new(offset(from), offset(to))
    };
    let changes = Changes::new(CODEMOD, path);
    let lines = (0..10_000).step_by(10).map(|line| line * width);
    let change = lines.map(|start| {
        let whole = range(start + 11, start + 24);
        let mut change = changes.draft(whole, "write it with a bar");
        change.delete(range(start + 11, start + 20));
        change.replace(range(start + 23, start + 24), " | None");
        change
    });
    change.collect()
}
