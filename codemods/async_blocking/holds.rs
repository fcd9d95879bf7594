//! Whether a context manager is a lock of threads, or holds one.
//!
//! What makes it says so where that is seen: its class, or the body of the project's own function or class. Else its
//! name, its type, and for a parameter that nobody describes whether the project has threads at all.

use codemend_engine::semantic::{Definition, DefinitionKind, Meaning, Names, Type, Where};
use codemend_engine::syntax::ast::visitor::Visitor;
use codemend_engine::syntax::ast::{Expr, ExprCall, Stmt, StmtClassDef, StmtFunctionDef};

use super::bodies::{Body, functions};
use super::locks::Threads;

/// Classes of locks, by every name.
const LOCKS: &[&str] = &[
    "_thread.LockType",
    "_thread.RLock",
    "_thread.lock",
    "multiprocessing.BoundedSemaphore",
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

/// How far names are followed.
const DEPTH: usize = 6;

/// Looks at context managers of one file.
#[derive(Clone, Copy)]
pub struct Holds<'r, 'db> {
    pub names: &'r Names<'db>,
    /// The function that they stand in, where its parameters are to be followed.
    pub function: Option<&'r StmtFunctionDef>,
    pub threads: Threads,
}

impl Holds<'_, '_> {
    /// Whether `context` is a lock of threads, or holds one.
    pub fn is_lock(self, context: &Expr) -> bool {
        self.follow(context, DEPTH)
    }

    fn follow(self, context: &Expr, depth: usize) -> bool {
        let Some(depth) = depth.checked_sub(1) else {
            return true;
        };
        self.seen(context, depth).unwrap_or_else(|| {
            sounds_like_lock(context)
                || self.is_typed_so(context, depth)
                || self.is_blank_parameter(context)
        })
    }

    /// Whether what makes `context` is one; none when that is not seen.
    fn seen(self, context: &Expr, depth: usize) -> Option<bool> {
        let depth = depth.checked_sub(1)?;
        match context {
            Expr::Call(call) => self.of_call(call, depth),
            Expr::If(one) => {
                let either = self.follow(&one.body, depth) || self.follow(&one.orelse, depth);
                Some(either)
            }
            Expr::Named(one) => Some(self.follow(&one.value, depth)),
            Expr::Name(_) | Expr::Attribute(_) => self.of_name(context, depth),
            _ => None,
        }
    }

    /// Whether `call` gives one; none when it is not seen what it gives.
    fn of_call(self, call: &ExprCall, depth: usize) -> Option<bool> {
        if let Some(name) = self.names.qualified_name(&call.func, Where::default()) {
            return Some(is_lock_class(&name));
        }
        // `locks.setdefault(key, Lock())`
        let mut given = call.arguments.args.iter();
        if given.any(|one| one.is_call_expr() && self.seen(one, depth) == Some(true)) {
            return Some(true);
        }
        let meanings = self.names.meanings(&call.func, Where::default());
        let mut is_seen = false;
        let is_one = meanings.iter().any(|meaning| {
            let Meaning::Definition(definition) = meaning else {
                return false;
            };
            is_seen = true;
            match definition.kind() {
                DefinitionKind::Class(class) => self.class_holds(definition, class, depth),
                DefinitionKind::Function(function) => {
                    self.at(definition).function_holds(function, depth)
                }
                _ => false,
            }
        });
        if !is_seen && let Expr::Attribute(method) = &*call.func {
            // Whose method it is nobody knows: any of this name in the file.
            let all = functions(self.names.suite(), &method.attr);
            let is_here = all.iter().any(|one| self.function_holds(one, depth));
            let is_one = is_here || self.method_holds(&method.value, &method.attr, depth);
            return is_one.then_some(true);
        }
        is_one.then_some(true)
    }

    /// Whether the method `name` of what `owner` is, by its type, takes a lock.
    fn method_holds(self, owner: &Expr, name: &str, depth: usize) -> bool {
        let kind = self.names.type_of(owner).kind;
        let classes = kind.members().iter().filter_map(|one| match one {
            Type::Instance(class) => class.definition.as_ref(),
            _ => None,
        });
        classes.filter(|it| !it.in_stub()).any(|it| {
            let DefinitionKind::Class(class) = it.kind() else {
                return false;
            };
            let all = functions(&class.body, name);
            all.iter().any(|one| self.at(it).function_holds(one, depth))
        })
    }

    fn at<'d>(self, definition: &'d Definition<'_>) -> Holds<'d, 'd> {
        Holds {
            names: definition.names(),
            function: None,
            threads: self.threads,
        }
    }

    /// Whether what `context`, a name or an attribute, is bound to is one; none when that is not seen.
    fn of_name(self, context: &Expr, depth: usize) -> Option<bool> {
        let meanings = self.names.meanings(context, Where::default());
        let mut found = None;
        for meaning in &meanings {
            let Meaning::Definition(definition) = meaning else {
                return None;
            };
            let one = match definition.kind() {
                DefinitionKind::Assignment(value)
                | DefinitionKind::Annotated {
                    value: Some(value), ..
                } => {
                    let there = match self.names.is_same_file(definition.names()) {
                        true => self.seen(value, depth),
                        false => self.at(definition).seen(value, depth),
                    };
                    there.or(sounds_like_lock(value).then_some(true))?
                }
                DefinitionKind::Parameter(_) => {
                    let default = default_of(self.function?, context)?;
                    self.follow(default, depth).then_some(true)?
                }
                _ => return None,
            };
            found = Some(found.unwrap_or(false) || one);
        }
        found
    }

    /// Whether the objects of `class` hold a lock while their block runs.
    fn class_holds(self, at: &Definition<'_>, class: &StmtClassDef, depth: usize) -> bool {
        let there = self.at(at);
        let enter = class.body.iter().any(|statement| match statement {
            Stmt::FunctionDef(method) if method.name.as_str() == "__enter__" => {
                there.function_holds(method, depth)
            }
            _ => false,
        });
        enter
            || class.bases().iter().any(|base| {
                let name = there.names.qualified_name(base, Where::default());
                if let Some(name) = name {
                    return is_lock_class(&name);
                }
                let Some(depth) = depth.checked_sub(1) else {
                    return true;
                };
                let meanings = there.names.meanings(base, Where::default());
                meanings.iter().any(|meaning| match meaning {
                    Meaning::Definition(one) => match one.kind() {
                        DefinitionKind::Class(class) => self.class_holds(one, class, depth),
                        _ => false,
                    },
                    _ => false,
                })
            })
    }

    /// Whether the body of `function`, a plain one, takes a lock, or gives one back.
    fn function_holds(self, function: &StmtFunctionDef, depth: usize) -> bool {
        if function.is_async {
            return false;
        }
        let inside = Holds {
            names: self.names,
            function: Some(function),
            threads: self.threads,
        };
        let mut body = Body::default();
        body.visit_body(&function.body);
        body.takes || body.contexts.iter().any(|one| inside.follow(one, depth))
    }

    fn is_typed_so(self, context: &Expr, depth: usize) -> bool {
        let kind = self.names.type_of(context).kind;
        kind.members().iter().any(|one| match one {
            Type::Instance(class) => {
                LOCKS.contains(&class.name.as_str())
                    || class.name.starts_with("multiprocessing.synchronize.")
                    || class.name.to_ascii_lowercase().ends_with("lock")
                    || class.definition.as_ref().is_some_and(|it| match it.kind() {
                        DefinitionKind::Class(class) if !it.in_stub() => {
                            self.class_holds(it, class, depth)
                        }
                        _ => false,
                    })
            }
            _ => false,
        })
    }

    /// Whether `context` is a parameter without annotation or an attribute of one, of a type that nobody knows, in a
    /// file that has threads; in a project that has some elsewhere when it is called like something that is held.
    fn is_blank_parameter(self, context: &Expr) -> bool {
        match self.threads {
            Threads::Here => {}
            Threads::Elsewhere if is_called(context, HELD) => {}
            _ => return false,
        }
        let mut root = context;
        loop {
            root = match root {
                Expr::Attribute(one) => &one.value,
                Expr::Call(one) => &one.func,
                // What is taken out of a table nobody knows.
                Expr::Subscript(_) => return true,
                _ => break,
            };
        }
        if !root.is_name_expr() {
            return false;
        }
        let meanings = self.names.meanings(root, Where::default());
        let is_blank = meanings.iter().any(|meaning| match meaning {
            Meaning::Definition(one) => matches!(one.kind(), DefinitionKind::Parameter(None)),
            _ => false,
        });
        let kind = self.names.type_of(context).kind;
        let mut members = kind.members().iter();
        is_blank && !members.any(|one| matches!(one, Type::Instance(_)))
    }
}

