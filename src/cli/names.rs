//! Names of codemods on the command line: checked, completed by the shell, and with the nearest name when wrong.

use std::ffi::OsStr;

use clap::builder::{PossibleValue, TypedValueParser};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, Command, Error};

/// Takes the name of a codemod and nothing else.
#[derive(Debug, Clone, Copy)]
pub struct CodemodName;

impl TypedValueParser for CodemodName {
    type Value = String;

    fn parse_ref(
        &self,
        command: &Command,
        argument: Option<&Arg>,
        value: &OsStr,
    ) -> Result<String, Error> {
        let value = value.to_string_lossy();
        if names().any(|name| name == value) {
            return Ok(value.into_owned());
        }
        let mut error = Error::new(ErrorKind::InvalidValue).with_cmd(command);
        let argument = argument.map(ToString::to_string).unwrap_or_default();
        error.insert(ContextKind::InvalidArg, ContextValue::String(argument));
        let given = ContextValue::String(value.clone().into_owned());
        error.insert(ContextKind::InvalidValue, given);
        let hint = match nearest(&value) {
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
        Some(Box::new(about.map(|about| {
            PossibleValue::new(about.name)
                .help(about.summary)
                .hide(false)
        })))
    }
}

fn names() -> impl Iterator<Item = &'static str> {
    codemend_codemods::ALL
        .iter()
        .map(|codemod| codemod.about().name)
}

/// The codemod whose name is most like `wrong`, when one is.
fn nearest(wrong: &str) -> Option<&'static str> {
    let wrong = wrong.to_lowercase().replace(['_', ' '], "-");
    let names: Vec<_> = names().collect();
    similar::get_close_matches(wrong.as_str(), &names, 1, 0.5).pop()
}
