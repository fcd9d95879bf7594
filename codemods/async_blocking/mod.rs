//! `async-blocking`: what blocks the event loop is awaited, or pointed at.
//!
//! A coroutine that calls `time.sleep` stops every other task of its process: all requests wait. A sleep has an exact
//! counterpart that does not. What waits for the network or for a disk can move into a thread, where that is wished; for
//! the rest a person has to choose another library, or a plain `def`.

mod awaits;
mod blocks;
mod bodies;
mod glance;
mod holds;
mod locks;
mod main_block;
mod outline;
mod patches;
mod reach;
mod receivers;
mod sites;
mod spelled;
mod table;
mod wishes;

use camino::Utf8Path;
use codemend_engine::change::{Changes, Safety};
use codemend_engine::codemod::{About, Codemod, Deed, Gathering, OptionAbout, OptionKind, Scope};
use codemend_engine::facts::Facts;
use codemend_engine::module::Module;
use codemend_engine::syntax::ast::{Expr, ExprCall, StmtClassDef, StmtFunctionDef};
use codemend_engine::syntax::{Ranged, TextRange};
use codemend_engine::target::PythonVersion;

use awaits::Threadpool;
use blocks::{Blocks, Looker, last_name, shown};
use glance::may_block;
use locks::{THREADS, Threads};
use main_block::is_main;
use outline::REACH;
use patches::PATCHES;
use reach::{Owned, Reach};
use sites::{Coroutine, Place, Site, Sites, coroutines_in};
use spelled::Spot;
use table::Active;
use wishes::{Wishes, wishes};

pub struct AsyncBlocking;

const NAME: &str = "async-blocking";

/// Rules of other tools about sleeping.
const SLEEP_RULES: &[&str] = &["ASYNC251", "ASYNC101", "TRIO101"];

/// Their rules about the rest.
const OTHER_RULES: &[&str] = &[
    "ASYNC210", "ASYNC212", "ASYNC220", "ASYNC221", "ASYNC222", "ASYNC230", "ASYNC240", "ASYNC250",
    "ASYNC100", "ASYNC101", "ASYNC102",
];

impl Codemod for AsyncBlocking {
    fn about(&self) -> About {
        About {
            name: NAME,
            summary: "coroutines do not block the event loop: sleeps are awaited, calls move into threads",
            deed: Deed {
                one: "stop 1 call from blocking the event loop",
                many: "stop {n} calls from blocking the event loop",
            },
            page: include_str!("README.md"),
            ceiling: Safety::Unsafe,
            scope: Scope::File,
            since: PythonVersion::PY37,
            // Which rules count depends on the call.
            rules: &[],
            options: &[
                OptionAbout {
                    name: "threadpool",
                    kind: OptionKind::Choice(&["auto", "asyncio", "starlette", "anyio"]),
                    summary: "which threads calls move into; `auto`: what the module uses",
                },
                OptionAbout {
                    name: "to-thread",
                    kind: OptionKind::Boolean { default: true },
                    summary: "move calls into threads; when false they are reported",
                },
                OptionAbout {
                    name: "strict",
                    kind: OptionKind::Boolean { default: false },
                    summary: "report short calls to the file system too: `os.path.exists`, `mkdir`",
                },
                OptionAbout {
                    name: "blocking",
                    kind: OptionKind::List { default: &[] },
                    summary: "more functions that block: `mylib.fetch`",
                },
            ],
        }
    }

    fn triggers(&self) -> &'static [&'static str] {
        &["async"]
    }

    /// `async` stands before `def` in no other words than those.
    fn may_apply(&self, text: &str, _target: PythonVersion) -> bool {
        text.match_indices("async").any(|(at, word)| {
            let behind =
                text[at + word.len()..].trim_start_matches([' ', '\t', '\x0c', '\\', '\r', '\n']);
            behind.starts_with("def")
        })
    }

    fn concerns(&self, path: &Utf8Path, text: &str, facts: &Facts<'_>) -> bool {
        let (wishes, _) = wishes(path, facts, &self.about());
        let list = facts.gathered(&REACH);
        list.is_none_or(|list| may_block(text, list, &wishes))
    }

    fn gatherings(&self) -> &'static [Gathering] {
        &[REACH, PATCHES, THREADS]
    }

    fn rewrite(&self, module: &Module<'_>, facts: &Facts<'_>, changes: &mut Changes) {
        if module.is_stub() {
            return;
        }
        let (wishes, moves) = wishes(module.path(), facts, &self.about());
        let mut open = Vec::new();
        for statement in module.suite() {
            if !is_main(statement) {
                coroutines_in(std::slice::from_ref(statement), &mut open);
            }
        }
        if open.is_empty() {
            return;
        }
        let active = Active::of(module.text());
        let mut loop_ = Loop {
            module,
            active: &active,
            reach: Reach::of(facts, &wishes),
            wishes: &wishes,
            moves,
            facts,
            threads: locks::threads(module, facts),
            changes,
        };
        while let Some(coroutine) = open.pop() {
            open.extend(loop_.look(coroutine));
        }
    }
}

