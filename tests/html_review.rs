//! The review page in a real browser: clicks and keys, then the downloaded patch, which git has to take.
//!
//! A choice made in the page is held against the same choice made by the program, byte for byte.

#[allow(dead_code, reason = "each test binary uses a part of it")]
#[path = "outside/mod.rs"]
mod outside;

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use camino::Utf8PathBuf;
use codemend_engine::config::{Configuration, Overrides};
use codemend_engine::patch::Outcome;
use codemend_engine::pipeline::{self, Narrowing, Request, Unwatched};
use outside::Project;
use outside::tree::Tree;
use serde_json::Value;

/// Whether the browser is there. With `CI` set it has to be.
fn has_browser() -> bool {
    let home = std::env::var_os("HOME").unwrap_or_default();
    let tools = std::env::var_os("CODEMEND_TOOLS").map(PathBuf::from);
    let tools = tools.unwrap_or_else(|| Path::new(&home).join(".cache/codemend-tools"));
    let driver = tools.join("node/node_modules/playwright-core");
    let chromium = std::env::var_os("CODEMEND_CHROMIUM").map(PathBuf::from);
    let chromium = chromium.unwrap_or_else(|| "/usr/bin/chromium".into());
    let missing: Vec<_> = [driver, chromium]
        .into_iter()
        .filter(|it| !it.exists())
        .collect();
    if missing.is_empty() {
        return true;
    }
    assert!(std::env::var_os("CI").is_none(), "missing: {missing:?}");
    let _ = writeln!(
        std::io::stderr(),
        "not tested: {missing:?} is missing, see .ci/tools"
    );
    false
}

