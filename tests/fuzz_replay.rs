//! The corpus of the fuzz targets, replayed, and a bounded number of inputs made out of it: the same at every run.
//!
//! `FUZZ_MUTATIONS` asks for so many inputs of each target in place of the few that a test has time for, `FUZZ_SEED`
//! for others, `FUZZ_ONLY` for one target. With `FUZZ_FOUND`, a folder, every input that is being tried lies there, and
//! those that show a fault stay.

#[path = "fuzz_replay/mutate.rs"]
mod mutate;
#[path = "../fuzz/src/lib.rs"]
mod targets;

use std::fs;
use std::io::Write;
use std::num::NonZero;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use fastrand::Rng;
use targets::{TARGETS, Target};

/// How many inputs are made for each target, in the order of `TARGETS`: as many as a minute has room for.
const MUTATIONS: [usize; 4] = [700, 250, 150, 3000];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The corpus of the target `name`, in the order of the file names.
fn corpus(name: &str) -> Vec<Vec<u8>> {
    let folder = root().join("fuzz/corpus").join(name);
    let entries = fs::read_dir(folder)
        .expect("a corpus")
        .map(|entry| entry.expect("a file").path());
    let mut paths: Vec<PathBuf> = entries.collect();
    paths.sort();
    paths
        .iter()
        .map(|path| fs::read(path).expect("a file"))
        .collect()
}

/// The Python of every codemod's page that it changes: seeds that set each codemod off.
fn pages() -> Vec<Vec<u8>> {
    let pages = codemend_codemods::ALL
        .iter()
        .map(|codemod| codemod.about().page);
    let blocks = pages.flat_map(|page| page.split("```python").skip(1));
    let blocks = blocks.filter_map(|block| {
        let (info, body) = block.split_once('\n')?;
        if !info.contains("before") {
            return None;
        }
        Some(body.split("```").next()?.as_bytes().to_vec())
    });
    blocks.filter(|block| block.len() < 1500).collect()
}

fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn number(name: &str) -> Option<usize> {
    setting(name)?.parse().ok()
}

/// One target at work: what it is given, and what it found.
struct Replay {
    name: &'static str,
    target: Target,
    inputs: Vec<Vec<u8>>,
    seeds: Vec<Vec<u8>>,
    mutations: usize,
    faults: Mutex<Vec<String>>,
    changed: AtomicUsize,
}

impl Replay {
    fn of(at: usize) -> Self {
        let (name, target) = TARGETS[at];
        let inputs = corpus(name);
        let mut seeds = inputs.clone();
        if matches!(name, "pipeline" | "project") {
            seeds.extend(pages());
        }
        Self {
            name,
            target,
            inputs,
            seeds,
            mutations: number("FUZZ_MUTATIONS").unwrap_or(MUTATIONS[at]),
            faults: Mutex::default(),
            changed: AtomicUsize::default(),
        }
    }

    /// The input `at`: out of the corpus, then made.
    fn input(&self, at: usize) -> Vec<u8> {
        let Some(made) = at.checked_sub(self.inputs.len()) else {
            return self.inputs[at].clone();
        };
        let seed = number("FUZZ_SEED").unwrap_or(0) as u64;
        mutate::mutated(&self.seeds, &mut Rng::with_seed(seed << 32 | made as u64))
    }

