//! `raise-from`: an exception that is raised in a handler names its cause.
//!
//! `raise X` in a handler prints "During handling of the above exception, another exception occurred", as if the handler
//! itself were broken. `raise X from e` says what it is: the direct cause. Only `__cause__`, `__suppress_context__` and
//! what is printed change, so it is safe wherever the exception is made anew; one that lives longer would keep the cause
//! and its traceback alive.

mod again;
mod binders;
mod cause;
mod classes;
mod glance;
mod kept;
mod made;
mod managers;
mod other_names;
mod sites;
#[cfg(test)]
mod tests;

use camino::Utf8Path;
use codemend_engine::change::{Change, Changes, Safety};
use codemend_engine::codemod::{About, Codemod, Deed, OptionAbout, OptionKind, Question, Scope};
use codemend_engine::config::OptionValue;
use codemend_engine::facts::Facts;
use codemend_engine::module::Module;
use codemend_engine::syntax::ast::Expr;
use codemend_engine::syntax::{Ranged, TextRange, TextSize, TokenKind, is_identifier};
use codemend_engine::target::PythonVersion;

use again::Clause;
use binders::{lost, mentions, mentions_in};
use classes::Classes;
use glance::may_leave_cause_out;
use made::{Look, Made, Raised};
use managers::Watched;
use sites::{Site, sites};

pub struct RaiseFrom;

/// Whether a module reads the cause of an exception.
const READS_CAUSE: Question = Question {
    key: "reads-the-cause-of-an-exception",
    words: &["__cause__"],
    may: |_| true,
    ask: cause::reads,
};

/// Whether a module asks if the context of an exception is hidden.
const READS_SUPPRESSION: Question = Question {
    key: "reads-whether-a-context-is-hidden",
    words: &["__suppress_context__"],
    may: |_| true,
    ask: cause::reads,
};

const NAME: OptionAbout = OptionAbout {
    name: "name",
    kind: OptionKind::Text { default: "exc" },
    summary: "the name for what is caught, where no clause of the file gives one",
};

const HTTP_EXCEPTIONS: OptionAbout = OptionAbout {
    name: "http-exceptions",
    kind: OptionKind::Choice(&["from", "none", "skip"]),
    summary: "what an HTTPException gets: its cause, `from None`, or nothing",
};

const EXCEPTION_CLASSES: OptionAbout = OptionAbout {
    name: "exception-classes",
    kind: OptionKind::List { default: &[] },
    summary: "exception classes of libraries that cannot be read, by dotted name: `vendor.errors.VendorError`",
};

/// Names to take when the usual one is taken.
const OTHERS: [&str; 4] = ["exc", "err", "error", "exception"];

impl Codemod for RaiseFrom {
    fn about(&self) -> About {
        About {
            name: "raise-from",
            summary: "raise in a handler names its cause: raise X from e",
            deed: Deed {
                one: "name the cause of 1 exception",
                many: "name the causes of {n} exceptions",
            },
            page: include_str!("README.md"),
            ceiling: Safety::Unsafe,
            scope: Scope::File,
            since: PythonVersion::PY37,
            rules: &["B904", "TRY200", "W0707", "raise-missing-from"],
            options: &[NAME, HTTP_EXCEPTIONS, EXCEPTION_CLASSES],
        }
    }

    fn triggers(&self) -> &'static [&'static str] {
        &["except"]
    }

    fn may_apply(&self, text: &str, _target: PythonVersion) -> bool {
        let first = text.find("except").unwrap_or(text.len());
        text[first..].contains("raise ")
            || text[first..].contains("raise(")
            || text[first..].contains("raise\\")
    }

    fn concerns(&self, _path: &Utf8Path, text: &str, _facts: &Facts<'_>) -> bool {
        may_leave_cause_out(text)
    }

    fn questions(&self) -> &'static [Question] {
        &[READS_CAUSE, READS_SUPPRESSION]
    }

    fn rewrite(&self, module: &Module<'_>, facts: &Facts<'_>, changes: &mut Changes) {
        if module.is_stub() {
            return;
        }
        let (mut sites, names) = sites(module.suite());
        if sites.is_empty() {
            return;
        }
        // Outer handlers take their names first.
        sites.sort_by_key(|site| site.handler.start());
        let own = match self.option(module, facts, EXCEPTION_CLASSES) {
            Some(OptionValue::List(list)) => list,
            _ => Vec::new(),
        };
        let text = |option| match self.option(module, facts, option) {
            Some(OptionValue::Text(text)) => text,
            _ => String::new(),
        };
        let reader = facts
            .answer(&READS_CAUSE)
            .or_else(|| facts.answer(&READS_SUPPRESSION));
        let mut mender = Mender {
            module,
            classes: Classes { own: &own },
            usual: usual(&names, &text(NAME)),
            http: Http::of(&text(HTTP_EXCEPTIONS)),
            doubt: reader.map(|path| format!("`{path}` reads the cause of exceptions")),
            named: Vec::new(),
        };
        for site in &sites {
            mender.mend(site, changes);
        }
    }
}