/// The default of the parameter of `function` that `context` names.
fn default_of<'f>(function: &'f StmtFunctionDef, context: &Expr) -> Option<&'f Expr> {
    let name = context.as_name_expr()?;
    let mut all = function.parameters.iter_non_variadic_params();
    let parameter = all.find(|it| it.parameter.name.as_str() == name.id.as_str())?;
    parameter.default.as_deref()
}

/// Whether some part of `context` is called like a lock: `locks.get(key)`.
fn sounds_like_lock(context: &Expr) -> bool {
    match context {
        Expr::Name(name) => is_word_in(&name.id, LOCK),
        Expr::Attribute(one) => {
            is_word_in(&one.attr, LOCK) || is_called(&one.value, &["lock", "locks", "mutex"])
        }
        Expr::Call(one) => sounds_like_lock(&one.func),
        Expr::Subscript(one) => sounds_like_lock(&one.value),
        _ => false,
    }
}

/// Whether the class `name` of a library is one of locks: `threading.Lock`, `filelock.FileLock`.
fn is_lock_class(name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or(name).to_ascii_lowercase();
    let is_one = ["lock", "mutex", "semaphore"]
        .iter()
        .any(|word| last.ends_with(word));
    let waits = ["asyncio.", "anyio.", "trio.", "aio"];
    LOCKS.contains(&name) || is_one && !waits.iter().any(|it| name.starts_with(it))
}

/// What locks are called.
const LOCK: &[&str] = &["lock", "mutex", "semaphore", "condition"];

/// What else they are called, and what is held.
const HELD: &[&str] = &[
    "cond",
    "condition",
    "critical",
    "exclusive",
    "gate",
    "guard",
    "guards",
    "held",
    "hold",
    "latch",
    "lock",
    "lk",
    "monitor",
    "mtx",
    "mutual",
    "sem",
    "semaphore",
    "turn",
    "cv",
];

/// Whether a part of `context` has one of `words` in it, as one of its own: `key_locks`, not `clock`.
fn is_called(context: &Expr, words: &[&str]) -> bool {
    let ends = |name: &str| {
        let name = name.to_ascii_lowercase();
        let mut parts = name.split('_');
        parts.any(|part| words.contains(&part))
    };
    match context {
        Expr::Name(name) => ends(&name.id),
        Expr::Attribute(one) => ends(&one.attr) || is_called(&one.value, words),
        Expr::Call(one) => is_called(&one.func, words),
        Expr::Subscript(one) => is_called(&one.value, words),
        _ => false,
    }
}

fn is_word_in(name: &str, words: &[&str]) -> bool {
    let name = name.to_ascii_lowercase();
    words.iter().any(|word| name.contains(word))
}
