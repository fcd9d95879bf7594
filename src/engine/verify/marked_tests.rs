//! Texts with edits marked in them, for the tests.

use ruff_python_ast::{ModModule, PySourceType};
use ruff_python_parser::{ParseOptions, Parsed, parse_unchecked};
use ruff_text_size::{TextRange, TextSize};

use super::tree::Read;
use crate::imports::TextEdit;
use crate::resolve;

/// A text before and after edits, and the ranges that are declared besides.
pub(super) struct Marked {
    pub(super) before: String,
    pub(super) after: String,
    pub(super) edits: Vec<TextEdit>,
    pub(super) places: Vec<TextRange>,
}

impl Marked {
    /// `text` with edits `«old→new»` in it, and places `‹...›` that hold no part of an edit or all.
    pub(super) fn of(text: &str) -> Self {
        let mut before = String::new();
        let (mut edits, mut places) = (Vec::new(), Vec::new());
        let (mut edit, mut place) = (TextSize::default(), TextSize::default());
        let mut rest = text;
        while let Some(at) = rest.find(['«', '→', '‹', '›']) {
            before.push_str(&rest[..at]);
            let mark = rest[at..].chars().next().unwrap();
            rest = &rest[at + mark.len_utf8()..];
            let here = TextSize::of(before.as_str());
            match mark {
                '«' => edit = here,
                '‹' => place = here,
                '›' => places.push(TextRange::new(place, here)),
                _ => {
                    let (new, behind) = rest.split_once('»').unwrap();
                    edits.push((TextRange::new(edit, here), new.to_owned()));
                    rest = behind;
                }
            }
        }
        before.push_str(rest);
        let after = resolve::apply(&before, &edits);
        Self {
            before,
            after,
            edits,
            places,
        }
    }
}

pub(super) fn parsed(text: &str) -> Parsed<ModModule> {
    let parsed = parse_unchecked(text, ParseOptions::from(PySourceType::Python));
    let parsed = parsed.try_into_module().unwrap();
    let errors = parsed.errors();
    assert!(errors.is_empty(), "{text:?}: {errors:?}");
    parsed
}

pub(super) fn read<'a>(text: &'a str, parsed: &'a Parsed<ModModule>) -> Read<'a> {
    Read {
        text,
        tokens: parsed.tokens(),
        suite: parsed.suite(),
    }
}
