//! JSON on its way out: what a terminal would obey or hide leaves as `\u` escapes, so that a report may be looked at
//! wherever it lies. To a program both spellings are the same.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{CharEscape, CompactFormatter, Formatter, PrettyFormatter};

use super::super::terminal::is_hidden;
use super::model::Document;

/// `value` over several lines, with a final newline.
pub fn pretty<T: Serialize>(out: &mut dyn Write, value: &T) -> io::Result<()> {
    written(out, value, Escaping(PrettyFormatter::new()))
}

/// `value` on one line, with its newline.
pub fn line<T: Serialize>(out: &mut dyn Write, value: &T) -> io::Result<()> {
    written(out, value, Escaping(CompactFormatter))
}

/// The items of `document`, one a line, each with its `type`: first the run, last the summary.
pub fn lines(out: &mut dyn Write, document: &Document<'_>) -> io::Result<()> {
    #[derive(Serialize)]
    struct First<'d, R> {
        version: u32,
        codemend: &'d str,
        #[serde(flatten)]
        run: &'d R,
    }
    let first = First {
        version: document.version,
        codemend: document.codemend,
        run: &document.run,
    };
    line(out, &Typed::new("run", &first))?;
    typed(out, "codemod", &document.codemods)?;
    typed(out, "change", &document.changes)?;
    typed(out, "file", &document.files)?;
    typed(out, "refusal", &document.refusals)?;
    typed(out, "report", &document.reports)?;
    typed(out, "problem", &document.problems)?;
    typed(out, "fault", &document.faults)?;
    line(out, &Typed::new("summary", &document.summary))
}

#[derive(Serialize)]
struct Typed<'d, T> {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(flatten)]
    item: &'d T,
}

impl<'d, T> Typed<'d, T> {
    fn new(kind: &'static str, item: &'d T) -> Self {
        Self { kind, item }
    }
}

fn typed<T: Serialize>(out: &mut dyn Write, kind: &'static str, items: &[T]) -> io::Result<()> {
    let mut items = items.iter();
    items.try_for_each(|item| line(out, &Typed::new(kind, item)))
}

fn written<T: Serialize, F: Formatter>(
    out: &mut dyn Write,
    value: &T,
    formatter: F,
) -> io::Result<()> {
    let mut serializer = serde_json::Serializer::with_formatter(&mut *out, formatter);
    value.serialize(&mut serializer)?;
    out.write_all(b"\n")
}

/// A formatter that spells out what is hidden in strings.
struct Escaping<F>(F);

impl<F: Formatter> Formatter for Escaping<F> {
    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        out: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut rest = fragment;
        while let Some(at) = rest.find(is_hidden) {
            let (plain, from) = rest.split_at(at);
            self.0.write_string_fragment(out, plain)?;
            let mut chars = from.chars();
            let hidden = chars.next().into_iter();
            for unit in hidden.flat_map(|c| c.encode_utf16(&mut [0; 2]).to_vec()) {
                write!(out, "\\u{unit:04x}")?;
            }
            rest = chars.as_str();
        }
        self.0.write_string_fragment(out, rest)
    }

    fn write_char_escape<W: ?Sized + Write>(
        &mut self,
        out: &mut W,
        escape: CharEscape,
    ) -> io::Result<()> {
        self.0.write_char_escape(out, escape)
    }

    fn begin_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_array(out)
    }

    fn end_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_array(out)
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(out, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_array_value(out)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_object(out)
    }

    fn end_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_object(out)
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(out, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_object_value(out)
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_object_value(out)
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::terminal::is_hidden;
    use super::pretty;

    #[test]
    fn hidden_characters_come_back_as_they_were() {
        let text = "a\n\u{1b}\u{7f}\u{9b}\u{202e}\u{2028}\u{200b}\u{e0041}\0ü🐍\t\"\\</";
        let mut json = Vec::new();
        pretty(&mut json, &[text]).unwrap();
        let json = String::from_utf8(json).unwrap();
        assert!(!json.contains(|c| c != '\n' && is_hidden(c)), "{json:?}");
        assert!(json.ends_with("]\n") && json.contains('🐍'), "{json}");
        let back: Vec<String> = serde_json::from_str(&json).unwrap();
        assert_eq!(back, [text]);
    }
}
