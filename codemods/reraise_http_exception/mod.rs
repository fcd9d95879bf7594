//! `reraise-http-exception`: `except HTTPException: raise` above the handler that would swallow it.
//!
//! `HTTPException` is an `Exception`, so the handler that is meant for crashes also gets the answers that the function
//! gives on purpose: the 404 raised three lines above reaches the client as a 500. Where the handler answers a 5xx the
//! new clause is safe; where it may mean what it does, it is unsafe; where it does more than answer, a person must look.

mod answer;
mod calls;
mod classes;
mod dependency;
mod elsewhere;
mod errors;
mod events;
mod exempt;
mod frames;
mod goals;
mod graph;
mod known;
mod naming;
mod rest;
mod same;
mod scout;
mod seen;
mod sites;
mod spelled;
#[cfg(test)]
mod tests;
mod title;
mod write;

use camino::{Utf8Path, Utf8PathBuf};
use codemend_engine::change::{Changes, Safety};
use codemend_engine::codemod::{About, Codemod, Deed, Gathering, OptionAbout, OptionKind, Scope};
use codemend_engine::config::OptionValue;
use codemend_engine::facts::Facts;
use codemend_engine::module::Module;
use codemend_engine::project::ModuleId;
use codemend_engine::syntax::Ranged;
use codemend_engine::target::PythonVersion;

use answer::{Answer, answer};
use calls::{Scene, Wrapped, wrapper};
use dependency::is_dependency;
use elsewhere::{Elsewhere, REGISTERED};
use errors::Answered;
use events::events;
use exempt::exempt;
use frames::Caught;
use graph::{Arrival, By, Graph, Stage, World};
use known::Tells;
use naming::{Taken, Wanted, spell};
use rest::{Rest, rest};
use same::raised_again;
use scout::{Scouted, Scouts};
use sites::{Around, Site, sites};
use title::{doubt, instead, named, origin, wanted};
use write::drafted;

pub struct ReraiseHttpException;

const EXTRA_EXCEPTIONS: OptionAbout = OptionAbout {
    name: "extra-exceptions",
    kind: OptionKind::List { default: &[] },
    summary: "exceptions of the project that have a handler of their own, by dotted name: they are let through as well",
};

const LOG_FUNCTIONS: OptionAbout = OptionAbout {
    name: "log-functions",
    kind: OptionKind::List { default: &[] },
    summary: "functions that only log, by dotted name: calls of them are not needed for an HTTP error",
};

impl Codemod for ReraiseHttpException {
    fn about(&self) -> About {
        About {
            name: "reraise-http-exception",
            summary: "except HTTPException: raise, before a broad handler turns the answer into another one",
            deed: Deed {
                one: "let HTTP errors through 1 broad handler",
                many: "let HTTP errors through {n} broad handlers",
            },
            page: include_str!("README.md"),
            ceiling: Safety::Unsafe,
            scope: Scope::Project,
            since: PythonVersion::PY37,
            rules: &[],
            options: &[EXTRA_EXCEPTIONS, LOG_FUNCTIONS],
        }
    }

