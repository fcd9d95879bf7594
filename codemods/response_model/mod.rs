//! `response-model`: routes that return a model or a dict say so, and the JSON that clients see does not change.
//!
//! What a route returns is studied on every path. A model that is built there becomes the response model; for a dict
//! whose keys and values are known one is written. Whatever is not known stays as it is: a model would drop what it
//! does not name.

mod annotation;
mod answer;
mod blocks;
mod calls;
mod classes;
mod complete;
mod constants;
mod enums;
mod eval;
mod follow;
mod gate;
mod insert;
mod lookup;
mod loops;
mod managers;
mod methods;
mod models;
mod naming;
mod operators;
mod plan;
mod record;
mod scan;
mod shape;
mod sharing;
mod statements;
mod study;
mod types;
mod value;
mod words;
mod world;

use codemend_engine::change::{Changes, Safety};
use codemend_engine::codemod::{About, Codemod, Deed, OptionAbout, OptionKind, Question, Scope};
use codemend_engine::config::OptionValue;
use codemend_engine::facts::Facts;
use codemend_engine::frameworks::fastapi::{ALTERS_ROUTE_CLASS, ANSWERS_OTHERWISE, routes};
use codemend_engine::frameworks::pydantic::{Generation, evidence, generation};
use codemend_engine::module::Module;
use codemend_engine::target::PythonVersion;

use answer::UnknownFields;
use plan::{Planner, Style};

pub struct ResponseModel;

/// A module without one of these has no route.
const TRIGGERS: &[&str] = &[
    ".get(",
    ".post(",
    ".put(",
    ".patch(",
    ".delete(",
    ".options(",
    ".head(",
    ".trace(",
    ".api_route(",
];

/// Whether a module that is no test replaces dependencies of an application: `app.dependency_overrides[f] = g`.
const OVERRIDES_DEPENDENCIES: Question = Question {
    key: "fastapi-overrides-dependencies",
    words: &["dependency_overrides"],
    may: |_| true,
    ask: |module| {
        let mut parts = module.path().components();
        !parts.any(|part| part.as_str().contains("test"))
    },
};

const UNKNOWN_FIELDS: OptionAbout = OptionAbout {
    name: "unknown-fields",
    kind: OptionKind::Choice(&["refuse", "any"]),
    summary: "what a field of unknown type becomes: `refuse` leaves the route alone, `any` writes `Any` (unsafe)",
};

const STYLE: OptionAbout = OptionAbout {
    name: "style",
    kind: OptionKind::Choice(&["response-model", "return-annotation"]),
    summary: "where the model goes: into the decorator, or behind `->`",
};

impl Codemod for ResponseModel {
    fn about(&self) -> About {
        About {
            name: "response-model",
            summary: "routes declare the model that they return",
            deed: Deed {
                one: "declare what 1 route returns",
                many: "declare what {n} routes return",
            },
            page: include_str!("README.md"),
            ceiling: Safety::Unsafe,
            scope: Scope::Project,
            since: PythonVersion::PY37,
            rules: &[],
            options: &[UNKNOWN_FIELDS, STYLE],
        }
    }

    fn triggers(&self) -> &'static [&'static str] {
        TRIGGERS
    }

    /// A route wears its method as a decorator.
    fn may_apply(&self, text: &str, _target: PythonVersion) -> bool {
        words::may_have_route(text)
    }

    fn questions(&self) -> &'static [Question] {
        &[
            ANSWERS_OTHERWISE,
            ALTERS_ROUTE_CLASS,
            OVERRIDES_DEPENDENCIES,
        ]
    }

    fn rewrite(&self, module: &Module<'_>, facts: &Facts<'_>, changes: &mut Changes) {
        let is_named = TRIGGERS.iter().any(|name| module.text().contains(name));
        if !is_named || module.is_stub() {
            return;
        }
        let routes = routes(module);
        if routes.is_empty() {
            return;
        }
        let generation = match generation(facts.manifests(), facts.distributions(), module.path()) {
            Generation::Unknown(reason) => evidence(module).unwrap_or(Generation::Unknown(reason)),
            known => known,
        };
        let chosen =
            |option: OptionAbout| match facts.option(module.path(), &self.about(), option.name) {
                Some(OptionValue::Text(value)) => value,
                _ => String::new(),
            };
        let unknown_fields = match &*chosen(UNKNOWN_FIELDS) {
            "any" => UnknownFields::Any,
            _ => UnknownFields::Refuse,
        };
        let style = match &*chosen(STYLE) {
            "return-annotation" => Style::ReturnAnnotation,
            _ => Style::ResponseModel,
        };
        let planner = Planner::new(module, facts, &generation, unknown_fields, style);
        planner.plan(&routes, changes);
    }
}
