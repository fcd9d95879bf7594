//! Whether a text may have an import that is not at the top, as far as its words tell.
//!
//! Nearly every file has the word at the start of its lines, and in its docstrings; the few that have it in a function
//! are found without parsing the others.

use memchr::memmem;

/// Whether the word `import` stands in `text` where a statement of a block may: behind blanks, behind `from` on an
/// indented line, behind a colon, a semicolon or the end of a line that goes on.
pub(super) fn may_import_inside(text: &str) -> bool {
    memmem::find_iter(text.as_bytes(), "import").any(|at| {
        let before = &text[..at];
        let start = before.rfind(['\n', '\r']).map_or(0, |end| end + 1);
        let line = &before[start..];
        let head = line.trim_start_matches([' ', '\t', '\x0c']);
        let is_first = head.is_empty() || head.starts_with("from");
        let is_indented = head.len() < line.len();
        let goes_on = || {
            let above = before[..start].trim_end_matches(['\n', '\r']);
            above.ends_with('\\')
        };
        is_first && (is_indented || goes_on()) || line.contains([':', ';'])
    })
}

#[cfg(test)]
mod tests {
    use super::may_import_inside;

    #[test]
    fn imports_at_the_top_and_words_are_none() {
        for text in [
            "import os\nfrom a import b\n",
            "from a import (\n    b,\n)\n",
            "\"\"\"Text.\n\n    It does import much from afar.\n\"\"\"\n",
            "# import\r\nx = important(1)\n",
        ] {
            assert!(!may_import_inside(text), "{text}");
        }
    }

    #[test]
    fn imports_in_blocks_are_seen() {
        for text in [
            "def f():\n    import os\n",
            "def f():\r\timport os\r",
            "def f():\n    from a import b\n",
            "def f():\n    from . import b\n",
            "def f():\n    from a \\\n        import b\n",
            "def f(): import os\n",
            "def f(): from a import b\n",
            "def f():\n    x = 1; import os\n",
            "def f(): \\\nimport os\n",
            "def f(): \\\r\nfrom a import b\n",
            "\x0cimport os\n",
        ] {
            assert!(may_import_inside(text), "{text}");
        }
    }
}
