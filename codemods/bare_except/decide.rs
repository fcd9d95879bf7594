//! What becomes of one clause, in the order in which the questions must be asked.
//!
//! What a person must look at comes first, then what must go on catching everything, then what can be narrowed; all
//! else catches `Exception`.

use std::collections::BTreeSet;

use codemend_engine::change::{Change, Changes};
use codemend_engine::imports::Import;
use codemend_engine::module::Module;
use codemend_engine::semantic::{DefinitionKind, Meaning, Names, Where};
use codemend_engine::syntax::ast::Expr;
use codemend_engine::syntax::{Ranged, TextSize};

use super::body::Body;
use super::cancelled::awaited;
use super::clause::Clause;
use super::effects::Effects;
use super::forwards::needs_all;
use super::interrupts::{reason, yields};
use super::leave::{Reraise, reraise};
use super::proven::Scene;
use super::raised::{fold, itself};
use super::spelling::{Builtin, Speller};
use super::table::Table;

/// How many names a class that is caught may go by.
const ALIASES: usize = 4;

/// Bytes of a function, for each clause of which all that stands above it is looked at. Nobody writes longer ones.
const LONG: TextSize = TextSize::new(100_000);

/// What to do about a clause.
pub enum Decision {
    Change(Box<Change>),
    /// A person must look.
    Report(String),
    /// It stays, for this reason.
    Refuse(String),
}

/// Decide about `clause`; a change begins as a draft of `changes`.
pub fn decide(
    module: &Module<'_>,
    table: &Table,
    clause: &Clause<'_>,
    changes: &Changes,
) -> Decision {
    if clause.functions.iter().any(|one| one.range().len() > LONG) {
        return Decision::Refuse("stands in a function too long to be followed".into());
    }
    let above = caught_above(module, clause);
    if let Some(message) = needs_a_look(module, clause, &above) {
        return Decision::Report(message);
    }
    let speller = Speller::new(module, clause);
    if let Some(trouble) = trouble_with_names(&speller) {
        return trouble;
    }
    let write = |name: &str, why: &str| {
        let title = format!("write `except {name}:`: {why}");
        Box::new(drafted(changes, clause, title, name))
    };
    if let Some(why) = catches_all(module, clause, &above) {
        return Decision::Change(write("BaseException", &why));
    }
    let body = effects_of(module, table, clause);
    let written =
        names_left(table, &body, &above).and_then(|names| spelled(&speller, table, &names));
    let (written, imports) = match written {
        Ok(written) => written,
        Err(why) => return Decision::Change(write("Exception", &why)),
    };
    let title = format!("narrow to `{written}`: {}", body.listed());
    let mut change = drafted(changes, clause, title, &written);
    change.requires.extend(imports);
    if let Some(doubt) = body.doubts.first() {
        change.make_unsafe(doubt.clone());
        change.fallback = Some(write("Exception", doubt));
    }
    Decision::Change(Box::new(change))
}

/// A change that puts `written` behind the keyword.
fn drafted(changes: &Changes, clause: &Clause<'_>, title: String, written: &str) -> Change {
    let mut change = changes.draft(clause.keyword(), title);
    change.insert(clause.keyword().end(), format!(" {written}"));
    change
}

/// What to do where `Exception` or `BaseException` is not the builtin.
fn trouble_with_names(speller: &Speller<'_, '_>) -> Option<Decision> {
    ["Exception", "BaseException"]
        .into_iter()
        .find_map(|name| match speller.builtin(name) {
            Builtin::Itself => None,
            Builtin::Rebound => Some(Decision::Report(format!(
                "the name `{name}` means something else here"
            ))),
            Builtin::Doubtful => Some(Decision::Refuse(format!(
                "a star import may bind the name `{name}`"
            ))),
        })
}

/// What the handlers above the clause catch, by the names of the table.
fn caught_above(module: &Module<'_>, clause: &Clause<'_>) -> BTreeSet<String> {
    let mut caught = BTreeSet::new();
    for class in clause
        .above()
        .filter_map(|handler| handler.type_.as_deref())
    {
        caught_by(module.names(), class, ALIASES, &mut caught);
    }
    caught
}

