//! `--shard`: the parts of a run add up to the run, byte for byte.

#[allow(dead_code, reason = "each test binary uses a part of it")]
#[path = "outside/mod.rs"]
mod outside;
#[allow(dead_code, reason = "each test binary uses a part of it")]
#[path = "shard/mod.rs"]
mod parts;

use std::collections::BTreeMap;
use std::fs;

use outside::{Project, Said};
use parts::{project, shards};

const COUNTS: [u32; 4] = [1, 2, 3, 7];

/// Both projects, as repositories.
fn projects() -> Vec<Project> {
    let projects = vec![project(), Project::example()];
    for project in &projects {
        project.insist("git", &["init", "-q"], b"");
    }
    projects
}

/// The parts of a patch by the first line of each, which names the file.
fn pieces(patch: &str) -> BTreeMap<&str, &str> {
    let starts = patch.match_indices("diff --git ").map(|(at, _)| at);
    let starts: Vec<usize> = starts
        .filter(|at| *at == 0 || patch[..*at].ends_with('\n'))
        .collect();
    let ends = starts.iter().skip(1).copied().chain([patch.len()]);
    let parts = starts
        .iter()
        .zip(ends)
        .map(|(start, end)| &patch[*start..end]);
    parts
        .map(|part| (part.lines().next().unwrap_or_default(), part))
        .collect()
}

/// The handmade project without anything that takes a second round.
fn flat() -> Project {
    let project = project();
    let text = "from typing import List, Optional, Union\n\nName = Optional[str]\n";
    project.write("shop/kinds.py", text);
    project
}

/// Runs of a project: their options, and how many shards they are parted into.
type Trials = (
    Project,
    &'static [(&'static [&'static str], &'static [u32])],
);

fn trials() -> Vec<Trials> {
    let trials: [Trials; 3] = [
        (
            project(),
            &[
                (&[], &COUNTS),
                (&["--unsafe-fixes"], &COUNTS),
                (&["--unsafe-fixes", "--verify"], &[3]),
                (&["--select", "optional-to-union"], &[2, 3]),
                (OF_OLD, &[3]),
            ],
        ),
        (
            flat(),
            &[
                (&["--select", "optional-to-union"], &[2, 3, 7]),
                (&["--select", "bare-except"], &[3]),
            ],
        ),
        (
            Project::example(),
            &[
                (&["--unsafe-fixes"], &COUNTS),
                (&["--select", "optional-to-union"], &[3]),
                (&["--select", "bare-except", "--unsafe-fixes"], &[3]),
            ],
        ),
    ];
    for (project, _) in &trials {
        project.insist("git", &["init", "-q"], b"");
    }
    trials.into()
}

const OF_OLD: &[&str] = &[
    "--select",
    "union-to-optional,bare-except",
    "--target-version",
    "3.9",
];

/// The parts of the patches `said`, none of which is there twice.
fn union(said: &[Said]) -> BTreeMap<&str, &str> {
    let mut all = BTreeMap::new();
    for (number, said) in said.iter().enumerate() {
        for (name, piece) in pieces(&said.out) {
            let other = all.insert(name, piece);
            assert!(
                other.is_none(),
                "{name} of shard {} is there twice",
                number + 1
            );
        }
    }
    all
}

#[test]
fn the_patches_of_the_shards_are_the_patch_of_the_run() {
    for (project, runs) in trials() {
        for (options, counts) in runs {
            let options = [&["--patch", "-", "--quiet"], *options].concat();
            let whole = project.codemend(&options);
            assert!(!whole.out.is_empty(), "{}", whole.err);
            for of in *counts {
                let said = shards(&project, *of, &options);
                assert_eq!(union(&said), pieces(&whole.out), "{of} shards, {options:?}");
                let problems: usize = said.iter().map(|said| said.errors("error").count()).sum();
                assert_eq!(problems, whole.errors("error").count(), "{of} shards");
            }
        }
    }
}

/// The report that those of `of` shards are merged into, in another order.
fn merged(project: &Project, of: u32, options: &[&str]) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let mut names = Vec::new();
    for (number, said) in shards(project, of, options).iter().enumerate() {
        let file = folder.path().join(format!("{number}.json"));
        fs::write(&file, &said.out).expect("it can be written");
        names.push(file.to_str().expect("UTF-8").to_owned());
    }
    names.rotate_left(of as usize / 2);
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let merged = project.codemend(&[&["merge-reports"], &names[..]].concat());
    assert_eq!((merged.code, merged.err.as_str()), (Some(0), ""));
    merged.out
}

