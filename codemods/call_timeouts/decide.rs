//! What becomes of each call, in the order in which the questions must be asked.

use std::cell::OnceCell;

use codemend_engine::bindings::of_function;
use codemend_engine::change::{Change, Changes};
use codemend_engine::facts::Facts;
use codemend_engine::module::Module;
use codemend_engine::semantic::Where;
use codemend_engine::syntax::Ranged;
use codemend_engine::syntax::ast::{Expr, ExprCall};

use super::arguments::{Given, given, spread_trouble};
use super::clients::{self, Step};
use super::find::{Site, sites};
use super::layout::insertions;
use super::origin::{Origin, origin};
use super::project::{ALTERED, LITELLM, SOCKETS, WRAPPED};
use super::redis;
use super::slow::{SLOW_ANSWER, streams, takes_time};
use super::table::{Library, Number, Row, Table};
use super::value::{Wishes, value};
use super::wraps::{Wrap, escapes, wraps};

/// What a call would wait for, and how it is told not to.
struct Wanted<'r> {
    argument: &'r str,
    position: Option<usize>,
    number: Number,
    /// Whether the literal `None` is replaced.
    none: bool,
    also: &'r [String],
    why: Option<String>,
    /// What the call does without.
    without: &'r str,
    library: Option<Library>,
}

/// What most calls do without a timeout.
const FOR_EVER: &str = "it may wait for ever";

/// All that is needed to decide.
pub struct Desk<'d, 'm> {
    module: &'d Module<'m>,
    facts: &'d Facts<'d>,
    table: &'d Table,
    wishes: &'d Wishes,
    /// What the module does to sessions.
    wraps: OnceCell<Vec<Wrap<'d>>>,
}

impl<'d, 'm> Desk<'d, 'm> {
    pub fn new(
        module: &'d Module<'m>,
        facts: &'d Facts<'d>,
        table: &'d Table,
        wishes: &'d Wishes,
    ) -> Self {
        Self {
            module,
            facts,
            table,
            wishes,
            wraps: OnceCell::new(),
        }
    }

    /// Decide about every call of the module.
    pub fn decide_all(&self, changes: &mut Changes) {
        let names = self.table.last_names();
        for site in sites(self.module, &names) {
            match self.decide(&site, changes) {
                Some(Ok(change)) => changes.propose(change),
                Some(Err(reason)) => changes.decline(site.call.range(), reason),
                None => {}
            }
        }
    }

    /// What becomes of the call at `site`: nothing, a change, or the reason why it is left alone.
    fn decide(&self, site: &Site<'_>, changes: &Changes) -> Option<Result<Change, String>> {
        let call = site.call;
        let qualified = self.module.qualified_name(&call.func, Where::default());
        if let Some(row) = qualified.as_deref().and_then(|name| self.table.row(name)) {
            if row
                .since
                .is_some_and(|since| self.module.target().minor < since)
            {
                return Some(Err(
                    "the lowest Python that it runs on has no timeout here".to_owned()
                ));
            }
            return self.add(site, &Wanted::of(row), changes);
        }
        if let Some(wanted) = self.of_session(site, qualified.as_deref()) {
            return match wanted {
                Ok(wanted) => self.add(site, &wanted, changes),
                Err(reason) => Some(Err(reason)),
            };
        }
        let (name, step) = clients::step(
            self.module,
            self.facts,
            self.table,
            site,
            qualified.as_deref(),
        )?;
        let asked = (site, qualified.as_deref());
        if let Some(reason) = clients::trouble(self.module, self.facts, self.table, name, asked) {
            return Some(Err(reason));
        }
        Some(Ok(self.take_step(site, step, changes)))
    }

