//! What is known of exceptions, loggers and traces: `known.toml`, and what a user adds to it.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

/// The table.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    expected: Vec<String>,
    named: Vec<String>,
    parents: Vec<(String, String)>,
    makers: BTreeMap<Style, Vec<String>>,
    traces: Traces,
    danger: Danger,
    /// What is wrong with it.
    #[serde(skip)]
    pub fault: Option<String>,
}

/// How a logger is written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Style {
    Logging,
    Structlog,
    Loguru,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Traces {
    methods: Vec<String>,
    functions: Vec<String>,
    plain: Vec<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Danger {
    sinks: Vec<String>,
    registers: Vec<String>,
    apart: Vec<String>,
}

static SHIPPED: LazyLock<Table> = LazyLock::new(|| {
    toml::from_str(include_str!("known.toml")).unwrap_or_else(|error| Table {
        fault: Some(error.to_string()),
        ..Table::default()
    })
});

impl Table {
    /// The table that comes with codemend.
    pub fn shipped() -> &'static Self {
        &SHIPPED
    }

    /// The shipped table with more expected exceptions and more functions that make a logger, by their dotted names.
    pub fn with(expected: &[String], makers: &[String]) -> Self {
        let mut table = Self::shipped().clone();
        table.expected.extend(expected.iter().cloned());
        let logging = table.makers.entry(Style::Logging).or_default();
        logging.extend(makers.iter().cloned());
        table
    }

    /// Whether the exception that is imported as `qualified` (`builtins.KeyError`) is part of the plan.
    pub fn is_expected(&self, qualified: &str) -> bool {
        let name = qualified.strip_prefix("builtins.").unwrap_or(qualified);
        let own = |name: &str| self.expected.iter().any(|one| one == name);
        let parent = self.parents.iter().find(|(child, _)| child == name);
        own(name) || parent.is_some_and(|(_, parent)| own(parent)) || self.is_named(name)
    }

    /// Whether `name`, dotted or not, is expected by its last part.
    pub fn is_named(&self, name: &str) -> bool {
        let last = name.rsplit('.').next().unwrap_or_default();
        self.named.iter().any(|one| one == last)
    }

    /// Whether the class `name` of the project file at `path` is part of the plan.
    pub fn expects(&self, path: &str, name: &str) -> bool {
        self.expected.iter().any(|one| is_at(one, path, name))
    }

    /// How the logger that the function `name` of the project file at `path` makes is written to.
    pub fn style_at(&self, path: &str, name: &str) -> Option<Style> {
        let mut makers = self.makers.iter();
        let found = makers.find(|(_, names)| names.iter().any(|one| is_at(one, path, name)));
        found.map(|(style, _)| *style)
    }

    /// How the logger that `qualified` makes, or is, is written to.
    pub fn style(&self, qualified: &str) -> Option<Style> {
        let mut makers = self.makers.iter();
        let found = makers.find(|(_, names)| names.iter().any(|one| one == qualified));
        found.map(|(style, _)| *style)
    }

    /// Whether a function of some name `last` makes loggers: a cheap first look.
    pub fn may_make(&self, last: &str) -> bool {
        let mut makers = self.makers.values().flatten();
        makers.any(|name| name.rsplit('.').next() == Some(last))
    }

    /// Whether a method `name` leaves a trace, whatever it is called on.
    pub fn is_trace(&self, name: &str) -> bool {
        self.traces.methods.iter().any(|one| one == name)
    }

    /// Whether `log` of the module `name` is a logarithm.
    pub fn is_plain(&self, name: &str) -> bool {
        self.traces.plain.iter().any(|one| one == name)
    }

    /// Whether a call of the function `qualified` leaves a trace, or ends the program.
    pub fn traces(&self, qualified: &str) -> bool {
        covers(&self.traces.functions, qualified)
    }

    /// Whether log records run through instances of the class `qualified`.
    pub fn is_sink(&self, qualified: &str) -> bool {
        covers(&self.danger.sinks, qualified)
    }

    /// Whether the decorator `qualified` takes a function out of its file.
    pub fn takes_apart(&self, qualified: &str) -> bool {
        covers(&self.danger.apart, qualified)
    }

    /// Whether the function `qualified` registers what is called when logging may be gone.
    pub fn registers(&self, qualified: &str) -> bool {
        covers(&self.danger.registers, qualified)
    }
}

/// Whether the dotted name `qualified` is that of `name` in the file at `path`: `app.errors.Gone` of `app/errors.py`.
fn is_at(qualified: &str, path: &str, name: &str) -> bool {
    let Some((module, last)) = qualified.rsplit_once('.') else {
        return false;
    };
    let file = path.trim_end_matches(".py").trim_end_matches("/__init__");
    let module = module.replace('.', "/");
    let above = file.strip_suffix(module.as_str());
    last == name && above.is_some_and(|above| above.is_empty() || above.ends_with('/'))
}

/// Whether one of `patterns`, a dotted name or `module.*`, is `qualified` or holds it.
fn covers(patterns: &[String], qualified: &str) -> bool {
    patterns
        .iter()
        .any(|pattern| match pattern.strip_suffix('*') {
            Some(prefix) => qualified.starts_with(prefix),
            None => pattern == qualified,
        })
}
