//! Locks of threads that are held where a call stands.
//!
//! While a coroutine waits, another task of the same thread may ask for the lock. It then blocks the loop, and the first
//! one never gets back to release it.

use codemend_engine::module::Module;
use codemend_engine::semantic::{DefinitionKind, Meaning, Type, Where};
use codemend_engine::syntax::Ranged;
use codemend_engine::syntax::ast::Expr;

use super::sites::{Place, Site, Sites};

/// Classes of locks, by every name.
const LOCKS: &[&str] = &[
    "_thread.LockType",
    "_thread.RLock",
    "_thread.lock",
    "multiprocessing.Condition",
    "multiprocessing.Lock",
    "multiprocessing.RLock",
    "multiprocessing.Semaphore",
    "threading.BoundedSemaphore",
    "threading.Condition",
    "threading.Lock",
    "threading.RLock",
    "threading.Semaphore",
    "threading._RLock",
];

/// The lock that is held at `site`, one of `sites`, as it is written.
pub fn held<'m>(module: &'m Module<'_>, sites: &Sites<'_>, site: &Site<'_>) -> Option<&'m str> {
    let around = site.within.iter().find(|context| is_lock(module, context));
    if let Some(lock) = around {
        return Some(module.slice(lock.range()));
    }
    sites.calls.iter().find_map(|one| {
        let lock = receiver(one, "acquire")?;
        let is_before = one.call.start() < site.call.start() && one.place == Place::Body;
        if !is_before || !is_lock(module, lock) {
            return None;
        }
        let text = module.slice(lock.range());
        let mut releases = sites.calls.iter().filter(|other| {
            receiver(other, "release").is_some_and(|it| module.slice(it.range()) == text)
                && other.call.start() > one.call.start()
        });
        let is_held = releases.clone().next().is_none()
            || releases.any(|other| other.call.start() > site.call.start());
        is_held.then_some(text)
    })
}

fn receiver<'a>(site: &Site<'a>, method: &str) -> Option<&'a Expr> {
    match &*site.call.func {
        Expr::Attribute(attribute) if attribute.attr.as_str() == method => Some(&attribute.value),
        _ => None,
    }
}

/// Whether `context` is a lock of threads: by the call that makes it, by its name where that is not known, or by its type.
fn is_lock(module: &Module<'_>, context: &Expr) -> bool {
    if let Some(maker) = maker(module, context) {
        return LOCKS.contains(&maker.as_str());
    }
    if sounds_like_lock(context) {
        return true;
    }
    let kind = module.names().type_of(context).kind;
    kind.members().iter().any(|one| match one {
        Type::Instance(class) => {
            LOCKS.contains(&class.name.as_str())
                || class.name.starts_with("multiprocessing.synchronize.")
                || class.name.to_ascii_lowercase().ends_with("lock")
        }
        _ => false,
    })
}

/// The call that makes what `context` is, by its qualified name: where it stands, or where its name is bound.
fn maker(module: &Module<'_>, context: &Expr) -> Option<String> {
    let names = module.names();
    if let Expr::Call(call) = context {
        return names.qualified_name(&call.func, Where::default());
    }
    let meanings = names.meanings(context, Where::default());
    let [Meaning::Definition(definition)] = &meanings[..] else {
        return None;
    };
    let DefinitionKind::Assignment(Expr::Call(call)) = definition.kind() else {
        return None;
    };
    let there = definition.names();
    there.qualified_name(&call.func, Where::default())
}

fn sounds_like_lock(context: &Expr) -> bool {
    let name = match context {
        Expr::Name(name) => name.id.as_str(),
        Expr::Attribute(attribute) => attribute.attr.as_str(),
        Expr::Call(call) => return sounds_like_lock(&call.func),
        Expr::Subscript(subscript) => return sounds_like_lock(&subscript.value),
        _ => return false,
    };
    let name = name.to_ascii_lowercase();
    ["lock", "mutex", "semaphore", "condition"]
        .iter()
        .any(|word| name.contains(word))
}
