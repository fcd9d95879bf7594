//! Whether a file may have a coroutine that blocks, by its lines alone.

use std::collections::BTreeSet;

use codemend_engine::lines::{first_word, lines};

use super::outline;
use super::table::{Active, Short};
use super::wishes::Wishes;

/// Whether a coroutine in `text` may call something that blocks, or that leads to it by `list`, which is what
/// [`outline::REACH`] gives.
pub fn may_block(text: &str, list: &BTreeSet<String>, wishes: &Wishes) -> bool {
    let active = Active::of(text);
    let short = wishes.short();
    // What is called on a session may have any name.
    let is_any = active.is_method("", short) || active.is_method("commit", Short::Ignored);
    if is_any || !wishes.blocking.is_empty() || !active.renamed().is_empty() {
        return true;
    }
    let is_function = |name: &str| name == "sleep" || active.is_function(name, short);
    let is_one = |name: &str| {
        is_function(name) || active.is_method(name, short) || outline::has(list, name, short)
    };
    // `from requests import get as fetch`
    let renames = memchr::memmem::find_iter(text.as_bytes(), " as ");
    if renames.map(|at| last_word(&text[..at])).any(is_function) {
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
        let calls = || {
            code.match_indices('(')
                .map(|(at, _)| last_word(&code[..at]))
        };
        !coroutines.is_empty() && calls().any(is_one)
    })
}

/// `c` of `a.b.c` and `(a.b.c)`, at the end of `code`.
fn last_word(code: &str) -> &str {
    let code = code.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, '\\' | ')'));
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
            "async def f():\n    if x:\n        y = [\n            fetch (a)\n        ]\n",
            "async def f(): fetch(a)\n",
            "async  def f():\n    def g():\n        (open)(a)\n",
            "from time import sleep as nap\nasync def f():\n    nap(1)\n",
            "nap = time.sleep\nasync def f():\n    nap(1)\n",
            "import requests\nasync def f():\n    requests.get\\\n(1)\n",
            "class A:\n\tasync def f(self):\n\t\tself.fetch(a)\n",
        ] {
            assert!(may(text), "{text}");
        }
    }

    #[test]
    fn other_files_need_no_closer_look() {
        for text in [
            "def f():\n    time.sleep(1)\n",
            "async def f():\n    await g()\ndef h():\n    fetch()\n",
            "async def f():\n    look()\n",
            "import requests\nasync def f():\n    g()\n",
        ] {
            assert!(!may(text), "{text}");
        }
    }
}