impl RaiseFrom {
    fn option(
        &self,
        module: &Module<'_>,
        facts: &Facts<'_>,
        option: OptionAbout,
    ) -> Option<OptionValue> {
        facts.option(module.path(), &self.about(), option.name)
    }
}

/// What becomes of HTTP errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Http {
    From,
    None,
    Skip,
}

impl Http {
    fn of(word: &str) -> Self {
        match word {
            "none" => Self::None,
            "skip" => Self::Skip,
            _ => Self::From,
        }
    }
}

/// The name that most clauses of a file give, else `option`.
fn usual(names: &[&str], option: &str) -> String {
    let count = |name: &str| names.iter().filter(|one| **one == name).count();
    // Of equals the first: `max_by_key` takes the last.
    let fit = names.iter().rev().filter(|name| !name.starts_with("__"));
    let most = fit.max_by_key(|name| count(name));
    match most {
        Some(name) => (*name).to_owned(),
        // Names with two underscores in front are others in a class, and `__debug__` cannot be bound.
        None if is_identifier(option) && !option.starts_with("__") => option.to_owned(),
        None => OTHERS[0].to_owned(),
    }
}

/// Mends the sites of one module.
struct Mender<'m, 'db> {
    module: &'m Module<'db>,
    classes: Classes<'m>,
    usual: String,
    http: Http,
    /// Why nothing is safe in this project.
    doubt: Option<String>,
    /// The names that clauses have got.
    named: Vec<Named>,
}

/// A clause that has got a name.
struct Named {
    handler: TextRange,
    /// The function around, if there is one.
    function: Option<TextRange>,
    name: String,
}

impl Mender<'_, '_> {
    fn mend(&mut self, site: &Site<'_>, changes: &mut Changes) {
        if let Some(comment) = self.kept_below(site) {
            return changes.decline(site.raise.range(), format!("kept by `{comment}`"));
        }
        let caught = site.handler.name.as_ref().map(|name| name.as_str());
        let look = Look {
            classes: &self.classes,
            function: site.function,
            caught,
            catches: site.handler.type_.as_deref(),
            clause: Some(Clause {
                attempt: site.attempt,
                handler: site.handler,
            }),
        };
        let made = match site.is_star || site.handler.type_.is_none() {
            true => unnamed(site),
            false => look.at(self.module.names(), site.raised),
        };
        let (raised, why) = match made {
            Made::New(raised) => (raised, None),
            Made::Perhaps(raised, why) => (raised, Some(why)),
            Made::No(why) => return changes.decline(site.raise.range(), why),
            Made::Caught => return,
        };
        let watched = managers::watched(self.module.names(), site, &raised);
        if watched == Watched::ByName {
            let why = "`contextlib` reads the cause of what follows a `StopIteration`";
            return changes.decline(site.raise.range(), why);
        }
        match self.drafted(site, &raised, changes) {
            Ok(mut change) => {
                if let Some(why) = why.map(str::to_owned).or_else(|| self.doubt.clone()) {
                    change.make_unsafe(why);
                } else if watched == Watched::Perhaps {
                    change.make_unsafe("`contextlib` reads the cause after a `StopIteration`");
                }
                changes.propose(change);
            }
            Err(why) => changes.decline(site.raise.range(), why),
        }
    }

    /// The linter's comment on the last line of `site`. Those on its first line hold for all that stands there, and
    /// those between them for one line of the expression.
    fn kept_below(&self, site: &Site<'_>) -> Option<&str> {
        let about = RaiseFrom.about();
        let end = TextRange::empty(site.raise.end());
        self.module.kept_by(end, about.name, about.rules)
    }

