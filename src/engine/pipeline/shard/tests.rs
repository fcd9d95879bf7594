//! Where names put files, and how a shard is written.

use std::collections::BTreeSet;
use std::sync::Mutex;

use camino::{Utf8Path, Utf8PathBuf};

use super::super::{Narrowing, Request, Unwatched, run};
use super::{Portion, Shard, home};
use crate::change::Changes;
use crate::codemod::{About, Codemod, Deed, Scope};
use crate::config::{Configuration, Overrides};
use crate::facts::Facts;
use crate::module::Module;
use crate::patch::Outcome;
use crate::problem::Problem;
use crate::target::PythonVersion;

fn shard(text: &str) -> Shard {
    text.parse().unwrap()
}

#[test]
fn a_shard_is_one_of_several() {
    for text in ["1/1", "1/3", "3/3", "7/1000"] {
        assert_eq!(shard(text).to_string(), text);
    }
    let error = |text: &str| text.parse::<Shard>().unwrap_err();
    assert_eq!(error("0/3"), "shards are counted from 1");
    assert_eq!(error("4/3"), "the last of 3 shards is 3/3");
    assert_eq!(error("1/0"), "there is at least one shard");
    for text in [
        "",
        "x",
        "1",
        "1/",
        "/3",
        "-1/3",
        "+1/3",
        "1/3/4",
        " 1/3",
        "1/99999999999",
    ] {
        assert_eq!(
            error(text),
            "write the second of five shards as 2/5",
            "{text}"
        );
    }
}

/// Machines that share a run may differ in everything but the names: these numbers must stay.
#[test]
fn names_stay_where_they_are() {
    let homes: Vec<u32> = ["app/main.py", "app/db.py", "tests/test_api.py", "ü.py"]
        .map(|name| home(name, 7))
        .to_vec();
    assert_eq!(homes, NUMBERS);
}

const NUMBERS: [u32; 4] = [5, 4, 6, 4];

#[test]
fn a_name_is_the_same_wherever_the_repository_lies() {
    for of in 1..20 {
        let held = |root: &str| {
            (1..=of)
                .filter(|number| {
                    let root = Utf8Path::new(root);
                    let shard = shard(&format!("{number}/{of}"));
                    Portion::new(shard, root).holds(&root.join("app/main.py"))
                })
                .collect::<Vec<u32>>()
        };
        assert_eq!(held("/home/me/backend"), held("/mnt/1"));
        assert_eq!(held("/mnt/1").len(), 1);
    }
}

#[test]
fn many_names_come_to_equal_shares() {
    let mut shares = [0_usize; 5];
    for number in 0..5000 {
        shares[home(&format!("app/m{number}.py"), 5) as usize - 1] += 1;
    }
    assert!(
        shares.iter().all(|share| (800..1200).contains(share)),
        "{shares:?}"
    );
}

#[test]
fn what_belongs_together_is_where_the_smallest_name_is() {
    let root = Utf8Path::new("/r");
    let paths: Vec<Utf8PathBuf> = (0..9).map(|n| root.join(format!("m{n}.py"))).collect();
    for number in 1..=3 {
        let shard = shard(&format!("{number}/3"));
        let set: BTreeSet<_> = paths[3..].iter().cloned().collect();
        let portion = Portion::of_sets(shard, root, &[set]);
        let alone = Portion::new(shard, root);
        for path in &paths[3..] {
            assert_eq!(portion.holds(path), alone.holds(&paths[3]), "{path}");
        }
        for path in &paths[..3] {
            assert_eq!(portion.holds(path), alone.holds(path), "{path}");
        }
    }
}

#[test]
fn what_is_about_no_module_is_told_by_the_first() {
    let root = Utf8Path::new("/r");
    let tells = |path: &str| {
        (1..=3)
            .filter(|number| {
                let portion = Portion::new(shard(&format!("{number}/3")), root);
                portion.tells(&Problem::new(path, "x"))
            })
            .collect::<Vec<u32>>()
    };
    assert_eq!(tells("/r/pyproject.toml"), [1]);
    assert_eq!(tells("."), [1]);
    assert_eq!(tells("/r/app/main.py").len(), 1);
    assert_eq!(tells("/elsewhere/x.py").len(), 1);
}

/// Puts `to` for the first byte of each module that begins with `from`, and knows where it has looked.
struct First {
    name: &'static str,
    from: &'static str,
    to: &'static str,
    scope: Scope,
    looked: Mutex<Vec<String>>,
}

impl First {
    fn of(name: &'static str, from: &'static str, to: &'static str, scope: Scope) -> Self {
        let looked = Mutex::default();
        Self {
            name,
            from,
            to,
            scope,
            looked,
        }
    }

    fn looked(&self) -> Vec<String> {
        let mut looked = std::mem::take(&mut *self.looked.lock().unwrap());
        looked.sort();
        looked
    }
}

