//! `call-timeouts`: outgoing calls give up after a while.
//!
//! `requests.get(url)` waits for ever where the other side says nothing, and with it the worker. Which function a call
//! means is a matter of bindings; what else may give it a timeout is looked for in the whole project first, as naming it
//! twice is an error, and naming it over another is a change of behaviour.

mod altered;
mod arguments;
mod attributes;
mod bases;
mod clients;
mod decide;
mod find;
mod layout;
mod origin;
mod project;
mod redis;
mod slow;
mod streaming;
mod table;
#[cfg(test)]
mod tests;
mod value;
mod words;
mod wraps;

use std::borrow::Cow;

use codemend_engine::change::{Changes, Safety};
use codemend_engine::codemod::{
    About, Codemod, Deed, Gathering, OptionAbout, OptionKind, Question, Scope,
};
use codemend_engine::config::OptionValue;
use codemend_engine::facts::Facts;
use codemend_engine::module::Module;
use codemend_engine::syntax::TextRange;
use codemend_engine::target::PythonVersion;

use decide::Desk;
use table::Table;
use value::Wishes;

pub struct CallTimeouts;

/// Libraries that the table speaks of.
const TRIGGERS: &[&str] = &[
    "requests", "urlopen", "smtplib", "litellm", "openai", "redis", "httpx", "aiohttp",
];

impl Codemod for CallTimeouts {
    fn about(&self) -> About {
        About {
            name: "call-timeouts",
            summary: "outgoing calls that can wait for ever get a timeout",
            deed: Deed {
                one: "give 1 outgoing call a timeout",
                many: "give {n} outgoing calls a timeout",
            },
            page: include_str!("README.md"),
            ceiling: Safety::Unsafe,
            scope: Scope::Project,
            since: PythonVersion::PY37,
            rules: &["S113", "W3101", "missing-timeout", "nosec", "nosec B113"],
            options: OPTIONS,
        }
    }

    fn triggers(&self) -> &'static [&'static str] {
        TRIGGERS
    }

    fn may_apply(&self, text: &str, _target: PythonVersion) -> bool {
        words::imports_one(text, TRIGGERS)
    }

    /// A timeout more says nothing new about other files.
    fn looks_again(&self, _facts: &Facts<'_>) -> bool {
        false
    }

    fn questions(&self) -> &'static [Question] {
        &[
            project::SOCKETS,
            project::LITELLM,
            project::ALTERED,
            project::WRAPPED,
            project::BLOCKS,
            project::STREAMS,
        ]
    }

    fn gatherings(&self) -> &'static [Gathering] {
        &[attributes::SET]
    }

    fn rewrite(&self, module: &Module<'_>, facts: &Facts<'_>, changes: &mut Changes) {
        if module.is_stub() {
            return;
        }
        if let Some(fault) = &Table::shipped().fault {
            return changes.report(TextRange::default(), fault);
        }
        let option = |name: &str| facts.option(module.path(), &self.about(), name);
        let own = match option("calls") {
            Some(OptionValue::List(names)) => names,
            _ => Vec::new(),
        };
        if !words::imports_one(module.text(), TRIGGERS) {
            return;
        }
        let table = match own.is_empty() {
            true => Cow::Borrowed(Table::shipped()),
            false => Cow::Owned(Table::with(&own)),
        };
        let number = |name: &str| match option(name) {
            Some(OptionValue::Float(number)) => number.to_string(),
            _ => String::new(),
        };
        let wishes = Wishes {
            timeout: number("timeout"),
            llm: number("llm-timeout"),
            redis: number("redis-timeout"),
            setting: match option("setting") {
                Some(OptionValue::Text(setting)) => setting,
                _ => String::new(),
            },
        };
        Desk::new(module, facts, &table, &wishes).decide_all(changes);
    }
}

const OPTIONS: &[OptionAbout] = &[
    OptionAbout {
        name: "timeout",
        kind: OptionKind::Float { default: 30.0 },
        summary: "seconds for calls over the network",
    },
    OptionAbout {
        name: "llm-timeout",
        kind: OptionKind::Float { default: 120.0 },
        summary: "seconds for calls of language models",
    },
    OptionAbout {
        name: "redis-timeout",
        kind: OptionKind::Float { default: 5.0 },
        summary: "seconds for a command of redis",
    },
    OptionAbout {
        name: "setting",
        kind: OptionKind::Text { default: "" },
        summary: "what to write in place of a number: `app.config:settings.http_timeout`",
    },
    OptionAbout {
        name: "calls",
        kind: OptionKind::List { default: &[] },
        summary: "more functions that take a `timeout`, by their dotted names, in files that import one of the libraries",
    },
];
