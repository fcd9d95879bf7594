//! What becomes of each handler, in the order in which the questions must be asked.

use std::cell::OnceCell;

use codemend_engine::change::{Change, Changes};
use codemend_engine::module::Module;
use codemend_engine::syntax::ast::visitor::{Visitor, walk_stmt};
use codemend_engine::syntax::ast::{Expr, Stmt};
use codemend_engine::syntax::{Ranged, TextRange, TextSize};

use super::attribute::of_instance;
use super::caught::{Kind, caught, is_broad};
use super::create::new_logger;
use super::danger::danger;
use super::elsewhere::Elsewhere;
use super::glance::{Glance, glance};
use super::intent::comment_of;
use super::logger::{Found, Logger, of_module};
use super::quotes::preferred;
use super::scope::hides;
use super::site::{Around, Site, sites};
use super::suppressed::meant;
use super::table::{Style, Table};
use super::trace::{is_name, traced_by};
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
    let seen = OnceCell::new();
    for site in sites(module.suite(), table) {
        let judgement = judge(module, table, wishes, &site);
        let judgement = match judgement {
            Judgement::Wanted(..) => {
                let seen = seen.get_or_init(|| glance(module, table));
                match danger(module.names(), table, seen, elsewhere, &site) {
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
        write_all(module, table, wishes, seen, &wanted, changes);
    }
}

/// What the handler of `site` is, without the logger.
fn judge(module: &Module<'_>, table: &Table, wishes: &Wishes, site: &Site<'_>) -> Judgement {
    let names = module.names();
    let (class, body) = (site.handler.type_.as_deref(), &site.handler.body);
    let quiet = is_quiet(body);
    let (what, why) = if is_broad(names, class) {
        let imports = |one: &Stmt| matches!(one, Stmt::Import(_) | Stmt::ImportFrom(_));
        if site.attempt.body.iter().all(imports) || traced_by(names, table, site).is_some() {
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

/// Give every handler of `wanted` its line, through the logger that comes first.
fn write_all(
    module: &Module<'_>,
    table: &Table,
    wishes: &Wishes,
    seen: &Glance<'_>,
    wanted: &[Wanted<'_>],
    changes: &mut Changes,
) {
    let mut homeless = Vec::new();
    let quote = preferred(module);
    let found = of_module(module, table, seen);
    for one in wanted {
        let logger = match &found {
            Found::Logger(logger) => logger.clone(),
            found => match of_instance(module, &one.site) {
                Some(logger) => logger,
                None => {
                    match found {
                        Found::Doubtful(name) => changes.decline(
                            head(module, &one.site),
                            format!(
                                "`{name}` may be the logger of the module, and nobody can tell"
                            ),
                        ),
                        _ => homeless.push(one),
                    }
                    continue;
                }
            },
        };
        if let Some(change) = written(module, wishes, &logger, one, quote, changes) {
            changes.propose(change);
        }
    }
    let sites: Vec<&Site<'_>> = homeless.iter().map(|one| &one.site).collect();
    if sites.is_empty() {
        return;
    }
    match new_logger(module, wishes.style, &sites) {
        Ok(new) => {
            for one in homeless {
                if let Some(mut change) = written(module, wishes, &new.logger, one, quote, changes)
                {
                    new.add_to(&mut change);
                    changes.propose(change);
                }
            }
        }
        Err(reason) => {
            for site in sites {
                changes.decline(head(module, site), reason.clone());
            }
        }
    }
}

/// The change that lets `one` write to `logger`; a handler that cannot is declined.
fn written(
    module: &Module<'_>,
    wishes: &Wishes,
    logger: &Logger,
    one: &Wanted<'_>,
    quote: char,
    changes: &mut Changes,
) -> Option<Change> {
    let (site, what) = (&one.site, &one.what);
    let head = head(module, site);
    let is_own = logger.text != logger.name && logger.text.starts_with(&logger.name);
    if !is_own && hides(site, &logger.name) {
        let name = &logger.name;
        changes.decline(
            head,
            format!("`{name}`, the logger of the module, means something else here"),
        );
        return None;
    }
    if runs_too_early(module, site, logger.ready) {
        let name = &logger.name;
        changes.decline(head, format!("it may run before `{name}` is bound"));
        return None;
    }
    let path = site.path();
    let place = path
        .as_ref()
        .map_or("at module level".to_owned(), |path| format!("in {path}"));
    let call = logger.call(
        &wishes.level,
        &format!("{quote}Ignored {what} {place}{quote}"),
    );
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

/// Whether the handler of `site` may run before the module level has passed `ready`: it stands there itself, or in a
/// function or class that is used before.
fn runs_too_early(module: &Module<'_>, site: &Site<'_>, ready: TextSize) -> bool {
    let runs = |around: &Around<'_>| matches!(around, Around::Function(_));
    let Some(first) = site.around.first().filter(|_| site.around.iter().any(runs)) else {
        return site.attempt.start() < ready;
    };
    if first.range().start() >= ready {
        return false;
    }
    // A decorator of the function, and the body of a class, run before the statement ends.
    let mut between = module
        .suite()
        .iter()
        .filter(|statement| statement.start() >= first.range().end() && statement.start() < ready);
    let mut mentions = Mentions {
        name: first.name(),
        found: false,
    };
    between
        .by_ref()
        .for_each(|statement| mentions.visit_stmt(statement));
    mentions.found
}

struct Mentions<'n> {
    name: &'n str,
    found: bool,
}

impl<'a> Visitor<'a> for Mentions<'_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        self.found |= is_name(expr, self.name);
        codemend_engine::syntax::ast::visitor::walk_expr(self, expr);
    }
}
