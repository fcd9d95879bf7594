//! The scopes of a module, with what is bound and used in each.

use ruff_python_ast::name::Name;
use ruff_python_ast::visitor::{Visitor, walk_type_param};
use ruff_python_ast::{
    Comprehension, Expr, ExprSubscript, Parameters, PySourceType, PythonVersion, Stmt,
    StmtClassDef, StmtFunctionDef, StmtIf, TypeParams,
};
use ruff_python_parser::parse_expression;
use ruff_text_size::{Ranged, TextSize};

use super::{Kind, Load, Scope};

/// The scopes of the module `suite`, that of the module itself first.
pub(super) fn scopes(suite: &[Stmt], kind: PySourceType, target: PythonVersion) -> Vec<Scope> {
    let is_stub = kind == PySourceType::Stub;
    let mut walker = Walker {
        scopes: Vec::new(),
        now: 0,
        runs: !is_stub,
        postponed: target >= PythonVersion::PY314 || crate::module::postpones_annotations(suite),
        in_annotation: false,
        quoted: None,
        loop_end: TextSize::default(),
        branches: 0,
    };
    walker.open(Kind::Module, "");
    walker.visit_body(suite);
    for scope in &mut walker.scopes {
        for binding in scope.bindings.values_mut() {
            binding.at.sort();
        }
    }
    walker.scopes
}

pub(super) struct Walker {
    pub(super) scopes: Vec<Scope>,
    /// The scope that the walk is in.
    pub(super) now: usize,
    /// What is seen is evaluated when the code runs.
    pub(super) runs: bool,
    /// Annotations are not evaluated where they stand.
    pub(super) postponed: bool,
    pub(super) in_annotation: bool,
    /// The place of the string that is read.
    quoted: Option<TextSize>,
    /// The end of the outermost loop of the scope.
    pub(super) loop_end: TextSize,
    /// Branches, loops and the like around, in the scope.
    pub(super) branches: usize,
}

impl Walker {
    pub(super) fn open(&mut self, kind: Kind, name: &str) -> Around {
        let parent = self.scopes.get(self.now).map(|_| self.now);
        let outer = parent.map_or("", |parent| self.scopes[parent].path.as_str());
        let path = match (outer, name) {
            (outer, "") => outer.to_owned(),
            ("", name) => name.to_owned(),
            (outer, name) => format!("{outer}.{name}"),
        };
        let around = Around {
            scope: self.now,
            loop_end: self.loop_end,
            branches: self.branches,
        };
        self.now = self.scopes.len();
        if matches!(kind, Kind::Module | Kind::Function | Kind::Generator) {
            (self.loop_end, self.branches) = (TextSize::default(), 0);
        }
        self.scopes.push(Scope {
            kind,
            parent,
            path,
            bindings: Default::default(),
            loads: Vec::new(),
            globals: Default::default(),
            nonlocals: Default::default(),
            has_star: false,
        });
        around
    }

    pub(super) fn close(&mut self, around: Around) {
        self.now = around.scope;
        self.loop_end = around.loop_end;
        self.branches = around.branches;
    }

    pub(super) fn bind(&mut self, name: &Name, at: TextSize) {
        let (mut scope, mut at) = (self.now, at);
        if self.scopes[scope].globals.contains(name) {
            // Whoever calls the function, and when.
            (scope, at) = (0, TextSize::default());
        }
        let binding = self.scopes[scope].bindings.entry(name.clone());
        let binding = binding.or_default();
        if self.runs {
            binding.at.push(at);
        }
    }

    pub(super) fn delete(&mut self, name: &Name, at: TextSize) {
        let scope = &mut self.scopes[self.now];
        let binding = scope.bindings.entry(name.clone()).or_default();
        if self.branches == 0 {
            binding.deleted.push(at);
        } else {
            binding.at.push(at);
        }
    }

    pub(super) fn load(&mut self, name: &Name, at: TextSize) {
        let load = Load {
            name: name.clone(),
            at: self.quoted.unwrap_or(at),
            loop_end: self.loop_end,
            at_run_time: self.runs && self.quoted.is_none(),
        };
        self.scopes[self.now].loads.push(load);
    }

    /// Visit by `visit` what is seen by type checkers only.
    pub(super) fn unevaluated(&mut self, visit: impl FnOnce(&mut Self)) {
        let outer = std::mem::replace(&mut self.runs, false);
        visit(self);
        self.runs = outer;
    }

    /// Visit by `visit` what may run or not.
    pub(super) fn branch(&mut self, visit: impl FnOnce(&mut Self)) {
        self.branches += 1;
        visit(self);
        self.branches -= 1;
    }

    pub(super) fn function(&mut self, function: &StmtFunctionDef) {
        self.bind(&function.name.id, function.start());
        for decorator in &function.decorator_list {
            self.visit_decorator(decorator);
        }
        self.defaults(&function.parameters);
        let generic = self.type_parameters(function.type_params.as_deref());
        for parameter in &function.parameters {
            if let Some(annotation) = parameter.annotation() {
                self.visit_annotation(annotation);
            }
        }
        if let Some(returns) = &function.returns {
            self.visit_annotation(returns);
        }
        let around = self.open(Kind::Function, &function.name);
        self.parameters(&function.parameters);
        self.visit_body(&function.body);
        self.close(around);
        self.close_some(generic);
    }

