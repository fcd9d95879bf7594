//! What the words of a file tell before anything is parsed: which libraries it imports, which attributes it sets.

use memchr::{memchr_iter, memmem};

/// Whether an import statement of `text` names one of `libraries`. A list of names on a line of its own counts as one.
pub fn imports_one(text: &str, libraries: &[&str]) -> bool {
    let imports = |word: &str| {
        memmem::find_iter(text.as_bytes(), word).any(|at| is_of_import(line_around(text, at)))
    };
    libraries.iter().any(|word| imports(word)) || text.contains("urlopen") && imports("urllib")
}

fn is_of_import(line: &str) -> bool {
    let is_list = |c: char| {
        c.is_alphanumeric() || matches!(c, '_' | ',' | ' ' | '\t' | '.' | '(' | ')' | '\\')
    };
    line.contains("import")
        || line
            .split('#')
            .next()
            .unwrap_or_default()
            .chars()
            .all(is_list)
}

/// The line of `text` with the offset `at`.
fn line_around(text: &str, at: usize) -> &str {
    let is_end = |c: char| matches!(c, '\n' | '\r');
    let start = text[..at].rfind(is_end).map_or(0, |end| end + 1);
    let end = text[at..].find(is_end).map_or(text.len(), |end| at + end);
    &text[start..end]
}

/// Whether `text` seems to set an attribute that `fits`, of anything but `self`, `cls` and `request`.
pub fn sets_attribute(text: &str, fits: impl Fn(&str) -> bool) -> bool {
    memchr_iter(b'=', text.as_bytes()).any(|at| {
        let head = text[..at].trim_end_matches([' ', '\t', '\\', '\r', '\n']);
        let (owner, name) = split_name(head);
        let Some(owner) = owner.strip_suffix('.').filter(|_| fits(name)) else {
            return false;
        };
        let owner = split_name(owner).1;
        !matches!(owner, "self" | "cls" | "request") && !text[at + 1..].starts_with('=')
    })
}

/// `text` without the name at its end, and that name.
fn split_name(text: &str) -> (&str, &str) {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    text.split_at(text.trim_end_matches(is_part).len())
}

/// Whether the file at `path` with this text is there for tests.
pub fn is_test(path: &camino::Utf8Path, text: &str) -> bool {
    let stem = path.file_stem().unwrap_or_default();
    let by_name = stem.starts_with("test_") || stem.ends_with("_test") || stem == "conftest";
    by_name
        || path
            .components()
            .any(|part| matches!(part.as_str(), "tests" | "test"))
            && tests(text)
}

/// Whether `text` works with a library for tests.
pub fn tests(text: &str) -> bool {
    [
        "import pytest",
        "from pytest",
        "import unittest",
        "from unittest",
    ]
    .iter()
    .any(|word| text.contains(word))
}

#[cfg(test)]
mod tests {
    use super::{imports_one, is_test, sets_attribute};

    #[test]
    fn only_imports_of_a_library_count() {
        let imports = |text: &str| imports_one(text, &["requests", "urlopen"]);
        for text in [
            "import requests",
            "import os, requests as r",
            "x = 1; from requests import get\r\n",
            "from app import (\n    requests,  # all of them: here\n)\n",
            "import urllib.request\r\nurllib.request.urlopen(1)",
        ] {
            assert!(imports(text), "{text}");
        }
        for text in [
            "\"\"\"Counts the requests: all.\"\"\"",
            "import urllib",
            "log(\"requests\")",
        ] {
            assert!(!imports(text), "{text}");
        }
    }

    #[test]
    fn only_attributes_that_are_set_count() {
        let sets = |text: &str| sets_attribute(text, |name| name == "send");
        for text in ["s.send = f", "a.b.send=f", "s().send \\\n = f"] {
            assert!(sets(text), "{text}");
        }
        for text in [
            "self.send = f",
            "s.send == f",
            "send = f",
            "s.sends = f",
            "s.send()",
        ] {
            assert!(!sets(text), "{text}");
        }
    }

    #[test]
    fn tests_are_told_by_their_names_and_words() {
        assert!(is_test("/x/test_a.py".into(), ""));
        assert!(is_test("/x/tests/a.py".into(), "import pytest"));
        assert!(!is_test("/tests/app/a.py".into(), "import requests"));
    }
}
