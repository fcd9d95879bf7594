//! How what a codemod has seen is told: where it stands in the text on disk, under which fingerprint, and whether it
//! counts for this run at all.
//!
//! A codemod looks at what the ones before it left; a person, a baseline and git look at the text on disk.

use camino::{Utf8Path, Utf8PathBuf};
use ruff_text_size::{TextRange, TextSize};
use rustc_hash::FxHashMap;

use super::Text;
use super::narrow::{Candidate, Fingerprints, Narrowing};
use super::workspace::Workspace;
use crate::change::{Change, FileEdit, Place, Refusal, Report};
use crate::patch::Made;
use crate::problem::LineColumn;

/// A change as it is told.
#[derive(Debug, Clone)]
pub(super) struct Told {
    /// Where it stands in the text that the codemod saw.
    pub(super) place: Place,
    pub(super) made: Made,
    /// The change in the texts on disk; `None` when it edits what an earlier one has written.
    pub(super) change: Option<Change>,
    /// The round of its codemod, from 0.
    pub(super) round: usize,
    /// The files that it edits, its own included.
    pub(super) files: Vec<Utf8PathBuf>,
}

/// Tells what one codemod has seen, round by round.
pub(super) struct Teller<'a> {
    narrowing: Narrowing<'a>,
    fingerprints: Fingerprints,
    /// What was told in an earlier round keeps its fingerprint: by file, by its start on disk and by its words.
    known: FxHashMap<(Box<str>, u32, Box<str>), String>,
    /// The file that was told of last, by its path, and its name.
    last: (Utf8PathBuf, String),
    round: usize,
    /// Changes that do not count.
    pub(super) passed_over: Vec<Made>,
}

/// A place on disk.
struct Spot {
    start: LineColumn,
    end: LineColumn,
    first_line: usize,
    last_line: usize,
    fingerprint: String,
}

impl<'a> Teller<'a> {
    pub(super) fn new(narrowing: Narrowing<'a>) -> Self {
        Self {
            narrowing,
            fingerprints: Fingerprints::default(),
            known: FxHashMap::default(),
            last: Default::default(),
            round: 0,
            passed_over: Vec::new(),
        }
    }

    pub(super) fn begin(&mut self, round: usize) {
        self.round = round;
    }

    pub(super) fn is_first_round(&self) -> bool {
        self.round == 0
    }

    /// Tell `change`; `None` when it does not count.
    pub(super) fn change(&mut self, change: &Change, workspace: &Workspace) -> Option<Told> {
        let path = &change.at.path;
        let own = change.edits.iter().filter_map(|edit| match edit {
            FileEdit::Text {
                path: file, range, ..
            } if file == path => Some(*range),
            _ => None,
        });
        let range = TextRange::from(change.at.range);
        let whole = own.fold(range, TextRange::cover);
        let spot = self.spot(
            change.codemod,
            path,
            &change.title,
            (range, whole),
            workspace,
        );
        let made = Made {
            path: path.clone(),
            at: spot.start,
            codemod: change.codemod,
            title: change.title.clone(),
            safety: change.safety,
            why: change.why.clone(),
            end: spot.end,
            fingerprint: spot.fingerprint.clone(),
        };
        if !self.wants(change.codemod, path, &change.title, &spot) {
            if self.round == 0 {
                self.passed_over.push(made);
            }
            return None;
        }
        let mut files: Vec<Utf8PathBuf> = vec![path.clone()];
        let others = change.edits.iter().map(FileEdit::path);
        let others = others.filter(|other| other.as_str() != path.as_str());
        files.extend(others.map(Utf8Path::to_owned));
        files.sort();
        files.dedup();
        Some(Told {
            place: change.at.clone(),
            made,
            change: None,
            round: self.round,
            files,
        })
    }

