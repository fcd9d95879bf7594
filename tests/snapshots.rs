//! What a user sees, word for word: the files of `snapshots/`.
//!
//! `UPDATE_SNAPSHOTS=1 cargo test --test snapshots` writes them anew. Times are masked, colours are spelled out.

#[allow(dead_code, reason = "each test binary uses a part of it")]
#[path = "outside/mod.rs"]
mod outside;

use std::path::PathBuf;

use codemend_codemods::ALL;
use outside::tree::{self, Tree};
use outside::{Project, Said};
use rayon::prelude::*;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("snapshots")
}

/// A snapshot's name, and what it must hold.
type Shot = (String, Vec<u8>);

#[test]
fn users_see_what_the_snapshots_show() {
    let made: [fn() -> Vec<Shot>; 6] = [words, catalogue, notices, odd_names, graph, formats];
    let got: Tree = made.into_par_iter().flat_map(|make| make()).collect();
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        tree::write(&got, &folder()).expect("snapshots can be written");
    }
    let mut want = tree::read(&folder()).expect("snapshots can be read");
    want.retain(|path, _| !path.starts_with('.'));
    let faults = tree::difference(&want, &got);
    assert!(
        faults.is_empty(),
        "{faults}\nIf this is meant: UPDATE_SNAPSHOTS=1 cargo test --test snapshots\n"
    );
}

/// What stands in a terminal after `codemend` with these arguments.
fn shot(name: &str, project: &Project, arguments: &[&str]) -> Shot {
    let said = project.codemend(arguments);
    let shown = quoted(arguments);
    let text = format!("$ codemend{shown}\n{}", said.transcript());
    (name.to_owned(), masked(&text, project).into_bytes())
}

fn quoted(arguments: &[&str]) -> String {
    let quote = |argument: &&str| match argument.contains(' ') {
        true => format!(" '{argument}'"),
        false => format!(" {argument}"),
    };
    arguments.iter().map(quote).collect()
}

/// Without what differs from run to run: times, and the folder of the project.
fn masked(text: &str, project: &Project) -> String {
    let root = project.root().display().to_string();
    let mut masked = String::new();
    for line in text.replace(&root, "<project>").split_inclusive('\n') {
        let time = line.find(" s)").and_then(|end| {
            let start = line[..end].rfind('(')? + 1;
            line[start..end].parse::<f64>().ok()?;
            Some(start..end)
        });
        match time {
            Some(at) => {
                masked.push_str(&line[..at.start]);
                masked.push_str("0.00");
                masked.push_str(&line[at.end..]);
            }
            None => masked.push_str(line),
        }
    }
    masked.replace('\u{1b}', "␛")
}

/// Help, list, page, and what is said of wrong options and settings.
fn words() -> Vec<Shot> {
    let empty = Project::of::<&str>(&[]);
    let page = empty.codemend(&["explain", "optional-to-union"]).out;
    let (head, _) = page.split_once("## Cases").expect("a page has cases");
    let explained = format!("$ codemend explain optional-to-union\n{head}## Cases\n...\n");
    let settings = Project::of(&[
        ("codemend.toml", "select = [\"optional-to-unoin\"]\n"),
        ("a.py", ""),
    ]);
    let inline = ["--config", "optional-to-union.level = 1"];
    let example = Project::example();
    vec![
        ("explain.txt".into(), explained.into_bytes()),
        shot(
            "explain-coloured.txt",
            &empty,
            &["explain", "bare-except", "--color", "always"],
        ),
        shot("explain-help.txt", &empty, &["explain", "-h"]),
        shot("help.txt", &empty, &["--help"]),
        shot("help-short.txt", &empty, &["-h"]),
        shot("list.txt", &empty, &["list"]),
        shot("list-count.txt", &example, &["list", "--count"]),
        shot("list-help.txt", &empty, &["list", "-h"]),
        shot("error-codemod.txt", &empty, &["--select", "optional-union"]),
        shot("error-path.txt", &empty, &["nowhere.py"]),
        shot("error-option.txt", &empty, &inline),
        shot("error-settings.txt", &settings, &[]),
        shot("nothing.txt", &empty, &[]),
    ]
}

