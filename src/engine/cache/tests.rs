//! A memory is of use when no codemod is asked, and only to the codemend that made it.

use std::fs;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use camino::{Utf8Path, Utf8PathBuf};
use ruff_text_size::{TextRange, TextSize};

use super::{Folder, Memory, Secret, Way};
use crate::change::{Changes, Safety};
use crate::codemod::{About, Codemod, Deed, Scope};
use crate::config::{Configuration, Overrides};
use crate::disk::Recording;
use crate::facts::Facts;
use crate::module::Module;
use crate::patch::Outcome;
use crate::pipeline::{Narrowing, Request, Unwatched};
use crate::target::PythonVersion;

/// One run is written down at a time.
static ALONE: Mutex<()> = Mutex::new(());

/// Takes away the first letter of a module that begins with `xx`, and counts how often it is asked.
#[derive(Default)]
struct Counting(AtomicUsize);

impl Codemod for Counting {
    fn about(&self) -> About {
        About {
            name: "counting",
            summary: "",
            deed: Deed {
                one: "mend 1 place",
                many: "mend {n} places",
            },
            page: "",
            ceiling: Safety::Safe,
            scope: Scope::Project,
            since: PythonVersion::PY37,
            rules: &[],
            options: &[],
        }
    }

    fn triggers(&self) -> &'static [&'static str] {
        &["x"]
    }

    fn rewrite(&self, module: &Module<'_>, _facts: &Facts<'_>, changes: &mut Changes) {
        self.0.fetch_add(1, Ordering::SeqCst);
        let first = TextRange::up_to(TextSize::new(1));
        if module.text().starts_with("xx") {
            let mut change = changes.draft(first, "take a letter");
            change.replace(first, "");
            changes.propose(change);
        } else {
            changes.decline(first, "is as it should be");
        }
    }
}

struct Place {
    _guard: tempfile::TempDir,
    top: Utf8PathBuf,
    codemod: Counting,
}

impl Place {
    fn of(text: &str) -> Self {
        let guard = tempfile::Builder::new().prefix("place-").tempdir().unwrap();
        let top = Utf8Path::from_path(guard.path()).unwrap();
        let top = top.canonicalize_utf8().unwrap();
        fs::create_dir_all(top.join("repo/.git")).unwrap();
        fs::write(top.join("repo/a.py"), text).unwrap();
        Self {
            _guard: guard,
            top,
            codemod: Counting::default(),
        }
    }

    fn repo(&self) -> Utf8PathBuf {
        self.top.join("repo")
    }

    /// What the codemend that was built as `build` tells from memory. Other tests of this process read files as well, and
    /// a run that saw them in vain is not remembered: then the next one is.
    fn told(&self, build: &str) -> Outcome {
        let mut runs = (0..50).map(|_| self.run(build));
        let told = runs.find(|(asked, _)| *asked == 0);
        told.expect("some run is told from memory").1
    }

    /// Run as the codemend that was built as `build`; gives how often the codemod was asked as well.
    fn run(&self, build: &str) -> (usize, Outcome) {
        let catalogue: &[&dyn Codemod] = &[&self.codemod];
        let configuration = Configuration::new(Overrides::default(), vec![self.codemod.about()]);
        let configuration = configuration.unwrap();
        let request = Request {
            paths: vec![self.repo()],
            catalogue,
            configuration: &configuration,
            stdin: None,
            python: None,
            threads: Some(2),
            follow_hard_links: false,
            prefilter: true,
            shard: None,
            narrowing: Narrowing::default(),
            review: false,
            in_parts: false,
        };
        let secret = Secret::at(&self.top.join("key"), &[self.repo()]).unwrap();
        let memory = Memory::new(Folder::of_project(&self.repo()), secret, build);
        let before = self.codemod.0.load(Ordering::SeqCst);
        let outcome = memory.run(&request, Way::Once, &Unwatched);
        (self.codemod.0.load(Ordering::SeqCst) - before, outcome)
    }
}

#[test]
fn no_codemod_is_asked_twice_the_same() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    for text in ["x = 1\n", "xx = 1\n"] {
        let place = Place::of(text);
        let (asked, first) = place.run("one");
        assert!(asked > 0);
        let again = place.told("one");
        assert_eq!(format!("{first:?}"), format!("{again:?}"));
        assert_eq!(first.files_parsed, 1);
        assert_eq!(first.refusals.len(), usize::from(text == "x = 1\n"));
        // Another codemend might know better.
        assert!(place.run("two").0 > 0);
        place.told("two");
        place.told("one");
        fs::write(place.repo().join("a.py"), "x = 2\n").unwrap();
        assert!(place.run("one").0 > 0);
    }
}

#[test]
fn a_run_beside_one_that_is_written_down_is_not_remembered() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let place = Place::of("x = 1\n");
    let recording = Recording::begin().unwrap();
    assert!(place.run("one").0 > 0);
    drop(recording);
    assert!(place.run("one").0 > 0);
    place.told("one");
}