    /// What a method of a session wants, if `site` is one whose session brings no timeout.
    fn of_session(
        &self,
        site: &Site<'_>,
        qualified: Option<&str>,
    ) -> Option<Result<Wanted<'_>, String>> {
        let Expr::Attribute(method) = &*site.call.func else {
            return None;
        };
        let session = &self.table.session;
        if qualified.is_some()
            || !session
                .methods
                .iter()
                .any(|one| one == method.attr.as_str())
        {
            return None;
        }
        let position = (&method.attr == "request").then_some(session.position);
        if !matches!(
            given(site.call, "timeout", position),
            Given::No | Given::None(_)
        ) {
            return None;
        }
        let origin = origin(
            self.module,
            self.facts,
            site,
            &method.value,
            &session.classes,
        )?;
        if let Some(reason) = self.wrapped(site, &method.value, origin) {
            return Some(Err(reason));
        }
        let why = match origin {
            Origin::Annotated => Some("only an annotation says that it is a plain session"),
            _ if streams(self.module, &method.value) => Some(SLOW_ANSWER),
            _ => None,
        };
        let why = why.map(str::to_owned);
        Some(Ok(Wanted {
            argument: "timeout",
            position,
            number: Number::Timeout,
            none: true,
            also: &[],
            why,
            without: FOR_EVER,
            library: Some(Library::Requests),
        }))
    }

    /// Why `receiver`, a session, may have a timeout from elsewhere.
    fn wrapped(&self, site: &Site<'_>, receiver: &Expr, origin: Origin) -> Option<String> {
        let module = self.module;
        let all = self
            .wraps
            .get_or_init(|| wraps(module.names(), module.suite()));
        if all.iter().any(|wrap| wrap.is_of(receiver, site)) {
            let own = module.slice(receiver.range());
            return Some(format!(
                "`{own}` gets an adapter or a method that may set a timeout"
            ));
        }
        let path = self.facts.answer(&WRAPPED)?;
        let away = origin != Origin::Local
            || matches!(receiver, Expr::Name(name) if is_passed_on(site, &name.id));
        away.then(|| format!("`{path}` gives a session what may set a timeout"))
    }

    /// The change that gives the call at `site` what `wanted` says.
    fn add(
        &self,
        site: &Site<'_>,
        wanted: &Wanted<'_>,
        changes: &Changes,
    ) -> Option<Result<Change, String>> {
        let call = site.call;
        if wanted
            .also
            .iter()
            .any(|one| call.arguments.find_keyword(one).is_some())
        {
            let pooled = wanted.library == Some(Library::Redis);
            return pooled.then(|| Err("the pool of connections may have a timeout".to_owned()));
        }
        let none = match given(call, wanted.argument, wanted.position) {
            Given::Yes => return None,
            Given::None(none) if wanted.none => Some(none),
            Given::None(_) => return Some(Err("the `None` may be meant".to_owned())),
            Given::No => None,
        };
        if none.is_none()
            && let Some(reason) = spread_trouble(self.module, site, wanted.argument)
        {
            return Some(Err(reason));
        }
        if let Some(reason) = self.covered(wanted.library, call) {
            return Some(Err(reason));
        }
        let value = value(self.module, self.facts, self.wishes, site, wanted.number);
        let mut change = self.draft(call, wanted.without, changes);
        match none {
            Some(none) => {
                change.replace(none.range(), value.text.clone());
                change.make_unsafe("the `None` was written on purpose");
            }
            None => {
                let text = format!("{}={}", wanted.argument, value.text);
                for (at, text) in insertions(self.module, call, &text) {
                    change.insert(at, text);
                }
            }
        }
        value.add_to(&mut change);
        if let Some(why) = &wanted.why {
            change.make_unsafe(why.clone());
        }
        if wanted.library == Some(Library::Requests)
            && let Some(why) = takes_time(self.module, site)
        {
            change.make_unsafe(why);
        }
        Some(Ok(change))
    }

    /// Why `call`, of `library`, may have its timeout from elsewhere.
    fn covered(&self, library: Option<Library>, call: &ExprCall) -> Option<String> {
        let told = |question, what: &str| {
            let path = self.facts.answer(question)?;
            Some(format!("`{path}` {what}"))
        };
        match library? {
            Library::Socket => told(&SOCKETS, "sets a default for all sockets"),
            Library::Litellm => told(&LITELLM, "sets `litellm.request_timeout`"),
            Library::Requests => told(&ALTERED, "alters requests itself"),
            Library::Redis => redis::trouble(self.module, self.facts, call),
        }
    }

    /// The change that makes a client give up.
    fn take_step(&self, site: &Site<'_>, step: Step<'_>, changes: &Changes) -> Change {
        let value = value(self.module, self.facts, self.wishes, site, Number::Timeout);
        let mut change = self.draft(site.call, FOR_EVER, changes);
        match step {
            Step::Replace(none) => change.replace(none.range(), value.text.clone()),
            Step::Wrap(none, class) => {
                change.replace(
                    none.range(),
                    format!("{}(total={})", class.text, value.text),
                );
                change.requires.extend(class.import);
            }
            Step::Total => {
                let text = format!("total={}", value.text);
                for (at, text) in insertions(self.module, site.call, &text) {
                    change.insert(at, text);
                }
            }
        }
        value.add_to(&mut change);
        change.make_unsafe("somebody has switched the timeout off on purpose");
        change
    }

    fn draft(&self, call: &ExprCall, without: &str, changes: &Changes) -> Change {
        let text = self.module.slice(call.func.range());
        let text: String = text.split_whitespace().collect();
        let title = match text.len() < 60 {
            true => format!("let `{text}` give up: without a timeout {without}"),
            false => format!("let the call give up: without a timeout {without}"),
        };
        changes.draft(call.range(), title)
    }
}

impl<'r> Wanted<'r> {
    fn of(row: &'r Row) -> Self {
        Self {
            argument: &row.argument,
            position: row.position,
            number: row.value,
            none: row.none,
            also: &row.also,
            why: row.why.clone(),
            without: row.without.as_deref().unwrap_or(FOR_EVER),
            library: row.library,
        }
    }
}

/// Whether the session `name`, which a function around `site` binds, gets to other code, which may wrap it.
fn is_passed_on(site: &Site<'_>, name: &str) -> bool {
    let mut functions = site.functions();
    let home = functions.find(|one| of_function(one).contains_key(name));
    home.is_none_or(|home| escapes(home, name))
}
