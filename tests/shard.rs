//! `--shard` and `merge-reports`: the parts of a run add up to the run, byte for byte.

#[allow(dead_code, reason = "each test binary uses a part of it")]
#[path = "outside/mod.rs"]
mod outside;

use std::collections::BTreeMap;
use std::fs;

use outside::{Project, Said};
use serde_json::Value;

const COUNTS: [u32; 4] = [1, 2, 3, 7];

/// Something for every codemod, and much that one file has to do with others.
const PROJECT: &[(&str, &str)] = &[
    (
        "pyproject.toml",
        "[project]\nname = \"shop\"\nversion = \"1\"\nrequires-python = \">=3.10\"\ndependencies = [\n    \"fastapi\",\n    \"pydantic\",\n]\n",
    ),
    ("shop/__init__.py", ""),
    // A name that is taken from here, and one that nobody takes.
    (
        "shop/kinds.py",
        "from typing import List, Optional, Union\n\nName = Optional[str]\nBoth = Union[int, Optional[Union[str, bytes]]]\n",
    ),
    (
        "shop/taker.py",
        "from shop.kinds import Optional\n\n\ndef find(name: Optional[str]) -> Optional[int]:\n    return None\n",
    ),
    (
        "shop/stars.py",
        "from shop.kinds import *\n\n\ndef first(items: Union[list, None]) -> Optional[int]:\n    return items[0]\n",
    ),
    // Imports in functions: two that would close a cycle together, and one that would not.
    (
        "shop/orders.py",
        "def total(order):\n    from shop import prices\n\n    return prices.of(order)\n\n\ndef late():\n    import json\n\n    try:\n        return json.loads(\"1\")\n    except:\n        return None\n",
    ),
    (
        "shop/prices.py",
        "def of(order):\n    from shop import orders\n\n    return orders.late() or 0\n",
    ),
    (
        "shop/stock.py",
        "def left(order):\n    from shop.orders import total\n\n    try:\n        return total(order)\n    except:\n        return 0\n",
    ),
    // Routes, an address, a model.
    (
        "shop/models.py",
        "from typing import Optional\n\nfrom pydantic import BaseModel, EmailStr\n\n\nclass User(BaseModel):\n    name: str\n    email: EmailStr\n    nick: Optional[str] = None\n",
    ),
    (
        "shop/api.py",
        "from fastapi import APIRouter\n\nfrom shop.models import User\n\nrouter = APIRouter()\n\n\n@router.get(\"/users/{name}\")\ndef get_user(name: str) -> User:\n    return User(name=name, email=\"a@example.org\")\n\n\n@router.get(\"/health\")\ndef health():\n    return {\"ok\": True, \"name\": \"shop\"}\n",
    ),
    (
        "shop/main.py",
        "from fastapi import FastAPI\n\nfrom shop.api import router\n\napp = FastAPI()\napp.include_router(router)\n\n\n@app.get(\"/\")\ndef root():\n    return {\"version\": 1}\n",
    ),
    // What cannot be read, and what is to be kept.
    (
        "shop/broken.py",
        "from shop.kinds import Optional\n\ndef f(:\n",
    ),
    (
        "shop/kept.py",
        "from typing import Optional\n\nX = Optional[int]  # codemend: ignore\nY = Optional[int]\nZ = Optional[str]  # codemend: ignore[no-such]\n",
    ),
    (
        "tools/run.py",
        "import os\nfrom typing import Union\n\n\ndef run(a: \"Union[int, None]\", b: Union[str, int]):\n    try:\n        return int(os.environ[\"N\"])\n    except:\n        pass\n",
    ),
];

fn project() -> Project {
    let project = Project::of(PROJECT);
    project.write("shop/latin.py", b"X = '\xe9'\n");
    project
}

/// Both projects, as repositories.
fn projects() -> Vec<Project> {
    let projects = vec![project(), Project::example()];
    for project in &projects {
        project.insist("git", &["init", "-q"], b"");
    }
    projects
}

