//! Whether a file may have a coroutine that blocks, by its lines alone.

use std::cell::LazyCell;
use std::collections::{BTreeSet, HashSet};

use codemend_engine::imports::import_lists;
use codemend_engine::lines::{first_word, lines};

use super::outline;
use super::table::{Active, Short};
use super::wishes::Wishes;

/// Whether a coroutine in `text` may call something that blocks, or that leads to it by `list`, which is what
/// [`outline::REACH`] gives.
pub fn may_block(text: &str, list: &BTreeSet<String>, wishes: &Wishes) -> bool {
    let active = Active::of(text);
    if !wishes.blocking.is_empty() || !active.renamed().is_empty() {
        return true;
    }
    let look = Look {
        list,
        short: wishes.short(),
        named: LazyCell::new(|| named_in(text)),
        active,
    };
    // `from requests import get as fetch`
    let renames = memchr::memmem::find_iter(text.as_bytes(), " as ");
    let mut renames = renames.map(|at| last_word(&text[..at]));
    if renames.any(|name| look.is_function(name)) {
        return true;
    }
    // The columns of the coroutines around.
    let mut coroutines: Vec<usize> = Vec::new();
    lines(text).any(|line| {
        coroutines.retain(|column| *column < line.indent);
        let code = &text[line.start..line.end];
        if first_word(code) == "async" && code.contains("def") {
            coroutines.push(line.indent);
        }
        let mut calls = memchr::memchr_iter(b'(', code.as_bytes());
        !coroutines.is_empty() && calls.any(|at| look.may_block(code, at))
    })
}

/// What tells which calls of a file may block.
struct Look<'t, F> {
    list: &'t BTreeSet<String>,
    short: Short,
    active: Active,
    /// The words of its imports, its classes and its functions.
    named: LazyCell<HashSet<&'t str>, F>,
}

impl<'t, F: FnOnce() -> HashSet<&'t str>> Look<'t, F> {
    fn is_function(&self, name: &str) -> bool {
        name == "sleep" || self.active.is_function(name, self.short)
    }

    /// Whether the call whose parenthesis opens at the byte `at` of `code`, a line, may be one.
    fn may_block(&self, code: &str, at: usize) -> bool {
        let name = last_word(&code[..at]);
        if name == "sleep" {
            return true;
        }
        let before = code[..at].trim_end_matches(is_between);
        let before = before.strip_suffix(name).unwrap_or(before);
        let before = before.trim_end_matches(is_between);
        // `async def load(a)` calls nothing.
        if before.ends_with("def") || before.ends_with("class") {
            return false;
        }
        let owner = before.strip_suffix('.');
        let is_method = || {
            // What is called on a session may have any name.
            self.active.is_method("commit", Short::Ignored)
                || self.active.is_method(name, self.short)
        };
        let may_lead = || outline::has(self.list, name, self.short);
        let may_block = self.is_function(name)
            || match owner {
                None => self.is_named(name) && may_lead(),
                Some(owner) => is_method() || self.is_followed(owner) && may_lead(),
            };
        may_block && !is_awaited(code, at)
    }

    /// Whether methods of `owner`, at the end of a text, are followed: of the object itself, of what is imported, and of
    /// classes.
    fn is_followed(&self, owner: &str) -> bool {
        let start = chain_start(owner);
        let root = owner[start..].split('.').next().unwrap_or_default().trim();
        match root {
            "" => owner.trim_end_matches(is_between).ends_with("super("),
            "self" | "cls" => true,
            _ => self.is_named(root),
        }
    }

    fn is_named(&self, name: &str) -> bool {
        self.named.contains("*") || self.named.contains(name)
    }
}

