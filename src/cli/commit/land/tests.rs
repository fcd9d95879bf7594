//! What can fail between the first lock and the last move, and that nothing is left of it.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use camino::{Utf8Path, Utf8PathBuf};
use codemend_engine::patch::{FilePatch, Outcome, Step};
use codemend_engine::transaction::{Applied, End};

use super::super::super::root::Rooted;
use super::{Commits, Ended, Files};

fn git(directory: &Utf8Path, arguments: &[&str]) -> String {
    let mut command = Command::new("git");
    let output = command
        .args(arguments)
        .current_dir(directory)
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

/// A repository with one file, and a run that changes it twice.
fn repository() -> (tempfile::TempDir, Utf8PathBuf, Commits) {
    let guard = tempfile::tempdir().unwrap();
    let top = Utf8Path::from_path(guard.path())
        .unwrap()
        .canonicalize_utf8()
        .unwrap();
    git(&top, &["init", "-q", "-b", "main"]);
    git(&top, &["config", "user.name", "T"]);
    git(&top, &["config", "user.email", "t@example.org"]);
    fs::write(top.join("a.py"), "one\n").unwrap();
    git(&top, &["add", "."]);
    git(&top, &["commit", "-qm", "one"]);
    let step = |before: &str, after: &str| Step {
        codemod: "mend-it",
        files: vec![FilePatch::new(top.join("a.py"), Some(before.into()), after)],
        changes: Vec::new(),
    };
    let outcome = Outcome {
        steps: vec![step("one\n", "two\n"), step("two\n", "three\n")],
        ..Outcome::default()
    };
    let rooted = Rooted::new(&outcome.patch(), &top);
    let commits = Commits::prepare(&rooted, &outcome, &top).unwrap().unwrap();
    (guard, top, commits)
}

/// Files that are written by `write`, and by `take_back` back.
struct Faulty<'a> {
    top: &'a Utf8Path,
    end: End,
    write: &'a dyn Fn(&Utf8Path),
    taken_back: usize,
}

impl Files for Faulty<'_> {
    fn write(&mut self) -> anyhow::Result<Ended> {
        if self.end == End::Written {
            fs::write(self.top.join("a.py"), "three\n")?;
        }
        (self.write)(self.top);
        let applied = Applied {
            end: self.end,
            written: 1,
            left_out: BTreeSet::new(),
            run: Some(1),
            problems: Vec::new(),
        };
        Ok(Ended {
            applied,
            signal: None,
            way_back: String::new(),
        })
    }

    fn take_back(&mut self, _ended: &Ended) -> anyhow::Result<()> {
        self.taken_back += 1;
        Ok(fs::write(self.top.join("a.py"), "one\n")?)
    }
}

static ALONE: Mutex<()> = Mutex::new(());

/// Land where `write` gets in the way; gives what was said, how often files were taken back, and what git says then.
fn landed(end: End, write: &dyn Fn(&Utf8Path)) -> (String, usize, String) {
    // A signal reaches every test of the process.
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let (_guard, top, commits) = repository();
    let mut files = Faulty {
        top: &top,
        end,
        write,
        taken_back: 0,
    };
    let said = match commits.land(&mut files) {
        Ok(ended) => format!("{:?}", ended.applied.end),
        Err(error) => format!("{error:#}"),
    };
    let taken_back = files.taken_back;
    let _ = fs::remove_file(top.join(".git/index.lock"));
    assert!(!top.join(".git/refs/heads/main.lock").exists(), "{said}");
    let state = git(&top, &["log", "--format=%s"]) + &git(&top, &["status", "--porcelain"]);
    (said, taken_back, state)
}

#[test]
fn lands_when_nothing_is_in_the_way() {
    let (said, taken_back, state) = landed(End::Written, &|_| {});
    assert_eq!((said.as_str(), taken_back), ("Written", 0));
    assert_eq!(
        state,
        "mend-it: change 1 file\nmend-it: change 1 file\none\n"
    );
}

#[test]
fn files_that_are_not_written_move_nothing() {
    for end in [End::TakenBack, End::Interrupted] {
        let (said, taken_back, state) = landed(end, &|_| {});
        assert_eq!((said, taken_back), (format!("{end:?}"), 0));
        assert_eq!(state, "one\n");
    }
}

#[test]
fn a_locked_index_takes_the_files_back() {
    let lock = |top: &Utf8Path| fs::write(top.join(".git/index.lock"), "").unwrap();
    let (said, taken_back, state) = landed(End::Written, &lock);
    assert!(
        said.contains("nothing was changed: cannot write the index"),
        "{said}"
    );
    assert_eq!((taken_back, state.as_str()), (1, "one\n"));
}

#[test]
fn a_file_that_is_saved_meanwhile_is_not_committed() {
    let save = |top: &Utf8Path| fs::write(top.join("a.py"), "mine\n").unwrap();
    let (said, taken_back, state) = landed(End::Written, &save);
    assert!(said.contains("`a.py` was changed meanwhile"), "{said}");
    assert_eq!((taken_back, state.as_str()), (1, "one\n"));
}

#[test]
fn a_branch_that_cannot_move_takes_everything_back() {
    let steal = |top: &Utf8Path| fs::remove_file(top.join(".git/refs/heads/main.lock")).unwrap();
    let (said, taken_back, state) = landed(End::Written, &steal);
    assert!(said.contains("cannot move `refs/heads/main`"), "{said}");
    assert_eq!((taken_back, state.as_str()), (1, "one\n"));
}

#[test]
fn a_branch_that_has_moved_is_left_alone() {
    let (_guard, top, commits) = repository();
    git(&top, &["commit", "-q", "--allow-empty", "-m", "theirs"]);
    let mut files = Faulty {
        top: &top,
        end: End::Written,
        write: &|_| panic!("nothing is written"),
        taken_back: 0,
    };
    let error = commits.land(&mut files).unwrap_err();
    assert!(format!("{error:#}").contains("somebody has committed meanwhile"));
    assert_eq!(git(&top, &["log", "--format=%s"]), "theirs\none\n");
}

#[test]
fn a_signal_before_the_branch_moves_takes_the_files_back() {
    let interrupt =
        |_: &Utf8Path| signal_hook::low_level::raise(signal_hook::consts::SIGTERM).unwrap();
    let (said, taken_back, state) = landed(End::Written, &interrupt);
    assert_eq!((said.as_str(), taken_back), ("Interrupted", 1));
    assert_eq!(state, "one\n");
}

#[test]
fn a_branch_that_is_switched_meanwhile_is_left_alone() {
    let (_guard, top, commits) = repository();
    git(&top, &["switch", "-qc", "other"]);
    let mut files = Faulty {
        top: &top,
        end: End::Written,
        write: &|_| {},
        taken_back: 0,
    };
    let error = commits
        .land(&mut files)
        .err()
        .map(|error| format!("{error:#}"));
    assert!(error.is_some_and(|error| error.contains("switched the branch")));
    assert_eq!(fs::read_to_string(top.join("a.py")).unwrap(), "one\n");
    assert!(!top.join(".git/HEAD.lock").exists());
}
