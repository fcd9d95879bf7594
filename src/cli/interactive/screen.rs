//! What stands on the screen at each step, as text: a change with its difference, the help, what an answer did.
//!
//! Nothing is placed, so every size of a terminal will do, and what scrolls away can be scrolled back to. All of it comes
//! from a stranger's repository, so all of it goes through [`Look`].

use std::collections::BTreeSet;
use std::fmt::Write;
use std::sync::Arc;

use camino::Utf8Path;
use codemend_engine::change::Safety;
use codemend_engine::patch::FilePatch;
use codemend_engine::review::{ChangeId, Reviewed, ReviewedFile};

use super::super::paths::relative;
use super::super::preview;
use super::super::summary::count;
use super::super::terminal::{BOLD, CYAN, DIM, GREEN, Look, YELLOW};
use super::walk::{Done, Verdict, Walk};

/// Other changes that are named one by one; the rest is counted.
const NAMED: usize = 4;

/// Turns the state of a walk into text for the stream that `look` describes.
#[derive(Debug, Clone, Copy)]
pub struct Screen<'a> {
    pub cwd: &'a Utf8Path,
    pub look: Look,
}

impl Screen<'_> {
    /// What stands above the first change.
    pub fn opening(&self, walk: &Walk<'_>) -> String {
        let asked: Vec<&Reviewed> = walk.asked().map(|id| &walk.review().changes[id]).collect();
        let files: BTreeSet<&Utf8Path> = asked.iter().map(|one| one.path.as_path()).collect();
        let (changes, files) = (count(asked.len(), "change"), count(files.len(), "file"));
        format!("{changes} in {files}. Nothing is written before the end; ? shows the keys.\n")
    }

    /// The change `id`: where it is, what it does, what it needs, and its difference.
    pub fn change(&self, walk: &Walk<'_>, id: ChangeId) -> String {
        let one = &walk.review().changes[id];
        let of = walk.asked().count();
        let number = self
            .look
            .paint(BOLD, &format!("[{}/{of}]", walk.number(id)));
        let codemod = self.look.paint(CYAN.bold(), one.codemod);
        let place = self.look.paint(BOLD, &self.place(one));
        let safety = self.safety(one.safety);
        let mut text = format!("\n{number} {codemod}  {place}  {safety}\n");
        let _ = writeln!(text, "{}", self.look.text(&one.title));
        if let Some(why) = &one.why {
            let label = self.look.paint(YELLOW, "not safe:");
            let _ = writeln!(text, "{label} {}", self.look.text(why));
        }
        let said = match walk.verdict(id) {
            Verdict::Accepted => Some("You accepted this one."),
            Verdict::Rejected => Some("You left this one alone."),
            Verdict::Open | Verdict::Barred => None,
        };
        if let Some(said) = said {
            let _ = writeln!(text, "{}", self.look.paint(YELLOW, said));
        }
        text.push_str(&self.needs(walk, id));
        text.push_str(&self.difference(walk, id));
        text
    }

    fn safety(&self, safety: Safety) -> String {
        match safety {
            Safety::Safe => self.look.paint(GREEN, "safe"),
            Safety::Unsafe => self.look.paint(YELLOW.bold(), "unsafe"),
            Safety::Display => self.look.paint(YELLOW.bold(), "never applied"),
        }
    }

    /// The changes that come along when `id` is accepted.
    fn needs(&self, walk: &Walk<'_>, id: ChangeId) -> String {
        let all = walk.review().accepting(id);
        let all: BTreeSet<ChangeId> = all.into_iter().filter(|one| *one != id).collect();
        let (there, along): (BTreeSet<_>, BTreeSet<_>) = all
            .into_iter()
            .partition(|one| walk.verdict(*one) == Verdict::Accepted);
        let others = walk.review().rejecting(id);
        let label = match along.is_subset(&others) {
            true => "goes only together with:",
            false => "needs these, which come along:",
        };
        self.named(walk, "needs these, which are accepted:", &there)
            + &self.named(walk, label, &along)
    }

    /// `ids` below `label`; nothing when there are none.
    pub fn named(&self, walk: &Walk<'_>, label: &str, ids: &BTreeSet<ChangeId>) -> String {
        if ids.is_empty() {
            return String::new();
        }
        let mut text = format!("{}\n", self.look.paint(DIM, label));
        for id in ids.iter().take(NAMED) {
            let one = &walk.review().changes[*id];
            let (number, of) = (walk.number(*id), walk.asked().count());
            let place = self.place(one);
            let (place, title) = (self.look.text(&place), self.look.text(&one.title));
            let codemod = one.codemod;
            let _ = writeln!(text, "  [{number}/{of}] {codemod}  {place}  {title}");
        }
        if let Some(more) = ids.len().checked_sub(NAMED).filter(|more| *more > 0) {
            let _ = writeln!(text, "  and {more} more");
        }
        text
    }

    /// What accepting `id` changes, where all that is accepted without it is made already.
    fn difference(&self, walk: &Walk<'_>, id: ChangeId) -> String {
        let (without, with) = walk.choices(id);
        let here = &walk.review().changes[id].path;
        let files = walk.review().files.iter();
        let files = files.filter_map(|file| between(file, &without, &with));
        let mut files: Vec<FilePatch> = files.collect();
        // The place itself first, then what comes along elsewhere.
        files.sort_by_key(|file| file.path != *here);
        if files.is_empty() {
            return "No difference: the changes accepted before do all of this.\n".to_owned();
        }
        let mut text = String::new();
        for file in &files {
            if file.path != *here || file.before.is_none() {
                let label = match file.before {
                    Some(_) => "in",
                    None => "new file",
                };
                let name = self
                    .look
                    .paint(BOLD, relative(&file.path, self.cwd).as_str());
                let _ = writeln!(text, "{label} {name}");
            }
            text.push_str(&preview::hunks(file, self.look));
        }
        text
    }

    /// All that is accepted so far in the file of the change `id`.
    pub fn so_far(&self, walk: &Walk<'_>, id: ChangeId) -> String {
        let path = &walk.review().changes[id].path;
        let file = walk.review().file(path);
        let patch = file.and_then(|file| file.compose(&walk.accepted()));
        match patch {
            Some(patch) => preview::shown(&patch, self.cwd, self.look),
            None => {
                let name = self
                    .look
                    .text(relative(path, self.cwd).as_str())
                    .into_owned();
                format!("Nothing is accepted in {name} so far.\n")
            }
        }
    }

    /// What the keys do at the change `id`. Fits 80 columns.
    pub fn help(&self, walk: &Walk<'_>, id: ChangeId) -> String {
        let unseen = match walk.review().changes[id].safety {
            Safety::Safe => "unsafe ones are still asked about",
            Safety::Unsafe | Safety::Display => "unsafe ones too, as this one is",
        };
        format!(
            "y  apply this change\n\
             n  leave it alone\n\
             a  apply it and the later ones of its codemod in this file (*)\n\
             d  leave it and the later ones of its codemod in this file alone\n\
             c  apply it and all later ones of its codemod (*)\n\
             e  leave it and all later ones of its codemod alone\n\
             u  take the last answer back\n\
             j  decide later, go on to the next; also the arrow down\n\
             k  look at the one before; also the arrow up\n\
             p  show what is accepted in this file so far\n\
             q  stop here: what is accepted so far counts, the rest is left alone\n\
             ?  this help\n\
             Ctrl-C  give up: nothing is written\n\
             (*) {unseen}\n"
        )
    }

    /// What an answer did beyond the change that was asked about; nothing when it did no more.
    pub fn done(&self, walk: &Walk<'_>, done: &Done, verdict: Verdict) -> String {
        let verb = match verdict {
            Verdict::Accepted => "accepted",
            Verdict::Open | Verdict::Rejected | Verdict::Barred => "left alone",
        };
        let mut text = match done.decided.len() {
            0 | 1 => String::new(),
            n => format!("{} {verb}\n", count(n, "change")),
        };
        let label = match verdict {
            Verdict::Accepted => "accepted along, as needed:",
            _ => "left alone along, as they need it:",
        };
        text.push_str(&self.named(walk, label, &done.along));
        if done.still_open > 0 {
            let open = done.still_open;
            let _ = writeln!(
                text,
                "{open} more still to be asked about, unsafe or in need of others"
            );
        }
        text
    }

    /// How many changes of each codemod are accepted.
    pub fn accepted(&self, walk: &Walk<'_>) -> String {
        let asked: Vec<ChangeId> = walk.asked().collect();
        let is_accepted = |id: &&ChangeId| walk.verdict(**id) == Verdict::Accepted;
        let headline = format!(
            "Accepted {} of {}",
            asked.iter().filter(is_accepted).count(),
            count(asked.len(), "change")
        );
        let mut text = format!("\n{}\n", self.look.paint(BOLD, &headline));
        let mut codemods: Vec<&str> = Vec::new();
        for id in &asked {
            let codemod = walk.review().changes[*id].codemod;
            if !codemods.contains(&codemod) {
                codemods.push(codemod);
            }
        }
        let width = codemods.iter().map(|name| name.len()).max().unwrap_or(0);
        for name in codemods {
            let of = |id: &&ChangeId| walk.review().changes[**id].codemod == name;
            let all = asked.iter().filter(of).count();
            let accepted = asked.iter().filter(of).filter(is_accepted).count();
            let _ = writeln!(text, "  {name:width$}  {accepted} of {all}");
        }
        text
    }

    fn place(&self, one: &Reviewed) -> String {
        let path = relative(&one.path, self.cwd);
        format!("{path}:{}:{}", one.start.line, one.start.column)
    }
}

/// What the choice `with` does to `file` beyond the choice `without`.
fn between(
    file: &ReviewedFile,
    without: &BTreeSet<ChangeId>,
    with: &BTreeSet<ChangeId>,
) -> Option<FilePatch> {
    if file.edits(without) == file.edits(with) {
        return None;
    }
    let text = |choice| match file.compose(choice) {
        Some(patch) => Some(patch.after),
        None => file.before.clone(),
    };
    let (before, after) = (text(without), text(with));
    if before == after {
        return None;
    }
    let after = after.unwrap_or_else(|| Arc::from(""));
    Some(FilePatch::new(&file.path, before, after))
}
