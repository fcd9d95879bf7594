//! Which syntax opens a scope, binds a name or uses one.

use ruff_python_ast::name::Name;
use ruff_python_ast::visitor::{
    Visitor, walk_alias, walk_except_handler, walk_expr, walk_pattern, walk_stmt, walk_type_param,
};
use ruff_python_ast::{Alias, ExceptHandler, Expr, ExprContext, Pattern, Stmt, TypeParam};
use ruff_text_size::Ranged;

use super::Kind;
use super::walk::Walker;

impl<'a> Visitor<'a> for Walker {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(function) => return self.function(function),
            Stmt::ClassDef(class) => return self.class(class),
            Stmt::If(conditional) => return self.conditional(conditional),
            Stmt::Global(global) => {
                let names = global.names.iter().map(|name| name.id.clone());
                self.scopes[self.now].globals.extend(names);
            }
            Stmt::Nonlocal(nonlocal) => {
                let names = nonlocal.names.iter().map(|name| name.id.clone());
                self.scopes[self.now].nonlocals.extend(names);
            }
            Stmt::AnnAssign(assign) if self.scopes[self.now].kind == Kind::Function => {
                // Annotations of local variables are never evaluated.
                self.unevaluated(|walker| walker.visit_annotation(&assign.annotation));
                assign.value.iter().for_each(|value| self.visit_expr(value));
                return self.visit_expr(&assign.target);
            }
            Stmt::TypeAlias(alias) => {
                self.visit_expr(&alias.name);
                let generic = self.type_parameters(alias.type_params.as_deref());
                self.unevaluated(|walker| walker.visit_expr(&alias.value));
                return self.close_some(generic);
            }
            Stmt::For(_) | Stmt::While(_) => {
                let outer = self.loop_end;
                self.loop_end = outer.max(statement.end());
                self.branch(|walker| walk_stmt(walker, statement));
                self.loop_end = outer;
                return;
            }
            Stmt::Try(_) | Stmt::Match(_) | Stmt::With(_) => {
                return self.branch(|walker| walk_stmt(walker, statement));
            }
            _ => {}
        }
        walk_stmt(self, statement);
    }

    fn visit_annotation(&mut self, expr: &'a Expr) {
        let outer = (self.runs, self.in_annotation);
        self.runs &= !self.postponed;
        self.in_annotation = true;
        self.visit_expr(expr);
        (self.runs, self.in_annotation) = outer;
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Name(name) => match name.ctx {
                ExprContext::Load => self.load(&name.id, name.start()),
                ExprContext::Del => self.delete(&name.id, name.start()),
                _ => self.bind(&name.id, name.start()),
            },
            Expr::Named(named) => {
                self.visit_expr(&named.value);
                self.walrus(&named.target);
            }
            Expr::Lambda(lambda) => {
                lambda
                    .parameters
                    .iter()
                    .for_each(|parameters| self.defaults(parameters));
                let around = self.open(Kind::Function, "");
                lambda
                    .parameters
                    .iter()
                    .for_each(|parameters| self.parameters(parameters));
                self.visit_expr(&lambda.body);
                self.close(around);
            }
            Expr::ListComp(all) => {
                self.comprehension(Kind::Comprehension, &all.generators, &[&all.elt])
            }
            Expr::SetComp(all) => {
                self.comprehension(Kind::Comprehension, &all.generators, &[&all.elt])
            }
            Expr::DictComp(all) => {
                let parts = all.key.iter().chain([&all.value]);
                let parts: Vec<&Expr> = parts.map(|part| &**part).collect();
                self.comprehension(Kind::Comprehension, &all.generators, &parts);
            }
            Expr::Generator(all) => {
                self.comprehension(Kind::Generator, &all.generators, &[&all.elt])
            }
            // What a call is given, and the values of `Literal`, are no types.
            Expr::Call(_) => self.outside_annotation(|walker| walk_expr(walker, expr)),
            Expr::Subscript(part) if self.in_annotation => self.subscript(part),
            Expr::StringLiteral(literal) if self.in_annotation => {
                self.string(literal.value.to_str(), literal.start());
            }
            _ => walk_expr(self, expr),
        }
    }

    fn visit_alias(&mut self, alias: &'a Alias) {
        let name = alias.asname.as_ref().unwrap_or(&alias.name).as_str();
        match name {
            "*" => self.scopes[self.now].has_star = true,
            name => self.bind(
                &Name::new(name.split('.').next().unwrap_or(name)),
                alias.start(),
            ),
        }
        walk_alias(self, alias);
    }

    fn visit_except_handler(&mut self, handler: &'a ExceptHandler) {
        let ExceptHandler::ExceptHandler(one) = handler;
        if let Some(name) = &one.name {
            self.bind(&name.id, name.start());
        }
        walk_except_handler(self, handler);
    }

    fn visit_pattern(&mut self, pattern: &'a Pattern) {
        let name = match pattern {
            Pattern::MatchAs(one) => one.name.as_ref(),
            Pattern::MatchStar(one) => one.name.as_ref(),
            Pattern::MatchMapping(one) => one.rest.as_ref(),
            _ => None,
        };
        if let Some(name) = name {
            self.bind(&name.id, name.start());
        }
        walk_pattern(self, pattern);
    }

    fn visit_type_param(&mut self, parameter: &'a TypeParam) {
        walk_type_param(self, parameter);
    }
}
