//! The table of what blocks, read from `blocking.toml`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use memchr::memmem::Finder;
use rustc_hash::FxHashMap;
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
    /// Whether that is its first call of any method.
    #[serde(default)]
    pub any: bool,
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

/// All of it, by name.
#[derive(Debug, Default)]
pub struct Table {
    calls: BTreeMap<String, Call>,
    classes: Vec<Class>,
    by_name: BTreeMap<String, usize>,
    by_maker: BTreeMap<String, usize>,
    factories: BTreeMap<String, usize>,
    /// What a call of each last name may be.
    lasts: FxHashMap<String, Last>,
    /// Words one of which stands in a file that means something of the table.
    words: Vec<String>,
    /// Those of classes all of whose methods block.
    all: u64,
}

/// What a call of one name may be: which words of the table have to stand in the file for that.
#[derive(Debug, Default)]
struct Last {
    function: u64,
    method: u64,
    /// A method of one of Python's own classes.
    typed: u64,
    /// The same of what counts with the option `strict` alone.
    short_function: u64,
    short_method: u64,
    short_typed: u64,
}

/// Stands for what needs no word.
const ANY: u64 = 1 << 63;

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
            let words = table.mask(&row.words);
            for name in row.names {
                let last = name.rsplit('.').next().unwrap_or_default().to_owned();
                let last = table.lasts.entry(last).or_default();
                match row.strict {
                    true => last.short_function |= words,
                    false => last.function |= words,
                }
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
            let words = table.mask(&class.words);
            let typed = if class.typed { words } else { 0 };
            for method in &class.methods {
                let last = table.lasts.entry(method.clone()).or_default();
                last.method |= words;
                last.typed |= typed;
            }
            for method in &class.strict {
                let last = table.lasts.entry(method.clone()).or_default();
                last.short_method |= words;
                last.short_typed |= typed;
            }
            if has_all(class) {
                table.all |= words;
            }
        }
        table.classes = data.class;
        table
    }

    /// The bits of `words`.
    fn mask(&mut self, words: &[String]) -> u64 {
        let mut mask = if words.is_empty() { ANY } else { 0 };
        for word in words {
            let known = self.words.iter().position(|one| one == word);
            let at = known.unwrap_or_else(|| {
                self.words.push(word.clone());
                self.words.len() - 1
            });
            mask |= 1 << at.min(62);
        }
        mask
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
#[derive(Debug)]
pub struct Active {
    words: u64,
    /// Names that it gives to something called `sleep`.
    renamed: Vec<String>,
}

impl Active {
    /// In a file with this `text`.
    pub fn of(text: &str) -> Self {
        let has = |finder: &Finder<'_>| finder.find(text.as_bytes()).is_some();
        let here = WORDS.iter().enumerate().filter(|(_, finder)| has(finder));
        Self {
            words: here.fold(ANY, |mask, (at, _)| mask | 1 << at.min(62)),
            renamed: sleeps(text),
        }
    }

    /// Whether the table has a function that is called `name`, or with `method` a method.
    pub fn is_named(&self, name: &str, method: bool) -> bool {
        let table = Table::shipped();
        table.lasts.contains_key(name) || method && self.words & table.all != 0
    }

    /// The names that the file gives to something called `sleep`.
    pub fn renamed(&self) -> &[String] {
        &self.renamed
    }

    /// Whether some of `words`, or with `short` of `more`, stand in the file.
    fn has(&self, words: u64, more: u64, short: Short) -> bool {
        let wanted = match short {
            Short::Counts => words | more,
            Short::Ignored => words,
        };
        self.words & wanted != 0
    }

    /// Whether a call of `function` may be one of a function that blocks; of a short one too, if these count.
    pub fn is_function(&self, function: &str, short: Short) -> bool {
        let last = Table::shipped().lasts.get(function);
        last.is_some_and(|it| self.has(it.function, it.short_function, short))
    }

    /// The same of a method.
    pub fn is_method(&self, method: &str, short: Short) -> bool {
        let table = Table::shipped();
        let last = table.lasts.get(method);
        self.words & table.all != 0
            || last.is_some_and(|it| self.has(it.method, it.short_method, short))
    }

    /// The same of a method of a class of Python's own.
    pub fn is_typed(&self, method: &str, short: Short) -> bool {
        let last = Table::shipped().lasts.get(method);
        last.is_some_and(|it| self.has(it.typed, it.short_typed, short))
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

/// Finds the words of the table.
static WORDS: LazyLock<Vec<Finder<'static>>> = LazyLock::new(|| {
    let words = Table::shipped().words.iter();
    words.map(|word| Finder::new(word.as_str())).collect()
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
    fn each_word_has_a_bit() {
        assert!(Table::shipped().words.len() < 62);
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
