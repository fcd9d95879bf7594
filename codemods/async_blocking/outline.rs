//! Which functions of the project may end in a call that blocks, by names and words alone.
//!
//! Each file lists its functions and the names that they call; all the lists together say which names lead to a call
//! that may block. What is listed can be wrong: it only tells which calls are worth a closer look.

use std::collections::{BTreeSet, HashSet};

use codemend_engine::codemod::{Gathering, List};
use codemend_engine::imports::import_lists;
use rustc_hash::FxHashMap;

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
/// comments count, and what follows an inner function counts for that too.
fn calls_by_function(text: &str) -> Vec<String> {
    let active = Active::of(text);
    let mut outline = Outline {
        known: imported(text),
        ..Outline::default()
    };
    let mut start = 0;
    let ends = memchr::memchr2_iter(b'\n', b'\r', text.as_bytes());
    for end in ends.chain([text.len()]) {
        let line = &text[start..end];
        start = end + 1;
        let code = line.trim_start_matches([' ', '\t', '\x0c']);
        let indent = line.len() - code.len();
        if let Some(rest) = code.strip_prefix("class ") {
            let name = rest.trim_start();
            let end = name.find(|c: char| !is_part(c)).unwrap_or(name.len());
            outline.known.insert(&name[..end]);
        }
        let code = code.strip_prefix("async ").map_or(code, str::trim_start);
        if let Some(rest) = code.strip_prefix("def ") {
            let name = rest.trim_start();
            let end = name.find(|c: char| !is_part(c)).unwrap_or(name.len());
            outline.open(indent, &name[..end]);
        }
        outline.calls(code, &active);
    }
    outline.close(0);
    outline.renamed(text);
    let renamed = active.renamed().iter();
    outline
        .lines
        .extend(renamed.map(|name| format!("{name} {BLOCKS}")));
    outline.lines
}

/// The words behind `import`.
fn imported(text: &str) -> HashSet<&str> {
    let lists = import_lists(text);
    let words = lists.flat_map(|(_, list)| list.split(|c: char| !is_part(c)));
    words.filter(|word| !word.is_empty()).collect()
}

fn is_part(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// A function that is open: its column, its name, and what it calls.
type Open<'t> = (usize, &'t str, BTreeSet<&'t str>);

#[derive(Default)]
struct Outline<'t> {
    /// Words in imports, and classes.
    known: HashSet<&'t str>,
    open: Vec<Open<'t>>,
    lines: Vec<String>,
}

impl<'t> Outline<'t> {
    fn open(&mut self, indent: usize, name: &'t str) {
        self.close(indent);
        self.open.push((indent, name, BTreeSet::new()));
    }

    /// Close what stands at the column `indent` or farther in.
    fn close(&mut self, indent: usize) {
        while self.open.last().is_some_and(|(at, ..)| *at >= indent) {
            let Some((_, name, calls)) = self.open.pop() else {
                return;
            };
            if !calls.is_empty() {
                let calls: Vec<&str> = calls.into_iter().collect();
                self.lines.push(format!("{name} {}", calls.join(" ")));
            }
        }
    }

    /// Names that an import gives to others: a call of one is a call of the other.
    fn renamed(&mut self, text: &'t str) {
        let word = " as ";
        for at in memchr::memmem::find_iter(text.as_bytes(), word) {
            let before = text[..at].rsplit(|c: char| !is_part(c)).next();
            let behind = text[at + word.len()..].trim_start();
            let behind = behind.split(|c: char| !is_part(c)).next();
            if let (Some(member), Some(name)) = (before, behind)
                && !member.is_empty()
                && !name.is_empty()
            {
                self.lines.push(format!("{name} {member}"));
            }
        }
    }

    /// Whether a method of what `head` ends in is followed: what is called on a value is not, but for `self`.
    fn is_followed(&self, head: &str) -> bool {
        let chain = head.rsplit(|c: char| !is_part(c) && c != '.').next();
        let root = chain.and_then(|chain| chain.split('.').next());
        root.is_some_and(|it| matches!(it, "self" | "cls") || self.known.contains(it))
            || head.ends_with("super().")
    }

    fn calls(&mut self, code: &'t str, active: &Active) {
        for (at, _) in code.match_indices('(') {
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
            if self.open.is_empty() {
                continue;
            }
            let may_block = |short| {
                name == "sleep"
                    || active.is_function(name, short)
                    || is_method && active.is_method(name, short)
            };
            let blocks = match may_block(Short::Counts) {
                true if may_block(Short::Ignored) => Some(BLOCKS),
                true => Some(SHORT),
                false => None,
            };
            let is_followed = !is_method || self.is_followed(&head[..start]);
            for (_, _, calls) in &mut self.open {
                calls.extend(is_followed.then_some(name));
                calls.extend(blocks);
            }
        }
    }
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
            [
                "b ! b c sleep",
                "a ! a b c sleep",
                "d d e",
                "f ? f g stat super",
                "t time",
                "nap !",
            ]
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
