//! Where places of the texts as they stand now are on disk: what people, baselines and git speak of.

use camino::Utf8Path;
use ruff_text_size::{TextRange, TextSize};

use super::Workspace;
use crate::change::Place;
use crate::pipeline::Text;
use crate::problem::LineColumn;

impl Workspace {
    /// The position on disk of the byte `offset` of the file at `path`, as that stands now. What a codemod has written
    /// is where its edit begins.
    pub(in crate::pipeline) fn on_disk(&self, path: &Utf8Path, offset: TextSize) -> LineColumn {
        let now = self.text(path).cloned().unwrap_or_default();
        self.whole.position(path, &now, offset)
    }

    /// The same for several `offsets` of one file.
    pub(in crate::pipeline) fn all_on_disk<const N: usize>(
        &self,
        path: &Utf8Path,
        offsets: [TextSize; N],
    ) -> [LineColumn; N] {
        let now = self.text(path).cloned().unwrap_or_default();
        offsets.map(|offset| self.whole.position(path, &now, offset))
    }

    /// The line on disk of `place`; `None` when the run has not changed its file: lines are there as they were.
    pub(in crate::pipeline) fn line_on_disk(&self, place: &Place) -> Option<usize> {
        self.whole.first_text(&place.path)?;
        let start = TextRange::from(place.range).start();
        Some(self.on_disk(&place.path, start).line)
    }

    /// The byte on disk of the byte `offset` of the file at `path`, likewise.
    pub(in crate::pipeline) fn origin(&self, path: &Utf8Path, offset: TextSize) -> TextSize {
        self.whole.origin(path, offset)
    }

    /// The position of the byte `offset` of the file at `path`, in its text as that stands now.
    pub(in crate::pipeline) fn here(&self, path: &Utf8Path, offset: TextSize) -> LineColumn {
        let now = self.text(path).cloned().unwrap_or_default();
        self.whole.position_now(&now, offset.to_usize())
    }

    /// The empty range at the position `at` in the text of the file at `path`, as that stands now.
    pub(in crate::pipeline) fn range_at(&self, path: &Utf8Path, at: LineColumn) -> TextRange {
        let text = self.text(path).cloned().unwrap_or_default();
        let offset = self.whole.offset_of(&text, at);
        TextRange::empty(TextSize::new(u32::try_from(offset).unwrap_or(u32::MAX)))
    }

    /// The text of the file at `path` on disk; an empty one when it is no file of the run.
    pub(in crate::pipeline) fn disk_text(&self, path: &Utf8Path) -> Text {
        let first = self.whole.first_text(path);
        first
            .or_else(|| self.text(path))
            .cloned()
            .unwrap_or_default()
    }

    /// `path` from the root of the repository on, with `/` between the parts.
    pub(in crate::pipeline) fn name_of(&self, path: &Utf8Path) -> String {
        let below = path.strip_prefix(&self.bounds.repository).unwrap_or(path);
        let parts: Vec<&str> = below.components().map(|part| part.as_str()).collect();
        parts.join("/")
    }
}