    fn triggers(&self) -> &'static [&'static str] {
        &["except"]
    }

    /// A broad handler is bare, or names `Exception` or `BaseException`, or a name that is given one of them.
    fn may_apply(&self, text: &str, _target: PythonVersion) -> bool {
        let named = [
            "= Exception",
            "= BaseException",
            "= (Exception",
            ", Exception)",
        ];
        if named.iter().any(|one| text.contains(one)) {
            return true;
        }
        text.match_indices("except").any(|(at, word)| {
            let rest = &text[at + word.len()..];
            let head = rest.split(':').next().unwrap_or_default();
            head.trim_matches(|c: char| c.is_whitespace() || c == '\\')
                .is_empty()
                || head.contains("Exception")
        })
    }

    fn scouts(
        &self,
        candidates: &[Utf8PathBuf],
        changed: &[Utf8PathBuf],
        facts: &Facts<'_>,
    ) -> Vec<Utf8PathBuf> {
        let project = facts.project();
        let extras = |path: &Utf8PathBuf| self.list(path, facts, EXTRA_EXCEPTIONS);
        let scouts = project.remembered::<Scouts>();
        scouts.next(project, candidates, extras, changed)
    }

    fn scout(&self, module: &Module<'_>, facts: &Facts<'_>) {
        let project = facts.project();
        project.remembered::<Scouts>().scout(module, project);
    }

    fn concerns(&self, path: &Utf8Path, _text: &str, facts: &Facts<'_>) -> bool {
        self.is_scouted(path, facts, |scouted, module| {
            scouted.spread.concerns(module)
        })
    }

    fn looks_again(&self, facts: &Facts<'_>) -> bool {
        facts.project().remembered::<Scouts>().leads_on()
    }

    /// What lets answers through now, others may catch.
    fn is_affected(&self, path: &Utf8Path, changed: &[Utf8PathBuf], facts: &Facts<'_>) -> bool {
        let is_changed = changed.iter().any(|one| one == path);
        is_changed || self.is_scouted(path, facts, Scouted::has_seen)
    }

    fn gatherings(&self) -> &'static [Gathering] {
        &[REGISTERED]
    }

    fn rewrite(&self, module: &Module<'_>, facts: &Facts<'_>, changes: &mut Changes) {
        if module.is_stub() {
            return;
        }
        let project = facts.project();
        let extras = self.list(module.path(), facts, EXTRA_EXCEPTIONS);
        let sites = sites(module.names(), module.suite());
        if sites.is_empty() {
            return;
        }
        let scouted = project.remembered::<Scouts>().of(&extras);
        let Some(scouted) = scouted.as_ref().and_then(|one| one.read().ok()) else {
            return;
        };
        let world = World {
            project,
            scouted: &scouted,
            stage: Stage::Deciding,
            answered: Answered::new(&extras, module.names(), project),
        };
        let log_functions = self.list(module.path(), facts, LOG_FUNCTIONS);
        let mut decider = Decider {
            module,
            sites: &sites,
            tells: Tells {
                own: &log_functions,
            },
            graph: Graph::new(&world),
            elsewhere: Elsewhere(facts.gathered(&REGISTERED)),
            taken: Taken::new(),
        };
        for site in &sites {
            decider.decide(site, changes);
        }
    }
}

impl ReraiseHttpException {
    /// Whether `holds` for the file at `path`, by what was found out of the project. True for what is no module.
    fn is_scouted(
        &self,
        path: &Utf8Path,
        facts: &Facts<'_>,
        holds: impl Fn(&Scouted, ModuleId) -> bool,
    ) -> bool {
        let project = facts.project();
        let extras = self.list(path, facts, EXTRA_EXCEPTIONS);
        let scouted = project.remembered::<Scouts>().of(&extras);
        let scouted = scouted.as_ref().and_then(|one| one.read().ok());
        match (project.module(path), scouted) {
            (Some(module), Some(scouted)) => holds(&scouted, module),
            _ => true,
        }
    }

    fn list(&self, path: &Utf8Path, facts: &Facts<'_>, option: OptionAbout) -> Vec<String> {
        match facts.option(path, &self.about(), option.name) {
            Some(OptionValue::List(list)) => list,
            _ => Vec::new(),
        }
    }
}

/// Decides about the sites of one module.
struct Decider<'m, 'w, 'db> {
    module: &'m Module<'db>,
    /// All of them.
    sites: &'m [Site<'m>],
    tells: Tells<'m>,
    graph: Graph<'w, 'db>,
    elsewhere: Elsewhere<'m>,
    taken: Taken,
}

/// How far a site is looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Look {
    /// At what is raised in plain sight.
    Sight,
    /// At what is called, too.
    Calls,
}

impl<'db> Decider<'_, '_, 'db> {
    fn decide(&mut self, site: &Site<'_>, changes: &mut Changes) {
        let names = self.module.names();
        let answered = &self.graph.world.answered;
        let answer = answer(names, answered, site.handler);
        let exempt = exempt(self.module, answered, self.elsewhere, site);
        let look = match answer == Answer::Swallows || exempt.is_some() {
            true => Look::Sight,
            false => Look::Calls,
        };
        let same = raised_again(names, &self.tells, site, &answer);
        let mut arrivals = self.arrivals(site, look, same);
        let arrived = arrivals.iter().any(|one| one.by == By::Raise);
        let above = site
            .above()
            .map(|one| Caught::by(names, one.type_.as_deref()));
        let above: Vec<Caught> = above.collect();
        arrivals.retain(|one| !above.iter().any(|caught| caught.has(&one.lineage)));
        if arrivals.is_empty() {
            if arrived {
                changes.decline(site.head(), "a clause above catches it");
            }
            return;
        }
        if let Some(why) = exempt {
            return changes.decline(site.head(), why);
        }
        let tells = rest(names, &self.tells, site);
        let message = match (&answer, tells) {
            (Answer::Swallows, _) => "the handler swallows it".to_owned(),
            (_, Err(why)) => why.to_owned(),
            (_, Ok(rest)) => return self.propose(site, &answer, &arrivals, &rest, changes),
        };
        let arriving = named(&arrivals);
        changes.report(
            site.head(),
            format!("{arriving} arrives here, and {message}"),
        );
    }