    /// The change of `site`.
    ///
    /// # Errors
    /// Why it is left alone.
    fn drafted(
        &mut self,
        site: &Site<'_>,
        raised: &Raised,
        changes: &Changes,
    ) -> Result<Change, &'static str> {
        let text = short(self.module.slice(class_of(site.raised).range()));
        let word = TextRange::at(site.raise.start(), TextSize::of("raise"));
        let draft = |title: String| changes.draft(word, title);
        match self.http {
            Http::Skip if raised.is_http_error => {
                return Err("the option `http-exceptions` leaves HTTP errors alone");
            }
            Http::None if raised.is_http_error => {
                let mut change = draft(format!(
                    "raise `{text}` from None: what led to it stays inside"
                ));
                change.insert(site.raise.end(), " from None");
                return Ok(change);
            }
            _ => {}
        }
        if let Some(name) = &site.handler.name {
            if let Some(why) = lost(self.module.suite(), site, name) {
                return Err(why);
            }
            let mut change = draft(format!("raise `{text}` from `{name}`: the cause is kept"));
            change.insert(site.raise.end(), format!(" from {name}"));
            return Ok(change);
        }
        let at = self
            .behind_type(site)
            .ok_or("the clause has no room for a name")?;
        let name = self.name_of(site);
        let mut change = draft(format!("raise `{text}` from `{name}`: the cause is kept"));
        change.insert(at, format!(" as {name}"));
        change.insert(site.raise.end(), format!(" from {name}"));
        Ok(change)
    }

    /// Where the clause of `site` takes a name: behind its type, and the parentheses around that.
    fn behind_type(&self, site: &Site<'_>) -> Option<TextSize> {
        let class = site.handler.type_.as_deref()?;
        // `except KeyError, ValueError:` takes none.
        let is_open = matches!(class, Expr::Tuple(tuple) if !tuple.parenthesized);
        if is_open {
            return None;
        }
        let mut end = class.end();
        while let Some((TokenKind::Rpar, range)) = self.module.token_after(end) {
            end = range.end();
        }
        Some(end)
    }

    /// The name that the clause of `site` gets, the same for each of its raises.
    fn name_of(&mut self, site: &Site<'_>) -> String {
        let handler = site.handler.range();
        if let Some(known) = self.named.iter().find(|one| one.handler == handler) {
            return known.name.clone();
        }
        let name = self.free_name(site);
        self.named.push(Named {
            handler,
            function: site.function.map(Ranged::range),
            name: name.clone(),
        });
        name
    }

    /// A name that nothing in the function of `site`, or in the module, binds or reads, and that no clause around has
    /// got: an inner clause deletes its name.
    fn free_name(&self, site: &Site<'_>) -> String {
        let own = site.handler.range();
        let function = site.function.map(Ranged::range);
        let is_near = |one: &Named| {
            one.function == function
                && (one.handler.contains_range(own) || own.contains_range(one.handler))
        };
        let is_taken = |name: &str| {
            let mentioned = match site.function {
                Some(function) => mentions_in(function, name),
                None => mentions(self.module.suite(), name),
            };
            mentioned
                || self
                    .named
                    .iter()
                    .any(|one| one.name == name && is_near(one))
        };
        let usual = std::iter::once(self.usual.clone());
        let others = OTHERS.iter().map(|&name| name.to_owned());
        let numbered = (1..).map(|number| format!("exc_{number}"));
        let mut all = usual.chain(others).chain(numbered);
        all.find(|name| !is_taken(name)).unwrap_or_default()
    }
}

/// Why a clause can have no name at all.
fn unnamed(site: &Site<'_>) -> Made {
    Made::No(match site.is_star {
        true => "`except*` catches several exceptions".to_owned(),
        false => "a bare `except` has no name for what it catches".to_owned(),
    })
}

/// `X` of `raise X(...)`.
fn class_of(raised: &Expr) -> &Expr {
    match raised {
        Expr::Call(call) => match &*call.func {
            Expr::Attribute(method)
                if matches!(method.attr.as_str(), "with_traceback" | "add_note") =>
            {
                class_of(&method.value)
            }
            func => func,
        },
        other => other,
    }
}

/// `text` on one line, and not too long.
fn short(text: &str) -> String {
    let joined: Vec<&str> = text.split_whitespace().collect();
    let joined = joined.join(" ");
    match joined.char_indices().nth(60) {
        Some((at, _)) => format!("{}...", &joined[..at]),
        None => joined,
    }
}
