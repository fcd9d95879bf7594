//! Judges what a run made of a folder case.
//!
//! The cases' probes, which run the result in a real interpreter, are not run here.

use super::Failure;
use super::engine::{Ran, Settings, run};
use super::folder::{Expect, FolderCase, Oracle};
use super::normal::{self, Unions};
use super::play::Score;
use super::syntax;
use super::tree::{Tree, difference, file_difference, is_python};

/// With unsafe fixes or without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    Safe,
    Unsafe,
}

/// Run `case` in every mode that it speaks about.
pub fn case(case: &FolderCase) -> Score {
    let mut score = Score {
        cases: 1,
        ..Score::default()
    };
    let modes: &[Mode] = match case.expect {
        Expect::SafeFix => &[Mode::Safe],
        _ => &[Mode::Safe, Mode::Unsafe],
    };
    for mode in modes {
        score.runs += 1;
        let faults = in_mode(case, *mode);
        score
            .failures
            .extend(faults.into_iter().map(|detail| Failure {
                case: case.name.clone(),
                how: format!("{mode:?}").to_lowercase(),
                detail,
            }));
    }
    score
}

fn in_mode(case: &FolderCase, mode: Mode) -> Vec<String> {
    let mut settings = Settings {
        unsafe_fixes: mode == Mode::Unsafe,
        ..Settings::of(&case.codemod)
    };
    if let Err(error) = settings.take_options(&case.options) {
        return vec![error];
    }
    let ran = match run(&case.before, &settings) {
        Ok(ran) => ran,
        Err(error) => return vec![error],
    };
    let mut faults = result(case, &ran.tree, mode);
    faults.extend(missing_reports(case, &ran));
    if case.expect != Expect::Report {
        let problems = ran.problems.iter();
        faults.extend(problems.map(|(at, text)| format!("a problem at {at}: {text}")));
    }
    faults.extend(restless(&ran, &settings));
    faults
}

/// Judge the tree `got`. Empty when it is right.
pub fn result(case: &FolderCase, got: &Tree, mode: Mode) -> Vec<String> {
    let wanted: Vec<&Tree> = match (case.expect, mode) {
        (Expect::Refuse | Expect::Report, _) => vec![&case.before],
        (Expect::UnsafeFix, Mode::Safe) => vec![&case.safe],
        _ => std::iter::once(&case.after)
            .chain(&case.alternatives)
            .collect(),
    };
    let mut verdicts: Vec<_> = wanted.iter().map(|want| against(case, want, got)).collect();
    verdicts.sort_by_key(Vec::len);
    verdicts.into_iter().next().unwrap_or_default()
}

fn against(case: &FolderCase, want: &Tree, got: &Tree) -> Vec<String> {
    if *want == case.before {
        let difference = difference(want, got);
        return if difference.is_empty() {
            Vec::new()
        } else {
            vec![difference]
        };
    }
    let mut faults = syntax::newly_broken(&case.before, got);
    for path in want.keys().filter(|path| !got.contains_key(*path)) {
        faults.push(format!("{path}: the file is missing"));
    }
    for (path, bytes) in got {
        let before = case.before.get(path);
        match want.get(path) {
            None => faults.push(format!("{path}: nobody asked for this file")),
            Some(want) if want == bytes => {}
            Some(want) if Some(want) == before || case.oracle == Oracle::Exact => {
                faults.push(file_difference(path, want, bytes));
            }
            Some(_) if Some(bytes) == before => faults.push(format!("{path}: was not changed")),
            Some(want) if is_python(path) => faults.extend(python(case, path, want, bytes)),
            Some(want) if case.oracle != Oracle::Parses => {
                faults.push(file_difference(path, want, bytes));
            }
            Some(_) => {}
        }
    }
    faults
}

fn python(case: &FolderCase, path: &str, want: &[u8], got: &[u8]) -> Vec<String> {
    let unions = match (case.oracle, case.codemod.as_str()) {
        (Oracle::Parses, _) => return layout(path, want, got),
        (Oracle::Union, _) => Unions::OneSpelling,
        (_, "optional-to-union") => Unions::NoneAnywhere,
        _ => Unions::AsWritten,
    };
    let (want_text, want_module) = match syntax::parse(path, want) {
        Ok(parsed) => parsed,
        Err(error) => return vec![format!("the expected result: {error}")],
    };
    let Ok((got_text, got_module)) = syntax::parse(path, got) else {
        return Vec::new(); // `newly_broken` has said so.
    };
    let mut faults = layout(path, want, got);
    let (mut want_body, mut got_body) = (want_module.suite().to_vec(), got_module.suite().to_vec());
    if matches!(case.oracle, Oracle::AstImports | Oracle::Union) {
        let typing_is_free = case.oracle == Oracle::Union;
        let want_imports = normal::take_imports(&mut want_body, typing_is_free);
        let got_imports = normal::take_imports(&mut got_body, typing_is_free);
        if want_imports != got_imports {
            faults.push(format!(
                "{path}: imports differ: want {want_imports:?}, got {got_imports:?}"
            ));
        }
    }
    if !normal::same(want_body, got_body, unions) {
        faults.push(format!(
            "another tree:\n{}",
            file_difference(path, want, got)
        ));
    }
    let (want, got) = (
        syntax::comments(&want_text, &want_module),
        syntax::comments(&got_text, &got_module),
    );
    if want != got {
        faults.push(format!(
            "{path}: other comments: want {want:?}, got {got:?}"
        ));
    }
    faults
}

/// Newline style, byte order mark and end of the file.
fn layout(path: &str, want: &[u8], got: &[u8]) -> Vec<String> {
    let crlf = |bytes: &[u8]| bytes.windows(2).any(|pair| pair == b"\r\n");
    let checks = [
        ("newline style", crlf(want) == crlf(got)),
        (
            "byte order mark",
            want.starts_with(b"\xef\xbb\xbf") == got.starts_with(b"\xef\xbb\xbf"),
        ),
        (
            "final newline",
            want.ends_with(b"\n") == got.ends_with(b"\n"),
        ),
    ];
    let lost = checks.iter().filter(|(_, same)| !same);
    lost.map(|(what, _)| format!("{path}: another {what}"))
        .collect()
}

fn missing_reports(case: &FolderCase, ran: &Ran) -> Vec<String> {
    let said: Vec<&str> = ran
        .reports
        .iter()
        .chain(&ran.problems)
        .map(|(at, _)| at.as_str())
        .collect();
    let missing = case
        .reports
        .iter()
        .filter(|place| !said.contains(&place.as_str()));
    missing
        .map(|place| format!("no report at {place}; there are {said:?}"))
        .collect()
}

/// What a second run over the result still changes.
pub fn restless(ran: &Ran, settings: &Settings) -> Option<String> {
    if ran.changes == 0 {
        return None;
    }
    match run(&ran.tree, settings) {
        Ok(again) if again.tree == ran.tree => None,
        Ok(again) => {
            let difference = difference(&ran.tree, &again.tree);
            Some(format!("a second run changes something:\n{difference}"))
        }
        Err(error) => Some(format!("a second run: {error}")),
    }
}