/// The example, mended by each codemod alone: the diff, the diff in colours, and all that can be said about it.
fn catalogue() -> Vec<Shot> {
    let shots = ALL.par_iter().flat_map(|codemod| {
        let about = codemod.about();
        let example = Project::example();
        let mut options = vec!["--select", about.name];
        if about.name == "union-to-optional" {
            options.extend(["--target-version", "3.9"]);
        }
        let with = |more: &[&'static str]| [&options[..], more].concat();
        let plain = example.codemend(&options);
        let coloured = example.codemend(&with(&["--color", "always"]));
        let coloured = masked(&coloured.out, &example);
        let notes = with(&["--verbose", "--explain-refusals", "--check"]);
        let said = Said {
            out: String::new(),
            ..example.codemend(&notes)
        };
        let notes = format!("$ codemend{}\n{}", quoted(&notes), said.transcript());
        let notes = masked(&notes, &example);
        let named = |end: &str| format!("example/{}{end}", about.name);
        vec![
            (named(".diff"), plain.out.into_bytes()),
            (named(".coloured.txt"), coloured.into_bytes()),
            (named(".notes.txt"), notes.into_bytes()),
        ]
    });
    shots.collect()
}

/// Reports, problems and what is withheld, in one project.
fn notices() -> Vec<Shot> {
    let project = Project::of(&[
        (
            "app/alias.py",
            "from typing import Union\n\nKey = Union[int, str]\nprint(Key)\n",
        ),
        (
            "app/broken.py",
            "from typing import Optional\n\nü = Optional[int\n",
        ),
        (
            "app/match.py",
            "def f(x: int | None):\n    match x:\n        case None:\n            pass\n",
        ),
        (
            "app/plain.py",
            "import os\nfrom typing import Optional\n\nx: Optional[str] = os.sep\n",
        ),
    ]);
    project.write("app/latin.py", b"# caf\xe9\n");
    let old = ["--target-version", "3.9"];
    let verbose = ["--verbose", "--color", "always"];
    vec![
        shot("problems.txt", &project, &[]),
        shot("problems-coloured.txt", &project, &verbose),
        shot(
            "report.txt",
            &project,
            &[&old[..], &["app/match.py"]].concat(),
        ),
        shot("check.txt", &project, &["--check", "app/plain.py"]),
        shot(
            "quiet.txt",
            &project,
            &["--quiet", "--check", "app/plain.py"],
        ),
        shot("apply.txt", &project, &["--apply", "app/plain.py"]),
    ]
}

/// The import graph of a project with a cycle of each kind, and something to note of each kind.
fn graph() -> Vec<Shot> {
    let project = Project::of(&[
        ("app/__init__.py", ""),
        ("app/main.py", "from app.factory import app\n"),
        (
            "app/factory.py",
            "def register():\n    from app import users\n\nregister()\napp = object()\n",
        ),
        ("app/users.py", "if True:\n    import app.main\n"),
        ("db/__init__.py", "from db.models import Base\n"),
        ("db/models.py", "import queue_\n"),
        (
            "queue_.py",
            "import db.models\nfrom typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import app.main\n",
        ),
        (
            "plugins/__init__.py",
            "import importlib\nfor name in NAMES:\n    importlib.import_module(f\"{__name__}.{name}\")\n",
        ),
        ("plugins/one.py", "from plugins import api, gone\n"),
        ("plugins/api.py", "# @generated\n"),
        ("plugins/api/__init__.py", "import plugins.missing\n"),
        ("logging.py", ""),
        ("broken.py", "def f(:\n"),
        ("tests/test_app.py", "import app.main\nimport logging\n"),
    ]);
    let format = |format: &'static str| ["graph", "--quiet", "--format", format];
    let small = Project::of(&[("a\"b.py", "import c\n"), ("c.py", "")]);
    small.write("latin.py", b"# caf\xe9\n");
    vec![
        shot("graph/text.txt", &project, &["graph"]),
        shot(
            "graph/coloured.txt",
            &project,
            &["graph", "--verbose", "--color", "always"],
        ),
        shot("graph/folder.txt", &project, &["graph", "db"]),
        shot(
            "graph/problems.txt",
            &small,
            &["graph", "--format", "dot", ".", "nowhere.py"],
        ),
        shot("graph/help.txt", &small, &["graph", "--help"]),
        (
            "graph/graph.json".into(),
            project.codemend(&format("json")).out.into_bytes(),
        ),
        (
            "graph/graph.dot".into(),
            project.codemend(&format("dot")).out.into_bytes(),
        ),
        shot("graph/example.txt", &Project::example(), &["graph"]),
    ]
}

/// What programs read of a small project that has something of every kind.
fn formats() -> Vec<Shot> {
    let project = Project::of(&[
        (
            "app/alias.py",
            "from typing import Union\n\nKey = Union[int, str]\nprint(Key)\n",
        ),
        ("app/broken.py", "ü = Optional[int\n"),
        (
            "app/kept.py",
            "from typing import Optional\n\nx: Optional[str] = None  # codemend: ignore\n",
        ),
        (
            "app/a, b.py",
            "import os\r\nfrom typing import Optional\r\n\r\ns = '🐍'; x: Optional[str] = os.sep\r\n",
        ),
        (
            "app/raise.py",
            "def f():\n    try:\n        g()\n    except:\n        if h():\n            raise\n",
        ),
    ]);
    let shots = ["json", "jsonl", "sarif", "github", "gitlab"].map(|format| {
        let said = project.codemend(&["--format", format, "--verbose"]).out;
        let said = masked(&said, &project).replace(env!("CARGO_PKG_VERSION"), "<version>");
        // Pages have tests of their own.
        let lines = said.split_inclusive('\n');
        let lines = lines.map(
            |line| match line.trim_start().strip_prefix("\"markdown\": ") {
                Some(page) if page.len() > 40 => "                \"markdown\": <page>,\n",
                _ => line,
            },
        );
        (
            format!("formats/{format}.txt"),
            lines.collect::<String>().into_bytes(),
        )
    });
    shots.to_vec()
}

/// Files whose names and bytes are not everybody's.
fn odd_project() -> Project {
    let lines = [
        "import os",
        "from typing import Optional",
        "",
        "x: Optional[str] = os.sep",
        "",
    ];
    let unix = lines.join("\n");
    Project::of(&[
        ("crlf.py", lines.join("\r\n")),
        ("no final newline.py", unix.trim_end().to_owned()),
        ("byte order mark.py", format!("\u{feff}{unix}")),
        (
            "both.py",
            format!("\u{feff}{}", lines.join("\r\n").trim_end()),
        ),
        ("naïve/日本 語.py", unix.clone()),
        ("quote\"s/it's.py", unix.clone()),
        ("tab\tand\\backslash.py", unix.clone()),
        ("line\nfeed.py", unix.clone()),
        ("-dash.py", unix.clone()),
        ("a/b/ends in blank .py", unix.clone()),
        ("stub.pyi", unix),
    ])
}

fn odd_names() -> Vec<Shot> {
    let patch = odd_project().codemend(&["--quiet"]).out;
    vec![("odd-names.patch".into(), patch.into_bytes())]
}

#[test]
fn git_accepts_the_patch_of_odd_names() {
    let applied = odd_project();
    let said = applied.codemend(&["--apply"]);
    assert!(
        said.err.starts_with("Changed 11 of 11 files"),
        "{}",
        said.err
    );
    let [(_, patch)] = &odd_names()[..] else {
        unreachable!("one patch")
    };
    for (program, options) in [
        ("git", &["apply", "-"][..]),
        ("patch", &["-p1", "--quiet", "--binary"]),
    ] {
        let project = odd_project();
        project.insist(program, options, patch);
        let faults = tree::difference(&applied.tree(), &project.tree());
        assert!(faults.is_empty(), "{program}: {faults}");
    }
}

#[test]
fn git_accepts_the_previews_of_the_example() {
    for (name, patch) in catalogue() {
        if name.ends_with(".diff") && !patch.is_empty() {
            Project::example().insist("git", &["apply", "--check", "-"], &patch);
        }
    }
}
