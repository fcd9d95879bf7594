//! TOML values of the kind that a key asks for, and the error when they are of another.

use toml_edit::{Item, TableLike, Value};

use super::origin::Origin;
use super::suggest::{did_you_mean, listed};
use super::{ConfigError, OptionValue};
use crate::about::OptionKind;
use crate::target::{PythonVersion, parse_target_version};

/// A key with its value, and where they stand.
#[derive(Clone, Copy)]
pub struct Entry<'a> {
    pub origin: Origin<'a>,
    /// As messages name it: `select`, `per-file-ignores`.
    pub key: &'a str,
    pub item: &'a Item,
}

impl<'a> Entry<'a> {
    pub fn boolean(&self) -> Result<bool, ConfigError> {
        self.item
            .as_bool()
            .ok_or_else(|| self.must_be("true or false"))
    }

    pub fn text(&self) -> Result<&'a str, ConfigError> {
        self.item.as_str().ok_or_else(|| self.must_be("a string"))
    }

    pub fn table(&self, what: &str) -> Result<&'a dyn TableLike, ConfigError> {
        self.item.as_table_like().ok_or_else(|| self.must_be(what))
    }

    /// The strings of a list, each with the value that it comes from.
    pub fn strings(&self) -> Result<Vec<(&'a str, &'a Value)>, ConfigError> {
        let Some(array) = self.item.as_array() else {
            return Err(self.must_be("a list of strings"));
        };
        array
            .iter()
            .map(|value| {
                let text = value.as_str().ok_or_else(|| {
                    let found = with_article(value.type_name());
                    let message = format!("'{}' must hold strings only, not {found}", self.key);
                    self.origin.error(value.span(), message)
                })?;
                Ok((text, value))
            })
            .collect()
    }

    /// The same without the values.
    pub fn list(&self) -> Result<Vec<String>, ConfigError> {
        let strings = self.strings()?;
        Ok(strings
            .into_iter()
            .map(|(text, _)| text.to_owned())
            .collect())
    }

    pub fn python(&self) -> Result<PythonVersion, ConfigError> {
        let Some(text) = self.item.as_str() else {
            return Err(self.unquoted_version());
        };
        parse_target_version(text)
            .map_err(|message| self.error(format!("'{}': {message}", self.key)))
    }

    /// The value of a codemod's option.
    pub fn option(&self, kind: OptionKind) -> Result<OptionValue, ConfigError> {
        Ok(match kind {
            OptionKind::Boolean { .. } => OptionValue::Boolean(self.boolean()?),
            OptionKind::Integer { .. } => {
                let integer = self.item.as_integer();
                OptionValue::Integer(integer.ok_or_else(|| self.must_be("a whole number"))?)
            }
            OptionKind::Float { .. } => OptionValue::Float(self.float()?),
            OptionKind::Choice(words) => OptionValue::Text(self.choice(words)?),
            OptionKind::Text { .. } => OptionValue::Text(self.text()?.to_owned()),
            OptionKind::List { .. } => OptionValue::List(self.list()?),
        })
    }

    /// An error at the value.
    pub fn error(&self, message: impl AsRef<str>) -> ConfigError {
        self.origin.error(self.item.span(), message)
    }

    /// A whole number will do: `timeout = 5`. `nan` and `inf` are TOML, but no option means them.
    fn float(&self) -> Result<f64, ConfigError> {
        let value = self
            .item
            .as_float()
            .or_else(|| Some(self.item.as_integer()? as f64));
        value
            .filter(|number| number.is_finite())
            .ok_or_else(|| self.must_be("a number"))
    }

    fn choice(&self, words: &[&str]) -> Result<String, ConfigError> {
        let text = self.text()?;
        if words.contains(&text) {
            return Ok(text.to_owned());
        }
        let near = did_you_mean(text, words.iter().copied());
        let all = listed(words.iter().copied());
        Err(self.error(format!(
            "'{}' cannot be '{text}'{near} (it takes {all})",
            self.key
        )))
    }

    /// TOML reads `target-version = 3.10` as the number 3.1, so the error shows what stands in the file.
    fn unquoted_version(&self) -> ConfigError {
        let written = self.item.span().and_then(|span| self.origin.text.get(span));
        match written.filter(|text| parse_target_version(text).is_ok()) {
            Some(text) => self.error(format!(
                "'{}' must be a string; did you mean \"{text}\"?",
                self.key
            )),
            None => self.must_be("a string such as \"3.10\""),
        }
    }

    fn must_be(&self, what: &str) -> ConfigError {
        let found = with_article(self.item.type_name());
        self.error(format!("'{}' must be {what}, not {found}", self.key))
    }
}

fn with_article(kind: &str) -> String {
    let kind = kind.strip_prefix("inline ").unwrap_or(kind);
    let article = if kind.starts_with(['a', 'i']) {
        "an"
    } else {
        "a"
    };
    format!("{article} {kind}")
}
