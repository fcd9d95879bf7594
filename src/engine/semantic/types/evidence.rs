//! Why a type is believed: the weakest link of what an expression is made of.

use ruff_python_ast::visitor::{Visitor, walk_expr};
use ruff_python_ast::{Expr, ExprCall, ExprContext, ExprName};
use ruff_text_size::Ranged;
use ty_python_core::ast_ids::HasScopedUseId;
use ty_python_core::definition::{
    Definition as TyDefinition, DefinitionKind as TyKind, ParameterDefinitionNodeKind,
};
use ty_python_core::semantic_index;

use super::super::names::{Meaning, Origin};
use super::signature::{Home, is_exact};
use super::{Annotated, Definition, Names, Provenance};

/// Methods and functions of builtins that give back what they are given, or made of it.
const HANDS_ON: [&str; 22] = [
    "get",
    "getenv",
    "pop",
    "setdefault",
    "copy",
    "popitem",
    "sorted",
    "list",
    "tuple",
    "set",
    "frozenset",
    "dict",
    "max",
    "min",
    "reversed",
    "enumerate",
    "zip",
    "abs",
    "iter",
    "next",
    "filter",
    "map",
];

impl<'db> Names<'db> {
    /// Why the type of `expr` is believed.
    pub(super) fn evidence(&self, expr: &Expr, depth: usize) -> Provenance {
        if depth == 0 {
            return Provenance::Unknown;
        }
        let below = depth - 1;
        match expr {
            Expr::Name(name) => self.evidence_of_name(name, below),
            Expr::Attribute(attribute) => {
                let owner = self.evidence(&attribute.value, below);
                owner.and(self.evidence_of_member(expr, &attribute.attr, below))
            }
            Expr::Call(call) => self.evidence_of_call(call, below),
            Expr::Lambda(_) => Provenance::Inferred,
            Expr::ListComp(_) | Expr::SetComp(_) | Expr::DictComp(_) | Expr::Generator(_) => {
                self.evidence_of_comprehension(expr, below)
            }
            // What stands in an f-string or a comparison of builtins decides nothing about the type.
            Expr::FString(_) => Provenance::Inferred,
            Expr::UnaryOp(unary) if unary.op == ruff_python_ast::UnaryOp::Not => {
                Provenance::Inferred
            }
            _ => {
                let mut parts = Parts::default();
                walk_expr(&mut parts, expr);
                self.weakest(parts.found.into_iter(), below)
            }
        }
    }

