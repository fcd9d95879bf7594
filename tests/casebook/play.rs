//! Plays a case of a page: every variant of it, in every mode that it speaks about.

use codemend_engine::target::PythonVersion;

use super::Failure;
use super::engine::{Ran, Settings, run};
use super::page::Case;
use super::tree::{Tree, difference};
use super::variant::{self, Variant};
use super::{judge, syntax};

/// What playing cases came to.
#[derive(Default)]
pub struct Score {
    pub cases: usize,
    pub runs: usize,
    pub failures: Vec<Failure>,
}

impl Score {
    pub fn add(mut self, other: Self) -> Self {
        self.cases += other.cases;
        self.runs += other.runs;
        self.failures.extend(other.failures);
        self
    }
}

/// One mode: whether unsafe changes are asked for, and what must come out.
struct Mode<'a> {
    name: &'static str,
    unsafe_fixes: bool,
    want: &'a Tree,
    /// The reasons and reports of a case belong to the run that its blocks show.
    listens: bool,
}

/// Play `case` of the page `page` of `codemod`.
pub fn case(codemod: &str, page: &str, case: &Case) -> Score {
    let mut score = Score {
        cases: 1,
        ..Score::default()
    };
    let name = format!("{page}:{} `{}`", case.line, case.title);
    for mode in modes(case) {
        for variant in variant::ALL {
            let Some([before, want]) = variant::dressed(variant, [&case.before, mode.want]) else {
                continue;
            };
            score.runs += 1;
            let faults = play(codemod, case, &mode, variant, &before, &want);
            score
                .failures
                .extend(faults.into_iter().map(|detail| Failure {
                    case: name.clone(),
                    how: format!("{}, {}", mode.name, variant.name),
                    detail,
                }));
        }
    }
    score
}

/// An unchanged case stays unchanged in both modes, unless it says `unsafe = false`.
fn modes(case: &Case) -> Vec<Mode<'_>> {
    let safe = |want, listens| Mode {
        name: "safe",
        unsafe_fixes: false,
        want,
        listens,
    };
    let full = |want| Mode {
        name: "unsafe",
        unsafe_fixes: true,
        want,
        listens: true,
    };
    if case.unchanged {
        let only_safe = case.options.contains_key("unsafe") && !case.unsafe_fixes();
        let mut modes = vec![safe(&case.before, true)];
        if !only_safe {
            modes.push(full(&case.before));
        }
        modes
    } else if case.unsafe_fixes() {
        vec![safe(&case.safe, false), full(&case.after)]
    } else {
        vec![safe(&case.after, true)]
    }
}

fn play(
    codemod: &str,
    case: &Case,
    mode: &Mode<'_>,
    variant: &Variant,
    before: &Tree,
    want: &Tree,
) -> Vec<String> {
    let settings = match settings(codemod, case, mode, variant) {
        Ok(settings) => settings,
        Err(error) => return vec![error],
    };
    let ran = match run(before, &settings) {
        Ok(ran) => ran,
        Err(error) => return vec![error],
    };
    let mut faults = Vec::new();
    if variant.mixes_newlines {
        let plain = variant::with_one_newline;
        if plain(&ran.tree) != plain(want) {
            faults.push(difference(want, &ran.tree));
        }
    } else if ran.tree != *want {
        faults.push(difference(want, &ran.tree));
    }
    faults.extend(syntax::newly_broken(before, &ran.tree));
    if mode.listens {
        faults.extend(unsaid(case, &ran));
    }
    if case.reports.is_empty() {
        let problems = ran.problems.iter();
        faults.extend(problems.map(|(at, text)| format!("a problem at {at}: {text}")));
    }
    if case.unsafe_fixes() && !mode.unsafe_fixes {
        faults.extend(unexplained(case, &ran));
    }
    // The other variants came out as this one did, or have been found out above.
    if variant.dresses() || variant.is_first() {
        faults.extend(judge::restless(&ran, &settings));
    }
    faults
}

/// A run without unsafe fixes says what it held back, and why; unless it did something weaker, or reported the place.
fn unexplained(case: &Case, ran: &Ran) -> Vec<String> {
    let did_nothing = case.safe == case.before && ran.reports.is_empty();
    if did_nothing && ran.withheld.is_empty() {
        return vec!["the unsafe change is not among those withheld".into()];
    }
    let silent = ran.withheld.iter().filter(|(_, why)| why.is_none());
    silent
        .map(|(title, _)| format!("`{title}` is unsafe and does not say why"))
        .collect()
}

fn settings(
    codemod: &str,
    case: &Case,
    mode: &Mode<'_>,
    variant: &Variant,
) -> Result<Settings, String> {
    let mut settings = Settings {
        unsafe_fixes: mode.unsafe_fixes,
        prefilter: variant.prefilter,
        threads: variant.threads,
        ..Settings::of(codemod)
    };
    settings.take_options(&case.options)?;
    Ok(settings)
}

impl Settings {
    /// Take a case's options: the target, and what the codemod's own table may hold.
    pub fn take_options(&mut self, options: &toml::Table) -> Result<(), String> {
        for (key, value) in options {
            match (key.as_str(), value) {
                ("unsafe", _) => {}
                ("target-version", toml::Value::String(version)) => {
                    let version = version.parse::<PythonVersion>();
                    self.target = Some(version.map_err(|error| error.to_string())?);
                }
                _ => self
                    .inline
                    .push(format!("{}.{key} = {value}", self.codemod)),
            }
        }
        Ok(())
    }
}

/// The parts of reasons and reports that the case names and the run did not say.
fn unsaid(case: &Case, ran: &Ran) -> Vec<String> {
    let list = |all: &[(String, String)]| match all {
        [] => "  nothing".to_owned(),
        all => all
            .iter()
            .map(|(at, text)| format!("  {at}: {text}\n"))
            .collect(),
    };
    let holds =
        |all: &[(String, String)], part: &str| all.iter().any(|(_, text)| text.contains(part));
    let mut faults = Vec::new();
    for part in case
        .reasons
        .iter()
        .filter(|part| !holds(&ran.refusals, part))
    {
        faults.push(format!(
            "no refusal says `{part}`; said was\n{}",
            list(&ran.refusals)
        ));
    }
    let reports = [ran.reports.clone(), ran.problems.clone()].concat();
    for part in case.reports.iter().filter(|part| !holds(&reports, part)) {
        faults.push(format!(
            "no report says `{part}`; said was\n{}",
            list(&reports)
        ));
    }
    faults
}
