//! The table of what blocks, read from `blocking.toml`.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::LazyLock;

use serde::Deserialize;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Data {
    call: Vec<Written>,
    class: Vec<Class>,
}

/// Functions, as they stand in the file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    names: Vec<String>,
    #[serde(default)]
    thread: bool,
    #[serde(default)]
    strict: bool,
    #[serde(default)]
    words: Vec<String>,
}

/// What is known of a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Call {
    /// Whether it can move into a thread.
    pub thread: bool,
    /// Whether it is a short one.
    pub strict: bool,
}

/// A class some of whose methods block.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Class {
    pub names: Vec<String>,
    #[serde(default)]
    made_by: Vec<String>,
    #[serde(default)]
    makers: Vec<String>,
    methods: Vec<String>,
    #[serde(default)]
    thread: Vec<String>,
    #[serde(default)]
    strict: Vec<String>,
    #[serde(default)]
    gives: BTreeMap<String, String>,
    /// What to do instead, said once for a coroutine.
    pub once: Option<String>,
    #[serde(default)]
    typed: bool,
    words: Vec<String>,
}

impl Class {
    /// What is known of its `method`, if it blocks.
    pub fn method(&self, method: &str) -> Option<Call> {
        let has = |list: &[String]| list.iter().any(|one| one == method);
        let strict = has(&self.strict);
        (strict || has(&self.methods)).then(|| Call {
            thread: has(&self.thread),
            strict,
        })
    }
}

/// All of it, by name.
#[derive(Debug, Default)]
pub struct Table {
    calls: BTreeMap<String, Call>,
    classes: Vec<Class>,
    by_name: BTreeMap<String, usize>,
    by_maker: BTreeMap<String, usize>,
    factories: BTreeMap<String, usize>,
    /// The last parts of the names of functions, with words one of which stands in a file that calls it.
    functions: BTreeMap<String, BTreeSet<String>>,
    /// The same of methods, and of those of Python's own classes.
    methods: BTreeMap<String, BTreeSet<String>>,
    typed: BTreeMap<String, BTreeSet<String>>,
}

static SHIPPED: LazyLock<Table> = LazyLock::new(|| {
    let data: Data = toml::from_str(include_str!("blocking.toml")).unwrap_or_default();
    Table::of(data)
});

impl Table {
    /// The table that comes with codemend.
    pub fn shipped() -> &'static Self {
        &SHIPPED
    }

    fn of(data: Data) -> Self {
        let mut table = Self::default();
        for row in data.call {
            let call = Call {
                thread: row.thread,
                strict: row.strict,
            };
            for name in row.names {
                let last = name.rsplit('.').next().unwrap_or_default().to_owned();
                let words = table.functions.entry(last).or_default();
                words.extend(row.words.iter().cloned());
                table.calls.insert(name, call);
            }
        }
        for (at, class) in data.class.iter().enumerate() {
            for name in &class.names {
                table.by_name.insert(name.clone(), at);
                table.by_maker.insert(name.clone(), at);
            }
            let makers = class.made_by.iter().map(|name| (name.clone(), at));
            table.by_maker.extend(makers);
            let factories = class.makers.iter().map(|name| (name.clone(), at));
            table.factories.extend(factories);
            for method in class.methods.iter().chain(&class.strict) {
                let words = table.methods.entry(method.clone()).or_default();
                words.extend(class.words.iter().cloned());
                if class.typed {
                    let words = table.typed.entry(method.clone()).or_default();
                    words.extend(class.words.iter().cloned());
                }
            }
        }
        table.classes = data.class;
        table
    }

    /// What is known of the function `qualified`.
    pub fn call(&self, qualified: &str) -> Option<Call> {
        self.calls.get(qualified).copied()
    }

    /// The class `qualified`.
    pub fn class(&self, qualified: &str) -> Option<&Class> {
        Some(&self.classes[*self.by_name.get(qualified)?])
    }

    /// The class of what a call of `qualified` gives.
    pub fn made_by(&self, qualified: &str) -> Option<&Class> {
        Some(&self.classes[*self.by_maker.get(qualified)?])
    }

    /// The class of what a call of what a call of `qualified` gives gives.
    pub fn made_by_factory(&self, qualified: &str) -> Option<&Class> {
        Some(&self.classes[*self.factories.get(qualified)?])
    }

    /// The class of what `method` of `class` gives.
    pub fn given(&self, class: &Class, method: &str) -> Option<&Class> {
        let name = class.gives.get(method).or_else(|| class.gives.get("*"))?;
        self.class(name)
    }
}

/// What of the table may be meant in one file, by the words in it.
#[derive(Debug, Default)]
pub struct Active {
    functions: Names,
    methods: Names,
    typed: Names,
}

type Names = HashSet<&'static str>;

impl Active {
    /// In a file with this `text`.
    pub fn of(text: &str) -> Self {
        let table = Table::shipped();
        let mut known: HashMap<&'static str, bool> = HashMap::new();
        let mut pick = |all: &'static BTreeMap<String, BTreeSet<String>>| {
            let is_here = |(_, words): &(&String, &'static BTreeSet<String>)| {
                let mut words = words.iter();
                let has = |word: &'static String| {
                    *known
                        .entry(word)
                        .or_insert_with(|| text.contains(word.as_str()))
                };
                words.len() == 0 || words.any(has)
            };
            let here = all.iter().filter(is_here);
            here.map(|(name, _)| name.as_str()).collect()
        };
        Self {
            functions: pick(&table.functions),
            methods: pick(&table.methods),
            typed: pick(&table.typed),
        }
    }

    /// Whether a call of `function` may be one of a function that blocks.
    pub fn is_function(&self, function: &str) -> bool {
        self.functions.contains(function)
    }

    /// The same of a method.
    pub fn is_method(&self, method: &str) -> bool {
        self.methods.contains(method)
    }

    /// The same of a method of a class of Python's own.
    pub fn is_typed(&self, method: &str) -> bool {
        self.typed.contains(method)
    }
}

#[cfg(test)]
mod tests {
    use super::{Active, Table};

    #[test]
    fn the_table_can_be_read() {
        let table = Table::shipped();
        assert!(table.call("requests.get").is_some_and(|call| call.thread));
        assert!(table.call("builtins.open").is_some_and(|call| !call.thread));
        let session = table.made_by_factory("sqlalchemy.orm.sessionmaker");
        let query = session.and_then(|session| table.given(session, "query"));
        let again = query.and_then(|query| table.given(query, "filter_by"));
        assert!(again.is_some_and(|query| query.method("first").is_some()));
    }

    #[test]
    fn words_tell_what_may_be_meant() {
        assert!(Active::of("import requests").is_function("get"));
        assert!(!Active::of("x = {}").is_function("get"));
        assert!(Active::of("").is_function("open"));
        assert!(!Active::of("import requests").is_method("append"));
    }

    #[test]
    fn every_given_class_is_there() {
        let table = Table::shipped();
        for class in &table.classes {
            for name in class.gives.values() {
                assert!(table.class(name).is_some(), "{name}");
            }
        }
    }
}
