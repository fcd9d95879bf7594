//! The lowest Python that a version requirement allows.

use std::str::FromStr;

use pep440_rs::{Operator, Version, VersionSpecifier};

use super::PythonVersion;

/// The lowest release series that a [PEP 440](https://peps.python.org/pep-0440/#version-specifiers) specifier set
/// such as `>=3.9,<4` allows. `None` when it has no lower bound, or is none.
///
/// `>3.9` is 3.9, since 3.9.1 is above 3.9. `!=` counts for nothing.
pub fn lowest(specifiers: &str) -> Option<PythonVersion> {
    let bounds: Option<Vec<_>> = specifiers
        .split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(|part| specifier(part).map(|specifier| lower_bound(&specifier)))
        .collect();
    bounds?.into_iter().flatten().max()
}

/// Whether `text` is a specifier set at all.
pub fn is_specifier(text: &str) -> bool {
    text.split(',')
        .map(str::trim)
        .all(|part| part.is_empty() || specifier(part).is_some())
}

/// The same for a constraint of Poetry, which adds `^3.9`, `~3.10`, `3.*`, a bare `3.10`, blanks for commas, and
/// alternatives: `^3.8 || ^3.10` allows what either allows.
///
/// See <https://python-poetry.org/docs/dependency-specification/#version-constraints>.
pub fn lowest_of_poetry(constraint: &str) -> Option<PythonVersion> {
    let alternatives = constraint
        .split('|')
        .map(str::trim)
        .filter(|text| !text.is_empty());
    let bounds: Option<Vec<_>> = alternatives.map(|text| lowest(&as_pep440(text))).collect();
    bounds?.into_iter().min()
}

/// The release series that the version `text` belongs to: `3.11.4` is 3.11.
pub fn series(text: &str) -> Option<PythonVersion> {
    series_of(&Version::from_str(text).ok()?)
}

/// Setuptools once took `>=3.6.*`, which PEP 440 does not allow; it meant `>=3.6`.
fn specifier(text: &str) -> Option<VersionSpecifier> {
    let parsed = VersionSpecifier::from_str(text);
    parsed
        .or_else(|_| VersionSpecifier::from_str(text.trim_end_matches(".*")))
        .ok()
}

fn lower_bound(specifier: &VersionSpecifier) -> Option<PythonVersion> {
    match specifier.operator() {
        Operator::Equal
        | Operator::EqualStar
        | Operator::ExactEqual
        | Operator::TildeEqual
        | Operator::GreaterThan
        | Operator::GreaterThanEqual => series_of(specifier.version()),
        Operator::NotEqual
        | Operator::NotEqualStar
        | Operator::LessThan
        | Operator::LessThanEqual => None,
    }
}

/// Numbers too large to be a Python are as good as the largest.
fn series_of(version: &Version) -> Option<PythonVersion> {
    let number = |at: usize| {
        version
            .release()
            .get(at)
            .map(|part| u8::try_from(*part).unwrap_or(u8::MAX))
    };
    Some(PythonVersion {
        major: number(0)?,
        minor: number(1).unwrap_or(0),
    })
}

/// One alternative of a Poetry constraint, its upper bounds of `^` and `~` dropped.
fn as_pep440(constraint: &str) -> String {
    let mut parts: Vec<String> = Vec::new();
    for token in constraint
        .split([',', ' ', '\t'])
        .filter(|token| !token.is_empty())
    {
        match parts.last_mut() {
            // `>= 3.8`: a blank between the operator and the version.
            Some(operator) if operator.ends_with(OPERATORS) => operator.push_str(token),
            _ => parts.push(token.to_owned()),
        }
    }
    let parts = parts.iter().filter(|part| *part != "*");
    parts
        .map(|part| specifier_of(part))
        .collect::<Vec<_>>()
        .join(",")
}

const OPERATORS: [char; 6] = ['^', '~', '=', '<', '>', '!'];

fn specifier_of(part: &str) -> String {
    let version = part.trim_start_matches(OPERATORS);
    match part.strip_suffix(version).unwrap_or_default() {
        "^" | "~" => format!(">={version}"),
        "" | "=" => format!("=={version}"),
        _ => part.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{PythonVersion, lowest, lowest_of_poetry};

    fn version(text: &str) -> Option<PythonVersion> {
        text.split_once('.')
            .map(|pair| PythonVersion::try_from(pair).unwrap())
    }

    #[test]
    fn pep_440() {
        for (text, expected) in [
            (">=3.9,<4", "3.9"),
            (">= 3.9, < 4", "3.9"),
            (">3.9", "3.9"),
            ("~=3.8", "3.8"),
            ("~=3.8.1", "3.8"),
            ("==3.11.*", "3.11"),
            ("===3.11.2", "3.11"),
            (">=3", "3.0"),
            (">=2.7,!=3.0.*,!=3.1.*", "2.7"),
            (">=3.8,>=3.10", "3.10"),
            (">=3.6.*", "3.6"),
            (">=3.11.0rc1", "3.11"),
            (">=3.9,", "3.9"),
            (">=3.999", "3.255"),
            ("<4", ""),
            ("", ""),
            ("!=3.9", ""),
            ("^3.9", ""),
            ("three", ""),
        ] {
            assert_eq!(lowest(text), version(expected), "{text}");
        }
    }

    #[test]
    fn poetry() {
        for (text, expected) in [
            ("^3.9", "3.9"),
            ("~3.10", "3.10"),
            (">=3.8,<4.0", "3.8"),
            (">=3.8 <4.0", "3.8"),
            (">= 3.8, < 4.0", "3.8"),
            ("3.*", "3.0"),
            ("3.11.*", "3.11"),
            ("3.11", "3.11"),
            ("=3.11", "3.11"),
            ("^3.8 || ^3.10", "3.8"),
            ("~3.11 | ~3.9", "3.9"),
            ("^3.8.1,!=3.9.7", "3.8"),
            ("^3", "3.0"),
            ("*", ""),
            ("<3.12", ""),
            ("^3.9 || <3", ""),
            ("~", ""),
        ] {
            assert_eq!(lowest_of_poetry(text), version(expected), "{text}");
        }
    }
}
