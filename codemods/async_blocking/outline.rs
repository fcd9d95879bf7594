//! Which functions of the project may end in a call that blocks, by names and words alone.
//!
//! Each file lists its functions and the names that they call; all the lists together say which names lead to a call
//! that may block. What is listed can be wrong: it only tells which calls are worth a closer look.

use std::collections::BTreeSet;

use codemend_engine::codemod::{Gathering, List};
use codemend_engine::imports::import_lists;
use codemend_engine::lines::{first_word, rows};
use rustc_hash::{FxHashMap, FxHashSet};

use super::table::{Active, Short};

/// Names of functions that may end in a call that blocks.
pub const REACH: Gathering = Gathering {
    key: "async-blocking/reach",
    may: |text| text.contains("def "),
    list: List::OfText(calls_by_function),
    fold: closure,
};

/// Stands for a call that may block, in a list of calls.
const BLOCKS: &str = "!";

/// The same of a short one. It stands before the names of functions that lead to nothing but these.
const SHORT: &str = "?";

/// Whether `list` has `name`; with `short` also when it leads to short calls alone.
pub fn has(list: &BTreeSet<String>, name: &str, short: Short) -> bool {
    list.contains(name) || short == Short::Counts && list.contains(&format!("{SHORT}{name}"))
}

/// For each function its name and the names that it calls, with spaces between: by the words alone, so that strings and
/// comments count, and what follows an inner function counts for that too. A name counts that the file binds itself, as
/// far as one can see: the others are builtins.
fn calls_by_function(text: &str) -> Vec<String> {
    let active = Active::of(text);
    let mut outline = Outline {
        known: imported(text),
        ..Outline::default()
    };
    for line in rows(text) {
        let code = line.trim_start_matches([' ', '\t', '\x0c']);
        let indent = line.len() - code.len();
        if let Some(rest) = code.strip_prefix("class ") {
            outline.known.insert(first_word(rest.trim_start()));
        }
        let code = code.strip_prefix("async ").map_or(code, str::trim_start);
        match code.strip_prefix("def ") {
            Some(rest) => {
                outline.open(indent, first_word(rest.trim_start()));
                // Its own name is no call, what stands behind may have some.
                let behind = rest.split_once('(').map_or("", |(_, behind)| behind);
                outline.calls(behind, &active);
            }
            None => outline.calls(code, &active),
        }
    }
    outline.close(0);
    outline.listed(text, &active)
}

/// The words behind `import`.
fn imported(text: &str) -> FxHashSet<&str> {
    let lists = import_lists(text);
    let words = lists.flat_map(|(_, list)| list.split(|c: char| !is_part(c)));
    words.filter(|word| !word.is_empty()).collect()
}

fn is_part(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// A function, and what it calls.
struct Function<'t> {
    /// Its column.
    indent: usize,
    name: &'t str,
    /// By their names alone: `load()`.
    plain: Vec<&'t str>,
    /// Through something: `self.load()`. And the marks.
    others: Vec<&'t str>,
}

#[derive(Default)]
struct Outline<'t> {
    /// Words in imports, and classes.
    known: FxHashSet<&'t str>,
    /// Names of functions.
    defined: FxHashSet<&'t str>,
    open: Vec<Function<'t>>,
    closed: Vec<Function<'t>>,
}

impl<'t> Outline<'t> {
    fn open(&mut self, indent: usize, name: &'t str) {
        self.close(indent);
        self.defined.insert(name);
        self.open.push(Function {
            indent,
            name,
            plain: Vec::new(),
            others: Vec::new(),
        });
    }

    /// Close what stands at the column `indent` or farther in.
    fn close(&mut self, indent: usize) {
        while let Some(last) = self.open.pop_if(|last| last.indent >= indent) {
            self.closed.push(last);
        }
    }

    /// All functions that call something, with that, and the names of the file that stand for others.
    fn listed(self, text: &'t str, active: &Active) -> Vec<String> {
        let mut lines = Vec::new();
        let renamed = renamed(text);
        let other_names = renamed.iter().map(|(name, _)| *name);
        let other_names = other_names.chain(active.renamed().iter().map(String::as_str));
        let other_names: FxHashSet<&str> = other_names.collect();
        let sets = [&self.known, &self.defined, &other_names];
        let has_star = text.contains("import *");
        for function in self.closed {
            let plain = function.plain.into_iter();
            let plain = plain.filter(|name| has_star || sets.iter().any(|set| set.contains(name)));
            let mut calls: Vec<&str> = plain.chain(function.others).collect();
            calls.sort_unstable();
            calls.dedup();
            if !calls.is_empty() {
                lines.push(format!("{} {}", function.name, calls.join(" ")));
            }
        }
        let renamed = renamed.iter();
        lines.extend(renamed.map(|(name, member)| format!("{name} {member}")));
        let renamed = active.renamed().iter();
        lines.extend(renamed.map(|name| format!("{name} {BLOCKS}")));
        lines
    }

