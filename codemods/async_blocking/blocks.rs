//! Whether a call blocks, and what is known of it.

use codemend_engine::semantic::{DefinitionKind, Meaning, Names, Where};
use codemend_engine::syntax::ast::{Expr, ExprCall};

use super::receivers::Receivers;
use super::sites::{Place, Site, Sites};
use super::table::{Active, Class, Short, Table};
use super::wishes::Wishes;

/// What blocks.
#[derive(Debug, Clone, Copy)]
pub enum Blocks {
    /// `time.sleep`.
    Sleep,
    /// The same under a name that an assignment gives it.
    Renamed,
    /// A call that can move into a thread.
    Movable,
    /// One that cannot.
    Stays,
    /// One of many of a kind that is spoken of once: what to do instead.
    Once(&'static str),
    /// One of that kind that does not block itself, where the first of all is spoken of: likewise.
    Idle(&'static str),
}

/// Looks at the calls of one function, of the file of `names`, in which `active` may be meant.
pub struct Looker<'r, 'db, 'a> {
    pub names: &'r Names<'db>,
    pub active: &'r Active,
    pub wishes: &'r Wishes,
    pub receivers: Receivers<'r, 'db, 'a>,
}

impl<'r, 'db, 'a> Looker<'r, 'db, 'a> {
    /// For the function whose calls are `sites`, a method of `class` or none.
    pub fn of(
        names: &'r Names<'db>,
        active: &'r Active,
        wishes: &'r Wishes,
        sites: &'r Sites<'a>,
        class: Option<&'a codemend_engine::syntax::ast::StmtClassDef>,
    ) -> Self {
        Self {
            names,
            active,
            wishes,
            receivers: Receivers {
                names,
                bound: &sites.bound,
                class,
            },
        }
    }

    /// What the call at `site` is, when it blocks. `member` is what its last name is called where it comes from.
    pub fn look(&self, site: &Site<'_>, member: &str) -> Option<Blocks> {
        let call = site.call;
        if member == "sleep" && self.is(&call.func, &["time.sleep"]) {
            return Some(Blocks::Sleep);
        }
        if call.func.is_name_expr() && self.is_sleep_renamed(&call.func) {
            return Some(Blocks::Renamed);
        }
        // What is awaited gives something to wait for: it only looks like one of these.
        if site.place == Place::Awaited {
            return None;
        }
        let may_be_added = || {
            let mut added = self.wishes.blocking.iter();
            added.any(|name| name.rsplit('.').next() == Some(member))
        };
        if (self.active.is_function(member, self.wishes.short()) || may_be_added())
            && let Some(name) = self.names.qualified_name(&call.func, Where::default())
        {
            if self.wishes.blocking.contains(&name) {
                return Some(Blocks::Stays);
            }
            return self.of_function(&name, call);
        }
        let Expr::Attribute(method) = &*call.func else {
            return None;
        };
        self.of_method(&method.value, &method.attr)
    }

    fn of_function(&self, name: &str, call: &ExprCall) -> Option<Blocks> {
        let known = Table::shipped().call(name)?;
        if known.strict && !self.wishes.strict {
            return None;
        }
        Some(match known.thread && plain(call) {
            true => Blocks::Movable,
            false => Blocks::Stays,
        })
    }

    fn of_method(&self, receiver: &Expr, method: &str) -> Option<Blocks> {
        let short = self.wishes.short();
        if !self.active.is_method(method, short) && !self.may_be_session(receiver) {
            return None;
        }
        let made = self.receivers.class_of(receiver);
        let class: &'static Class = match made {
            Some(class) => class,
            None if self.active.is_typed(method, short) => self.receivers.type_of(receiver)?,
            None => return None,
        };
        let known = class.method(method);
        if let Some(instead) = &class.once {
            return match known {
                Some(_) => Some(Blocks::Once(instead)),
                None => class.any.then_some(Blocks::Idle(instead)),
            };
        }
        let known = known?;
        if known.strict && !self.wishes.strict {
            return None;
        }
        Some(match known.thread {
            true => Blocks::Movable,
            false => Blocks::Stays,
        })
    }

    /// Whether `receiver` is spelled like a database session: what is called on it may be of any name.
    fn may_be_session(&self, receiver: &Expr) -> bool {
        let Expr::Name(name) = receiver else {
            return false;
        };
        self.active.is_method("commit", Short::Ignored)
            && matches!(
                name.id.as_str(),
                "db" | "session" | "sess" | "conn" | "connection"
            )
    }

    /// Whether `callee`, a name, is bound to `time.sleep` by an assignment.
    fn is_sleep_renamed(&self, callee: &Expr) -> bool {
        let renamed = self.active.renamed();
        if renamed.is_empty()
            || !last_name(callee).is_some_and(|it| renamed.contains(&it.to_owned()))
        {
            return false;
        }
        let meanings = self.names.meanings(callee, Where::default());
        let is_one = |meaning: &Meaning<'_>| {
            let Meaning::Definition(definition) = meaning else {
                return false;
            };
            let (DefinitionKind::Assignment(value)
            | DefinitionKind::Annotated {
                value: Some(value), ..
            }) = definition.kind()
            else {
                return false;
            };
            let name = definition.names().qualified_name(value, Where::default());
            name.as_deref() == Some("time.sleep")
        };
        !meanings.is_empty() && meanings.iter().all(is_one)
    }

    fn is(&self, callee: &Expr, qualified: &[&str]) -> bool {
        let name = self.names.qualified_name(callee, Where::default());
        name.is_some_and(|name| qualified.contains(&name.as_str()))
    }
}

/// Whether `call` gives nothing that goes on to block: `stream=True` does.
fn plain(call: &ExprCall) -> bool {
    call.arguments.find_keyword("stream").is_none_or(
        |stream| matches!(&stream.value, Expr::BooleanLiteral(literal) if !literal.value),
    )
}

/// The last name of what is called: `get` of `requests.get`.
pub fn last_name(callee: &Expr) -> Option<&str> {
    match callee {
        Expr::Name(name) => Some(&name.id),
        Expr::Attribute(attribute) => Some(&attribute.attr),
        _ => None,
    }
}

/// `callee` on one line, without what it is called with on the way: `db.query(...).first`.
pub fn shown(callee: &Expr) -> String {
    match callee {
        Expr::Name(name) => name.id.to_string(),
        Expr::Attribute(attribute) => format!("{}.{}", shown(&attribute.value), attribute.attr),
        Expr::Call(call) => match call.arguments.is_empty() {
            true => format!("{}()", shown(&call.func)),
            false => format!("{}(...)", shown(&call.func)),
        },
        Expr::Await(one) => shown(&one.value),
        _ => "(...)".to_owned(),
    }
}
