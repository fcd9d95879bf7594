//! What a codemod must know about the other modules of the project.

use std::collections::{BTreeMap, BTreeSet};

use camino::Utf8PathBuf;
use memchr::memmem;
use rayon::prelude::*;
use rustc_hash::FxHashSet;

use super::pass::Pass;
use super::workspace::Workspace;
use super::{Request, TEXTS_AT_ONCE};
use crate::codemod::Question;
use crate::imports::{contains_word, import_lists};
use crate::module::Module;
use crate::semantic::{Semantics, Taken, is_given};

impl Pass<'_> {
    /// Answer the codemod's questions about the project.
    pub(super) fn answers(
        &self,
        workspace: &mut Workspace,
        semantics: &Semantics,
    ) -> BTreeMap<&'static str, Utf8PathBuf> {
        let questions = self.codemod.questions();
        if questions.is_empty() {
            return BTreeMap::new();
        }
        let mut project = workspace.project(self.request);
        project.par_sort_unstable_by(|one, other| one.0.cmp(&other.0));
        let answer = |question: &Question| {
            let words: Vec<_> = question.words.iter().map(memmem::Finder::new).collect();
            let answers = project.par_iter().with_max_len(TEXTS_AT_ONCE).map_with(
                semantics.clone(),
                |semantics, (path, text, target)| {
                    let mut words = words.iter();
                    let has_words = words.all(|word| word.find(text.as_bytes()).is_some())
                        && (question.may)(text);
                    let module = has_words
                        .then(|| Module::parse(semantics, path, text.clone(), target.version));
                    matches!(module, Some(Ok(module)) if (question.ask)(&module))
                },
            );
            // Whatever stands behind the first need not be asked.
            let first = answers.enumerate().find_first(|(_, is_yes)| *is_yes);
            let (path, ..) = project.get(first?.0)?;
            Some((question.key, path.clone()))
        };
        questions.iter().filter_map(answer).collect()
    }
}

/// Which names other files of the project take, as far as somebody has asked: the texts are searched once for each name.
#[derive(Default)]
pub(super) struct Takers {
    asked: BTreeSet<String>,
    taken: Taken,
}

impl Takers {
    /// Those of the names in `released`, and of the names that were asked before.
    pub(super) fn of(
        &mut self,
        released: BTreeSet<String>,
        request: &Request<'_>,
        workspace: &mut Workspace,
        semantics: &Semantics,
    ) -> &Taken {
        let new: BTreeSet<String> = released.difference(&self.asked).cloned().collect();
        let found = taken_elsewhere(request, &new, workspace, semantics);
        self.taken.extend(found);
        self.asked.extend(new);
        &self.taken
    }
}

/// Which of the names in `released` another file of the project takes, and from which file.
pub(super) fn taken_elsewhere(
    request: &Request<'_>,
    released: &BTreeSet<String>,
    workspace: &mut Workspace,
    semantics: &Semantics,
) -> Taken {
    let mut taken = Taken::default();
    if released.is_empty() {
        return taken;
    }
    let repository = workspace.repository(request);
    let found = repository
        .par_iter()
        .with_max_len(TEXTS_AT_ONCE)
        .filter_map(|(path, text, target)| {
            let here = released.iter().filter(|name| has_word(text, name));
            let here: BTreeSet<String> = here.cloned().collect();
            may_take(text, &here).then_some((path, text, target, here))
        })
        .map_with(
            semantics.clone(),
            |semantics, (path, text, target, here)| {
                let module = Module::parse(semantics, path, text.clone(), target.version);
                match module {
                    Ok(module) => module.names().taken(module.text(), &here),
                    Err(_) => {
                        let mut taken = Taken::default();
                        taken.suspect(text, &here);
                        taken
                    }
                }
            },
        )
        .reduce(Taken::default, |mut all, some| {
            all.extend(some);
            all
        });
    taken.extend(found);
    if workspace.has_unseen {
        taken.fear(released);
    }
    for text in workspace.opaque() {
        taken.suspect(text, released);
    }
    taken
}