#[test]
fn the_reports_of_the_shards_are_the_report_of_the_run() {
    for (project, runs) in trials() {
        for (options, counts) in runs {
            let options = [&["--format", "json"], *options].concat();
            let whole = project.codemend(&options).out;
            for of in *counts {
                assert_eq!(
                    merged(&project, *of, &options),
                    whole,
                    "{of} shards, {options:?}"
                );
            }
        }
    }
}

/// A run that is written. Files that cannot be read are left out.
const WRITTEN: &[&str] = &["--unsafe-fixes", "--apply", "--keep-going", "--allow-dirty"];

/// Whoever applies the patches, in whatever order, has what one machine would have written.
#[test]
fn patches_apply_in_any_order() {
    for of in COUNTS {
        for (project, applied) in projects().iter().zip(projects()) {
            applied.codemend(WRITTEN);
            let options = ["--unsafe-fixes", "--quiet", "--patch", "-"];
            let mut patches = shards(project, of, &options);
            patches.retain(|said| !said.out.is_empty());
            assert!(of < 3 || patches.len() > 1);
            for said in patches.iter().rev() {
                project.insist("git", &["apply", "-"], said.out.as_bytes());
            }
            let (got, wanted) = (project.tree(), applied.tree());
            let differs = wanted
                .iter()
                .find(|(path, bytes)| got.get(*path) != Some(*bytes));
            assert_eq!(differs, None, "{of} shards");
            assert_eq!(got.len(), wanted.len());
        }
    }
}

/// Each shard may be written where it is found: nothing in it needs what another one has.
#[test]
fn a_shard_is_applied_alone() {
    let whole = project();
    whole.codemend(WRITTEN);
    let before = project().tree();
    let mut written = 0;
    for number in 1..=3 {
        let project = project();
        let shard = format!("{number}/3");
        let said = project.codemend(&[&["--shard", &shard], WRITTEN].concat());
        assert!(
            said.err.contains(&format!("Shard {shard}\n")),
            "{}",
            said.err
        );
        for (path, bytes) in project.tree() {
            if before.get(&path) != Some(&bytes) {
                assert_eq!(whole.tree().get(&path), Some(&bytes), "{path}");
                written += 1;
            }
        }
    }
    let changed = whole.tree();
    let changed = changed
        .iter()
        .filter(|(path, bytes)| before.get(*path) != Some(*bytes));
    assert_eq!(written, changed.count());
}

#[test]
fn what_is_about_no_module_is_said_once() {
    let project = Project::of(&[("codemend.toml", "select = 1\n"), ("a.py", "x = 1\n")]);
    let said = shards(&project, 3, &["no/such.toml", "."]);
    let errors: Vec<usize> = said
        .iter()
        .map(|said| said.errors("error").count())
        .collect();
    assert_eq!(errors, [2, 0, 0], "{said:?}");
    assert_eq!(said[0].code, Some(2));
}

#[test]
fn a_shard_is_written_as_a_fraction() {
    let project = Project::of(&[("a.py", "x = 1\n")]);
    for (shard, why) in [
        ("0/3", "shards are counted from 1"),
        ("4/3", "the last of 3 shards is 3/3"),
        ("1/0", "there is at least one shard"),
        ("x", "write the second of five shards as 2/5"),
    ] {
        let said = project.codemend(&["--shard", shard]);
        assert_eq!(said.code, Some(2));
        assert!(said.err.contains(why), "{}", said.err);
    }
    for other in [
        &["--write-baseline", "b.json"][..],
        &["--stdin-filename", "a.py", "-"],
    ] {
        let said = project.codemend(&[&["--shard", "1/2"], other].concat());
        assert_eq!(said.code, Some(2));
        assert!(said.err.contains("cannot be used with"), "{}", said.err);
    }
    let said = shards(&project, 2, &[]);
    let heads: Vec<&str> = said
        .iter()
        .filter_map(|said| said.err.split(" (").next())
        .collect();
    assert!(heads.contains(&"Nothing to change in 1 file"), "{heads:?}");
    assert!(
        heads
            .iter()
            .any(|head| head.starts_with("No files in shard ")),
        "{heads:?}"
    );
}
