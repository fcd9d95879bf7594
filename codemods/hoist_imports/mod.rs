//! Move imports out of functions to the top of the module, where that means the same.

mod anew;
mod bindings;
mod candidate;
mod environment;
mod form;
mod intent;
mod namespace;
mod options;
mod origin;
mod project;
mod shipped;
mod standard;
mod surroundings;
mod third_party;
mod words;

use camino::{Utf8Path, Utf8PathBuf};
use codemend_engine::change::{Changes, Safety};
use codemend_engine::codemod::{About, Codemod, Deed, OptionAbout, OptionKind, Scope};
use codemend_engine::facts::Facts;
use codemend_engine::module::Module;
use codemend_engine::target::PythonVersion;

use candidate::Candidate;
use origin::Verdict;

pub struct HoistImports;

impl Codemod for HoistImports {
    fn about(&self) -> About {
        About {
            name: "hoist-imports",
            summary: "move imports out of functions to the top of the module",
            deed: Deed {
                one: "move 1 import to module level",
                many: "move {n} imports to module level",
            },
            page: include_str!("README.md"),
            ceiling: Safety::Unsafe,
            scope: Scope::Project,
            since: PythonVersion::PY37,
            rules: &["PLC0415", "C0415", "import-outside-toplevel"],
            options: &[
                OptionAbout {
                    name: "heavy",
                    kind: OptionKind::List {
                        default: options::HEAVY,
                    },
                    summary: "top-level names of packages that are too expensive to import at start",
                },
                OptionAbout {
                    name: "extend-heavy",
                    kind: OptionKind::List { default: &[] },
                    summary: "more of them",
                },
                OptionAbout {
                    name: "pure-calls",
                    kind: OptionKind::List {
                        default: options::PURE_CALLS,
                    },
                    summary: "qualified names of callables that a module may call and still count as pure",
                },
                OptionAbout {
                    name: "extend-pure-calls",
                    kind: OptionKind::List { default: &[] },
                    summary: "more of them",
                },
            ],
        }
    }

    /// An import that stands at the very start of a line is not in a function.
    fn triggers(&self) -> &'static [&'static str] {
        &[
            "  import",
            "\timport",
            "\n import",
            "\r import",
            "\x0cimport",
            "  from",
            "\tfrom",
            "\n from",
            "\r from",
            ": import",
            ":import",
            "; import",
            ";import",
            ": from",
            ":from",
            "; from",
            ";from",
        ]
    }

    fn may_apply(&self, text: &str, _target: PythonVersion) -> bool {
        words::may_import_inside(text)
    }

    fn walks_imports(&self) -> bool {
        true
    }

    fn is_affected(&self, path: &Utf8Path, changed: &[Utf8PathBuf], facts: &Facts<'_>) -> bool {
        anew::is_affected(path, changed, facts.project())
    }

    fn rewrite(&self, module: &Module<'_>, facts: &Facts<'_>, changes: &mut Changes) {
        if module.is_stub() {
            return;
        }
        let (candidates, nested) = candidate::find(module);
        for (range, reason) in nested {
            changes.decline(range, reason);
        }
        if candidates.is_empty() {
            return;
        }
        let surroundings = surroundings::Surroundings::new(self, module, facts);
        for candidate in &candidates {
            match judge(&surroundings, candidate) {
                Ok(verdict) => {
                    surroundings.hangs.borrow_mut().on_others |= !verdict.loads.is_empty();
                    form::propose(&surroundings, candidate, verdict, changes);
                }
                Err(reason) => changes.decline(candidate.range(), reason),
            }
        }
        let judged = facts.project().remembered::<anew::Judged>();
        judged.note(module.path(), surroundings.hangs.take(), facts.project());
    }
}

/// What is to become of `candidate`.
///
/// # Errors
/// The reason why it stays.
fn judge(
    surroundings: &surroundings::Surroundings<'_>,
    candidate: &Candidate<'_>,
) -> Result<Verdict, String> {
    let module = surroundings.module;
    intent::check(module, candidate)?;
    shipped::check(surroundings, candidate)?;
    let place = namespace::check(surroundings, candidate)?;
    environment::check_function(module, candidate)?;
    origin::judge(surroundings, candidate, place)
}
