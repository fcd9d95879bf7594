//! The memory of runs seen from outside: what is told again is what a run would say, and nothing stale is ever told.
//!
//! Whether a run was told from memory shows in the folder: a run that was done writes its memory anew, under a new inode.

#[path = "cache/damage.rs"]
mod damage;
#[path = "cache/inputs.rs"]
mod inputs;
#[path = "cache/looks.rs"]
mod looks;
#[allow(dead_code, reason = "each test binary uses a part of it")]
#[path = "outside/mod.rs"]
mod outside;
#[path = "cache/random.rs"]
mod random;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use outside::{Project, Said};
use tempfile::TempDir;

/// Only in a repository of git is anything remembered without being asked. This one is none that git would open.
const GIT: (&str, &str) = (".git/description", "");
const PYPROJECT: (&str, &str) = (
    "pyproject.toml",
    "[project]\nname = \"shop\"\nversion = \"1\"\nrequires-python = \">=3.10\"\n",
);
const OLD: &str = "from typing import Optional\n\nx: Optional[int] = None\n";
const NEW: &str = "x: int | None = None\n";

/// A project, and a user whose key lies elsewhere.
struct Place {
    project: Project,
    home: TempDir,
}

impl Place {
    fn of(files: &[(&str, &str)]) -> Self {
        Self::around(Project::of(&[&[PYPROJECT, GIT], files].concat()))
    }

    /// The example, as a repository.
    fn example() -> Self {
        let project = Project::example();
        project.write(GIT.0, GIT.1);
        Self::around(project)
    }

    fn around(project: Project) -> Self {
        let home = tempfile::tempdir().expect("a temporary folder");
        Self { project, home }
    }

    fn root(&self) -> &Path {
        self.project.root()
    }

    fn folder(&self) -> PathBuf {
        self.root().join(".codemend_cache/memory")
    }

    fn state(&self) -> PathBuf {
        self.home.path().join("state")
    }

    fn run_with(&self, variables: &[(&str, &str)], arguments: &[&str]) -> Said {
        let binary = env!("CARGO_BIN_EXE_codemend");
        let mut command = self.project.command(binary, "", arguments);
        command.env("XDG_STATE_HOME", self.state());
        command.envs(variables.iter().copied());
        let mut said: Said = command.output().expect("codemend runs").into();
        said.err = timeless(&said.err);
        said.out = timeless(&said.out);
        said
    }

    fn run(&self, arguments: &[&str]) -> Said {
        self.run_with(&[], arguments)
    }

    /// The memories, with what tells one writing from the next.
    fn memories(&self) -> BTreeMap<PathBuf, u64> {
        let entries = fs::read_dir(self.folder()).into_iter().flatten().flatten();
        entries
            .map(|entry| entry.path())
            .filter(|path| path.extension().is_some_and(|ending| ending == "run"))
            .map(|path| (path.clone(), fs::metadata(&path).map_or(0, |it| it.ino())))
            .collect()
    }

    /// Run, and say whether that was told from memory.
    fn is_told(&self, arguments: &[&str]) -> (bool, Said) {
        let before = self.memories();
        let said = self.run(arguments);
        (self.memories() == before, said)
    }

    /// What a run says that knows no memory.
    fn fresh(&self, arguments: &[&str]) -> Said {
        self.run(&[arguments, &["--no-cache"]].concat())
    }

    /// Run until the memory is settled, and check that it is of use then.
    fn settle(&self, arguments: &[&str]) {
        self.run(arguments);
        let (told, said) = self.is_told(arguments);
        assert!(told, "{}", said.transcript());
        assert_eq!(said.transcript(), self.fresh(arguments).transcript());
    }
}

/// `text` without how long it took.
fn timeless(text: &str) -> String {
    let line = |line: &str| {
        let cut = line.rfind(" (").filter(|_| line.ends_with(" s)"));
        cut.map_or(line, |at| &line[..at]).to_owned()
    };
    let lines: Vec<String> = text.split('\n').map(line).collect();
    lines.join("\n")
}

/// Ways to run that a memory serves.
const WAYS: &[&[&str]] = &[
    &[],
    &["--check"],
    &["--verbose", "--explain-refusals"],
    &["--unsafe-fixes", "--verbose"],
    &["--select", "optional-to-union"],
    &["--patch", "-"],
    &["--verify", "--unsafe-fixes"],
    &["--format", "json"],
    &["--format", "sarif", "--unsafe-fixes"],
    &["--threads", "1"],
    &["app"],
    &["app/main.py"],
];

#[test]
fn a_run_is_told_again_word_for_word() {
    let place = Place::example();
    for way in WAYS {
        let first = place.run(way);
        let (told, again) = place.is_told(way);
        assert!(told, "{way:?}");
        assert_eq!(again.transcript(), first.transcript(), "{way:?}");
        let fresh = place.fresh(way);
        assert_eq!(again.transcript(), fresh.transcript(), "{way:?}");
    }
}

