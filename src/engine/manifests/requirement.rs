//! One requirement on a distribution: its name, extras, versions, marker and address.
//!
//! What pip accepts and PEP 508 does not is read as far as it goes: a name is enough to know what is installed.

use std::convert::Infallible;
use std::fmt;
use std::ops::{Bound, Range};
use std::path::Path;
use std::str::FromStr;

use pep440_rs::{Version, VersionSpecifiers, release_specifiers_to_ranges};
use pep508_rs::{MarkerTree, Pep508Url, VersionOrUrl};
use ruff_python_ast::PythonVersion;

/// A requirement, and where it stands in its manifest.
#[derive(Debug, Clone)]
pub struct Requirement {
    /// Normalised as in [PEP 503](https://peps.python.org/pep-0503/#normalized-names): `email-validator`.
    pub name: String,
    /// Normalised like names.
    pub extras: Vec<String>,
    pub versions: Versions,
    /// The environment marker that limits it: `sys_platform == "linux"`.
    pub marker: Option<String>,
    pub url: Option<String>,
    /// Bytes of the entry in the text of the manifest.
    pub range: Range<usize>,
    /// From 1.
    pub line: usize,
    /// The name as it is written.
    pub(super) written: String,
}

/// The versions that a requirement allows: those of any of its alternatives.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Versions {
    alternatives: Vec<VersionSpecifiers>,
}

impl Versions {
    /// The versions in `text`, a specifier set of PEP 440. All of them, when it is none.
    pub fn parse(text: &str) -> Self {
        let parsed = VersionSpecifiers::from_str(text).ok();
        Self {
            alternatives: parsed.into_iter().collect(),
        }
    }

    /// The versions of a constraint of Poetry, which has `^1.2`, `~1.2`, a bare `1.2.3`, and `||` on top.
    pub(super) fn of_poetry(text: &str) -> Self {
        let alternatives = text.split('|').map(str::trim);
        let parsed: Option<Vec<_>> = alternatives
            .filter(|one| !one.is_empty())
            .map(|one| VersionSpecifiers::from_str(&as_pep440(one)?).ok())
            .collect();
        Self {
            alternatives: parsed.unwrap_or_default(),
        }
    }

    /// Whether a version in `bounds`, a specifier set such as `>=2`, is allowed.
    pub fn allow(&self, bounds: &str) -> bool {
        let Ok(bounds) = VersionSpecifiers::from_str(bounds) else {
            return true;
        };
        let bounds = release_specifiers_to_ranges(bounds);
        self.alternatives.is_empty()
            || self.alternatives.iter().any(|one| {
                let allowed = release_specifiers_to_ranges(one.clone());
                !allowed.intersection(&bounds).is_empty()
            })
    }
}

impl fmt::Display for Versions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all: Vec<_> = self.alternatives.iter().map(ToString::to_string).collect();
        f.write_str(&all.join(" || "))
    }
}

/// The name of a distribution as PEP 503 compares it: `Email_Validator` is `email-validator`.
pub fn normalise(name: &str) -> String {
    let parts = name.split(['-', '_', '.']).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("-").to_lowercase()
}

/// Whether `requirements` together hold in every environment with `lowest` or a newer Python: one of them has no marker,
/// or their markers leave nothing out.
pub fn covers<'r>(
    requirements: impl Iterator<Item = &'r Requirement>,
    lowest: PythonVersion,
) -> bool {
    let mut all = MarkerTree::FALSE;
    for requirement in requirements {
        let Some(marker) = &requirement.marker else {
            return true;
        };
        if !is_deep(marker)
            && let Ok(marker) = MarkerTree::parse_str::<Address>(marker)
        {
            all.or(marker);
        }
    }
    let lowest = Version::new([u64::from(lowest.major), u64::from(lowest.minor)]);
    let all = all.simplify_python_versions(Bound::Included(&lowest), Bound::Unbounded);
    all.is_true()
}

