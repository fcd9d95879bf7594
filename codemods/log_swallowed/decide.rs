//! What becomes of each handler, in the order in which the questions must be asked.

use std::cell::OnceCell;

use codemend_engine::change::{Change, Changes};
use codemend_engine::module::Module;
use codemend_engine::syntax::ast::{Stmt, StmtClassDef};
use codemend_engine::syntax::{Ranged, TextRange};

use super::attribute::{of_class, of_instance, rebinds_own};
use super::caught::{Kind, caught, is_broad};
use super::create::new_logger;
use super::danger::{danger, runs_through};
use super::early::Early;
use super::elsewhere::Elsewhere;
use super::glance::glance;
use super::intent::comment_of;
use super::logger::{Found, Logger, of_module};
use super::quotes::preferred;
use super::reached::Reached;
use super::scope::{ByPlace, ByStart, Hidden};
use super::site::{Site, sites};
use super::suppressed::meant;
use super::table::{Style, Table};
use super::trace::{Methods, traced_by};
use super::write::{edit, has_string, is_quiet};

/// What the user wants.
pub struct Wishes {
    pub level: String,
    /// Of a logger that is new.
    pub style: Style,
    /// Whether narrow handlers are looked at.
    pub narrow: bool,
}

/// A handler that is to be logged.
struct Wanted<'a> {
    site: Site<'a>,
    /// `exception`, `KeyError or HTTPError`.
    what: String,
    /// Why that is not safe.
    why: Option<&'static str>,
}

/// What a handler is, by itself.
enum Judgement {
    Wanted(String, Option<&'static str>),
    Refused(String),
    /// It drops nothing that matters.
    Fine,
}

/// Decide about every handler of `module`.
pub fn decide_all(
    module: &Module<'_>,
    table: &Table,
    wishes: &Wishes,
    elsewhere: Elsewhere<'_>,
    changes: &mut Changes,
) {
    let mut wanted = Vec::new();
    let (seen, reached) = (OnceCell::new(), OnceCell::new());
    let (dangers, methods) = (ByPlace::default(), Methods::default());
    for site in sites(module.suite(), table) {
        let judgement = judge(module, table, wishes, &methods, &site);
        let judgement = match judgement {
            Judgement::Wanted(..) => {
                let seen = seen.get_or_init(|| glance(module, table));
                let reached = || reached.get_or_init(|| Reached::of(module, seen, elsewhere));
                let reason = dangers.of(&site, || {
                    danger(module.names(), table, seen, elsewhere, &site)
                        .or_else(|| runs_through(&site, reached()))
                });
                match reason {
                    Some(reason) => Judgement::Refused(reason),
                    None => judgement,
                }
            }
            other => other,
        };
        match judgement {
            Judgement::Wanted(what, why) => wanted.push(Wanted { site, what, why }),
            Judgement::Refused(reason) => changes.decline(head(module, &site), reason),
            Judgement::Fine => {}
        }
    }
    if let Some(seen) = seen.get().filter(|_| !wanted.is_empty()) {
        let writer = Writer {
            module,
            wishes,
            elsewhere,
            quote: preferred(module),
            hidden: Hidden::default(),
            early: OnceCell::new(),
        };
        writer.write_all(&of_module(module, table, seen), &wanted, changes);
    }
}

/// What the handler of `site` is, without the logger.
fn judge<'a>(
    module: &Module<'_>,
    table: &Table,
    wishes: &Wishes,
    methods: &Methods<'a>,
    site: &Site<'a>,
) -> Judgement {
    let names = module.names();
    let (class, body) = (site.handler.type_.as_deref(), &site.handler.body);
    let quiet = is_quiet(body);
    let (what, why) = if is_broad(names, class) {
        let imports = |one: &Stmt| matches!(one, Stmt::Import(_) | Stmt::ImportFrom(_));
        if site.attempt.body.iter().all(imports) || traced_by(names, table, methods, site) {
            return Judgement::Fine;
        }
        let why = "the caller may learn of the failure from what the handler does, and a line for each may be too many";
        ("exception".to_owned(), (!quiet).then_some(why))
    } else {
        if !wishes.narrow || !quiet || has_string(body) {
            return Judgement::Fine;
        }
        let caught = caught(names, table, class);
        let is = |kind: Kind| move |one: &super::caught::Caught| one.kind == kind;
        if caught.iter().all(is(Kind::Expected)) {
            return Judgement::Fine;
        }
        if !caught.iter().any(is(Kind::Unexpected)) {
            let text = class.map_or("", |class| module.slice(class.range()));
            return Judgement::Refused(format!("nobody can tell what `{text}` is"));
        }
        let last: Vec<&str> = caught.iter().map(|one| one.name.as_str()).collect();
        let why = "the handler names the error: it may be expected";
        (last.join(" or "), Some(why))
    };
    match comment_of(module, site) {
        Some(comment) => Judgement::Refused(meant(comment)),
        None => Judgement::Wanted(what, why),
    }
}

