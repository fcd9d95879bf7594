//! Names of codemods on the command line: checked, completed by the shell, and with the nearest name when wrong.

use std::ffi::OsStr;

use clap::builder::{PossibleValue, TypedValueParser};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, Command, Error};

/// Stands for every codemod, as in the configuration.
const ALL: &str = "all";

/// Takes the name of a codemod.
#[derive(Debug, Clone, Copy)]
pub enum CodemodName {
    /// And nothing else.
    One,
    /// Or `all`.
    OrAll,
}

impl TypedValueParser for CodemodName {
    type Value = String;

    fn parse_ref(
        &self,
        command: &Command,
        argument: Option<&Arg>,
        value: &OsStr,
    ) -> Result<String, Error> {
        let value = value.to_string_lossy();
        if names().any(|name| name == value) || self.takes_all() && value == ALL {
            return Ok(value.into_owned());
        }
        let mut error = Error::new(ErrorKind::InvalidValue).with_cmd(command);
        let argument = argument.map(ToString::to_string).unwrap_or_default();
        error.insert(ContextKind::InvalidArg, ContextValue::String(argument));
        let given = ContextValue::String(value.clone().into_owned());
        error.insert(ContextKind::InvalidValue, given);
        let hint = match self.nearest(&value) {
            Some(name) => format!("did you mean `{name}`?"),
            None => "`codemend list` lists the codemods".to_owned(),
        };
        let hint = ContextValue::StyledStrs(vec![hint.into()]);
        error.insert(ContextKind::Suggested, hint);
        Err(error)
    }

    /// For completions; the help leaves them out, it would be too long.
    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let about = codemend_codemods::ALL.iter().map(|codemod| codemod.about());
        let names = about.map(|about| PossibleValue::new(about.name).help(about.summary));
        let all = PossibleValue::new(ALL).help("Every codemod");
        Some(Box::new(names.chain(self.takes_all().then_some(all))))
    }
}

impl CodemodName {
    fn takes_all(self) -> bool {
        matches!(self, Self::OrAll)
    }

    /// The word taken that is most like `wrong`, when one is.
    fn nearest(self, wrong: &str) -> Option<&'static str> {
        let wrong = wrong.to_lowercase().replace(['_', ' '], "-");
        let words: Vec<_> = names().chain(self.takes_all().then_some(ALL)).collect();
        similar::get_close_matches(wrong.as_str(), &words, 1, 0.5).pop()
    }
}

fn names() -> impl Iterator<Item = &'static str> {
    codemend_codemods::ALL
        .iter()
        .map(|codemod| codemod.about().name)
}
