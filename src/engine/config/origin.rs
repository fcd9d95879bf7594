//! Where a piece of configuration stands, so that an error can point at it.

use std::ops::Range;

use camino::Utf8Path;
use toml_edit::{Document, TomlError};

use super::ConfigError;
use crate::problem::LineColumn;

/// One TOML document: a file, or the text of one `--config`.
#[derive(Debug, Clone, Copy)]
pub struct Origin<'a> {
    /// The text that spans point into, without its byte order mark.
    pub text: &'a str,
    pub place: Place<'a>,
}

#[derive(Debug, Clone, Copy)]
pub enum Place<'a> {
    /// A file, and the name it is shown under; `prefix` is where its settings stand: `tool.codemend`, or nothing.
    File {
        file: &'a Utf8Path,
        shown: &'a Utf8Path,
        prefix: &'a str,
    },
    /// The text of one `--config`.
    Inline,
}

impl<'a> Origin<'a> {
    /// # Errors
    /// The text is no TOML; the message names the place.
    pub fn parse(&self) -> Result<Document<&'a str>, ConfigError> {
        Document::parse(self.text).map_err(|error| self.syntax(&error))
    }

    /// The error `message` at the bytes `span`: `pyproject.toml:12:1: message`, or `--config 'text': message`.
    pub fn error(&self, span: Option<Range<usize>>, message: impl AsRef<str>) -> ConfigError {
        let message = message.as_ref();
        match self.place {
            Place::Inline => ConfigError::of_option(&format!("--config '{}'", self.text), message),
            Place::File { file, shown, .. } => {
                let at = span.map(|span| LineColumn::of(self.text, span.start));
                ConfigError::of_file(file, shown, at, message)
            }
        }
    }

    /// ` in [tool.codemend.<table>]`, to follow a key. Nothing at the top of a document.
    pub fn within(&self, table: &str) -> String {
        let prefix = match self.place {
            Place::File { prefix, .. } => prefix,
            Place::Inline => "",
        };
        match (prefix, table) {
            ("", "") => String::new(),
            (one, "") | ("", one) => format!(" in [{one}]"),
            (prefix, table) => format!(" in [{prefix}.{table}]"),
        }
    }

    fn syntax(&self, error: &TomlError) -> ConfigError {
        let message = error.message().trim().replace('\n', "; ");
        self.error(error.span(), format!("not valid TOML: {message}"))
    }
}