    pub(super) fn class(&mut self, class: &StmtClassDef) {
        for decorator in &class.decorator_list {
            self.visit_decorator(decorator);
        }
        let generic = self.type_parameters(class.type_params.as_deref());
        if let Some(arguments) = &class.arguments {
            self.visit_arguments(arguments);
        }
        let around = self.open(Kind::Class, &class.name);
        self.visit_body(&class.body);
        self.close(around);
        self.close_some(generic);
        // The body runs before the name is there.
        self.bind(&class.name.id, class.end());
    }

    pub(super) fn defaults(&mut self, parameters: &Parameters) {
        for default in parameters
            .iter()
            .filter_map(|parameter| parameter.default())
        {
            self.visit_expr(default);
        }
    }

    pub(super) fn parameters(&mut self, parameters: &Parameters) {
        for parameter in parameters {
            self.bind(&parameter.name().id, parameter.start());
        }
    }

    pub(super) fn type_parameters(&mut self, parameters: Option<&TypeParams>) -> Option<Around> {
        let parameters = parameters?;
        let around = self.open(Kind::TypeParameters, "");
        for parameter in &parameters.type_params {
            self.bind(&parameter.name().id, parameter.start());
        }
        // Bounds and defaults are evaluated when somebody asks.
        self.unevaluated(|walker| {
            for parameter in &parameters.type_params {
                walk_type_param(walker, parameter);
            }
        });
        Some(around)
    }

    pub(super) fn close_some(&mut self, around: Option<Around>) {
        if let Some(around) = around {
            self.close(around);
        }
    }

    pub(super) fn conditional(&mut self, statement: &StmtIf) {
        self.visit_expr(&statement.test);
        let body = |walker: &mut Self| walker.visit_body(&statement.body);
        match is_type_checking(&statement.test) {
            true => self.unevaluated(body),
            false => self.branch(body),
        }
        self.branch(|walker| {
            for clause in &statement.elif_else_clauses {
                walker.visit_elif_else_clause(clause);
            }
        });
    }

    pub(super) fn comprehension<'a>(
        &mut self,
        kind: Kind,
        generators: &'a [Comprehension],
        elements: &[&'a Expr],
    ) {
        // The first iterable is evaluated around.
        if let Some(first) = generators.first() {
            self.visit_expr(&first.iter);
        }
        let around = self.open(kind, "");
        let last = generators.last().map_or(TextSize::default(), Ranged::end);
        self.loop_end = self.loop_end.max(last);
        for (at, generator) in generators.iter().enumerate() {
            self.visit_expr(&generator.target);
            if at > 0 {
                self.visit_expr(&generator.iter);
            }
            generator.ifs.iter().for_each(|test| self.visit_expr(test));
        }
        elements.iter().for_each(|element| self.visit_expr(element));
        self.close(around);
    }

    /// Bind the name of `(name := value)` in the nearest scope that is no comprehension's.
    pub(super) fn walrus(&mut self, target: &Expr) {
        let inner = self.now;
        while matches!(
            self.scopes[self.now].kind,
            Kind::Comprehension | Kind::Generator
        ) {
            self.now = self.scopes[self.now].parent.unwrap_or_default();
        }
        self.visit_expr(target);
        self.now = inner;
    }

    /// Visit by `visit` what stands in an annotation and is no type.
    pub(super) fn outside_annotation(&mut self, visit: impl FnOnce(&mut Self)) {
        let outer = std::mem::replace(&mut self.in_annotation, false);
        visit(self);
        self.in_annotation = outer;
    }

    /// A part of an annotation: `list["A"]`, `Literal["a"]`, `Annotated["A", "note"]`.
    pub(super) fn subscript(&mut self, part: &ExprSubscript) {
        self.visit_expr(&part.value);
        let name = match &*part.value {
            Expr::Name(name) => name.id.as_str(),
            Expr::Attribute(attribute) => attribute.attr.as_str(),
            _ => "",
        };
        match (name, &*part.slice) {
            ("Literal", slice) => self.outside_annotation(|walker| walker.visit_expr(slice)),
            ("Annotated", Expr::Tuple(parts)) => {
                let (first, notes) = parts.elts.split_at(1.min(parts.elts.len()));
                first.iter().for_each(|first| self.visit_expr(first));
                self.outside_annotation(|walker| {
                    notes.iter().for_each(|note| walker.visit_expr(note));
                });
            }
            (_, slice) => self.visit_expr(slice),
        }
    }

    /// Read what a string in an annotation holds.
    pub(super) fn string(&mut self, text: &str, at: TextSize) {
        let Ok(parsed) = parse_expression(text) else {
            return;
        };
        let outer = self.quoted.replace(self.quoted.unwrap_or(at));
        self.visit_expr(parsed.expr());
        self.quoted = outer;
    }
}

/// What to come back to.
pub(super) struct Around {
    scope: usize,
    loop_end: TextSize,
    branches: usize,
}

fn is_type_checking(test: &Expr) -> bool {
    match test {
        Expr::Name(name) => name.id.as_str() == "TYPE_CHECKING",
        Expr::Attribute(attribute) => attribute.attr.as_str() == "TYPE_CHECKING",
        _ => false,
    }
}
