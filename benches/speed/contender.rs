//! What is timed: the two floors, a run as the library does it, the program, and a peer.

use std::env;
use std::fs;
use std::hint::black_box;
use std::process::{Command, Stdio};

use camino::Utf8PathBuf;
use codemend_codemods::ALL;
use codemend_engine::codemod::Codemod;
use codemend_engine::config::{Configuration, Overrides};
use codemend_engine::pipeline::{self, Narrowing, Request, Unwatched};
use rayon::prelude::*;
use ruff_python_ast::PySourceType;
use ruff_python_parser::parse_unchecked_source;

use crate::corpus::Corpus;

const CODEMOD: &str = "optional-to-union";

/// One thing to time.
pub struct Contender<'a> {
    pub name: String,
    pub run: Box<dyn Fn() + 'a>,
}

impl<'a> Contender<'a> {
    fn new(name: &str, run: impl Fn() + 'a) -> Self {
        Self {
            name: name.to_owned(),
            run: Box::new(run),
        }
    }
}

/// The two floors first: every file parsed, and only those that hold a trigger.
pub fn all(corpus: &Corpus) -> Vec<Contender<'_>> {
    let triggers = codemod().triggers();
    let mut all = vec![
        Contender::new("floor: parse all files", || floor(corpus, &[""])),
        Contender::new("floor: parse gated files", || floor(corpus, triggers)),
        Contender::new("codemend, library", || library(corpus)),
        Contender::new("codemend, process", || {
            let options = ["--select", CODEMOD, "--quiet"].map(str::to_owned);
            process(env!("CARGO_BIN_EXE_codemend"), &options, corpus);
        }),
    ];
    if let Ok(peer) = env::var("CODEMEND_PEER") {
        let mut words = peer.split_whitespace().map(str::to_owned);
        if let Some(program) = words.next() {
            let options: Vec<_> = words.collect();
            let run = move || process(&program, &options, corpus);
            all.push(Contender::new(&peer, run));
        }
    }
    all
}

fn codemod() -> &'static dyn Codemod {
    let found = ALL.iter().find(|codemod| codemod.about().name == CODEMOD);
    *found.expect("it is in the catalogue")
}

/// Read every file and parse those that hold one of `words`. The list of files comes for nothing.
fn floor(corpus: &Corpus, words: &[&str]) {
    corpus.files.par_iter().for_each(|path| {
        let Ok(text) = fs::read_to_string(path) else {
            return;
        };
        if words.iter().any(|word| text.contains(word)) {
            let kind = PySourceType::from(path.extension().unwrap_or_default());
            black_box(parse_unchecked_source(&text, kind));
        }
    });
}

/// All that `codemend` does but start, show and write.
fn library(corpus: &Corpus) {
    let overrides = Overrides {
        select: Some(vec![CODEMOD.to_owned()]),
        ..Overrides::default()
    };
    let abouts = ALL.iter().map(|codemod| codemod.about()).collect();
    let configuration = Configuration::new(overrides, abouts).expect("no settings, no faults");
    let request = Request {
        paths: vec![Utf8PathBuf::from(&corpus.root)],
        catalogue: ALL,
        configuration: &configuration,
        stdin: None,
        python: None,
        threads: None,
        follow_hard_links: false,
        prefilter: true,
        narrowing: Narrowing::default(),
        review: false,
        in_parts: false,
        shard: None,
    };
    black_box(pipeline::run(&request, &Unwatched).patch());
}

/// Start a program with the corpus as its last argument, and let nobody read what it says.
fn process(program: &str, options: &[String], corpus: &Corpus) {
    let mut command = Command::new(program);
    command.args(options).arg(&corpus.root).stdin(Stdio::null());
    let ended = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
    if let Err(error) = ended {
        eprintln!("{program}: {error}");
        std::process::exit(2);
    }
}