impl Requirement {
    /// The entry `text`, which stands at `range`. `None` when not even a name can be made out.
    pub(super) fn parse(text: &str, range: Range<usize>, line: usize) -> Option<Self> {
        let text = text.trim();
        if is_deep(text) {
            return Self::roughly(text, range, line);
        }
        let parsed = crate::semantic::quietly(|| pep508_rs::Requirement::<Address>::from_str(text));
        let Some(Ok(parsed)) = parsed else {
            return Self::roughly(text, range, line);
        };
        let (versions, url) = match parsed.version_or_url {
            Some(VersionOrUrl::VersionSpecifier(specifiers)) => (
                Versions {
                    alternatives: vec![specifiers],
                },
                None,
            ),
            Some(VersionOrUrl::Url(Address(url))) => (Versions::default(), Some(url)),
            None => (Versions::default(), None),
        };
        let marker = parsed.marker.try_to_string();
        Some(Self {
            name: normalise(parsed.name.as_ref()),
            extras: parsed
                .extras
                .iter()
                .map(|extra| normalise(extra.as_ref()))
                .collect(),
            versions,
            marker,
            url,
            range,
            line,
            written: leading_name(text).unwrap_or_default().to_owned(),
        })
    }

    /// A requirement of which only the name, the address and the extras are known.
    pub(super) fn named(name: &str, url: Option<String>, range: Range<usize>, line: usize) -> Self {
        // `#egg=name ; python_version < "4"`: what follows is no part of the name.
        let name = name.split([' ', '\t', ';']).next().unwrap_or(name);
        let (name, extras) = match name.split_once('[') {
            Some((name, extras)) => (name, extras.trim_end_matches(']')),
            None => (name, ""),
        };
        let extras = extras.split(',').map(normalise);
        Self {
            name: normalise(name),
            extras: extras.filter(|extra| !extra.is_empty()).collect(),
            versions: Versions::default(),
            marker: None,
            url,
            range,
            line,
            written: name.to_owned(),
        }
    }

    /// `pkg>=1.0.*`, `pkg==2012b-2`, `pkg>=${MINIMUM}`: no version that PEP 440 knows.
    fn roughly(text: &str, range: Range<usize>, line: usize) -> Option<Self> {
        let name = leading_name(text)?;
        let mut rest = text[name.len()..].trim_start();
        let mut extras = "";
        if let Some(inside) = rest.strip_prefix('[') {
            let end = inside.find(']')?;
            extras = &inside[..end];
            rest = inside[end + 1..].trim_start();
        }
        let known = rest.is_empty() || rest.starts_with(['<', '>', '=', '!', '~', ';', '(', '@']);
        let name = format!("{name}[{extras}]");
        let mut found = known.then(|| Self::named(&name, None, range, line))?;
        found.marker = rest
            .split_once(';')
            .map(|(_, marker)| marker.trim().to_owned());
        Some(found)
    }

    /// All that it asks for, in one line.
    pub(super) fn signature(&self) -> String {
        let Self {
            name,
            extras,
            versions,
            marker,
            url,
            ..
        } = self;
        format!("{name} {extras:?} {versions} {marker:?} {url:?}")
    }
}

/// Whether `text` has more parentheses than any marker needs. The parser goes down into each of them, and has no end of
/// its own.
fn is_deep(text: &str) -> bool {
    text.matches('(').count() > 100
}

fn leading_name(text: &str) -> Option<&str> {
    let inside = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let name = &text[..text.find(|c| !inside(c)).unwrap_or(text.len())];
    let starts = name.starts_with(|c: char| c.is_ascii_alphanumeric());
    starts.then(|| name.trim_end_matches(['-', '_', '.']))
}

/// The address in `name @ address`, as it is written: it may hold variables, and is never opened.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Address(String);

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Pep508Url for Address {
    type Err = Infallible;

    fn parse_url(url: &str, _directory: Option<&Path>) -> Result<Self, Infallible> {
        Ok(Self(url.to_owned()))
    }
}

/// One alternative of a Poetry constraint as a specifier set. `None` when it is none.
fn as_pep440(constraint: &str) -> Option<String> {
    let mut tokens: Vec<String> = Vec::new();
    for token in constraint.split([',', ' ', '\t']) {
        match tokens.last_mut() {
            _ if token.is_empty() => {}
            Some(operator) if operator.ends_with(OPERATORS) => operator.push_str(token),
            _ => tokens.push(token.to_owned()),
        }
    }
    let parts: Option<Vec<String>> = tokens
        .iter()
        .filter(|token| *token != "*")
        .map(|token| specifier_of(token))
        .collect();
    Some(parts?.join(","))
}

const OPERATORS: [char; 6] = ['^', '~', '=', '<', '>', '!'];