/// Add what `class` is: an exception, a tuple of them, or a name of either (`ERRORS = (KeyError, ValueError)`).
fn caught_by(names: &Names<'_>, class: &Expr, depth: usize, caught: &mut BTreeSet<String>) {
    if let Some(name) = itself(names, class) {
        caught.insert(name);
        return;
    }
    if let Expr::Tuple(tuple) = class {
        let mut classes = tuple.elts.iter();
        return classes
            .by_ref()
            .for_each(|one| caught_by(names, one, depth, caught));
    }
    let meanings = names.meanings(class, Where::default());
    let [Meaning::Definition(definition)] = meanings.as_slice() else {
        return;
    };
    if let DefinitionKind::Assignment(value) = definition.kind()
        && depth > 0
        && !definition.is_rebound_from_inside()
    {
        caught_by(definition.names(), value, depth - 1, caught);
    }
}

/// Why nobody but a person can tell what the clause is for.
fn needs_a_look(
    module: &Module<'_>,
    clause: &Clause<'_>,
    above: &BTreeSet<String>,
) -> Option<String> {
    if above.contains("BaseException") {
        return Some("nothing reaches it below `except BaseException`".to_owned());
    }
    let leaves = reraise(&clause.handler.body);
    if leaves == Reraise::OnSomePaths {
        return Some("the handler re-raises on some paths only".to_owned());
    }
    if leaves != Reraise::Always && yields(&clause.attempt.body) {
        return Some(
            "the try body yields, so the clause also sees that the generator is closed".to_owned(),
        );
    }
    if let Some(task) = awaited(clause) {
        return Some(format!(
            "the try body awaits `{task}`, which was cancelled above"
        ));
    }
    reason(module, clause)
}

/// Why the clause must go on catching everything.
fn catches_all(
    module: &Module<'_>,
    clause: &Clause<'_>,
    above: &BTreeSet<String>,
) -> Option<String> {
    if reraise(&clause.handler.body) == Reraise::Always {
        return Some("the handler re-raises".to_owned());
    }
    if let Some(why) = needs_all(module, clause) {
        return Some(why);
    }
    above
        .contains("Exception")
        .then(|| "it stands below `except Exception`".to_owned())
}

/// What the body of `clause` may raise.
fn effects_of(module: &Module<'_>, table: &Table, clause: &Clause<'_>) -> Effects {
    let mut scene = Scene::new(module, table);
    scene.functions.clone_from(&clause.functions);
    let mut body = Body::new(&scene, Vec::new());
    body.statements(&clause.attempt.body);
    body.effects
}

/// The exceptions of `body` that no handler `above` catches, folded.
///
/// # Errors
/// Why the clause catches `Exception`.
fn names_left(
    table: &Table,
    body: &Effects,
    above: &BTreeSet<String>,
) -> Result<BTreeSet<String>, String> {
    if let Some(unknown) = &body.unknown {
        return Err(unknown.clone());
    }
    if body.raised.is_empty() {
        return Err("nothing in the body is known to raise anything".to_owned());
    }
    let mut left = body.raised.clone();
    left.retain(|raised| !above.iter().any(|caught| table.catches(caught, raised)));
    if left.is_empty() {
        return Err("the handlers above catch all that the body is known to raise".to_owned());
    }
    let folded = fold(table, &left);
    match folded.contains("Exception") {
        true => Err(format!("{} may raise any `Exception`", body.listed())),
        false => Ok(folded),
    }
}

/// The names as they stand behind `except`, in the order of their dotted names, and the imports that they need.
///
/// # Errors
/// Which name has no spelling that is sure to mean it.
fn spelled(
    speller: &Speller<'_, '_>,
    table: &Table,
    names: &BTreeSet<String>,
) -> Result<(String, Vec<Import>), String> {
    let mut texts = Vec::new();
    let mut imports = Vec::new();
    for name in names {
        let one = speller
            .spell(table, name)
            .ok_or_else(|| format!("`{name}` has no sure spelling here"))?;
        texts.push(one.text);
        imports.extend(one.import);
    }
    match texts.as_slice() {
        [one] => Ok((one.clone(), imports)),
        _ => Ok((format!("({})", texts.join(", ")), imports)),
    }
}

impl Effects {
    /// The operations that raise something, for a title.
    fn listed(&self) -> String {
        let shown: Vec<String> = self
            .operations
            .iter()
            .take(3)
            .map(|one| format!("`{one}`"))
            .collect();
        let more = match (self.operations.len(), self.facts.as_slice()) {
            (1, [fact]) => format!(", {fact}"),
            (count, _) if count > shown.len() => ", ...".to_owned(),
            _ => String::new(),
        };
        format!("{}{more}", shown.join(", "))
    }
}