/// Where a comment of a linter keeps the handler: its line, and that of its first statement.
fn head(module: &Module<'_>, site: &Site<'_>) -> TextRange {
    let line = |first: &Stmt| {
        let end = module.line_end(first.start()).min(first.end());
        TextRange::new(first.start(), end)
    };
    site.head(line)
}

/// What is remembered while the handlers of a module get their lines: many stand in one function.
struct Writer<'w, 'a, 'm> {
    module: &'a Module<'m>,
    wishes: &'w Wishes,
    elsewhere: Elsewhere<'w>,
    quote: char,
    hidden: Hidden<'a>,
    early: OnceCell<Early<'a>>,
}

impl<'a> Writer<'_, 'a, '_> {
    /// Give every handler of `wanted` its line, through the logger that comes first.
    fn write_all(&self, found: &Found, wanted: &[Wanted<'a>], changes: &mut Changes) {
        let mut homeless = Vec::new();
        let classes = ByStart::default();
        let rebound = ByPlace::default();
        for one in wanted {
            if let Found::Logger(logger) = found {
                self.write(logger, one, changes);
                continue;
            }
            let of_class = |class: &StmtClassDef| {
                classes.of(Some(class.start()), || {
                    of_class(self.module, self.elsewhere, class)
                })
            };
            let own = of_instance(&one.site, of_class);
            let own =
                own.filter(|own| !rebound.of(&one.site, || rebinds_own(&one.site, &own.name)));
            match (own, found) {
                (Some(own), _) => self.write(&own, one, changes),
                (None, Found::Doubtful(name)) => changes.decline(
                    head(self.module, &one.site),
                    format!("`{name}` may be the logger of the module, and nobody can tell"),
                ),
                (None, _) => homeless.push(one),
            }
        }
        if !homeless.is_empty() {
            self.write_new(&homeless, changes);
        }
    }

    /// Give the handlers of `homeless` their line through a logger that the module gets.
    fn write_new(&self, homeless: &[&Wanted<'a>], changes: &mut Changes) {
        let hides = |name: &str| {
            let mut sites = homeless.iter().map(|one| &one.site);
            sites.any(|site| self.hidden.hides(site, name))
        };
        let is_taken = self.elsewhere.takes_all_of(self.module);
        match new_logger(self.module, self.wishes.style, is_taken, hides) {
            Ok(new) => {
                for one in homeless {
                    if let Some(mut change) = self.written(&new.logger, one, changes) {
                        new.add_to(&mut change);
                        changes.propose(change);
                    }
                }
            }
            Err(reason) => {
                for one in homeless {
                    changes.decline(head(self.module, &one.site), reason.clone());
                }
            }
        }
    }

    fn write(&self, logger: &Logger, one: &Wanted<'a>, changes: &mut Changes) {
        if let Some(change) = self.written(logger, one, changes) {
            changes.propose(change);
        }
    }

    /// The change that lets `one` write to `logger`; a handler that cannot is declined.
    fn written(&self, logger: &Logger, one: &Wanted<'a>, changes: &mut Changes) -> Option<Change> {
        let (module, site, what) = (self.module, &one.site, &one.what);
        let (head, name) = (head(module, site), &logger.name);
        let is_own = logger.text != *name && logger.text.starts_with(name);
        if !is_own && self.hidden.hides(site, name) {
            let reason = format!("`{name}`, the logger of the module, means something else here");
            changes.decline(head, reason);
            return None;
        }
        let is_early = match site.is_deferred() {
            true => {
                let is_above = site.start() < logger.ready;
                let early = || Early::of(module, logger.ready);
                is_above && self.early.get_or_init(early).runs(site)
            }
            false => site.attempt.start() < logger.ready,
        };
        if !is_own && is_early {
            changes.decline(head, format!("it may run before `{name}` is bound"));
            return None;
        }
        let path = site.path();
        let place = path
            .as_ref()
            .map_or("at module level".to_owned(), |path| format!("in {path}"));
        let quote = self.quote;
        let message = format!("{quote}Ignored {what} {place}{quote}");
        let call = logger.call(&self.wishes.level, &message);
        let (range, text) = edit(module, site, &call)?;
        let dropped = match path {
            Some(path) => format!("log the {what} that `{path}` drops: it leaves no trace"),
            None => format!("log the {what} that is dropped here: it leaves no trace"),
        };
        let mut change = changes.draft(head, dropped);
        change.replace(range, text);
        if let Some(why) = one.why {
            change.make_unsafe(why);
        }
        Some(change)
    }
}