/// Run a scenario of `html_review/drive.js`; what it has to say.
fn drive(arguments: &[&str]) -> Value {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/html_review/drive.js");
    let output = Command::new("node").arg(script).args(arguments).output();
    let output = output.expect("node runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {said}");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// A project, its page and room for patches, side by side.
struct Reviewed {
    project: Project,
    room: tempfile::TempDir,
    options: Vec<&'static str>,
}

impl Reviewed {
    fn new(project: Project, options: &[&'static str]) -> Self {
        let room = tempfile::tempdir().expect("a folder");
        let reviewed = Self {
            project,
            room,
            options: options.to_vec(),
        };
        let page = reviewed.path("page.html");
        let said = reviewed.codemend(&["--html", &page]);
        assert_eq!((said.code, &*said.out), (Some(0), ""), "{}", said.err);
        assert!(said.err.contains("page.html"), "{}", said.err);
        reviewed
    }

    fn path(&self, name: &str) -> String {
        self.room.path().join(name).display().to_string()
    }

    fn codemend(&self, arguments: &[&str]) -> outside::Said {
        self.project.codemend(&[&self.options, arguments].concat())
    }

    /// Choose in the page what `spec` says: the patch, and the changes that are in it.
    fn choose(&self, spec: &str) -> (Vec<u8>, BTreeSet<usize>) {
        let (page, patch) = (self.path("page.html"), self.path("choice.patch"));
        let _ = fs::remove_file(&patch);
        let said = drive(&["choose", &page, spec, &patch]);
        let ids = said["accepted"].as_array().expect("a list").iter();
        let ids = ids.map(|id| id.as_u64().expect("a number") as usize);
        (fs::read(patch).unwrap_or_default(), ids.collect())
    }

    /// A copy with `patch` applied by git.
    fn patched(&self, patch: &[u8]) -> Tree {
        let copy = self.copy();
        if !patch.is_empty() {
            let strict = ["apply", "--whitespace=nowarn", "--check", "-"];
            copy.insist("git", &strict, patch);
            copy.insist("git", &["apply", "--whitespace=nowarn", "-"], patch);
        }
        copy.tree()
    }

    fn copy(&self) -> Project {
        let copy = Project::of::<&str>(&[]);
        outside::tree::write(&self.project.tree(), copy.root()).expect("a copy");
        copy
    }

    /// A copy that `codemend --apply` has changed.
    fn applied(&self, options: &[&str]) -> Tree {
        let copy = self.copy();
        let said = copy.codemend(&[&self.options, options, &["--apply"]].concat());
        assert_eq!(said.code, Some(0), "{}", said.err);
        copy.tree()
    }

    /// The codemod behind `--ignore`.
    fn ignored(&self) -> Vec<String> {
        let mut options = self.options.iter().skip_while(|one| **one != "--ignore");
        let ignored = options.nth(1).map(|name| (*name).to_owned());
        ignored.into_iter().collect()
    }

    /// What the engine makes of the same choice.
    fn composed(&self, ids: &BTreeSet<usize>) -> Tree {
        let outcome = self.outcome();
        let copy = self.copy();
        for file in outcome.review.expect("a review").compose(ids) {
            let name = file
                .path
                .strip_prefix(self.project.root())
                .expect("a file of it");
            copy.write(name.as_str(), &*file.after);
        }
        copy.tree()
    }

    fn outcome(&self) -> Outcome {
        let root = Utf8PathBuf::from_path_buf(self.project.root().to_owned()).expect("UTF-8");
        let overrides = Overrides {
            unsafe_fixes: self.options.contains(&"--unsafe-fixes").then_some(true),
            ignore: self.ignored(),
            ..Overrides::default()
        };
        let catalogue = codemend_codemods::ALL;
        let abouts = catalogue.iter().map(|codemod| codemod.about()).collect();
        let configuration = Configuration::new(overrides, abouts).expect("settings");
        let request = Request {
            paths: vec![root],
            catalogue,
            configuration: &configuration,
            stdin: None,
            python: None,
            threads: None,
            follow_hard_links: false,
            prefilter: true,
            narrowing: Narrowing::default(),
            review: true,
            in_parts: false,
            shard: None,
        };
        pipeline::run(&request, &Unwatched)
    }
}

/// The example's pages, with all that can be decided.
fn example() -> Reviewed {
    Reviewed::new(Project::example(), &["--unsafe-fixes"])
}

/// Files that a patch has to get right to the byte: line ends, marks, last lines, and names.
fn odd() -> Reviewed {
    let unix = "from typing import Optional\n\n\ndef f(x: Optional[int]) -> Optional[str]:\n    return None\n\n\ny: Optional[int] = 1\n";
    let windows = unix.replace('\n', "\r\n");
    let project = Project::of(&[
        ("crlf.py", windows.clone()),
        ("bom.py", format!("\u{feff}{unix}")),
        ("bom_crlf.py", format!("\u{feff}{windows}")),
        ("no_newline.py", unix.trim_end().to_owned()),
        ("no_newline_crlf.py", windows.trim_end().to_owned()),
        ("mixed.py", unix.replacen('\n', "\r\n", 3)),
        ("wide.py", format!("s = '\u{1f40d}\u{e9}'; {unix}")),
        ("feed.py", unix.replacen("\n\n", "\n\u{c}\n", 1)),
        ("with space.py", unix.to_owned()),
        ("folder with space/end .py", unix.to_owned()),
        ("quo\"te's.py", unix.to_owned()),
        ("back\\slash\ttab.py", unix.to_owned()),
        ("new\nline.py", unix.to_owned()),
        ("m\u{fc}ller \u{1f40d}.py", unix.to_owned()),
        ("-dash.py", unix.to_owned()),
        ("e\u{1b}[31m.py", unix.to_owned()),
    ]);
    Reviewed::new(project, &["--target-version", "3.12", "--unsafe-fixes"])
}

/// Every Python file of `tree` has to parse.
fn insist_on_python(tree: &Tree) {
    let project = Project::of::<&str>(&[]);
    outside::tree::write(tree, project.root()).expect("a copy");
    let check = "import ast, pathlib\nfor path in pathlib.Path('.').rglob('*.py'): ast.parse(path.read_bytes())";
    project.insist("python3", &["-c", check], b"");
}

fn same(left: &Tree, right: &Tree) {
    let faults = outside::tree::difference(left, right);
    assert!(faults.is_empty(), "{faults}");
}

#[test]
fn every_control_does_what_it_says() {
    if !has_browser() {
        return;
    }
    let reviewed = example();
    let page = reviewed.path("page.html");
    for scenario in ["controls", "filters", "memory", "looks"] {
        drive(&[scenario, &page]);
    }
}

#[test]
fn all_accepted_is_the_patch_of_the_program() {
    if !has_browser() {
        return;
    }
    for reviewed in [example(), odd()] {
        let (patch, ids) = reviewed.choose("all");
        let own = reviewed.path("own.patch");
        reviewed.codemend(&["--patch", &own]);
        let own = fs::read(own).expect("a patch");
        assert_eq!(
            String::from_utf8_lossy(&patch),
            String::from_utf8_lossy(&own)
        );
        let after = reviewed.patched(&patch);
        same(&after, &reviewed.applied(&[]));
        same(&after, &reviewed.composed(&ids));
    }
}

#[test]
fn one_codemod_accepted_is_that_codemod_run_alone() {
    if !has_browser() {
        return;
    }
    // A logger that log-swallowed adds stands behind the imports, and ties what changes these.
    let options = ["--unsafe-fixes", "--ignore", "log-swallowed"];
    let reviewed = Reviewed::new(Project::example(), &options);
    for name in ["optional-to-union", "bare-except"] {
        let (patch, ids) = reviewed.choose(&format!("codemod={name}"));
        assert!(!ids.is_empty());
        let after = reviewed.patched(&patch);
        same(&after, &reviewed.composed(&ids));
        same(&after, &reviewed.applied(&["--select", name]));
    }
}

#[test]
fn any_choice_is_a_patch_that_fits() {
    if !has_browser() {
        return;
    }
    for (reviewed, seeds) in [(example(), 1..4), (odd(), 4..7)] {
        for seed in seeds {
            let (patch, ids) = reviewed.choose(&format!("seed={seed}"));
            let after = reviewed.patched(&patch);
            same(&after, &reviewed.composed(&ids));
            insist_on_python(&after);
        }
    }
}

#[test]
fn what_is_hostile_is_text() {
    if !has_browser() {
        return;
    }
    let text = concat!(
        "from typing import Optional\n\n# \u{202e}hidden\u{200b} </script><script>alert(1)</script> <!-- <img src=x onerror=alert(2)>\n",
        "x: Optional[int] = '</script><img src=x onerror=alert(3)>'\n",
    );
    let project = Project::of(&[
        ("</script><img src=x onerror=alert(4)>.py", text),
        ("&lt;b&gt; <b>\u{202e}yp.py", text),
        ("__proto__/constructor.py", text),
    ]);
    let reviewed = Reviewed::new(project, &["--target-version", "3.12", "--unsafe-fixes"]);
    let said = drive(&["hostile", &reviewed.path("page.html")]);
    let shown = said["text"].as_str().expect("a text");
    for part in [
        "<U+202E>hidden<U+200B> </script><script>",
        "onerror=alert(4)>.py",
        "&lt;b&gt; <b><U+202E>yp.py",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    let (patch, ids) = reviewed.choose("all");
    same(&reviewed.patched(&patch), &reviewed.composed(&ids));
}

#[test]
fn thousands_of_changes_are_a_small_page() {
    if !has_browser() {
        return;
    }
    let body = |at: usize| {
        let line = |n: usize| {
            format!(
                "\n\ndef f{n}(x: Optional[int]) -> str:\n    return str({at})\n\n\nz{n} = [\n    1,\n    2,\n    3,\n]\n"
            )
        };
        let lines: String = (0..3).map(line).collect();
        format!("from typing import Optional\n{lines}")
    };
    let files: Vec<_> = (0..700)
        .map(|at| (format!("p{}/m{at}.py", at % 20), body(at)))
        .collect();
    let files: Vec<_> = files.iter().map(|(name, text)| (&**name, text)).collect();
    let project = Project::in_memory(&files);
    let reviewed = Reviewed::new(
        project,
        &["--target-version", "3.12", "--select", "optional-to-union"],
    );
    let (page, patch) = (reviewed.path("page.html"), reviewed.path("all.patch"));
    assert!(fs::metadata(&page).expect("a page").len() < 3_000_000);
    let said = drive(&["many", &page, &patch]);
    assert!(said["total"].as_u64() >= Some(2_000), "{said}");
    let own = reviewed.path("own.patch");
    reviewed.codemend(&["--patch", &own]);
    assert!(fs::read(own).expect("a patch") == fs::read(patch).expect("another"));
}

#[test]
fn a_page_is_written_whole_and_beside_other_sinks() {
    let project = Project::of(&[(
        "a.py",
        "from typing import Optional\nx: Optional[int] = 1\n",
    )]);
    let said = project.codemend(&["--target-version", "3.12", "--html", "no/page.html"]);
    assert_eq!(said.code, Some(2));
    assert!(
        said.err.contains("cannot write the page `no/page.html`"),
        "{}",
        said.err
    );
    let said = project.codemend(&["--target-version", "3.12", "--html", "a.py"]);
    assert!(said.err.contains("`a.py` is a Python file"), "{}", said.err);
    assert!(project.read("a.py").starts_with("from typing"));
    let said = project.codemend(&["--html", "-"]);
    assert!(
        said.err.contains("name a file for the page"),
        "{}",
        said.err
    );
    let said = project.codemend(&[
        "--target-version",
        "3.12",
        "--html",
        "p.html",
        "--patch",
        "-",
    ]);
    assert!(said.out.starts_with("diff --git"), "{}", said.out);
    assert!(project.read("p.html").starts_with("<!doctype html>"));
}
