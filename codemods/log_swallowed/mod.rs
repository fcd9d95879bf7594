//! `log-swallowed`: a handler that drops an exception says so in the log.
//!
//! `except Exception: pass` hides the outage and the typo alike. What the program does stays as it is; a line with the
//! traceback goes to the logger that the module has, or to one that it gets. The line names the function and nothing
//! else: what the code works on may be secret.

mod attribute;
mod candidates;
mod caught;
mod create;
mod danger;
mod decide;
mod early;
mod elsewhere;
mod glance;
mod intent;
mod lines;
mod logger;
mod made;
mod quotes;
mod reached;
mod scope;
mod site;
mod stars;
mod suppressed;
mod table;
#[cfg(test)]
mod tests;
mod trace;
mod words;
mod write;

use std::borrow::Cow;

use codemend_engine::change::{Changes, Safety};
use codemend_engine::codemod::{About, Codemod, Deed, Gathering, OptionAbout, OptionKind, Scope};
use codemend_engine::config::OptionValue;
use codemend_engine::facts::Facts;
use codemend_engine::module::Module;
use codemend_engine::syntax::TextRange;
use codemend_engine::target::PythonVersion;

use decide::{Wishes, decide_all};
use elsewhere::{CLASSES, Elsewhere, REGISTERED, STARRED};
use table::{Style, Table};
use words::may_swallow;

/// A file with more handlers than this is left alone: no person wrote it.
const MOST: usize = 20_000;

pub struct LogSwallowed;

impl Codemod for LogSwallowed {
    fn about(&self) -> About {
        About {
            name: "log-swallowed",
            summary: "handlers that drop an exception log it, with its traceback",
            deed: Deed {
                one: "log 1 exception that was dropped silently",
                many: "log {n} exceptions that were dropped silently",
            },
            page: include_str!("README.md"),
            ceiling: Safety::Unsafe,
            scope: Scope::File,
            since: PythonVersion::PY37,
            rules: &["S110", "S112", "nosec", "nosec B110", "nosec B112"],
            options: OPTIONS,
        }
    }

    fn triggers(&self) -> &'static [&'static str] {
        &["except", "suppress"]
    }

    fn may_apply(&self, text: &str, _target: PythonVersion) -> bool {
        may_swallow(text)
    }

    fn gatherings(&self) -> &'static [Gathering] {
        &[CLASSES, REGISTERED, STARRED]
    }

    fn rewrite(&self, module: &Module<'_>, facts: &Facts<'_>, changes: &mut Changes) {
        let option = |name: &str| facts.option(module.path(), &self.about(), name);
        let is_on = |name: &str| option(name) == Some(OptionValue::Boolean(true));
        if module.is_stub() || facts.is_test(module.path()) && !is_on("tests") {
            return;
        }
        if let Some(fault) = &Table::shipped().fault {
            return changes.report(TextRange::default(), fault);
        }
        if module.text().matches("except").nth(MOST).is_some() {
            let first = TextRange::default();
            return changes.decline(first, "the file has too many handlers to follow");
        }
        suppressed::report(module, changes);
        let table = match (listed(option("expected")), listed(option("loggers"))) {
            (expected, loggers) if expected.is_empty() && loggers.is_empty() => {
                Cow::Borrowed(Table::shipped())
            }
            (expected, loggers) => Cow::Owned(Table::with(&expected, &loggers)),
        };
        let wishes = Wishes {
            level: worded(option("level")),
            style: match worded(option("logger")).as_str() {
                "loguru" => Style::Loguru,
                "structlog" => Style::Structlog,
                _ => Style::Logging,
            },
            narrow: is_on("narrow"),
        };
        decide_all(module, &table, &wishes, Elsewhere::of(facts), changes);
    }
}

const OPTIONS: &[OptionAbout] = &[
    OptionAbout {
        name: "level",
        kind: OptionKind::Choice(&["warning", "debug", "info", "error", "exception"]),
        summary: "the level of the log line",
    },
    OptionAbout {
        name: "logger",
        kind: OptionKind::Choice(&["auto", "logging", "loguru", "structlog"]),
        summary: "what makes the logger of a module that has none; `auto` is `logging`",
    },
    OptionAbout {
        name: "tests",
        kind: OptionKind::Boolean { default: false },
        summary: "look at test files too",
    },
    OptionAbout {
        name: "narrow",
        kind: OptionKind::Boolean { default: true },
        summary: "log unexpected errors that a handler names and drops",
    },
    OptionAbout {
        name: "expected",
        kind: OptionKind::List { default: &[] },
        summary: "more exceptions that are part of the plan, by their dotted names",
    },
    OptionAbout {
        name: "loggers",
        kind: OptionKind::List { default: &[] },
        summary: "more functions that make a logger like logging's, by their dotted names",
    },
];

fn worded(value: Option<OptionValue>) -> String {
    match value {
        Some(OptionValue::Text(word)) => word,
        _ => String::new(),
    }
}

fn listed(value: Option<OptionValue>) -> Vec<String> {
    match value {
        Some(OptionValue::List(names)) => names,
        _ => Vec::new(),
    }
}