/// A run of each of `of` shards.
fn shards(project: &Project, of: u32, options: &[&str]) -> Vec<Said> {
    let run = |number: u32| {
        let shard = format!("{number}/{of}");
        project.codemend(&[&["--shard", &shard], options].concat())
    };
    (1..=of).map(run).collect()
}

/// The parts of a patch by the first line of each, which names the file.
fn parts(patch: &str) -> BTreeMap<&str, &str> {
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

const OPTIONS: [&[&str]; 5] = [
    &[],
    &["--unsafe-fixes"],
    &["--unsafe-fixes", "--verify"],
    &["--select", "optional-to-union"],
    &[
        "--select",
        "union-to-optional,bare-except",
        "--target-version",
        "3.9",
    ],
];

#[test]
fn the_patches_of_the_shards_are_the_patch_of_the_run() {
    for project in projects() {
        for options in OPTIONS {
            let whole = project.codemend(&[&["--patch", "-", "--quiet"], options].concat());
            let wanted = parts(&whole.out);
            assert!(
                !wanted.is_empty() || options.contains(&"3.9"),
                "{}",
                whole.err
            );
            for of in COUNTS {
                let said = shards(
                    &project,
                    of,
                    &[&["--patch", "-", "--quiet"], options].concat(),
                );
                let mut got = BTreeMap::new();
                for (number, said) in said.iter().enumerate() {
                    for (name, part) in parts(&said.out) {
                        let other = got.insert(name, part);
                        assert!(
                            other.is_none(),
                            "{name} of {}/{of} is there twice",
                            number + 1
                        );
                    }
                }
                assert_eq!(got, wanted, "{of} shards, {options:?}");
                let problems: usize = said.iter().map(|said| said.errors("error").count()).sum();
                assert_eq!(problems, whole.errors("error").count(), "{of} shards");
            }
        }
    }
}

#[test]
fn the_reports_of_the_shards_are_the_report_of_the_run() {
    for project in projects() {
        for options in OPTIONS {
            let options = [&["--format", "json"], options].concat();
            let whole = project.codemend(&options).out;
            for of in COUNTS {
                let folder = tempfile::tempdir().expect("a folder");
                let mut names = Vec::new();
                for (number, said) in shards(&project, of, &options).iter().enumerate() {
                    let file = folder.path().join(format!("{number}.json"));
                    fs::write(&file, &said.out).expect("it can be written");
                    names.push(file.to_str().expect("UTF-8").to_owned());
                }
                // In any order.
                names.rotate_left(of as usize / 2);
                let mut merge = vec!["merge-reports"];
                merge.extend(names.iter().map(String::as_str));
                let merged = project.codemend(&merge);
                assert_eq!((merged.code, merged.err.as_str()), (Some(0), ""));
                assert_eq!(merged.out, whole, "{of} shards, {options:?}");
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

/// The reports of three shards, in files `1.json` to `3.json` beside the project.
fn three() -> (Project, Project) {
    let (project, reports) = (project(), Project::of::<&str>(&[]));
    for (number, said) in shards(&project, 3, &["--format", "json"])
        .iter()
        .enumerate()
    {
        reports.write(&format!("{}.json", number + 1), &said.out);
    }
    (project, reports)
}

#[test]
fn shards_that_are_missing_or_there_twice_are_errors() {
    let (project, reports) = three();
    let refused = |names: &[&str]| {
        let said = reports.codemend(&[&["merge-reports"], names].concat());
        assert_eq!(
            (said.code, said.out.as_str()),
            (Some(2), ""),
            "{}",
            said.err
        );
        said.err
    };
    let err = refused(&["1.json", "3.json"]);
    assert!(
        err.contains("shard 2/3 of ") && err.contains("--partial"),
        "{err}"
    );
    let err = refused(&["1.json", "2.json", "3.json", "2.json"]);
    assert!(
        err.contains("`2.json` and `2.json` both hold shard 2/3"),
        "{err}"
    );
    // Another run over the same files is another run.
    project.write("shop/taker.py", "x = 1\n");
    reports.write(
        "2.json",
        project
            .codemend(&["--shard", "2/3", "--format", "json"])
            .out,
    );
    let err = refused(&["1.json", "2.json", "3.json"]);
    assert!(
        err.contains("`1.json` and `2.json` tell of two runs over "),
        "{err}"
    );
    refused(&["1.json", "none.json"]);
    reports.write("wrong.json", "{}");
    assert!(refused(&["wrong.json"]).contains("no report of --format json"));
    reports.write("half.json", &reports.read("1.json")[..500]);
    assert!(refused(&["half.json"]).contains("no report of --format json"));
    let other = reports
        .read("1.json")
        .replacen("\"codemend\": \"", "\"codemend\": \"99.", 1);
    reports.write("other.json", other);
    assert!(refused(&["other.json"]).contains("was made by codemend 99."));
    let other = reports
        .read("1.json")
        .replacen("\"version\": 1", "\"version\": 2", 1);
    reports.write("other.json", other);
    assert!(refused(&["other.json"]).contains("has version 2"));
    let err = refused(&["1.json", "--partial", "-o", "1.json"]);
    assert!(err.contains("one of the reports"), "{err}");
}

#[test]
fn a_part_says_what_it_is_a_part_of_and_can_be_merged_further() {
    let (project, reports) = three();
    let said = reports.codemend(&[
        "merge-reports",
        "3.json",
        "1.json",
        "--partial",
        "-o",
        "part.json",
    ]);
    assert_eq!((said.code, said.out.as_str()), (Some(0), ""));
    assert!(said.err.starts_with("note: shard 2/3 of "), "{}", said.err);
    let part: Value = serde_json::from_str(&reports.read("part.json")).expect("JSON");
    assert_eq!(part["run"]["shard"]["numbers"], serde_json::json!([1, 3]));
    let whole = reports.codemend(&["merge-reports", "2.json", "part.json"]);
    assert_eq!(whole.out, project.codemend(&["--format", "json"]).out);
}

/// Paths of several repositories start above all of them.
#[test]
fn repositories_are_put_beside_each_other() {
    let fleet = Project::of::<&str>(&[]);
    for name in ["one", "two"] {
        for (path, text) in PROJECT {
            fleet.write(&format!("work/{name}/{path}"), text);
        }
        fleet.insist("git", &["init", "-q", &format!("work/{name}")], b"");
        let said = fleet.codemend_in(&format!("work/{name}"), &["--format", "json"]);
        fleet.write(&format!("{name}.json"), said.out);
    }
    let said = fleet.codemend(&["merge-reports", "two.json", "one.json"]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    let both: Value = serde_json::from_str(&said.out).expect("JSON");
    let one: Value = serde_json::from_str(&fleet.read("one.json")).expect("JSON");
    let work = fleet.root().join("work");
    assert_eq!(both["run"]["root"], work.to_str().expect("UTF-8"));
    for key in [
        "changes",
        "files_changed",
        "withheld",
        "refusals",
        "problems",
        "reports",
    ] {
        let twice = one["summary"][key].as_u64().map(|count| 2 * count);
        assert_eq!(both["summary"][key].as_u64(), twice, "{key}");
    }
    for list in ["changes", "files", "refusals", "problems", "reports"] {
        let items = both[list].as_array().expect("a list");
        for item in items {
            let path = item["path"].as_str().expect("a path");
            assert!(work.join(path).is_file(), "{path}");
        }
    }
    for (id, change) in both["changes"]
        .as_array()
        .expect("a list")
        .iter()
        .enumerate()
    {
        assert_eq!(change["id"], id);
        for need in change["needs"].as_array().expect("a list") {
            let other = &both["changes"][need.as_u64().expect("a number") as usize];
            let top = |change: &Value| change["path"].as_str().map(|path| path[..3].to_owned());
            assert_eq!(top(other), top(change));
        }
    }
    let said = fleet.codemend(&["merge-reports", "one.json", "one.json"]);
    assert!(said.err.contains("tell of two runs over"), "{}", said.err);
}
