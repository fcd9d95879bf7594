//! The table of what blocks, read from `blocking.toml`.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::LazyLock;

use memchr::memmem::Finder;
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
    but: Vec<String>,
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
        let of_all = || has_all(self) && !has(&self.but) && !method.starts_with("__");
        (strict || has(&self.methods) || of_all()).then(|| Call {
            thread: has(&self.thread),
            strict,
        })
    }
}

fn has_all(class: &Class) -> bool {
    class.methods.iter().any(|one| one == "*")
}

/// Names, each with words one of which stands in a file that means it; no words where any file may.
type Words = HashMap<String, BTreeSet<String>>;

/// All of it, by name.
#[derive(Debug, Default)]
pub struct Table {
    calls: BTreeMap<String, Call>,
    classes: Vec<Class>,
    by_name: BTreeMap<String, usize>,
    by_maker: BTreeMap<String, usize>,
    factories: BTreeMap<String, usize>,
    /// The last parts of the names of functions.
    functions: Words,
    /// Methods; those of Python's own classes once more.
    methods: Words,
    typed: Words,
    /// The same of what counts with the option `strict` alone.
    short_functions: Words,
    short_methods: Words,
    short_typed: Words,
    /// Words of classes all of whose methods block.
    all: BTreeSet<String>,
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
                let functions = match row.strict {
                    true => &mut table.short_functions,
                    false => &mut table.functions,
                };
                add(functions, &last, &row.words);
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
            for method in &class.methods {
                add(&mut table.methods, method, &class.words);
                if class.typed {
                    add(&mut table.typed, method, &class.words);
                }
            }
            for method in &class.strict {
                add(&mut table.short_methods, method, &class.words);
                if class.typed {
                    add(&mut table.short_typed, method, &class.words);
                }
            }
            if has_all(class) {
                table.all.extend(class.words.iter().cloned());
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

fn add(all: &mut Words, name: &str, words: &[String]) {
    let known = all.entry(name.to_owned()).or_default();
    known.extend(words.iter().cloned());
}

/// What of the table may be meant in one file, by the words in it.
#[derive(Debug)]
pub struct Active {
    words: HashSet<&'static str>,
    all: bool,
    /// Names that it gives to something called `sleep`.
    renamed: Vec<String>,
}

impl Active {
    /// In a file with this `text`.
    pub fn of(text: &str) -> Self {
        let has = |finder: &&Finder<'_>| finder.find(text.as_bytes()).is_some();
        let here = WORDS.iter().filter(|(_, finder)| has(&finder));
        let words: HashSet<&'static str> = here.map(|(word, _)| *word).collect();
        let mut of_all = Table::shipped().all.iter();
        Self {
            all: of_all.any(|word| words.contains(word.as_str())),
            words,
            renamed: sleeps(text),
        }
    }

    /// The names that the file gives to something called `sleep`.
    pub fn renamed(&self) -> &[String] {
        &self.renamed
    }

    fn has(&self, all: &Words, name: &str) -> bool {
        let Some(words) = all.get(name) else {
            return false;
        };
        words.is_empty() || words.iter().any(|word| self.words.contains(word.as_str()))
    }

    /// Whether a call of `function` may be one of a function that blocks; of a short one too, if these count.
    pub fn is_function(&self, function: &str, short: Short) -> bool {
        let table = Table::shipped();
        self.has(&table.functions, function)
            || short == Short::Counts && self.has(&table.short_functions, function)
    }

    /// The same of a method.
    pub fn is_method(&self, method: &str, short: Short) -> bool {
        let table = Table::shipped();
        self.all
            || self.has(&table.methods, method)
            || short == Short::Counts && self.has(&table.short_methods, method)
    }

    /// The same of a method of a class of Python's own.
    pub fn is_typed(&self, method: &str, short: Short) -> bool {
        let table = Table::shipped();
        self.has(&table.typed, method)
            || short == Short::Counts && self.has(&table.short_typed, method)
    }
}

/// The names that `text` gives to something called `sleep`: `nap = time.sleep`.
fn sleeps(text: &str) -> Vec<String> {
    let ends = memchr::memmem::find_iter(text.as_bytes(), "sleep");
    let of_line = |at: usize| {
        let start = text[..at].rfind(['\n', '\r']).map_or(0, |it| it + 1);
        let behind = text[at..].strip_prefix("sleep")?;
        let rest = behind.trim_start_matches([' ', '\t']);
        if !(rest.is_empty() || rest.starts_with(['\n', '\r', '#', ';'])) {
            return None;
        }
        let (name, owner) = text[start..at].split_once('=')?;
        let is_path = |text: &str| {
            text.chars()
                .all(|c| c.is_alphanumeric() || "_. ".contains(c))
        };
        let name = name.trim();
        let is_name = !name.is_empty() && is_path(name) && !name.contains(['.', ' ']);
        (is_name && is_path(owner)).then(|| name.to_owned())
    };
    ends.filter_map(of_line).collect()
}

/// Whether short calls to the file system count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Short {
    Counts,
    Ignored,
}

/// All words of the table.
static WORDS: LazyLock<Vec<(&'static str, Finder<'static>)>> = LazyLock::new(|| {
    let table = Table::shipped();
    let all = [
        &table.functions,
        &table.methods,
        &table.typed,
        &table.short_functions,
        &table.short_methods,
        &table.short_typed,
    ];
    let words = all.iter().flat_map(|words| words.values().flatten());
    let words: BTreeSet<&'static str> = words.map(String::as_str).collect();
    let words = words.into_iter();
    words.map(|word| (word, Finder::new(word))).collect()
});

#[cfg(test)]
mod tests {
    use super::{Active, Short, Table};

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
        let is_function = |text, name| Active::of(text).is_function(name, Short::Ignored);
        assert!(is_function("import requests", "get"));
        assert!(!is_function("x = {}", "get"));
        assert!(is_function("", "open"));
        assert!(!Active::of("import requests").is_method("append", Short::Counts));
        assert!(Active::of("import redis").is_method("zrevrange", Short::Ignored));
        assert!(!is_function("import os", "remove"));
        assert!(Active::of("import os").is_function("remove", Short::Counts));
    }

    #[test]
    fn other_names_of_sleep_are_seen() {
        let text = "nap = time.sleep  # short\nx = sleep(1)\ny = z.sleeps\nrest=sleep\na.b = sleep";
        assert_eq!(Active::of(text).renamed(), ["nap", "rest"]);
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
