//! The parts of the text that say what one codemod did, and what a person has to look at.

use camino::Utf8Path;
use codemend_engine::change::{Refusal, Report};
use codemend_engine::patch::Made;
use codemend_engine::paths::relative;
use codemend_engine::problem::{LineColumn, Problem};

use super::super::account::{Account, NO_REASON, by_reason};
use super::super::summary::count;
use super::escape::{code, prose};

/// How places are named, and how many of them.
pub struct Sections<'a> {
    /// Names of files start here.
    pub root: &'a Utf8Path,
    /// Where codemend ran.
    pub cwd: &'a Utf8Path,
    /// The entries of a list that are shown.
    pub most: usize,
}

impl Sections<'_> {
    /// What `account` comes to: what and why, places, unsafe changes, places left alone.
    pub fn codemod(&self, account: &Account<'_>) -> String {
        let name = account.about.name;
        let mut parts = vec![format!("### {name}\n"), account.summary() + "\n"];
        parts.extend(account.why().into_iter().map(|why| why + "\n"));
        parts.push(format!("`codemend explain {name}` says more.\n"));
        let risky = account.made_unsafe();
        let why = |made: &Made| made.why.clone();
        let at = |made: &Made| self.place(&made.path, Some(made.at));
        parts.extend(self.reasons("**Unsafe, because**", &risky, why, at));
        if !account.made.is_empty() {
            let what = count(account.made.len(), "change");
            let files = count(account.files, "file");
            let lines = account.made.iter().map(|made| self.change(made));
            parts.push(self.list(&format!("**{what} in {files}**"), lines));
        }
        let reason = |refusal: &Refusal| Some(refusal.reason.clone());
        let there = |refusal: &Refusal| self.place(&refusal.path, Some(refusal.at));
        let left = &account.refusals;
        parts.extend(self.reasons("**Left alone, because**", left, reason, there));
        let title = "**Not made: unsafe, or to be made by hand**";
        parts.extend(self.reasons(title, &account.withheld, why, at));
        parts.join("\n")
    }

    /// Places that a person must look at.
    pub fn reports(&self, reports: &[Report]) -> Option<String> {
        let line = |report: &Report| {
            let place = self.place(&report.path, Some(report.at));
            format!(
                "{place}: {} ({})",
                prose(&report.message),
                code(report.codemod)
            )
        };
        let list = || self.list("### To look at by hand", reports.iter().map(line));
        (!reports.is_empty()).then(list)
    }

    /// What went wrong.
    pub fn problems(&self, problems: &[Problem]) -> Option<String> {
        let line = |problem: &Problem| {
            let place = self.place(&problem.path, problem.at);
            let help = problem.help.as_deref();
            let help = help.map_or_else(String::new, |help| format!(" ({})", prose(help)));
            format!("{place}: {}{help}", prose(&problem.message))
        };
        let list = || self.list("### Problems", problems.iter().map(line));
        (!problems.is_empty()).then(list)
    }

    /// ` in app`, when codemend did not run where names start.
    pub fn place_of_work(&self) -> String {
        match self.cwd.strip_prefix(self.root) {
            Ok(below) if below != "" => format!(" in {}", code(below.as_str())),
            _ => String::new(),
        }
    }

    fn change(&self, made: &Made) -> String {
        let place = self.place(&made.path, Some(made.at));
        format!("{place}: {}", prose(&made.title))
    }

    /// `all` by their reasons, each with the places that it was given for.
    fn reasons<T>(
        &self,
        title: &str,
        all: &[&T],
        why: impl Fn(&T) -> Option<String>,
        place: impl Fn(&T) -> String,
    ) -> Option<String> {
        if all.is_empty() {
            return None;
        }
        let groups = by_reason(all, |one| why(one).or(Some(NO_REASON.to_owned())));
        let lines = groups.iter().map(|group| {
            let places: Vec<String> = group.of.iter().map(|one| place(one)).collect();
            format!("{} ({})", prose(&group.reason), self.some(&places))
        });
        Some(self.list(title, lines))
    }

    /// Some of `places`, and how many more there are.
    fn some(&self, places: &[String]) -> String {
        let shown = self.most.min(5);
        let some = places.iter().take(shown).cloned().collect::<Vec<_>>();
        match places.len() - some.len() {
            0 => some.join(", "),
            n if some.is_empty() => count(n, "place"),
            more => format!("{} and {more} more", some.join(", ")),
        }
    }

    /// `title` and the first of `lines`, and how many more there are.
    fn list(&self, title: &str, lines: impl Iterator<Item = String>) -> String {
        let mut lines = lines.peekable();
        let mut list = format!("{title}\n\n");
        for _ in 0..self.most {
            match lines.next() {
                Some(line) => list.push_str(&format!("- {line}\n")),
                None => return list,
            }
        }
        match lines.count() {
            0 => list,
            more if self.most == 0 => format!("{list}- {more}, too many to list\n"),
            more => format!("{list}- and {more} more\n"),
        }
    }

    /// `path:line`
    fn place(&self, path: &Utf8Path, at: Option<LineColumn>) -> String {
        let name = match path.is_absolute() {
            true => relative(path, self.root),
            false => path.to_owned(),
        };
        match at {
            Some(at) => code(&format!("{name}:{}", at.line)),
            None => code(name.as_str()),
        }
    }
}
