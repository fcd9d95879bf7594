//! The table of calls that can wait for ever, read from `calls.toml`, and the functions that a user adds.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

/// The table.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    call: Vec<Row>,
    pub session: Session,
    pub adapter: Adapter,
    pub client: BTreeMap<String, Client>,
    /// What is wrong with it.
    #[serde(skip)]
    pub fault: Option<String>,
}

/// Functions that take a timeout in one way.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    functions: Vec<String>,
    pub argument: String,
    pub position: Option<usize>,
    pub value: Number,
    pub why: Option<String>,
    pub without: Option<String>,
    pub library: Option<Library>,
    #[serde(default)]
    pub none: bool,
    #[serde(default)]
    pub also: Vec<String>,
    pub since: Option<u8>,
}

/// Which of the user's numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Number {
    #[default]
    Timeout,
    Llm,
    Redis,
}

/// What else may give a call its timeout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Library {
    Requests,
    Socket,
    Litellm,
    Redis,
}

/// Classes whose instances have no timeout of their own.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Session {
    pub classes: Vec<String>,
    pub methods: Vec<String>,
    pub position: usize,
}

/// Adapters that set none.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Adapter {
    pub classes: Vec<String>,
}

/// A library whose calls wait for a while, unless they are told not to.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Client {
    pub classes: Vec<String>,
    pub functions: Vec<String>,
    pub methods: Vec<String>,
    /// Classes that say how long.
    pub limits: Vec<String>,
    /// What shows that answers are read bit by bit.
    pub streams: Vec<String>,
}

static SHIPPED: LazyLock<Table> = LazyLock::new(|| {
    toml::from_str(include_str!("calls.toml")).unwrap_or_else(|error| Table {
        fault: Some(error.to_string()),
        ..Table::default()
    })
});

impl Table {
    /// The table that comes with codemend.
    pub fn shipped() -> &'static Self {
        &SHIPPED
    }

    /// The shipped table with the functions of the configuration, which take `timeout`.
    pub fn with(functions: &[String]) -> Self {
        let mut table = Self::shipped().clone();
        table.call.push(Row {
            functions: functions.to_vec(),
            argument: "timeout".to_owned(),
            why: Some("the configuration says that it takes a timeout".to_owned()),
            ..Row::default()
        });
        table
    }

    /// How the function that is imported as `qualified` is given a timeout.
    pub fn row(&self, qualified: &str) -> Option<&Row> {
        self.call
            .iter()
            .find(|row| row.functions.iter().any(|one| one == qualified))
    }

    /// The last names of everything in the table: what a call is spelled with.
    pub fn last_names(&self) -> Vec<&str> {
        let calls = self.call.iter().flat_map(|row| &row.functions);
        let clients = self
            .client
            .values()
            .flat_map(|it| it.functions.iter().chain(&it.limits));
        let dotted = calls.chain(clients).map(|name| last(name));
        let methods = self.client.values().flat_map(|client| &client.methods);
        let methods = methods.chain(&self.session.methods).map(String::as_str);
        let mut all: Vec<&str> = dotted.chain(methods).collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

fn last(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or_default()
}

/// Whether `names` hold `name`, or `module.*` with it.
pub fn holds(names: &[String], name: &str) -> bool {
    names.iter().any(|one| match one.strip_suffix('*') {
        Some(prefix) => name.starts_with(prefix),
        None => one == name,
    })
}
