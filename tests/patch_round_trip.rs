//! A patch is what `--apply` writes: over generated trees with hostile names and endings, `git apply` of the patch gives
//! the same bytes and modes as `--apply`, in a repository and in a plain folder, and `git apply --reverse` takes them
//! back. The trees are the same in every run.

#[allow(dead_code, reason = "each test binary uses a part of it")]
#[path = "outside/mod.rs"]
mod outside;

#[path = "patch_round_trip/generate.rs"]
mod generate;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, Permissions};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;

use generate::{Ending, Generated, NAMES, generated};
use outside::Project;
use outside::tree;

/// Trees to generate; each has files of every ending.
const TREES: u64 = 8;

const OPTIONS: [&str; 4] = ["--select", "all", "--unsafe-fixes", "--quiet"];

/// The bytes and the mode of every file that is neither git's nor codemend's own, by its path.
type State = BTreeMap<String, (Vec<u8>, u32)>;

fn state(project: &Project) -> State {
    let own = |path: &str| path.starts_with(".codemend_cache/");
    let files = project.tree().into_iter().filter(|(path, _)| !own(path));
    let with_mode = files.map(|(path, bytes)| {
        let metadata = fs::symlink_metadata(project.root().join(&path)).expect("it is there");
        assert!(metadata.is_file(), "{path:?}");
        (path, (bytes, metadata.permissions().mode() & 0o777))
    });
    with_mode.collect()
}

fn laid_out(files: &[Generated]) -> Project {
    let project = Project::of(&[("pyproject.toml", "[project]\nrequires-python = '>=3.10'\n")]);
    for file in files {
        project.write(&file.path, &file.bytes);
        let mode = if file.executable { 0o755 } else { 0o644 };
        let path = project.root().join(&file.path);
        fs::set_permissions(path, Permissions::from_mode(mode)).expect("ours");
    }
    project
}

fn equal(want: &State, got: &State, what: &str) {
    let bytes = |state: &State| -> tree::Tree {
        let files = state
            .iter()
            .map(|(path, (bytes, _))| (path.clone(), bytes.clone()));
        files.collect()
    };
    assert_eq!(tree::difference(&bytes(want), &bytes(got)), "", "{what}");
    let modes = |state: &State| state.values().map(|(_, mode)| *mode).collect::<Vec<_>>();
    assert_eq!(modes(want), modes(got), "{what}");
}

/// What the trees have shown.
#[derive(Debug, Default)]
struct Counts {
    files: usize,
    changed: usize,
    bytes: usize,
    endings: BTreeMap<Ending, usize>,
    names: BTreeSet<usize>,
}

/// Take the tree of `seed` there by patch and by `--apply`, and back.
fn round_trip(seed: u64, counts: &mut Counts) {
    let files = generated(seed);
    let applied = laid_out(&files);
    let before = state(&applied);
    let said = applied.codemend(&[&OPTIONS[..], &["--apply"]].concat());
    assert_eq!(said.code, Some(0), "tree {seed}: {}", said.err);
    let after = state(&applied);

    let plain = laid_out(&files);
    let said = plain.codemend(&OPTIONS);
    assert_eq!(said.code, Some(0), "tree {seed}: {}", said.err);
    equal(
        &before,
        &state(&plain),
        &format!("tree {seed}: a preview changes nothing"),
    );
    let patch = said.out.into_bytes();
    apply_and_back(
        &plain,
        &patch,
        &[],
        [&before, &after],
        &format!("tree {seed}, plain"),
    );

    let repository = laid_out(&files);
    repository.insist("git", &["init", "-q"], b"");
    repository.insist("git", &["add", "-A"], b"");
    let written = tempfile::NamedTempFile::new().expect("a file");
    let name = written.path().to_str().expect("UTF-8");
    let said = repository.codemend(&[&OPTIONS[..], &["--patch", name]].concat());
    assert_eq!(
        (said.code, said.out.as_str()),
        (Some(0), ""),
        "{}",
        said.err
    );
    let same = fs::read(written.path()).expect("a patch");
    assert!(same == patch, "tree {seed}: two patches");
    let states = [&before, &after];
    apply_and_back(
        &repository,
        &patch,
        &["--index"],
        states,
        &format!("tree {seed}, git"),
    );
    count(&files, &before, &after, counts);
    counts.bytes += patch.len();
}

/// Apply `patch` in `project`, compare, and apply it in reverse.
fn apply_and_back(
    project: &Project,
    patch: &[u8],
    options: &[&str],
    [before, after]: [&State; 2],
    what: &str,
) {
    project.insist("git", &[&["apply"], options, &["-"]].concat(), patch);
    equal(after, &state(project), what);
    let reverse = [&["apply", "--reverse"], options, &["-"]].concat();
    project.insist("git", &reverse, patch);
    equal(before, &state(project), &format!("{what}, back"));
}

fn count(files: &[Generated], before: &State, after: &State, counts: &mut Counts) {
    counts.files += files.len();
    for file in files {
        if before[&file.path] == after[&file.path] {
            continue;
        }
        counts.changed += 1;
        *counts.endings.entry(file.ending).or_default() += 1;
        counts.names.extend(&file.names);
    }
}

#[test]
fn git_apply_is_apply_and_its_reverse_takes_it_back() {
    let mut counts = Counts::default();
    for seed in 1..=TREES {
        round_trip(seed, &mut counts);
    }
    // Not `println!`: the harness keeps that to itself when a test passes.
    let _ = writeln!(
        std::io::stderr(),
        "patch round trip: {TREES} trees, {} files, {} changed under {} kinds of names, patches of {} kB; by ending: {:?}",
        counts.files,
        counts.changed,
        counts.names.len(),
        counts.bytes / 1000,
        counts.endings
    );
    assert!(counts.changed * 2 > counts.files, "{counts:?}");
    assert_eq!(
        counts.names.len(),
        NAMES.len(),
        "each kind of name: {counts:?}"
    );
    for ending in Ending::ALL {
        assert!(
            counts.endings.get(&ending) >= Some(&3),
            "{ending:?}: {counts:?}"
        );
    }
}

#[test]
fn trees_do_not_depend_on_the_run() {
    let one = generated(1);
    assert!(one == generated(1) && one != generated(2));
    let paths: BTreeSet<_> = one.iter().map(|file| &file.path).collect();
    assert_eq!(paths.len(), one.len());
}