/// Whether `text` may take one of `names`, which all stand in it, from another module: it imports one from any module but
/// `typing`, imports all names of one, has one behind a dot, or names one as a string where attributes are replaced. A
/// look at the words only, which clears nearly every file; where it is in doubt, the file is parsed.
fn may_take(text: &str, names: &BTreeSet<String>) -> bool {
    let may_give = text.contains("attr") || text.contains("patch");
    !names.is_empty()
        && (imports_one(text, names)
            || names.iter().any(|it| is_dotted(text, it))
            || may_give
                && names
                    .iter()
                    .any(|name| words(text, name).any(|at| is_given(&text[..at]))))
}

/// Whether one of `names`, or a star, may stand in a from-import of another module than `typing`.
fn imports_one(text: &str, names: &BTreeSet<String>) -> bool {
    import_lists(text).any(|(start, list)| {
        let is_named = list.contains('*') || names.iter().any(|name| contains_word(list, name));
        is_named && !is_from_typing(text[..start].trim_end().trim_end_matches("import"))
    })
}

/// Whether `head`, what stands before the word `import`, ends with `from typing`.
fn is_from_typing(head: &str) -> bool {
    let head = head.trim_end_matches([' ', '\t']);
    let module = ["typing_extensions", "typing"]
        .iter()
        .find_map(|module| head.strip_suffix(module));
    module.is_some_and(|head| {
        head.trim_end_matches([' ', '\t']).ends_with("from") && !head.ends_with("from")
    })
}

/// Where `name` stands in `text` with no letter, digit or underscore beside it.
fn words<'t>(text: &'t str, name: &'t str) -> impl Iterator<Item = usize> + 't {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let found = memmem::find_iter(text.as_bytes(), name);
    found.filter(move |at| {
        !text[..*at].ends_with(is_part) && !text[*at + name.len()..].starts_with(is_part)
    })
}

fn has_word(text: &str, name: &str) -> bool {
    words(text, name).next().is_some()
}

/// Whether `name` stands behind a dot that may be one of a module of the project, or of the path of one in a string.
fn is_dotted(text: &str, name: &str) -> bool {
    let mut roots = BTreeSet::new();
    for at in words(text, name) {
        match root_before(&text[..at]) {
            Some(Root::Wrapped) => return true,
            Some(Root::Name { name, is_owner }) => roots.extend([(name, is_owner)]),
            None => {}
        }
    }
    if roots.is_empty() {
        return false;
    }
    let lists = import_lists(text).map(|(_, list)| list);
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let imported: FxHashSet<&str> = lists.flat_map(|it| it.split(|c| !is_part(c))).collect();
    let has_star = text.contains('*') && import_lists(text).any(|(_, list)| list.contains('*'));
    roots.into_iter().any(|(root, is_owner)| {
        (has_star || imported.contains(root)) && !(is_owner && is_never_ours(root, text))
    })
}

/// What the dotted name begins with, the end of which stands behind a text.
enum Root<'t> {
    /// It is the text of a string, or stands in parentheses.
    Wrapped,
    Name {
        name: &'t str,
        /// Whether nothing stands between it and the end.
        is_owner: bool,
    },
}

/// The root of the dotted name whose last part stands behind `head`. `None` behind no dot, or where something else than a
/// name has the attribute: no module.
fn root_before(head: &str) -> Option<Root<'_>> {
    let (mut before, mut name) = before_dot(head)?;
    let mut is_owner = true;
    while let Some(owner) = before_dot(before) {
        (before, name) = owner;
        is_owner = false;
    }
    match before.ends_with(['"', '\'']) || name.is_empty() && is_in_parentheses(before) {
        true => Some(Root::Wrapped),
        false => (!name.is_empty()).then_some(Root::Name { name, is_owner }),
    }
}

/// Whether `head` ends with a name in parentheses, which are no call: `(app.db)`.
fn is_in_parentheses(head: &str) -> bool {
    let inner = head.strip_suffix(')').and_then(|it| it.rsplit_once('('));
    inner.is_some_and(|(before, inner)| {
        let is_part = |c: char| c.is_alphanumeric() || c == '_';
        let fits = |c: char| is_part(c) || c.is_whitespace() || ".)\\".contains(c);
        inner.chars().all(fits) && !before.ends_with(|c| is_part(c) || matches!(c, ')' | ']'))
    })
}