    fn weakest<'e>(&self, parts: impl Iterator<Item = &'e Expr>, depth: usize) -> Provenance {
        parts.fold(Provenance::Inferred, |weakest, part| match weakest {
            Provenance::Unknown => weakest,
            _ => weakest.and(self.evidence(part, depth)),
        })
    }

    fn evidence_of_comprehension(&self, expr: &Expr, depth: usize) -> Provenance {
        let elements: Vec<&Expr> = match expr {
            Expr::ListComp(list) => vec![&list.elt],
            Expr::SetComp(set) => vec![&set.elt],
            Expr::Generator(generator) => vec![&generator.elt],
            Expr::DictComp(dict) => dict
                .key
                .iter()
                .map(|key| &**key)
                .chain([&*dict.value])
                .collect(),
            _ => Vec::new(),
        };
        self.weakest(elements.into_iter(), depth)
    }

    fn evidence_of_name(&self, name: &ExprName, depth: usize) -> Provenance {
        let bindings = self.bindings_reaching(name);
        if bindings.is_empty() {
            return match self.is_builtin(&name.id) {
                true => Provenance::Typeshed,
                false => Provenance::Unknown,
            };
        }
        bindings
            .into_iter()
            .fold(Provenance::Inferred, |weakest, binding| match weakest {
                Provenance::Unknown => weakest,
                _ => weakest.and(self.evidence_of_binding(binding, &name.id, depth)),
            })
    }

    /// The bindings that the use `name` may see: those that reach it in its own scope, or all of the scope around it
    /// that has the name.
    fn bindings_reaching(&self, name: &ExprName) -> Vec<TyDefinition<'db>> {
        let index = semantic_index(self.database, self.file);
        let Some(scope) = index.try_expression_scope_id(&ruff_python_ast::ExprRef::from(name))
        else {
            return Vec::new();
        };
        let table = index.place_table(scope);
        let local = table
            .symbol_by_name(&name.id)
            .is_some_and(|symbol| symbol.is_local());
        if local && name.ctx == ExprContext::Load {
            let used = name.scoped_use_id(self.database, self.file);
            let reaching: Vec<_> = index
                .use_def_map(scope)
                .bindings_at_use(used)
                .filter_map(|binding| binding.binding.definition())
                .collect();
            if !reaching.is_empty() {
                return reaching;
            }
        }
        self.bindings_from(&name.id, scope, Some(name.start())).0
    }

    fn evidence_of_binding(
        &self,
        binding: TyDefinition<'db>,
        name: &str,
        depth: usize,
    ) -> Provenance {
        let annotated = |what| Provenance::Annotated {
            what,
            name: name.to_owned(),
        };
        let syntax = &self.syntax;
        match binding.kind(self.database) {
            TyKind::Assignment(assignment) => self.evidence(assignment.value(syntax), depth),
            TyKind::NamedExpression(named) => self.evidence(&named.node(syntax).value, depth),
            TyKind::AnnotatedAssignment(assignment) => match assignment.value(syntax) {
                Some(value) => {
                    let evidence = self.evidence(value, depth);
                    evidence.min(annotated(Annotated::Variable))
                }
                None => annotated(Annotated::Variable),
            },
            TyKind::AugmentedAssignment(statement) => {
                let statement = statement.node(syntax);
                self.evidence(&statement.value, depth)
                    .and(self.evidence_of_others(binding, name, depth))
            }
            TyKind::For(statement) => self.evidence(statement.iterable(syntax), depth),
            TyKind::Comprehension(comprehension) => {
                self.evidence(comprehension.iterable(syntax), depth)
            }
            TyKind::WithItem(item) => self.evidence(item.context_expr(syntax), depth),
            TyKind::ExceptHandler(_) | TyKind::Class(_) | TyKind::Function(_) => {
                Provenance::Inferred
            }
            TyKind::Parameter(ParameterDefinitionNodeKind::Parameter(node)) => {
                match node.node(syntax).parameter.annotation {
                    Some(_) => annotated(Annotated::Parameter),
                    None => Provenance::Unknown,
                }
            }
            TyKind::LoopHeader(_) => self.evidence_of_others(binding, name, depth),
            TyKind::Import(_)
            | TyKind::ImportFrom(_)
            | TyKind::ImportFromSubmodule(_)
            | TyKind::StarImport(_) => self.evidence_of_import(binding, name, depth),
            _ => Provenance::Unknown,
        }
    }

    /// Of all other bindings in the scope of `binding`.
    fn evidence_of_others(
        &self,
        binding: TyDefinition<'db>,
        name: &str,
        depth: usize,
    ) -> Provenance {
        if depth == 0 {
            return Provenance::Unknown;
        }
        let scope = binding.file_scope(self.database);
        self.bindings(scope, name)
            .into_iter()
            .filter(|other| *other != binding)
            .filter(|other| !matches!(other.kind(self.database), TyKind::AugmentedAssignment(_)))
            .fold(Provenance::Inferred, |weakest, other| {
                weakest.and(self.evidence_of_binding(other, name, depth.min(4) - 1))
            })
    }

    /// Of a name out of another module.
    fn evidence_of_import(
        &self,
        binding: TyDefinition<'db>,
        name: &str,
        depth: usize,
    ) -> Provenance {
        let meanings = self.resolve(binding, name, depth);
        meanings
            .into_iter()
            .fold(Provenance::Inferred, |weakest, meaning| {
                weakest.and(match meaning {
                    Meaning::Module(_) | Meaning::Builtin(_) => Provenance::Inferred,
                    Meaning::Outside {
                        origin: Origin::StandardLibrary,
                        ..
                    } => Provenance::Typeshed,
                    Meaning::Outside { .. } | Meaning::Unknown => Provenance::Unknown,
                    Meaning::Definition(definition) => {
                        let depth = depth.saturating_sub(1);
                        let names = &definition.names;
                        definition.ty().map_or(Provenance::Unknown, |inner| {
                            names.evidence_of_binding(inner, name, depth)
                        })
                    }
                })
            })
    }

    /// Of an attribute that is read.
    fn evidence_of_member(&self, expr: &Expr, name: &str, depth: usize) -> Provenance {
        let definitions = self.definitions_of(expr);
        if definitions.is_empty() {
            return Provenance::Unknown;
        }
        definitions
            .iter()
            .fold(Provenance::Inferred, |weakest, definition| {
                weakest.and(match self.home(definition) {
                    Home::Typeshed => Provenance::Typeshed,
                    Home::ThirdParty => Provenance::Annotated {
                        what: Annotated::Attribute,
                        name: name.to_owned(),
                    },
                    Home::Project => match definition.ty().map(|inner| inner.kind(self.database)) {
                        None => Provenance::Unknown,
                        Some(TyKind::Class(_) | TyKind::Function(_)) => Provenance::Inferred,
                        Some(TyKind::AnnotatedAssignment(_)) => Provenance::Annotated {
                            what: Annotated::Attribute,
                            name: name.to_owned(),
                        },
                        // A constant of a module. An attribute of an object may be set by anybody.
                        _ if definition.is_at_module_level() => {
                            let names = &definition.names;
                            definition.ty().map_or(Provenance::Unknown, |inner| {
                                names.evidence_of_binding(inner, name, depth)
                            })
                        }
                        _ => Provenance::Unknown,
                    },
                })
            })
    }

    fn evidence_of_call(&self, call: &ExprCall, depth: usize) -> Provenance {
        let definitions = self.definitions_of(&call.func);
        if definitions.is_empty() {
            return Provenance::Unknown;
        }
        let receiver = match &*call.func {
            Expr::Attribute(attribute) => self.evidence(&attribute.value, depth),
            _ => Provenance::Inferred,
        };
        definitions
            .iter()
            .fold(receiver, |weakest, definition| match weakest {
                Provenance::Unknown => weakest,
                _ => weakest.and(self.evidence_of_result(call, definition, depth)),
            })
    }

    fn evidence_of_result(
        &self,
        call: &ExprCall,
        definition: &Definition<'db>,
        depth: usize,
    ) -> Provenance {
        let names = &definition.names;
        let home = self.home(definition);
        let promised = |name: &str| Provenance::Annotated {
            what: Annotated::Return,
            name: name.to_owned(),
        };
        let Some(inner) = definition.ty() else {
            return Provenance::Unknown;
        };
        match inner.kind(self.database) {
            TyKind::Class(class) => {
                let name = class.node(&names.syntax).name.as_str();
                match home {
                    Home::Typeshed if HANDS_ON.contains(&name) => {
                        self.evidence_of_arguments(call, depth)
                    }
                    _ => Provenance::Inferred,
                }
            }
            TyKind::Function(function) => {
                let function = function.node(&names.syntax);
                match home {
                    Home::Typeshed if HANDS_ON.contains(&function.name.as_str()) => {
                        Provenance::Typeshed.and(self.evidence_of_arguments(call, depth))
                    }
                    Home::Typeshed => match function.returns.as_deref() {
                        Some(returns) if is_exact(returns) => Provenance::Typeshed,
                        _ => promised(&function.name),
                    },
                    Home::ThirdParty => promised(&function.name),
                    // A subclass may override a method, and an instance hide it.
                    Home::Project if definition.in_class_body() => promised(&function.name),
                    Home::Project => names.evidence_of_returns(function, depth),
                }
            }
            _ => Provenance::Unknown,
        }
    }

    fn evidence_of_arguments(&self, call: &ExprCall, depth: usize) -> Provenance {
        self.weakest(call.arguments.args.iter(), depth)
    }
}

/// The expressions right below one.
#[derive(Default)]
struct Parts<'a> {
    found: Vec<&'a Expr>,
}

impl<'a> Visitor<'a> for Parts<'a> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        self.found.push(expr);
    }
}