/// Looks at the coroutines of one module.
struct Loop<'r, 'm, 'a, 'w> {
    module: &'m Module<'a>,
    /// What may be meant in it.
    active: &'r Active,
    reach: Reach<'r, 'w>,
    wishes: &'r Wishes,
    /// Where calls move to, if they do.
    moves: Option<Threadpool>,
    facts: &'r Facts<'w>,
    threads: Threads,
    changes: &'r mut Changes,
}

/// One coroutine, looked at.
struct Sight<'s, 'f> {
    function: &'f StmtFunctionDef,
    class: Option<&'f StmtClassDef>,
    sites: &'s Sites<'f>,
    /// The first call of each kind that is spoken of once and does not block itself, with what to do instead.
    first: Vec<(&'static str, &'s Site<'f>)>,
    /// The kinds that were spoken of.
    said: Vec<&'static str>,
}

impl Loop<'_, '_, '_, '_> {
    /// Look at `coroutine`. Gives the coroutines in it.
    fn look<'f>(&mut self, coroutine: Coroutine<'f>) -> Vec<Coroutine<'f>> {
        let module = self.module;
        let sites = Sites::of(coroutine.function);
        let (names, class) = (module.names(), coroutine.class);
        let looker = Looker::of(names, self.active, self.wishes, &sites, class);
        let mut sight = Sight {
            function: coroutine.function,
            class,
            sites: &sites,
            first: Vec::new(),
            said: Vec::new(),
        };
        for site in &sites.calls {
            let Some(last) = last_name(&site.call.func) else {
                continue;
            };
            let member = match &*site.call.func {
                Expr::Name(_) => module.member_of(last),
                _ => last,
            };
            match looker.look(site, member) {
                Some(blocks) => self.found(&mut sight, site, blocks),
                None => self.through(&sight, site, last),
            }
        }
        sites.coroutines
    }

    fn found<'s, 'f>(&mut self, sight: &mut Sight<'s, 'f>, site: &'s Site<'f>, blocks: Blocks) {
        let at = site.call.range();
        match blocks {
            Blocks::Idle(kind) => return sight.first.push((kind, site)),
            Blocks::Once(kind) if sight.said.contains(&kind) => return,
            Blocks::Once(kind) => return self.once(sight, site, kind),
            _ => {}
        }
        if self.is_kept(at, blocks) {
            return;
        }
        let message = self.message(sight, site);
        match blocks {
            Blocks::Sleep => self.sleep(sight, site, message),
            Blocks::Movable => self.thread(sight, site, message),
            Blocks::Stays | Blocks::Renamed => self.changes.report(at, message),
            Blocks::Once(_) | Blocks::Idle(_) => {}
        }
    }

    /// Speak of the call at `site`, the first one that blocks of a kind that is spoken of once; `instead` is what to do.
    /// The first of all such calls is pointed at: a comment there is about all of them.
    fn once(&mut self, sight: &mut Sight<'_, '_>, site: &Site<'_>, instead: &'static str) {
        let blocks = Blocks::Once(instead);
        let mut idle = sight.first.iter();
        let first = idle.find(|(kind, _)| *kind == instead);
        let first = first.map(|(_, first)| first.call);
        if first.is_some() && self.is_kept(site.call.range(), blocks) {
            return;
        }
        sight.said.push(instead);
        let at = first.unwrap_or(site.call).range();
        if self.is_kept(at, blocks) {
            return;
        }
        let message = match first {
            Some(first) => {
                let (first, callee) = (shown(&first.func), shown(&site.call.func));
                let function = &sight.function.name;
                format!("`{first}` begins what blocks the event loop in `{function}` (`{callee}`)")
            }
            None => self.message(sight, site),
        };
        self.changes.report(at, format!("{message}; {instead}"));
    }

    /// Decline the call at `at` when a comment keeps it.
    fn is_kept(&mut self, at: TextRange, blocks: Blocks) -> bool {
        let rules = match blocks {
            Blocks::Sleep | Blocks::Renamed => SLEEP_RULES,
            _ => OTHER_RULES,
        };
        let kept = self.module.kept_by(at, NAME, rules);
        if let Some(comment) = kept {
            self.changes.decline(at, format!("kept by `{comment}`"));
        }
        kept.is_some()
    }

    /// `time.sleep blocks the event loop in run`
    fn message(&self, sight: &Sight<'_, '_>, site: &Site<'_>) -> String {
        let callee = shown(&site.call.func);
        let message = format!(
            "`{callee}` blocks the event loop in `{}`",
            sight.function.name
        );
        match &site.place {
            Place::Inner(inner) => format!("{message}, through `{inner}`"),
            _ => message,
        }
    }

    /// Why `await` must not stand at `site`.
    fn objection(&self, sight: &Sight<'_, '_>, site: &Site<'_>) -> Option<String> {
        let is_nested = site.comprehensions > 1 && self.module.target() < PythonVersion::PY311;
        if is_nested {
            return Some("`await` cannot stand in an inner comprehension below Python 3.11".into());
        }
        site.place.objection().or_else(|| {
            let lock = locks::held(self.module, sight.function, sight.sites, site, self.threads)?;
            Some(format!(
                "`{lock}` is held meanwhile, so `await` could deadlock"
            ))
        })
    }

    fn sleep(&mut self, sight: &Sight<'_, '_>, site: &Site<'_>, message: String) {
        let at = site.call.range();
        let spot = self.spot(sight, site);
        let spelled = match self.objection(sight, site) {
            Some(objection) => Err(objection),
            None if !takes_one_value(site.call) => {
                Err("it is not called with one plain argument".to_owned())
            }
            None => awaits::sleep(spot),
        };
        let spelled = match spelled {
            Ok(spelled) => spelled,
            Err(reason) => return self.changes.report(at, format!("{message}; {reason}")),
        };
        let title = format!(
            "await `{}`: `time.sleep` stops all other tasks",
            spelled.text
        );
        let mut change = awaits::awaited(self.module, site.call, spelled, title, self.changes);
        let names = self.module.names();
        change.releases = names.import_aliases(&site.call.func, Default::default(), &["time"]);
        if patches::is_patched(self.module, self.facts) {
            change.make_unsafe("a test replaces the `time.sleep` of this module");
        }
        self.changes.propose(change);
    }

    fn thread(&mut self, sight: &Sight<'_, '_>, site: &Site<'_>, message: String) {
        let at = site.call.range();
        let Some(wish) = self.moves else {
            return self.changes.report(at, message);
        };
        let objection = self.objection(sight, site);
        let objection = objection.or_else(|| awaits::unfit(self.module, sight.sites, site.call));
        let spelled = match objection {
            Some(objection) => Err(objection),
            None => awaits::pool(self.spot(sight, site), wish, site.call),
        };
        let spelled = match spelled {
            Ok(spelled) => spelled,
            Err(reason) => return self.changes.report(at, format!("{message}; {reason}")),
        };
        let callee = shown(&site.call.func);
        let title = format!("run `{callee}` in a thread: it blocks the event loop");
        let mut change = awaits::threaded(self.module, site.call, spelled, title, self.changes);
        change.make_unsafe(
            "another thread has its own thread-locals and no signals, and cancelling does not stop it",
        );
        change.notice = Some(message);
        self.changes.propose(change);
    }

    fn spot<'f>(&self, sight: &Sight<'_, 'f>, site: &Site<'f>) -> Spot<'_, '_, 'f> {
        Spot {
            module: self.module,
            function: sight.function,
            witness: &site.call.func,
        }
    }

    /// Report the call at `site`, of `name`, when it leads to one that blocks.
    fn through(&mut self, sight: &Sight<'_, '_>, site: &Site<'_>, name: &str) {
        let is_inner = site.call.func.is_name_expr() && sight.sites.has_inner(name);
        if site.place == Place::Awaited || is_inner || !self.reach.may(name) {
            return;
        }
        let own = Owned {
            names: self.module.names(),
            class: sight.class,
        };
        let Some(trail) = self.reach.follow(own, &site.call.func) else {
            return;
        };
        let at = site.call.range();
        if self.is_kept(at, trail.blocks) {
            return;
        }
        let message = self.message(sight, site);
        let whole = self.reach.told(message, &sight.function.name, trail);
        self.changes.report(at, whole);
    }
}

/// Whether `call` has one argument, by position.
fn takes_one_value(call: &ExprCall) -> bool {
    let arguments = &call.arguments;
    arguments.keywords.is_empty() && matches!(&*arguments.args, [only] if !only.is_starred_expr())
}