impl Codemod for First {
    fn about(&self) -> About {
        About {
            name: self.name,
            summary: "",
            deed: Deed { one: "", many: "" },
            page: "",
            ceiling: crate::change::Safety::Safe,
            scope: self.scope,
            since: PythonVersion::PY37,
            rules: &[],
            options: &[],
        }
    }

    fn triggers(&self) -> &'static [&'static str] {
        &["x"]
    }

    fn rewrite(&self, module: &Module<'_>, _facts: &Facts<'_>, changes: &mut Changes) {
        self.looked
            .lock()
            .unwrap()
            .push(module.path().file_name().unwrap().to_owned());
        // Two at one place: one has to wait.
        let count = if module.text().contains("twice") {
            2
        } else {
            1
        };
        for number in 0..count {
            if module.text().starts_with(self.from) {
                let range =
                    ruff_text_size::TextRange::up_to(ruff_text_size::TextSize::of(self.from));
                let mut change = changes.draft(range, format!("mend {number}"));
                change.replace(range, format!("{}{}", self.to, "_".repeat(number)));
                changes.propose(change);
            }
        }
    }
}

/// The whole run and its three shards, with where the last codemod has looked in each.
fn runs(files: &[(&str, &str)], catalogue: &[&First]) -> Vec<(Outcome, Vec<String>)> {
    let folder = tempfile::Builder::new().prefix("shard-").tempdir().unwrap();
    let top = Utf8Path::from_path(folder.path())
        .unwrap()
        .canonicalize_utf8()
        .unwrap();
    for (path, text) in files {
        std::fs::write(top.join(path), text).unwrap();
    }
    let about = catalogue.iter().map(|codemod| codemod.about()).collect();
    let configuration = Configuration::new(Overrides::default(), about).unwrap();
    let all: Vec<&dyn Codemod> = catalogue.iter().map(|one| *one as &dyn Codemod).collect();
    let shards = [None, Some("1/3"), Some("2/3"), Some("3/3")];
    let outcome = |text: Option<&str>| {
        let outcome = run(
            &Request {
                paths: vec![top.clone()],
                catalogue: &all,
                configuration: &configuration,
                stdin: None,
                python: None,
                threads: Some(1),
                follow_hard_links: false,
                prefilter: true,
                narrowing: Narrowing::default(),
                review: false,
                in_parts: false,
                shard: text.map(shard),
            },
            &Unwatched,
        );
        (outcome, catalogue[catalogue.len() - 1].looked())
    };
    shards.map(outcome).into_iter().collect()
}

/// Each with its new text, sorted.
fn written<'o>(
    outcomes: impl Iterator<Item = &'o (Outcome, Vec<String>)>,
) -> Vec<(String, String)> {
    let files = outcomes.flat_map(|(outcome, _)| outcome.patch());
    let mut written: Vec<_> = files
        .map(|file| {
            (
                file.path.file_name().unwrap().to_owned(),
                file.after.to_string(),
            )
        })
        .collect();
    written.sort();
    written
}

const NAMES: [&str; 9] = [
    "a.py", "b.py", "c.py", "d.py", "e.py", "f.py", "g.py", "h.py", "i.py",
];

#[test]
fn the_last_codemod_looks_at_each_file_in_one_shard() {
    let files: Vec<_> = NAMES.iter().map(|name| (*name, "x = 1\n")).collect();
    for first in [
        First::of("one", "x", "y_x", Scope::File),
        First::of("one", "x", "y_x", Scope::Project),
    ] {
        let last = First::of("two", "y", "z", Scope::File);
        let runs = runs(&files, &[&first, &last]);
        assert_eq!(written(runs[..1].iter()), written(runs[1..].iter()));
        assert_eq!(runs[0].1, NAMES);
        let mut looked: Vec<String> = runs[1..]
            .iter()
            .flat_map(|(_, looked)| looked.clone())
            .collect();
        looked.sort();
        assert_eq!(looked, NAMES);
    }
}

#[test]
fn it_looks_at_all_where_something_has_to_wait() {
    let mut files: Vec<_> = NAMES.iter().map(|name| (*name, "x = 1\n")).collect();
    files[4].1 = "x = 1 # twice\n";
    let last = First::of("two", "x", "z", Scope::File);
    let runs = runs(&files, &[&last]);
    assert_eq!(written(runs[..1].iter()), written(runs[1..].iter()));
    let counts: Vec<usize> = runs[1..].iter().map(|(_, looked)| looked.len()).collect();
    assert_eq!(
        counts.iter().filter(|count| **count >= 9).count(),
        1,
        "{counts:?}"
    );
}

#[test]
fn one_that_reads_the_project_looks_at_all() {
    let files: Vec<_> = NAMES.iter().map(|name| (*name, "x = 1\n")).collect();
    let last = First::of("two", "x", "z", Scope::Project);
    let runs = runs(&files, &[&last]);
    assert_eq!(written(runs[..1].iter()), written(runs[1..].iter()));
    let all = runs[1..].iter().all(|(_, looked)| looked.len() >= 9);
    assert!(all);
}