/// The words of imports in `text`, a star among them, and the names of its classes and functions.
fn named_in(text: &str) -> HashSet<&str> {
    let lists = import_lists(text).map(|(_, list)| list);
    let mut named: HashSet<&str> = lists
        .flat_map(|list| list.split(|c: char| !c.is_alphanumeric() && c != '_' && c != '*'))
        .collect();
    for word in ["class ", "def "] {
        let defined = memchr::memmem::find_iter(text.as_bytes(), word);
        named.extend(defined.map(|at| first_word(text[at + word.len()..].trim_start())));
    }
    named
}

/// What may stand between the parts of a dotted name, and between it and what it is called with.
fn is_between(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\\' | ')')
}

/// Where the dotted name at the end of `code` begins.
fn chain_start(code: &str) -> usize {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.');
    code.trim_end_matches(is_part).len()
}

/// Whether the call whose parenthesis opens at the byte `at` of `code` is awaited itself, and nothing is done with what it
/// gives before: `await a.b(c)`.
fn is_awaited(code: &str, at: usize) -> bool {
    let callee = code[..at].trim_end_matches(is_between);
    let before = callee[..chain_start(callee)].trim_end();
    if !before.ends_with("await") {
        return false;
    }
    let mut depth = 0_usize;
    let close = code[at..].bytes().position(|byte| {
        depth += usize::from(byte == b'(');
        depth -= usize::from(byte == b')');
        depth == 0
    });
    let behind = close.map(|close| code[at + close + 1..].trim_start());
    behind.is_some_and(|behind| !behind.starts_with(['.', '(', '[']))
}

/// `c` of `a.b.c` and `(a.b.c)`, at the end of `code`.
fn last_word(code: &str) -> &str {
    let code = code.trim_end_matches(is_between);
    let start = code.rfind(|c: char| !c.is_alphanumeric() && c != '_');
    let start = start.map_or(0, |at| {
        at + code[at..].chars().next().map_or(1, char::len_utf8)
    });
    &code[start..]
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Wishes, may_block};

    fn may(text: &str) -> bool {
        let list: BTreeSet<String> = ["fetch".to_owned(), "?look".to_owned()].into();
        may_block(text, &list, &Wishes::default())
    }

    #[test]
    fn what_blocks_in_a_coroutine_is_found() {
        for text in [
            "async def f():\n    time.sleep(1)\n",
            "def fetch(): pass\nasync def f():\n    if x:\n        y = [\n            fetch (a)\n        ]\n",
            "from app import fetch\nasync def f(): fetch(a)\n",
            "async  def f():\n    def g():\n        (open)(a)\n",
            "from time import sleep as nap\nasync def f():\n    nap(1)\n",
            "nap = time.sleep\nasync def f():\n    nap(1)\n",
            "import requests\nasync def f():\n    requests.get\\\n(1)\n",
            "class A:\n\tasync def f(self):\n\t\tself.fetch(a)\n",
            "class A:\n    async def f(self):\n        super().fetch(a)\n",
            "import app\nasync def f():\n    app.db.fetch(a)\n",
            "from app import *\nasync def f():\n    db.fetch(a)\n",
            "class A: pass\nasync def f():\n    await g(A.fetch(a))\n",
            "async def f():\n    await time.sleep(1)\n",
            "import requests\nasync def f():\n    await requests.get(a).json()\n",
            "import sqlalchemy\nasync def f():\n    db.anything(a)\n",
        ] {
            assert!(may(text), "{text}");
        }
    }

    #[test]
    fn other_files_need_no_closer_look() {
        for text in [
            "def f():\n    time.sleep(1)\n",
            "async def f():\n    await g()\ndef h():\n    fetch()\n",
            "async def f():\n    look()\n    fetch()\n",
            "async def fetch(a):\n    class fetch(b): pass\n",
            "import requests\nasync def f():\n    g()\n",
            "async def f(db):\n    db.fetch(a)\n    a().fetch(b)\n",
            "import app\nasync def f():\n    await app.fetch(a, (b))\n    await fetch (a)\n",
            "import sqlalchemy\nasync def f():\n    await db.anything(a)\n    print(a)\n",
        ] {
            assert!(!may(text), "{text}");
        }
    }
}
