//! `--shard`: the part of a run that one machine of several hands over.
//!
//! Every shard works the whole run out, since what is done to one file depends on others: names that they take, cycles
//! that imports would close, what earlier codemods left. Then it hands over what belongs to it and nothing else. So the
//! shards of a run add up to the run, byte for byte, whatever the codemods do.
//!
//! Only the last codemod may look at less, see [`set_apart`]: nobody reads what it leaves.

mod last;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use camino::{Utf8Path, Utf8PathBuf};

use super::workspace::Workspace;
use crate::discover::is_python;
use crate::patch::Outcome;
use crate::problem::Problem;
use crate::review::{ChangeId, Review, When};
use crate::semantic::Semantics;
pub(super) use last::set_apart;

/// One of several equal shares: the first of three is `1/3`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    number: u32,
    of: u32,
}

impl Shard {
    /// From 1.
    pub fn number(self) -> u32 {
        self.number
    }

    /// How many there are, at least 1.
    pub fn of(self) -> u32 {
        self.of
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

impl FromStr for Shard {
    type Err = String;

    /// # Errors
    /// It is not `I/N` with I from 1 to N: one line that says so.
    fn from_str(text: &str) -> Result<Self, String> {
        let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let parts = text.split_once('/');
        let parts = parts.filter(|(number, of)| is_number(number) && is_number(of));
        let parts = parts.and_then(|(number, of)| Some((number.parse().ok()?, of.parse().ok()?)));
        let Some((number, of)) = parts else {
            return Err("write the second of five shards as 2/5".to_owned());
        };
        match (number, of) {
            (_, 0) => Err("there is at least one shard".to_owned()),
            (0, _) => Err("shards are counted from 1".to_owned()),
            _ if number > of => Err(format!("the last of {of} shards is {of}/{of}")),
            _ => Ok(Self { number, of }),
        }
    }
}

/// Which of the files of a run belong to a shard.
#[derive(Debug)]
pub struct Portion {
    shard: Shard,
    root: Utf8PathBuf,
    /// The shards of files that belong together; each of the others is where its own name puts it.
    homes: BTreeMap<Utf8PathBuf, u32>,
    /// Of the names and texts of all files of the run.
    files: blake3::Hasher,
    whole: String,
}

impl Portion {
    /// The portion of `shard` where no files belong together. Names start at `root`, the root of the repository.
    pub fn new(shard: Shard, root: &Utf8Path) -> Self {
        Self {
            shard,
            root: root.to_owned(),
            homes: BTreeMap::new(),
            files: blake3::Hasher::new(),
            whole: String::new(),
        }
    }

    /// The same where the files of each of `sets` (sorted, disjoint) belong together: the smallest name of a set puts
    /// all of it.
    fn of_sets(shard: Shard, root: &Utf8Path, sets: &[BTreeSet<Utf8PathBuf>]) -> Self {
        let mut portion = Self::new(shard, root);
        for set in sets {
            let smallest = set.iter().map(|path| portion.name(path)).min();
            let home = home(&smallest.unwrap_or_default(), shard.of);
            let files = set.iter().map(|path| (path.clone(), home));
            portion.homes.extend(files);
        }
        portion
    }

    pub fn shard(&self) -> Shard {
        self.shard
    }

    /// What the run as a whole came to: equal for the shards of one run, on whatever machine. 32 hexadecimal digits.
    pub fn whole(&self) -> &str {
        &self.whole
    }

    /// Whether the file at `path` belongs to the shard.
    pub fn holds(&self, path: &Utf8Path) -> bool {
        let known = self.homes.get(path).copied();
        known.unwrap_or_else(|| home(&self.name(path), self.shard.of)) == self.shard.number
    }

    /// Whether `problem` is told by the shard. What is about no module (settings, folders) is told by the first one.
    pub fn tells(&self, problem: &Problem) -> bool {
        let is_about_file = is_python(&problem.path) || self.homes.contains_key(&problem.path);
        match is_about_file {
            true => self.holds(&problem.path),
            false => self.shard.number == 1,
        }
    }

    /// Reduce `outcome`, that of the whole run, to what belongs to the shard.
    pub(super) fn keep(&mut self, outcome: &mut Outcome) {
        self.whole = self.digest(outcome);
        for step in &mut outcome.steps {
            step.files.retain(|file| self.holds(&file.path));
            step.changes.retain(|made| self.holds(&made.path));
        }
        outcome.withheld.retain(|made| self.holds(&made.path));
        outcome.passed_over.retain(|made| self.holds(&made.path));
        outcome.refusals.retain(|one| self.holds(&one.path));
        outcome.reports.retain(|one| self.holds(&one.path));
        outcome.problems.retain(|one| self.tells(one));
        outcome.faults.retain(|one| self.tells(one));
        outcome
            .together
            .retain(|set| set.first().is_some_and(|path| self.holds(path)));
        outcome.review = outcome.review.take().map(|review| self.part(review));
    }

    /// Count only what belongs to the shard: so the counts of the shards add up too.
    pub(super) fn count(
        &mut self,
        workspace: &Workspace,
        semantics: &Semantics,
        outcome: &mut Outcome,
    ) {
        for (path, file) in workspace.files.iter() {
            let name = self.name(path);
            add(&mut self.files, &[&name, &file.text]);
        }
        let own = workspace.files.iter().filter(|(path, _)| self.holds(path));
        let own: Vec<_> = own.map(|(_, file)| file).collect();
        outcome.files_read = own.len();
        outcome.files_parsed = own.iter().filter(|file| file.parsed).count();
        outcome.targets = Workspace::targets_of(own.into_iter());
        outcome.files_left_out = workspace.aside().filter(|path| self.holds(path)).count();
        let typed = semantics.typed().into_iter();
        outcome.files_typed = typed.filter(|path| self.holds(path)).count();
    }

    /// The changes of `review` that belong to the shard, numbered anew. They need no others: such files are together.
    fn part(&self, review: Review) -> Review {
        let own = review.changes.iter().map(|change| self.holds(&change.path));
        let mut next = 0..;
        let ids: Vec<Option<ChangeId>> =
            own.map(|own| own.then(|| next.next()).flatten()).collect();
        let renumbered = |id: &ChangeId| ids.get(*id).copied().flatten();
        let mut changes = review.changes;
        changes.retain(|change| self.holds(&change.path));
        for change in &mut changes {
            change.needs = change.needs.iter().filter_map(renumbered).collect();
        }
        let mut withheld = review.withheld;
        withheld.retain(|change| self.holds(&change.path));
        let mut files = review.files;
        files.retain(|file| self.holds(&file.path));
        let regions = files.iter_mut().flat_map(|file| &mut file.regions);
        for when in regions.flat_map(|region| &mut region.when) {
            let (When::Any(some) | When::All(some)) = when;
            *some = some.iter().filter_map(renumbered).collect();
        }
        Review {
            changes,
            withheld,
            files,
        }
    }

    /// `path` from the root on, with `/` between its parts: the same on every machine.
    fn name(&self, path: &Utf8Path) -> String {
        let below = path.strip_prefix(&self.root).unwrap_or(path);
        let parts: Vec<&str> = below.components().map(|part| part.as_str()).collect();
        parts.join("/")
    }

    /// What [`Portion::whole`] gives. Messages may hold the name of a folder of this machine, and do not count.
    fn digest(&self, outcome: &Outcome) -> String {
        let mut hasher = self.files.clone();
        let mut add = |kind: &str, path: &Utf8Path, what: &str| {
            add(&mut hasher, &[kind, &self.name(path), what])
        };
        for step in &outcome.steps {
            for file in &step.files {
                add(step.codemod, &file.path, &file.after);
            }
            for made in &step.changes {
                add("made", &made.path, &made.fingerprint);
            }
        }
        for made in &outcome.withheld {
            add("withheld", &made.path, &made.fingerprint);
        }
        for one in &outcome.refusals {
            add(one.codemod, &one.path, &format!("{:?}", one.at));
        }
        for one in &outcome.reports {
            add(one.codemod, &one.path, &one.fingerprint);
        }
        for one in outcome.problems.iter().chain(&outcome.faults) {
            add("problem", &one.path, &format!("{:?}", one.at));
        }
        hasher.finalize().to_hex()[..32].to_owned()
    }
}

/// `outcome` reduced to its portion, when it has one.
pub(super) fn kept(mut outcome: Outcome) -> Outcome {
    if let Some(mut portion) = outcome.portion.take() {
        portion.keep(&mut outcome);
        outcome.portion = Some(portion);
    }
    outcome
}

/// The files of a run that must not part: what is told of one leads to the others.
#[derive(Debug, Default)]
pub(super) struct Ties(Vec<BTreeSet<Utf8PathBuf>>);

impl Ties {
    /// Those of the changes that `workspace` has made and withheld so far: a change spans its files.
    pub(super) fn of_changes(workspace: &Workspace) -> Self {
        let told = workspace.told.iter().chain(&workspace.withheld);
        let spanning = told.filter(|one| one.files.len() > 1);
        Self(
            spanning
                .map(|one| one.files.iter().cloned().collect())
                .collect(),
        )
    }

    /// The portion of `shard` in a run below `root` that ended with `outcome`.
    pub(super) fn portion(mut self, shard: Shard, root: &Utf8Path, outcome: &Outcome) -> Portion {
        if let Some(review) = &outcome.review {
            self.add_review(review);
        }
        self.portion_with(outcome.together.clone(), shard, root)
    }

    /// The portion of `shard` when `sets` (not disjoint) are all else that binds files.
    fn portion_with(
        mut self,
        sets: Vec<BTreeSet<Utf8PathBuf>>,
        shard: Shard,
        root: &Utf8Path,
    ) -> Portion {
        self.0.extend(sets);
        Portion::of_sets(shard, root, &super::together::disjoint(self.0))
    }

    /// A change, the files that it edits, and the changes that it needs.
    fn add_review(&mut self, review: &Review) {
        for change in review.changes.iter().chain(&review.withheld) {
            let needs = change.needs.iter();
            let needed = needs.filter_map(|id| review.changes.get(*id));
            let paths = needed.map(|other| &other.path);
            let paths = paths.chain(change.edits.iter().map(|edit| &edit.path));
            let mut set: BTreeSet<Utf8PathBuf> = paths.cloned().collect();
            set.insert(change.path.clone());
            if set.len() > 1 {
                self.0.push(set);
            }
        }
    }
}

/// Let `parts` count for `hasher`, each of them apart.
fn add(hasher: &mut blake3::Hasher, parts: &[&str]) {
    for part in parts {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
}

/// The shard, from 1, of the `of` shards that the file named `name` belongs to.
fn home(name: &str, of: u32) -> u32 {
    let hash = blake3::hash(name.as_bytes());
    let bytes = hash.as_bytes().first_chunk().copied().unwrap_or_default();
    let share = u64::from_le_bytes(bytes) % u64::from(of);
    u32::try_from(share).map_or(1, |share| share + 1)
}

#[cfg(test)]
mod tests;
