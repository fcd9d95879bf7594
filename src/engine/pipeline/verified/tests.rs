//! Codemods that are wrong on purpose.

use camino::{Utf8Path, Utf8PathBuf};
use ruff_python_ast::visitor::{Visitor, walk_expr};
use ruff_python_ast::{Expr, ExprName};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::super::{Narrowing, Request, Unwatched, run};
use super::run_verified;
use crate::change::{Changes, FileEdit, Safety};
use crate::codemod::{About, Codemod, Deed, Scope};
use crate::config::{Configuration, Overrides};
use crate::facts::Facts;
use crate::module::Module;
use crate::patch::Outcome;
use crate::target::PythonVersion;

fn about(name: &'static str, scope: Scope) -> About {
    About {
        name,
        summary: "",
        deed: Deed {
            one: "mend 1 place",
            many: "mend {n} places",
        },
        page: "",
        ceiling: Safety::Safe,
        scope,
        since: PythonVersion::PY37,
        rules: &[],
        options: &[],
    }
}

/// Puts `to` for each name `from`, and says no more of it than its place.
struct Rename {
    from: &'static str,
    to: &'static str,
}

impl Codemod for Rename {
    fn about(&self) -> About {
        about("rename", Scope::File)
    }

    fn triggers(&self) -> &'static [&'static str] {
        &[""]
    }

    fn rewrite(&self, module: &Module<'_>, _facts: &Facts<'_>, changes: &mut Changes) {
        let mut names = Names(Vec::new());
        names.visit_body(module.suite());
        for name in names.0.iter().filter(|name| name.id.as_str() == self.from) {
            let mut change = changes.draft(name.range(), "rename");
            change.replace(name.range(), self.to);
            changes.propose(change);
        }
    }
}

struct Names<'a>(Vec<&'a ExprName>);

impl<'a> Visitor<'a> for Names<'a> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        self.0.extend(expr.as_name_expr());
        walk_expr(self, expr);
    }
}

/// Notes in the file `requirements.txt` that there are modules, unless that is noted there, and in `a.py` too.
struct Require;

impl Codemod for Require {
    fn about(&self) -> About {
        about("require", Scope::Project)
    }

    fn triggers(&self) -> &'static [&'static str] {
        &[""]
    }

    fn rewrite(&self, _module: &Module<'_>, _facts: &Facts<'_>, _changes: &mut Changes) {}

    fn rewrite_project(&self, facts: &Facts<'_>, changes: &mut Changes) {
        let manifests = facts.manifests();
        let mut texts = manifests
            .files()
            .filter_map(|file| manifests.text(&file.path).map(|text| (&file.path, text)));
        let Some((path, _)) = texts.find(|(_, text)| !text.contains("# noted")) else {
            return;
        };
        let start = TextRange::empty(TextSize::default());
        let mut change = changes.draft_in(path, start, "note");
        for path in [path.clone(), path.with_file_name("a.py")] {
            change.edits.push(FileEdit::Text {
                path,
                range: start,
                replacement: "# noted\n".to_owned(),
            });
        }
        changes.propose(change);
    }
}

/// The outcomes of `codemod` over the files, as `--verify` runs it and as it is run otherwise, with the folder.
fn outcomes(codemod: &dyn Codemod, files: &[(&str, &str)]) -> (Outcome, Outcome, Utf8PathBuf) {
    let folder = tempfile::Builder::new()
        .prefix("verified-")
        .tempdir()
        .unwrap();
    let top = Utf8Path::from_path(folder.path())
        .unwrap()
        .canonicalize_utf8()
        .unwrap();
    for (path, text) in files {
        std::fs::write(top.join(path), text).unwrap();
    }
    let configuration = Configuration::new(Overrides::default(), vec![codemod.about()]);
    let request = Request {
        paths: vec![top.clone()],
        catalogue: &[codemod],
        configuration: &configuration.unwrap(),
        stdin: None,
        python: None,
        threads: Some(1),
        follow_hard_links: false,
        prefilter: true,
        narrowing: Narrowing::default(),
        review: false,
        in_parts: false,
        shard: None,
    };
    (
        run_verified(&request, &Unwatched),
        run(&request, &Unwatched),
        top,
    )
}

fn faults(outcome: &Outcome, top: &Utf8Path) -> Vec<String> {
    let said = outcome.faults.iter().map(|fault| {
        let path = fault.path.strip_prefix(top).unwrap();
        let at = fault.at.unwrap();
        format!("{path}:{}:{}: {}", at.line, at.column, fault.message)
    });
    said.collect()
}

#[test]
fn a_change_that_alters_what_stands_around_it_is_left_out_alone() {
    let codemod = Rename {
        from: "X",
        to: "b + c",
    };
    let text = "a = b = c = 1\ny = X\nz = a * X\n";
    let (verified, plain, top) = outcomes(&codemod, &[("a.py", text)]);
    // Nobody asked: the wrong change is made.
    assert_eq!((plain.faults.len(), plain.refusals.len()), (0, 0));
    assert!(
        plain.patch()[0]
            .after
            .ends_with("y = b + c\nz = a * b + c\n")
    );
    assert!(
        verified.patch()[0]
            .after
            .ends_with("y = b + c\nz = a * X\n")
    );
    assert_eq!(verified.refusals.len(), 1);
    assert_eq!(
        faults(&verified, &top),
        [
            "a.py:3:9: a change was left out: the code around the edits would read otherwise (line 3) [rename]",
            "a.py:3:9: a second run would change this again: rename [rename]",
        ]
    );
}

#[test]
fn a_codemod_that_does_not_come_to_rest_is_named() {
    let codemod = Rename {
        from: "f",
        to: "(f)",
    };
    let (verified, plain, top) = outcomes(
        &codemod,
        &[("a.py", "f = len\nx = f\n"), ("b.py", "x = 1\n")],
    );
    assert!(plain.faults.is_empty());
    let said = faults(&verified, &top);
    assert_eq!(said.len(), 2, "{said:#?}");
    assert_eq!(
        said[0],
        "a.py:1:2: a second run would change this again: rename [rename]"
    );
}

#[test]
fn the_second_run_reads_manifests_and_modules_as_the_first_would_leave_them() {
    let files = [
        ("requirements.txt", "httpx\n"),
        ("a.py", "x = 1\n"),
        ("b.py", "x = 1\n"),
    ];
    let (verified, _, top) = outcomes(&Require, &files);
    assert_eq!(verified.patch().len(), 2);
    assert_eq!(faults(&verified, &top), [""; 0]);
}

#[test]
fn the_files_of_one_change_belong_together() {
    let files = [
        ("requirements.txt", "httpx\n"),
        ("a.py", "x = 1\n"),
        ("b.py", "x = 1\n"),
    ];
    let (verified, plain, top) = outcomes(&Require, &files);
    for outcome in [verified, plain] {
        let sets: Vec<Vec<Utf8PathBuf>> = outcome
            .together
            .into_iter()
            .map(|set| set.into_iter().collect())
            .collect();
        assert_eq!(sets, [[top.join("a.py"), top.join("requirements.txt")]]);
    }
}
