//! Names that a module uses where nothing binds them.
//!
//! The edits were worked out from what ty knows of the names. This looks with other eyes, at the syntax alone, so that
//! it is not wrong in the same way: scope by scope, as Python's compiler does. It knows four ways to be loose. Nothing
//! binds the name in a scope that the use sees; it is only bound below `if TYPE_CHECKING:` and used at run time; it is
//! used by code that runs before the first binding; or a `del` stands between. What depends on the course of the program
//! (branches, loops, calls) is not followed: such a name is taken as bound.

mod visit;
mod walk;

use std::collections::BTreeSet;

use ruff_python_ast::name::Name;
use ruff_python_ast::{PySourceType, PythonVersion, Stmt};
use ruff_text_size::TextSize;
use rustc_hash::{FxHashMap, FxHashSet};

/// Names that the import system gives a module, and Python a class or a method.
const GIVEN: &[&str] = &[
    "__class__",
    "__dict__",
    "__doc__",
    "__loader__",
    "__module__",
    "__name__",
    "__package__",
    "__path__",
    "__qualname__",
    "__spec__",
];

/// In which way nothing binds a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum How {
    Unbound,
    TypingOnly,
    TooEarly,
    Deleted,
}

/// The loose names of a module: the scope of the use (`f.g`, empty for the module), the name, and how.
#[derive(Debug, Default)]
pub(super) struct Loose {
    names: BTreeSet<(String, Name, How)>,
    scopes: BTreeSet<String>,
}

impl Loose {
    pub(super) fn of(suite: &[Stmt], kind: PySourceType, target: PythonVersion) -> Self {
        let scopes = walk::scopes(suite, kind, target);
        let mut loose = Self::default();
        for at in 0..scopes.len() {
            loose.scopes.insert(scopes[at].path.clone());
            for load in &scopes[at].loads {
                if let Some(how) = how_loose(&scopes, at, load, target.minor) {
                    let path = scopes[at].path.clone();
                    loose.names.insert((path, load.name.clone(), how));
                }
            }
        }
        loose
    }

    /// The first name of `self` that was not loose in `before`, as a reason. In a scope that was not there before, what
    /// was loose anywhere counts: a change may have copied it.
    pub(super) fn new_since(&self, before: &Self) -> Option<String> {
        let known = |scope: &String, name: &Name, how: How| {
            let same = |(path, other, was): &(String, Name, How)| {
                let here = path == scope || !before.scopes.contains(scope);
                here && other == name && (*was == how || *was == How::Unbound)
            };
            before.names.iter().any(same)
        };
        let mut new = self.names.difference(&before.names);
        let (_, name, how) = new.find(|(scope, name, how)| !known(scope, name, *how))?;
        Some(match how {
            How::Unbound => format!("nothing would bind the name `{name}`"),
            How::TypingOnly => {
                format!(
                    "the name `{name}` would be used at run time and bound for type checkers only"
                )
            }
            How::TooEarly => format!("the name `{name}` would be used before it is bound"),
            How::Deleted => format!("the name `{name}` would be used after its `del`"),
        })
    }
}

/// One scope, with what is bound and used in it.
struct Scope {
    kind: Kind,
    parent: Option<usize>,
    /// The names of the functions and classes around and of itself.
    path: String,
    bindings: FxHashMap<Name, Binding>,
    loads: Vec<Load>,
    /// Names that `global` declares.
    globals: FxHashSet<Name>,
    /// Names that `nonlocal` declares.
    nonlocals: FxHashSet<Name>,
    /// `from m import *` may bind anything.
    has_star: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Module,
    Class,
    /// A function or a lambda: it runs later.
    Function,
    /// Of a list, a set or a dictionary: it runs at once.
    Comprehension,
    /// It runs later.
    Generator,
    /// Around a generic function or class.
    TypeParameters,
}

#[derive(Default)]
struct Binding {
    /// Where it is bound at run time, in source order.
    at: Vec<TextSize>,
    /// Where a `del` that no branch or loop holds takes it away.
    deleted: Vec<TextSize>,
}

struct Load {
    name: Name,
    at: TextSize,
    /// The end of the outermost loop around it in its scope: code behind it may have run before.
    loop_end: TextSize,
    /// Evaluated when the code runs, and not for type checkers only.
    at_run_time: bool,
}

fn how_loose(scopes: &[Scope], from: usize, load: &Load, minor: u8) -> Option<How> {
    let Some((owner, at_once)) = owner(scopes, from, load) else {
        let anything = is_given(&load.name, minor) || scopes.iter().any(|scope| scope.has_star);
        return (!anything).then_some(How::Unbound);
    };
    let binding = &scopes[owner].bindings[&load.name];
    if !load.at_run_time {
        return None;
    }
    let builtin = || is_given(&load.name, minor);
    let Some(first) = binding.at.first() else {
        return (binding.deleted.is_empty() && !builtin()).then_some(How::TypingOnly);
    };
    let kind = scopes[owner].kind;
    if !matches!(kind, Kind::Module | Kind::Function) {
        return None;
    }
    if at_once && *first > load.at.max(load.loop_end) {
        // Before the module binds a name like one of Python's, that one is found.
        return (kind == Kind::Function || !builtin()).then_some(How::TooEarly);
    }
    let until = if at_once {
        load.at
    } else {
        TextSize::new(u32::MAX)
    };
    let gone = binding.deleted.iter().rfind(|at| **at < until)?;
    let again = |at: &TextSize| at > gone && *at < until.max(load.loop_end);
    (!binding.at.iter().any(again) && !builtin()).then_some(How::Deleted)
}

/// Whether Python itself gives every module, class or method the name.
fn is_given(name: &str, minor: u8) -> bool {
    ruff_python_stdlib::builtins::is_python_builtin(name, minor, false) || GIVEN.contains(&name)
}

/// The scope that binds what `load` in the scope `from` finds, and whether the load runs at once when it is reached
/// there.
fn owner(scopes: &[Scope], from: usize, load: &Load) -> Option<(usize, bool)> {
    let mut at_once = true;
    let mut next = Some(from);
    let mut is_first = true;
    while let Some(at) = next {
        let scope = &scopes[at];
        if scope.globals.contains(&load.name) {
            return scopes[0]
                .bindings
                .contains_key(&load.name)
                .then_some((0, false));
        }
        let visible = scope.kind != Kind::Class || is_first;
        let binding = scope.bindings.get(&load.name);
        let binding = binding.filter(|_| visible && !scope.nonlocals.contains(&load.name));
        let early = |binding: &Binding| {
            let bound = binding
                .at
                .iter()
                .any(|at| *at <= load.at.max(load.loop_end));
            scope.kind == Kind::Class && load.at_run_time && !bound
        };
        if binding.is_some_and(|binding| !early(binding)) {
            return Some((at, at_once));
        }
        at_once &= !matches!(scope.kind, Kind::Function | Kind::Generator);
        is_first &= scope.kind == Kind::TypeParameters;
        next = scope.parent;
    }
    None
}

#[cfg(test)]
mod tests;
