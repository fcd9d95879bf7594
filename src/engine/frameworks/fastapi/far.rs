//! What a module does to the routes of other modules.

use ruff_python_ast::visitor::{Visitor, walk_expr};
use ruff_python_ast::{Expr, ExprCall};

use super::classes::class_of;

use super::response::{Listed, ResponseClass};
use crate::codemod::Question;
use crate::module::Module;
use crate::semantic::Where;

/// What a module does to routes that may stand in other modules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FarEffects {
    /// `include_router(x, include_in_schema=False)`, or with a value that is not known, or so for a whole application
    /// or router: routes are not listed in the schema.
    pub hides: bool,
    /// `FastAPI(default_response_class=HTMLResponse)`, also for a router or in `include_router`: routes that say nothing
    /// are not answered with FastAPI's or Starlette's JSON. A value that is not known counts.
    pub answers_otherwise: bool,
    /// `x.route_class = ...` or `x.default_response_class = ...` on anything.
    pub alters: bool,
}

/// Whether a module hides routes of other modules from the schema.
pub const HIDES_ROUTES: Question = Question {
    key: "fastapi-hides-routes",
    words: &["fastapi", "include_in_schema"],
    ask: |module| far_effects(module).hides,
};

/// Whether a module makes routes of other modules answer with something else than JSON, or with a class of its own.
pub const ANSWERS_OTHERWISE: Question = Question {
    key: "fastapi-answers-otherwise",
    words: &["default_response_class"],
    ask: |module| {
        let effects = far_effects(module);
        effects.answers_otherwise || effects.alters
    },
};

/// What `module` does to the routes of others.
pub fn far_effects(module: &Module<'_>) -> FarEffects {
    let mut finder = Finder {
        module,
        found: FarEffects::default(),
    };
    finder.visit_body(module.suite());
    finder.found
}

struct Finder<'m, 'a> {
    module: &'m Module<'a>,
    found: FarEffects,
}

impl Finder<'_, '_> {
    fn call(&mut self, call: &ExprCall) {
        let given = |name: &str| {
            let keyword = call.arguments.find_keyword(name);
            keyword.map(|keyword| &keyword.value)
        };
        let (listed, class) = (given("include_in_schema"), given("default_response_class"));
        if listed.is_none() && class.is_none() {
            return;
        }
        if !self.reaches_others(call) {
            return;
        }
        let names = self.module.names();
        self.found.hides |= Listed::of(names, listed) != Listed::Yes;
        self.found.answers_otherwise |= !matches!(
            ResponseClass::of(names, class),
            ResponseClass::Absent | ResponseClass::Json
        );
    }

    /// Whether `call` makes an application or a router, or includes a router in another.
    fn reaches_others(&self, call: &ExprCall) -> bool {
        let names = self.module.names();
        if class_of(names, &call.func, Where::default()).is_some() {
            return true;
        }
        match &*call.func {
            Expr::Attribute(method) if &method.attr == "include_router" => {
                // Something else with a method of that name is no reason to look away.
                true
            }
            _ => false,
        }
    }
}

impl<'e> Visitor<'e> for Finder<'_, '_> {
    fn visit_expr(&mut self, expr: &'e Expr) {
        match expr {
            Expr::Call(call) => self.call(call),
            Expr::Attribute(attribute) if !attribute.ctx.is_load() => {
                let name = attribute.attr.as_str();
                self.found.alters |= matches!(name, "route_class" | "default_response_class");
            }
            _ => {}
        }
        walk_expr(self, expr);
    }
}
