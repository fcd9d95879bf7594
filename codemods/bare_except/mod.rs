//! `bare-except`: `except:` names what it catches.
//!
//! Python reads `except:` as `except BaseException:`, so it also stops Ctrl-C, `sys.exit` and a task that is being
//! cancelled (PEP 8, "a bare except: clause will catch SystemExit and KeyboardInterrupt"). What was meant is mostly
//! `except Exception:`; where all that the body may raise is known, the clause says just that; where nobody can tell,
//! a person must look.

mod altered;
mod arguments;
mod attempts;
mod binders;
mod body;
mod bound;
mod calls;
mod cancelled;
mod clause;
mod closed;
mod decide;
mod effects;
mod everywhere;
mod exits;
mod expressions;
mod follow;
mod forwards;
mod interrupts;
mod kind;
mod leave;
mod members;
mod operators;
mod promised;
mod proven;
mod raised;
mod resized;
mod signature;
mod spelling;
mod table;
#[cfg(test)]
mod tests;
mod there;
mod uses;
mod written;

use std::borrow::Cow;

use codemend_engine::change::{Changes, Safety};
use codemend_engine::codemod::{About, Codemod, Deed, OptionAbout, OptionKind, Scope};
use codemend_engine::config::OptionValue;
use codemend_engine::facts::Facts;
use codemend_engine::module::Module;
use codemend_engine::syntax::{TextRange, TextSize};
use codemend_engine::target::PythonVersion;

use clause::clauses;
use decide::{Decision, decide};
use table::Table;

pub struct BareExcept;

impl Codemod for BareExcept {
    fn about(&self) -> About {
        About {
            name: "bare-except",
            summary: "except: says what it catches: the exact exceptions, or Exception",
            deed: Deed {
                one: "say what 1 bare except catches",
                many: "say what {n} bare excepts catch",
            },
            page: include_str!("README.md"),
            ceiling: Safety::Unsafe,
            scope: Scope::File,
            since: PythonVersion::PY37,
            rules: &["E722", "B001", "W0702", "bare-except"],
            options: &[OptionAbout {
                name: "raises",
                kind: OptionKind::List { default: &[] },
                summary: "more rows for the table of what raises what: `module.function = module.Error, OSError`",
            }],
        }
    }

    fn triggers(&self) -> &'static [&'static str] {
        &["except"]
    }

    /// Nothing but white space stands between a bare `except` and its colon.
    fn may_apply(&self, text: &str, _target: PythonVersion) -> bool {
        let blank = |c: char| c.is_whitespace() || c == '\\';
        text.match_indices("except").any(|(at, word)| {
            let behind = &text[at + word.len()..];
            behind.starts_with(':') || behind.trim_start_matches(blank).starts_with(':')
        })
    }

    fn rewrite(&self, module: &Module<'_>, facts: &Facts<'_>, changes: &mut Changes) {
        let clauses = clauses(module.suite());
        if clauses.is_empty() {
            return;
        }
        let table = match self.table(module, facts) {
            Ok(table) => table,
            Err(fault) => {
                changes.report(TextRange::empty(TextSize::default()), fault);
                Cow::Borrowed(Table::shipped())
            }
        };
        for clause in &clauses {
            match decide(module, &table, clause, changes) {
                Decision::Change(change) => changes.propose(*change),
                Decision::Report(message) => changes.report(clause.keyword(), message),
                Decision::Refuse(reason) => changes.decline(clause.keyword(), reason),
            }
        }
    }
}

impl BareExcept {
    /// The table with the rows of the configuration.
    fn table(&self, module: &Module<'_>, facts: &Facts<'_>) -> Result<Cow<'static, Table>, String> {
        match facts.option(module.path(), &self.about(), "raises") {
            Some(OptionValue::List(rows)) if !rows.is_empty() => Table::with(&rows).map(Cow::Owned),
            _ => Ok(Cow::Borrowed(Table::shipped())),
        }
    }
}