#[test]
fn nothing_to_do_is_told_to_programs_too() {
    let place = Place::of(&[("a.py", NEW), ("b/c.py", "import os\n")]);
    for way in [
        &["--format", "json"][..],
        &["--format", "sarif"],
        &["--format", "github"],
        &["--quiet", "--check"],
    ] {
        let first = place.run(way);
        let (told, again) = place.is_told(way);
        assert!(told, "{way:?}");
        assert_eq!(again.code, Some(0));
        assert_eq!(again.transcript(), first.transcript(), "{way:?}");
    }
}

#[test]
fn changes_from_memory_are_applied_as_they_are_shown() {
    let (plain, place) = (Place::example(), Place::example());
    plain.run(&["--unsafe-fixes", "--apply", "--no-cache"]);
    assert!(!plain.folder().exists());
    place.settle(&["--unsafe-fixes"]);
    let before = place.memories();
    let said = place.run(&["--unsafe-fixes", "--apply"]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    assert_eq!(place.memories(), before);
    assert_eq!(place.project.tree(), plain.project.tree());
    // What stands there now is another tree.
    let (told, said) = place.is_told(&["--unsafe-fixes", "--check"]);
    assert!(!told);
    assert_eq!(said.code, Some(0), "{}", said.err);
}

#[test]
fn a_part_and_standard_input_are_always_run() {
    let place = Place::of(&[("a.py", OLD)]);
    place.project.insist("git", &["init", "-q"], b"");
    place.project.insist("git", &["add", "."], b"");
    place.run(&["--staged"]);
    let arguments = ["--stdin-filename", "a.py", "-"];
    let said = place.project.codemend_reading(&arguments, OLD.as_bytes());
    assert!(said.out.ends_with(NEW), "{}", said.out);
    assert!(!place.folder().exists());
}

#[test]
fn git_does_not_see_it_and_it_is_no_source() {
    let place = Place::of(&[("a.py", OLD)]);
    for command in [
        &["init", "-q"][..],
        &["add", "."],
        &[
            "-c",
            "user.name=u",
            "-c",
            "user.email=u@x",
            "commit",
            "-qm",
            "x",
        ],
    ] {
        place.project.insist("git", command, b"");
    }
    place.settle(&[]);
    let status = place.project.command("git", "", &["status", "--porcelain"]);
    let status: Said = { status }.output().expect("git runs").into();
    assert_eq!(status.out, "");
    fs::write(place.folder().join("x.py"), OLD).unwrap();
    let said = place.run(&["--check"]);
    assert!(!said.out.contains("memory/x.py"), "{}", said.out);
    let tag = fs::read_to_string(place.folder().join("CACHEDIR.TAG")).unwrap();
    assert!(tag.starts_with("Signature: 8a477f597d28d172789f06886806bc55\n"));
}

#[test]
fn options_settings_and_variables_say_where_and_whether() {
    let place = Place::of(&[("a.py", OLD)]);
    place.run(&["--no-cache"]);
    place.run_with(&[("CODEMEND_NO_CACHE", "1")], &[]);
    place.run(&["--config", "cache = false"]);
    assert!(!place.root().join(".codemend_cache").exists());

    let elsewhere = place.home.path().join("elsewhere");
    let variables = [("CODEMEND_CACHE_DIR", elsewhere.to_str().unwrap())];
    place.run_with(&variables, &[]);
    assert!(elsewhere.join("CACHEDIR.TAG").exists());
    assert!(!place.root().join(".codemend_cache").exists());

    place.project.write("codemend.toml", "cache-dir = 'own'\n");
    place.run(&[]);
    assert!(place.root().join("own/CACHEDIR.TAG").exists());

    place
        .project
        .write("codemend.toml", "cache-dir = '../own'\n");
    let said = place.run(&[]);
    assert_eq!(said.code, Some(2));
    assert!(
        said.err.contains("leads out of the repository"),
        "{}",
        said.err
    );
}

#[test]
fn a_folder_that_is_no_repository_stays_as_it_is() {
    let place = Place::around(Project::of(&[PYPROJECT, ("a.py", OLD)]));
    place.run(&[]);
    assert!(!place.root().join(".codemend_cache").exists());
}

#[test]
fn clean_forgets_runs_and_nothing_else() {
    let place = Place::of(&[("a.py", OLD), ("b.py", NEW)]);
    place.settle(&[]);
    let said = place.run(&["clean"]);
    assert_eq!(
        (said.code, said.err.as_str()),
        (Some(0), "note: forgot 1 run (.codemend_cache/memory)\n")
    );
    assert!(!place.root().join(".codemend_cache").exists());
    assert_eq!(
        place.run(&["clean"]).err,
        "note: nothing is remembered here\n"
    );

    place.run(&["--apply"]);
    place.run(&["clean"]);
    assert!(place.root().join(".codemend_cache/undo").exists());
    assert_eq!(place.run(&["undo"]).code, Some(0));
    assert_eq!(place.project.read("a.py"), OLD);

    // A folder of somebody else is not touched.
    let foreign = place.home.path().join("foreign");
    fs::create_dir(&foreign).unwrap();
    fs::write(foreign.join("thesis.tex"), "x").unwrap();
    let variables = [("CODEMEND_CACHE_DIR", foreign.to_str().unwrap())];
    place.run_with(&variables, &[]);
    assert_eq!(place.run_with(&variables, &["clean"]).code, Some(2));
    assert_eq!(fs::read_dir(&foreign).unwrap().count(), 1);
}