    /// Whether a method of what `head` ends in is followed: what is called on a value is not, but for `self`.
    fn is_followed(&self, head: &str) -> bool {
        let chain = head.rsplit(|c: char| !is_part(c) && c != '.').next();
        let root = chain.and_then(|chain| chain.split('.').next());
        root.is_some_and(|it| matches!(it, "self" | "cls") || self.known.contains(it))
            || head.ends_with("super().")
    }

    fn calls(&mut self, code: &'t str, active: &Active) {
        if self.open.is_empty() {
            return;
        }
        for at in memchr::memchr_iter(b'(', code.as_bytes()) {
            let head = code[..at].trim_end();
            let start = head.rfind(|c: char| !is_part(c));
            let start = start.map_or(0, |it| {
                it + head[it..].chars().next().map_or(1, char::len_utf8)
            });
            let name = &head[start..];
            if name.is_empty() {
                continue;
            }
            let is_method = head[..start].ends_with('.');
            let may_block = |short| {
                name == "sleep"
                    || active.is_function(name, short)
                    || is_method && active.is_method(name, short)
            };
            let is_named = name == "sleep" || active.is_named(name, is_method);
            let blocks = match is_named && may_block(Short::Counts) {
                true if may_block(Short::Ignored) => Some(BLOCKS),
                true => Some(SHORT),
                false => None,
            };
            let is_followed = is_method && self.is_followed(&head[..start]);
            for function in &mut self.open {
                if !is_method {
                    function.plain.push(name);
                } else if is_followed {
                    function.others.push(name);
                }
                function.others.extend(blocks);
            }
        }
    }
}

/// Names that an import gives to others: a call of one is a call of the other.
fn renamed(text: &str) -> Vec<(&str, &str)> {
    let word = " as ";
    let names = memchr::memmem::find_iter(text.as_bytes(), word).filter_map(|at| {
        let before = text[..at].rsplit(|c: char| !is_part(c)).next()?;
        let behind = first_word(text[at + word.len()..].trim_start());
        (!before.is_empty() && !behind.is_empty()).then_some((behind, before))
    });
    names.collect()
}

/// The names from which one comes to a call that may block, by `lines` of a name and the names that it calls.
fn closure(lines: BTreeSet<String>) -> BTreeSet<String> {
    let mut numbers: FxHashMap<&str, usize> = FxHashMap::default();
    let mut names = vec![BLOCKS, SHORT];
    numbers.extend([(BLOCKS, 0), (SHORT, 1)]);
    for line in &lines {
        let name = line.split(' ').next().unwrap_or_default();
        numbers.entry(name).or_insert_with(|| {
            names.push(name);
            names.len() - 1
        });
    }
    let mut callers = vec![Vec::new(); names.len()];
    for line in &lines {
        let mut words = line.split(' ').map(|word| numbers.get(word));
        let Some(Some(caller)) = words.next() else {
            continue;
        };
        words
            .flatten()
            .for_each(|callee| callers[*callee].push(*caller));
    }
    let mut reached = vec![false; names.len()];
    let long = behind(0, &callers, &mut reached);
    let short = behind(1, &callers, &mut reached);
    let short = short.into_iter().map(|at| format!("{SHORT}{}", names[at]));
    let long = long.into_iter().map(|at| names[at].to_owned());
    long.chain(short).collect()
}

/// What leads to `mark` and is not `reached` yet.
fn behind(mark: usize, callers: &[Vec<usize>], reached: &mut [bool]) -> Vec<usize> {
    let (mut found, mut open) = (Vec::new(), vec![mark]);
    while let Some(at) = open.pop() {
        for &caller in &callers[at] {
            if !std::mem::replace(&mut reached[caller], true) {
                found.push(caller);
                open.push(caller);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{calls_by_function, closure};

    #[test]
    fn calls_are_listed_by_function() {
        let text = "import time as t\nimport os\ndef a():\n    def b(): t.sleep(1)\n    c ()\nasync def d():\n    \
                    e()\ndef f(x):\n    os.stat(x)\n    super().g()\n    x.h()\nnap = t.sleep  # short\n";
        let lines = calls_by_function(text);
        assert_eq!(
            lines,
            ["b ! sleep", "a ! sleep", "f ? g stat", "t time", "nap !",]
        );
    }

    #[test]
    fn names_lead_to_what_blocks() {
        let lines = [
            "fetch backoff log",
            "backoff !",
            "log print",
            "refresh fetch",
            "a b",
            "b a",
            "look ?",
            "both ? backoff",
        ];
        let lines: BTreeSet<String> = lines.map(str::to_owned).into();
        let reached = closure(lines);
        let reached: Vec<&str> = reached.iter().map(String::as_str).collect();
        assert_eq!(reached, ["?look", "backoff", "both", "fetch", "refresh"]);
    }
}