/// `^1.2` is `>=1.2,<2`, `^0.2` is `>=0.2,<0.3`, `~1.2` is `>=1.2,<1.3`, `1.2.3` is `==1.2.3`.
fn specifier_of(token: &str) -> Option<String> {
    let version = token.trim_start_matches(OPERATORS);
    let operator = token.strip_suffix(version)?;
    let numbers = version.split('.').map(|part| {
        let digits = part.find(|c: char| !c.is_ascii_digit());
        part[..digits.unwrap_or(part.len())].parse::<u64>().ok()
    });
    let numbers: Vec<u64> = numbers.map_while(|number| number).collect();
    let raised = match operator {
        "^" => {
            let first = numbers.iter().position(|number| *number != 0);
            first.unwrap_or(numbers.len().checked_sub(1)?)
        }
        "~" => 1.min(numbers.len().checked_sub(1)?),
        "" | "=" => return Some(format!("=={version}")),
        _ => return Some(token.to_owned()),
    };
    let mut upper: Vec<String> = numbers[..raised].iter().map(u64::to_string).collect();
    upper.push((numbers[raised] + 1).to_string());
    Some(format!(">={version},<{}", upper.join(".")))
}

#[cfg(test)]
mod tests {
    use ruff_python_ast::PythonVersion;

    use super::{Requirement, Versions, covers, normalise};

    fn parse(text: &str) -> Option<Requirement> {
        Requirement::parse(text, 0..text.len(), 1)
    }

    #[test]
    fn names_compare_by_pep_503() {
        for name in ["Email_Validator", "email.validator", "EMAIL--validator"] {
            assert_eq!(normalise(name), "email-validator");
        }
    }

    #[test]
    fn all_parts_of_a_requirement() {
        let one = parse("Pydantic[Email,dotenv] >=2,<3 ; python_version < '3.13'").unwrap();
        assert_eq!(one.name, "pydantic");
        assert_eq!(one.written, "Pydantic");
        assert_eq!(one.extras, ["email", "dotenv"]);
        assert!(one.versions.allow(">=2"));
        assert!(!one.versions.allow(">=3"));
        assert!(one.marker.unwrap().contains("3.13"));
        let direct = parse("email-validator @ https://${TOKEN}@example.org/e.zip").unwrap();
        assert_eq!(direct.name, "email-validator");
        assert_eq!(
            direct.url.as_deref(),
            Some("https://${TOKEN}@example.org/e.zip")
        );
    }

    #[test]
    fn markers_that_leave_nothing_out() {
        let covered = |markers: &[&str]| {
            let all: Vec<_> = markers
                .iter()
                .map(|marker| parse(&format!("a ; {marker}")).unwrap())
                .collect();
            covers(all.iter(), PythonVersion::PY310)
        };
        assert!(covered(&["python_version >= '3.8'"]));
        assert!(covered(&[
            "python_version < '3.12'",
            "python_version >= '3.12'"
        ]));
        assert!(!covered(&["python_version >= '3.11'"]));
        assert!(!covered(&["python_version < '3.12'"]));
        assert!(!covered(&["sys_platform == 'linux'"]));
        assert!(!covered(&[]));
    }

    #[test]
    fn what_pep_440_does_not_know_still_has_a_name() {
        for text in [
            "pkg>=1.0.*",
            "pkg==2012b-x",
            "pkg >= ${MINIMUM}",
            "pkg[a]==1.0-beta-x",
        ] {
            assert_eq!(parse(text).unwrap().name, "pkg", "{text}");
        }
        for text in [
            "pkg is nice",
            "{{ name }}",
            "= 1",
            "",
            "./local",
            "päckchen",
        ] {
            assert!(parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn versions_below_two() {
        for text in [
            "<2",
            "==1.10.13",
            ">=1.9,<2.0",
            "~=1.10",
            "==1.*",
            "<=1.10.20",
        ] {
            assert!(!Versions::parse(text).allow(">=2"), "{text}");
        }
        for text in ["", ">=1.10", "==2.7.1", ">=1.9,<3", "~=2.0", "!=1.5", "<=2"] {
            assert!(Versions::parse(text).allow(">=2"), "{text}");
        }
    }

    #[test]
    fn constraints_of_poetry() {
        for text in [
            "^1.10",
            "~1.10",
            "1.10.13",
            "1.*",
            ">=1.9,<2",
            "^1 || ~1.2",
            "~1",
            "^0.5",
            ">= 1.0 < 2",
        ] {
            assert!(!Versions::of_poetry(text).allow(">=2"), "{text}");
        }
        for text in ["*", "^2.7", "^1 || ^2", ">=1", "~2.1", "2.*", "latest", ""] {
            assert!(Versions::of_poetry(text).allow(">=2"), "{text}");
        }
    }
}