    /// Tell `report`, whose position is in the text that the codemod saw; `None` when it does not count.
    pub(super) fn report(&mut self, report: Report, workspace: &Workspace) -> Option<Report> {
        let range = workspace.range_at(&report.path, report.at);
        let spot = self.spot(
            report.codemod,
            &report.path,
            &report.message,
            (range, range),
            workspace,
        );
        let wanted = self.wants(report.codemod, &report.path, &report.message, &spot);
        wanted.then_some(Report {
            at: spot.start,
            fingerprint: spot.fingerprint,
            ..report
        })
    }

    /// Tell `refusal`, likewise.
    pub(super) fn refusal(&mut self, refusal: Refusal, workspace: &Workspace) -> Option<Refusal> {
        let range = workspace.range_at(&refusal.path, refusal.at);
        let at = workspace.on_disk(&refusal.path, range.start());
        let spot = Spot {
            start: at,
            end: at,
            first_line: at.line,
            last_line: at.line,
            fingerprint: String::new(),
        };
        let wanted = self.wants(refusal.codemod, &refusal.path, &refusal.reason, &spot);
        wanted.then_some(Refusal { at, ..refusal })
    }

    fn wants(&self, codemod: &'static str, path: &Utf8Path, what: &str, spot: &Spot) -> bool {
        self.narrowing.places.is_none_or(|places| {
            places.want(&Candidate {
                codemod,
                path,
                what,
                first_line: spot.first_line,
                last_line: spot.last_line,
                fingerprint: &spot.fingerprint,
            })
        })
    }

    /// The spot of `range`, in `whole` of all that is touched; both in the text that the codemod saw.
    fn spot(
        &mut self,
        codemod: &str,
        path: &Utf8Path,
        what: &str,
        (range, whole): (TextRange, TextRange),
        workspace: &Workspace,
    ) -> Spot {
        let last = match whole.is_empty() {
            true => whole.end(),
            false => whole.end() - TextSize::new(1),
        };
        let offsets = [
            range.start(),
            range.end(),
            last.max(whole.start()),
            whole.start(),
        ];
        let [start, end, last, first] = workspace.all_on_disk(path, offsets);
        let (last_line, first_line) = (last.line, first.line);
        let origin = workspace.origin(path, range.start());
        let key = (path.as_str().into(), origin.to_u32(), what.into());
        let fingerprint = match self.known.get(&key).filter(|_| self.round > 0) {
            Some(known) => known.clone(),
            None => {
                let text = workspace.disk_text(path);
                let line = line_around(&text, origin.to_usize());
                if self.last.0.as_str() != path.as_str() {
                    self.last = (path.to_owned(), workspace.name_of(path));
                }
                let next = self.fingerprints.next(codemod, &self.last.1, what, line);
                self.known.insert(key, next.clone());
                next
            }
        };
        Spot {
            start,
            end: end.max(start),
            first_line,
            last_line: last_line.max(first_line),
            fingerprint,
        }
    }
}

/// As much of a line as a fingerprint is drawn from, on each side of its place: thousands of changes may stand on one.
const NEAR: usize = 400;

/// The line of `text` that the byte `offset` stands on, without its newline; of a long one what is near.
fn line_around(text: &Text, offset: usize) -> &str {
    let offset = text.floor_char_boundary(offset);
    let newline = ['\n', '\r'];
    let from = text.ceil_char_boundary(offset.saturating_sub(NEAR));
    let to = text.floor_char_boundary(offset.saturating_add(NEAR));
    let start = text[from..offset]
        .rfind(newline)
        .map_or(from, |at| from + at + 1);
    let end = text[offset..to].find(newline).map_or(to, |at| offset + at);
    &text[start..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_taken_as_far_as_it_is_near() {
        let text: Text = "one\r\ntwo é\nthree".into();
        let all: Vec<&str> = (0..=text.len() + 1)
            .map(|at| line_around(&text, at))
            .collect();
        assert_eq!(
            (all[0], all[3], all[6], all[10], all[13]),
            ("one", "one", "two é", "two é", "three")
        );
        assert_eq!(all[all.len() - 1], "three");
        let long: Text = "é".repeat(5_000).into();
        assert_eq!(line_around(&long, 5_001).len(), 2 * NEAR);
        assert_eq!(line_around(&long, 0).len(), NEAR);
    }
}
