//! What each codemod did in a run, counted: the material of commit messages and of a pull request's text.
//!
//! Both speak to people who have not seen the run, so both have to give the same figures and the same reasons.

use std::collections::BTreeMap;

use codemend_codemods::ALL;
use codemend_engine::change::{Refusal, Safety};
use codemend_engine::codemod::About;
use codemend_engine::patch::{Made, Outcome};

use super::refusals::gist;

/// One codemod in one run.
pub struct Account<'a> {
    pub about: About,
    /// Changes that were made, sorted by path and place.
    pub made: Vec<&'a Made>,
    /// Files that they touch.
    pub files: usize,
    /// Changes that the run was not asked for.
    pub withheld: Vec<&'a Made>,
    /// Places that were left alone.
    pub refusals: Vec<&'a Refusal>,
}

impl<'a> Account<'a> {
    /// The account of the codemod `name`; `None` when there is no such codemod.
    pub fn of(name: &str, outcome: &'a Outcome) -> Option<Self> {
        let mut abouts = ALL.iter().map(|codemod| codemod.about());
        let about = abouts.find(|about| about.name == name)?;
        let steps = || outcome.steps.iter().filter(|step| step.codemod == name);
        Some(Self {
            about,
            made: steps().flat_map(|step| &step.changes).collect(),
            files: steps().map(|step| step.files.len()).sum(),
            withheld: of_codemod(&outcome.withheld, name, |made| made.codemod),
            refusals: of_codemod(&outcome.refusals, name, |refusal| refusal.codemod),
        })
    }

    /// The accounts of all codemods that found something, in the order of the catalogue.
    pub fn all(outcome: &'a Outcome) -> Vec<Self> {
        let names = ALL.iter().map(|codemod| codemod.about().name);
        let accounts = names.filter_map(|name| Self::of(name, outcome));
        accounts.filter(|account| !account.is_empty()).collect()
    }

    fn is_empty(&self) -> bool {
        self.made.is_empty() && self.withheld.is_empty() && self.refusals.is_empty()
    }

    /// Changes that were made and may alter what the program does.
    pub fn made_unsafe(&self) -> Vec<&'a Made> {
        let made = self.made.iter().copied();
        made.filter(|made| made.safety != Safety::Safe).collect()
    }

    /// The first paragraph of the codemod's page: what it does.
    pub fn summary(&self) -> String {
        let mut paragraphs = paragraphs(self.about.page);
        paragraphs
            .find(|one| !one.starts_with('#'))
            .unwrap_or_default()
    }

    /// The paragraphs below `## Why` of the codemod's page.
    pub fn why(&self) -> Vec<String> {
        let from_why = paragraphs(self.about.page).skip_while(|one| one != "## Why");
        let below = from_why.skip(1);
        below.take_while(|one| !one.starts_with('#')).collect()
    }
}

fn of_codemod<'a, T>(all: &'a [T], name: &str, codemod: impl Fn(&T) -> &'static str) -> Vec<&'a T> {
    all.iter().filter(|one| codemod(one) == name).collect()
}

/// The paragraphs of `page`, each in one line.
fn paragraphs(page: &str) -> impl Iterator<Item = String> {
    let blocks = page.split("\n\n").map(str::trim);
    let lines = |block: &str| block.lines().map(str::trim).collect::<Vec<_>>().join(" ");
    blocks.map(lines).filter(|block| !block.is_empty())
}

/// What stands for a reason where there is none.
pub const NO_REASON: &str = "no reason is given";

/// A reason, and what it was given for.
pub struct Group<'a, T> {
    /// Word by word when all say the same; else with `…` for the names in it.
    pub reason: String,
    pub of: Vec<&'a T>,
}

/// `all` by their reasons, the most frequent first; what has none is left out.
pub fn by_reason<'a, T>(all: &[&'a T], reason: impl Fn(&T) -> Option<String>) -> Vec<Group<'a, T>> {
    let mut groups = BTreeMap::<String, (String, Vec<&'a T>)>::new();
    for one in all {
        let Some(text) = reason(one) else {
            continue;
        };
        let gist = gist(&text);
        let (said, of) = groups
            .entry(gist.clone())
            .or_insert_with(|| (text.clone(), Vec::new()));
        if *said != text {
            *said = gist;
        }
        of.push(one);
    }
    let groups = groups
        .into_values()
        .map(|(reason, of)| Group { reason, of });
    let mut groups: Vec<_> = groups.collect();
    groups.sort_by_key(|group| std::cmp::Reverse(group.of.len()));
    groups
}

#[cfg(test)]
mod tests {
    use codemend_codemods::ALL;
    use codemend_engine::patch::Outcome;

    use super::{Account, by_reason};

    /// Every page gives a commit something to say, and every subject is short.
    #[test]
    fn every_codemod_can_speak_for_itself() {
        let outcome = Outcome::default();
        for codemod in ALL {
            let about = codemod.about();
            let account = Account::of(about.name, &outcome).unwrap();
            assert!(account.summary().ends_with('.'), "{}", about.name);
            assert!(!account.why().is_empty(), "{}", about.name);
            for changes in [1, 2, 99_999] {
                let subject = format!("{}: {}", about.name, about.deed.of(changes));
                assert!(subject.len() <= 72 && subject.is_ascii(), "{subject}");
                assert!(subject.contains(&changes.to_string()), "{subject}");
            }
        }
        assert!(Account::of("gone", &outcome).is_none());
    }

    #[test]
    fn reasons_are_exact_when_they_agree() {
        let all = [
            "`a` is odd",
            "`b` is odd",
            "`c` is even",
            "`c` is even",
            "x",
        ];
        let all: Vec<&&str> = all.iter().collect();
        let groups = by_reason(&all, |one| (*one != "x").then(|| one.to_string()));
        let said: Vec<_> = groups
            .iter()
            .map(|group| (group.reason.as_str(), group.of.len()))
            .collect();
        assert_eq!(said, [("`c` is even", 2), ("… is odd", 2)]);
    }
}