    fn run(&self) {
        let next = AtomicUsize::new(0);
        let work = || loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            if at >= self.inputs.len() + self.mutations {
                return;
            }
            self.try_out(at);
        };
        let threads = std::thread::available_parallelism().map_or(2, NonZero::get);
        std::thread::scope(|scope| (0..threads).for_each(|_| drop(scope.spawn(work))));
    }

    fn try_out(&self, at: usize) {
        let input = self.input(at);
        let kept = setting("FUZZ_FOUND")
            .map(|folder| Path::new(&folder).join(format!("{}-{at}", self.name)));
        if let Some(kept) = &kept {
            fs::write(kept, &input).expect("FUZZ_FOUND is a folder");
        }
        let result = catch_unwind(AssertUnwindSafe(|| (self.target)(&input)));
        let fault = match result {
            Ok(Ok(changed)) => {
                self.changed.fetch_add(changed.min(1), Ordering::Relaxed);
                kept.map(fs::remove_file);
                return;
            }
            Ok(Err(fault)) => fault,
            Err(_) => "panics".to_owned(),
        };
        let shown = input.escape_ascii();
        let fault = format!("{} {at}: {fault}\ninput: b\"{shown}\"", self.name);
        println!("{fault}\n");
        self.faults.lock().expect("no thread panics").push(fault);
    }
}

#[test]
fn the_corpus_and_what_is_made_of_it_show_no_fault() {
    let only = setting("FUZZ_ONLY");
    let chosen =
        (0..TARGETS.len()).filter(|at| only.as_deref().is_none_or(|only| only == TARGETS[*at].0));
    let (mut inputs, mut mutations, mut faults) = (0, 0, Vec::new());
    let mut all_changed = 0;
    for at in chosen {
        let replay = Replay::of(at);
        assert!(!replay.inputs.is_empty(), "no corpus of {}", replay.name);
        replay.run();
        inputs += replay.inputs.len();
        mutations += replay.mutations;
        let changed = replay.changed.into_inner();
        all_changed += changed;
        println!("{}: {changed} changed something", replay.name);
        // A target that changes nothing could not find a fault.
        assert!(
            changed * 10 > replay.inputs.len(),
            "{} of {}",
            changed,
            replay.name
        );
        faults.extend(replay.faults.into_inner().expect("no thread panics"));
    }
    // Not `println!`: the harness keeps that to itself when a test passes.
    let _ = writeln!(
        std::io::stderr(),
        "fuzz replay: {inputs} inputs, {mutations} mutations, {all_changed} of them changed, {} faults",
        faults.len()
    );
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}

#[test]
fn the_checks_find_faults() {
    for (path, before, after, fault) in [
        (
            "a.py",
            &b"x\n#\n# coding: latin-1\n"[..],
            &b"#\n# coding: latin-1\n"[..],
            "declares another encoding now",
        ),
        (
            "a.py",
            &b"x = 1\n"[..],
            &b"x = = 1\n"[..],
            "no longer parses",
        ),
        ("a.toml", b"x = 1\n", b"x = = 1\n", "no longer parses"),
        (
            "a.py",
            b"x = 1\r",
            b"x = 2\r\n",
            "has newlines \"\\r\\n\" now",
        ),
        ("a.py", b"x = 1\r\n", b"x = 2\n", "has newlines \"\\n\" now"),
        (
            "a.py",
            b"\xef\xbb\xbfx\n",
            b"y\n",
            "the byte order mark has come or gone",
        ),
        (
            "a.py",
            b"x = '\xe9'\n",
            b"y = '\xe9'\n",
            "was changed, and is not UTF-8",
        ),
        (
            "a.py",
            b"x\0\n",
            b"y\0\n",
            "was changed, and is in another encoding",
        ),
        (
            "a.py",
            b"\r# coding: latin-1\r",
            b"\r# coding: latin-1\rx\r",
            "was changed, and is in another encoding",
        ),
    ] {
        assert_eq!(
            targets::judge(path, before, after),
            Err(fault.to_owned()),
            "{path}"
        );
    }
    assert_eq!(targets::judge("a.py", b"x = 1", b"y = 1\n"), Ok(()));
}

#[test]
fn the_corpus_is_small() {
    let (mut count, mut faults) = (0, Vec::new());
    for (name, _) in TARGETS {
        for bytes in corpus(name) {
            count += 1;
            if bytes.len() > 2048 {
                faults.push(format!("{name}: {} bytes", bytes.len()));
            }
        }
    }
    assert!(faults.is_empty(), "{faults:?}");
    assert!(count <= 180, "{count} files");
}