    /// The answers that arrive at the handlers of `site`, less the one that is `same` as what the handler raises.
    fn arrivals(&mut self, site: &Site<'_>, look: Look, same: Option<&str>) -> Vec<Arrival> {
        let scene = Scene {
            wrapped: match look {
                Look::Calls => self.wrapped(site),
                Look::Sight => None,
            },
            suite: self.module.suite(),
            at: site.attempt.start(),
            is_dependency: look == Look::Calls
                && is_dependency(self.module, self.graph.world.project, site),
            look,
            same,
        };
        let events = events(
            &mut self.graph,
            self.module.names(),
            &scene,
            &site.attempt.body,
        );
        self.graph.arrivals(&events)
    }

    /// What the parameter stands for that `site` calls, in the wrapper of a decorator.
    fn wrapped(&mut self, site: &Site<'_>) -> Option<(String, Wrapped)> {
        let project = self.graph.world.project;
        let own = project.module(self.module.path())?;
        let mut path: Vec<&str> = Vec::new();
        let mut maker = None;
        for around in &site.around {
            match around {
                Around::Class(class) => path.push(&class.name),
                Around::Function(function) => {
                    if maker.is_none() {
                        path.push(&function.name);
                        maker = Some(path.join("."));
                    }
                    let Some((name, inner)) = wrapper(function) else {
                        continue;
                    };
                    if inner.range().contains_range(site.attempt.range()) {
                        let nodes = self.wearers(own, &maker?);
                        return Some((name, Wrapped::Each(nodes)));
                    }
                }
            }
        }
        None
    }

    fn wearers(&mut self, own: ModuleId, maker: &str) -> Vec<graph::NodeId> {
        let project = self.graph.world.project;
        let mut nodes = Vec::new();
        for (module, path) in project.wearers(own, maker) {
            let file = self.module.names().of_file(project.path(*module));
            for definition in file.into_iter().flat_map(|file| file.defined_at(path)) {
                nodes.extend(self.graph.node(&definition, None));
            }
        }
        nodes
    }

    fn propose(
        &mut self,
        site: &Site<'_>,
        answer: &Answer,
        arrivals: &[Arrival],
        rest: &Rest<'_>,
        changes: &mut Changes,
    ) {
        let world = self.graph.world;
        let mut texts = Vec::new();
        let mut change_of = Vec::new();
        for wanted in wanted(&world.answered, arrivals) {
            let spelled = match spell(self.module, world.project, site, wanted, &mut self.taken) {
                Ok(spelled) => spelled,
                Err(why) => return changes.decline(site.head(), why),
            };
            texts.push(spelled.text.clone());
            change_of.push((wanted, spelled));
        }
        let class = match texts.as_slice() {
            [one] => one.clone(),
            all => format!("({})", all.join(", ")),
        };
        let title = format!(
            "let `{}` through: {}the handler {}",
            texts.join("`, `"),
            origin(arrivals),
            instead(answer)
        );
        let mut change = drafted(self.module, changes, site, title, &class, &rest.cleanup);
        for (wanted, spelled) in change_of {
            let brings = !matches!(spelled.import, spelled::Needed::Nothing);
            if let Wanted::Extra(extra) = wanted {
                change.loads.extend(extra.home.filter(|_| brings));
            }
            spelled.bring(&mut change);
        }
        doubt(&mut change, answer, rest);
        changes.propose(change);
        if !self.ends_here(site) {
            self.graph.world.scouted.lead_on();
        }
    }

    /// Whether what `site` lets through arrives at no other handler: none is around it, and its function is an endpoint,
    /// or the like, that nothing calls by its name.
    fn ends_here(&self, site: &Site<'_>) -> bool {
        let (project, own) = (self.graph.world.project, site.attempt.range());
        let spread = &self.graph.world.scouted.spread;
        let mut others = self.sites.iter().map(|one| one.attempt.range());
        let is_inner = others.any(|other| other != own && other.contains_range(own));
        let function = site.function().filter(|it| !it.decorator_list.is_empty());
        let module = project.module(self.module.path());
        match (function.and_then(|_| site.path()), module) {
            (Some(path), Some(module)) => {
                !is_inner
                    && !spread.is_called(project, module, &path)
                    && project.star_importer(module).is_none()
            }
            _ => false,
        }
    }
}
