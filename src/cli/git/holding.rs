//! How git holds the texts of files: byte for byte, or with other newlines.
//!
//! Where `autocrlf` or an attribute says so, a file that ends its lines with `\r\n` is held with `\n`. `git am` applies a
//! patch to what is held, and a commit is made of it; the file itself is another text. What git holds of the text
//! on disk tells which it is, and no rule has to be read.

use std::borrow::Cow;
use std::sync::Arc;

use camino::Utf8Path;
use codemend_engine::patch::FilePatch;
use git2::{Index, IndexEntry, ObjectType, Oid, Repository};

/// The form in which git holds the texts of one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// As they are on disk.
    Same,
    /// With `\n` for `\r\n`.
    Lf,
    /// It holds something else: other content, or what a filter made of it.
    Other,
}

impl Form {
    /// The form in which git holds `text` as `held`.
    fn of(text: &str, held: Oid) -> Self {
        let is_held = |text: &str| {
            Oid::hash_object(ObjectType::Blob, text.as_bytes()).is_ok_and(|oid| oid == held)
        };
        match () {
            () if is_held(text) => Self::Same,
            () if text.contains("\r\n") && is_held(&text.replace("\r\n", "\n")) => Self::Lf,
            () => Self::Other,
        }
    }

    /// `text` as git holds it.
    pub fn held(self, text: &str) -> Cow<'_, str> {
        match self {
            Self::Lf => text.replace("\r\n", "\n").into(),
            Self::Same | Self::Other => text.into(),
        }
    }

    /// `file` as a change of what git holds.
    pub fn change(self, file: &FilePatch) -> FilePatch {
        if self != Self::Lf {
            return file.clone();
        }
        let before = file.before.as_deref();
        let before = before.map(|text| Arc::from(self.held(text)));
        FilePatch::new(&file.path, before, self.held(&file.after))
    }
}

/// What git knows of the files below one directory.
pub struct Holding {
    index: Option<Index>,
}

impl Holding {
    /// What the repository at `top` knows; nothing when there is none, or it cannot be read.
    pub fn at(top: &Utf8Path) -> Self {
        let repository = Repository::open(top);
        let index = repository.and_then(|repository| repository.index());
        Self { index: index.ok() }
    }

    /// What is staged under `name`, from the top on.
    pub fn entry(&self, name: &Utf8Path) -> Option<IndexEntry> {
        self.index.as_ref()?.get_path(name.as_std_path(), 0)
    }

    /// The form in which the file `name` is held, which is `text` on disk. What git does not know yet it will hold as
    /// it is.
    pub fn form(&self, name: &Utf8Path, text: Option<&str>) -> Form {
        match (self.entry(name), text) {
            (Some(entry), Some(text)) => Form::of(text, entry.id),
            _ => Form::Same,
        }
    }
}

#[cfg(test)]
mod tests {
    use git2::{ObjectType, Oid};

    use super::Form;

    #[test]
    fn what_is_held_says_in_which_form() {
        let held = |text: &str| Oid::hash_object(ObjectType::Blob, text.as_bytes()).unwrap();
        assert_eq!(Form::of("a\r\n", held("a\r\n")), Form::Same);
        assert_eq!(Form::of("a\r\nb\n", held("a\nb\n")), Form::Lf);
        assert_eq!(Form::of("a\r\n", held("b\n")), Form::Other);
        assert_eq!(Form::of("a\r", held("a\n")), Form::Other);
        assert_eq!(Form::Lf.held("a\r\nb\rc\n"), "a\nb\rc\n");
    }
}