/// The word before the dot that `head` ends in, and all before that word. The word is empty behind a call.
fn before_dot(head: &str) -> Option<(&str, &str)> {
    let is_blank = |c: char| c.is_whitespace() || c == '\\';
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let owner = head.trim_end_matches(is_blank).strip_suffix('.')?;
    let owner = owner.trim_end_matches(is_blank);
    let before = owner.trim_end_matches(is_part);
    Some((before, &owner[before.len()..]))
}

/// Modules of the standard library that no file of a project stands in for.
const NEVER_OURS: &[&str] = &["itertools", "sys", "time", "typing"];

/// Whether `name` means one of [`NEVER_OURS`] in `text`, as far as the words tell: `typing`, or `t` after
/// `import typing as t`, and nothing else imports or assigns that name.
fn is_never_ours(name: &str, text: &str) -> bool {
    NEVER_OURS.iter().any(|module| {
        let imported = match name == *module {
            true => format!("import {name}"),
            false => format!("import {module} as {name}"),
        };
        let is_plain = |(at, word): (usize, &str)| {
            let line = text[at..].split(['\r', '\n']).next().unwrap_or_default();
            let starts_line = text[..at].ends_with(['\r', '\n']) || at == 0;
            !contains_word(&line[word.len()..], name) || starts_line && line.trim_end() == imported
        };
        text.contains(&imported)
            && !text.contains(&format!("{name} ="))
            && text.match_indices("import").all(is_plain)
            && !text.contains(&format!("as {module}"))
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::may_take;

    #[test]
    fn only_what_may_take_a_name_from_another_module_is_parsed() {
        let names = BTreeSet::from(["Optional".to_owned()]);
        let takes = |text: &str| may_take(text, &names);
        for text in [
            "from typing import Optional\nx: Optional[int]\n",
            "from typing import (\n    Any,\n    Optional,\n)\n",
            "from  typing_extensions  import Optional\n",
            "import typing\nx: typing.Optional[int]\n",
            "from app.db import Session\nfrom typing import Optional\n",
            "# Optional. import it\n",
            "import typing as t\nx: t.Optional[int]\n",
            "import app.db\nx.Optional\nself.db.Optional\nf(db).Optional\nf().db.Optional\n",
            "import time\nx: time.Optional\n",
        ] {
            assert!(!takes(text), "{text}");
        }
        for text in [
            "from app.db import Optional\n",
            "from .typing import Optional\n",
            "from app.typing import Optional\n",
            "from app.db import (\n    Any,\n    Optional as O,\n)\n",
            "from app.db import Any, \\\n    Optional\n",
            "from app.db import\\\n    Optional\n",
            "from app.db import *\nx: Optional[int]\n",
            "import app.db\nx: app.db.Optional[int]\n",
            "import app.typing\nx: app.typing.Optional[int]\n",
            "from app import typing\nx: typing.Optional[int]\n",
            "import app.db as typing\nx: typing.Optional[int]\n",
            "import typing as t\nimport app.db as t\nx: t.Optional[int]\n",
            "import typing as t\nt = app.db\nx: t.Optional[int]\n",
            "from app import time\nx: time.Optional\n",
            "import app . db\nx: app . db .\\\n Optional\n",
            "from app import (  # all\n    db as d,\n)\nx: d.Optional\n",
            "from app import *\nx: db.Optional\n",
            "from app import (\n    a,  # not (b)\n    db,\n)\nx: db.Optional\n",
            "x = 'app.db.Optional'\n",
            "import app\nreturn (app.db).Optional\n",
            "import app\nx = ((app) .db) . Optional\n",
            "import app.typing as t\nx: t . \\\n Optional[int]\n",
            "patch(\"app.db.Optional\")\n",
            "patch(\"app.db.Optional.get\")\n",
            "patch.object(db, \"Optional\")\n",
            "from app.db import Optional",
            "x = 1; from app.db import Optional\n",
        ] {
            assert!(takes(text), "{text}");
        }
    }
}
