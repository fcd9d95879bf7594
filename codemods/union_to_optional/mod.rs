//! `union-to-optional`: `X | None` and `X | Y` become `Optional[X]` and `Union[X, Y]`, for Pythons before 3.10.
//!
//! The way back of `optional-to-union`. `|` is also the operator of flags, sets, dicts and queries, so what is no type
//! by its place is touched only when its members say that it can be nothing else.

mod form;

use codemend_engine::change::{Change, Changes, Safety};
use codemend_engine::codemod::{About, Codemod, Deed, Scope};
use codemend_engine::facts::Facts;
use codemend_engine::imports::{Spelling, spell};
use codemend_engine::module::Module;
use codemend_engine::syntax::Ranged;
use codemend_engine::syntax::ast::{Expr, ExprBinOp, ExprStringLiteral, Operator};
use codemend_engine::target::PythonVersion;
use codemend_engine::typing::{Descend, Position, Support, TypePlace, Types, support, walk};

pub struct UnionToOptional;

impl Codemod for UnionToOptional {
    fn about(&self) -> About {
        About {
            name: "union-to-optional",
            summary: "X | None and X | Y become Optional[X] and Union[X, Y], for targets before 3.10",
            deed: Deed {
                one: "write 1 type as Optional or Union",
                many: "write {n} types as Optional or Union",
            },
            page: include_str!("README.md"),
            ceiling: Safety::Unsafe,
            scope: Scope::File,
            since: PythonVersion::PY37,
            rules: &["FA102", "UP007", "UP045"],
            options: &[],
        }
    }

    fn triggers(&self) -> &'static [&'static str] {
        &["|"]
    }

    fn may_apply(&self, _text: &str, target: PythonVersion) -> bool {
        target < PythonVersion::PY310
    }

    fn rewrite(&self, module: &Module<'_>, _facts: &Facts<'_>, changes: &mut Changes) {
        if module.target() >= PythonVersion::PY310 || module.is_stub() {
            return;
        }
        let mut found = Changes::new(self.about().name, module.path());
        walk(
            module,
            &mut Visitor {
                module,
                changes: &mut found,
            },
        );
        let newer = module.newer_syntax().min_by_key(|(range, _)| range.start());
        match newer.filter(|_| found.has_proposals()) {
            Some((range, what)) => {
                changes.report(range, format!("{what}; its unions stay as they are"));
            }
            None => changes.append(found),
        }
    }
}

struct Visitor<'v, 'a> {
    module: &'v Module<'a>,
    changes: &'v mut Changes,
}

/// What a union becomes.
pub(crate) enum Wanted {
    Optional(Spelling),
    Union(Spelling),
    /// A tuple of classes.
    Tuple,
}

impl Types for Visitor<'_, '_> {
    fn in_type<'e>(&mut self, expr: &'e Expr, place: &TypePlace<'_>) -> Descend<'e> {
        let Expr::BinOp(union) = expr else {
            return Descend::Parts;
        };
        if union.op != Operator::BitOr {
            return Descend::Parts;
        }
        let mut members = Vec::new();
        collect(union, &mut members);
        match self.rewrite(union, &members, place) {
            Ok(change) => self.changes.propose(change),
            Err(reason) => self.changes.decline(expr.range(), reason),
        }
        Descend::Into(members)
    }

    fn opaque_string(&mut self, literal: &ExprStringLiteral, place: &TypePlace<'_>) {
        if place.position != Position::ImplicitAlias && literal.value.to_str().contains(" | ") {
            let reason =
                "the annotation is not one plain string literal that stands for the whole type";
            self.changes.decline(literal.range(), reason);
        }
    }

    fn in_value(&mut self, _expr: &Expr) {}
}

/// How the module writes `name`, which is `Optional` or `Union`.
fn spelling(module: &Module<'_>, name: &'static str) -> Spelling {
    spell(module, "typing", name, &["Optional", "Union"])
}

/// The members of `union`, left to right, through nested unions.
fn collect<'e>(union: &'e ExprBinOp, into: &mut Vec<&'e Expr>) {
    for side in [&*union.left, &*union.right] {
        match side {
            Expr::BinOp(inner) if inner.op == Operator::BitOr => collect(inner, into),
            other => into.push(other),
        }
    }
}

impl Visitor<'_, '_> {
    fn rewrite(
        &self,
        union: &ExprBinOp,
        members: &[&Expr],
        place: &TypePlace<'_>,
    ) -> Result<Change, String> {
        let nones = members
            .iter()
            .filter(|one| one.is_none_literal_expr())
            .count();
        if nones == members.len() {
            return Err("`None | None` is no type".into());
        }
        let is_type = |one: &&Expr| {
            matches!(
                one,
                Expr::Name(_)
                    | Expr::Attribute(_)
                    | Expr::Subscript(_)
                    | Expr::NoneLiteral(_)
                    | Expr::StringLiteral(_)
            )
        };
        if !members.iter().all(is_type) {
            return Err("a member is no type, so `|` is an operator on values".into());
        }
        let wanted = match (place.position, members.len(), nones) {
            (Position::InstanceCheck, ..) => Wanted::Tuple,
            (_, 2, 1) => Wanted::Optional(spelling(self.module, "Optional")),
            _ => Wanted::Union(spelling(self.module, "Union")),
        };
        let title = match &wanted {
            Wanted::Optional(_) => "use `Optional` for `X | None`",
            Wanted::Union(_) => "use `Union` for `X | Y`",
            Wanted::Tuple => "use a tuple of classes for `X | Y`",
        };
        let mut change = self.changes.draft(union.range(), title);
        match place.position {
            Position::ImplicitAlias => self.assigned(&mut change, members, nones > 0, place)?,
            _ => self.stated(members, nones > 0, place)?,
        }
        if matches!(wanted, Wanted::Tuple)
            && nones > 0
            && self.module.names().is_bound_anywhere("type")
        {
            return Err("`type(None)` cannot be written where `type` is something else".into());
        }
        form::edit(self.module, union, members, place, wanted, &mut change)?;
        Ok(change)
    }

    /// In a type position `|` makes a union, unless the members are known to be values or to have a `|` of their own.
    fn stated(
        &self,
        members: &[&Expr],
        has_none: bool,
        place: &TypePlace<'_>,
    ) -> Result<(), String> {
        for member in members {
            match support(self.module, member, place) {
                Support::Overloaded(why) => return Err(why),
                Support::Missing(why) if !has_none && !member.is_string_literal_expr() => {
                    return Err(format!("{why}: `|` on values stays"));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// `Name = A | B` is a union when a member is `None`, or when every member is known to be a class.
    fn assigned(
        &self,
        change: &mut Change,
        members: &[&Expr],
        has_none: bool,
        place: &TypePlace<'_>,
    ) -> Result<(), String> {
        for member in members {
            if member.is_string_literal_expr() {
                return Err("a string has no `|`, so this is no union".into());
            }
            match support(self.module, member, place) {
                Support::Fine => {}
                Support::Likely | Support::Doubtful(_) if has_none => {}
                Support::Likely if has_small_letter(member) => {
                    change.make_unsafe("the members come from a third-party package and may be flags instead of classes");
                }
                Support::Likely => return Err("a member may be a flag: `|` on values stays".into()),
                Support::Doubtful(why) | Support::Missing(why) | Support::Overloaded(why) => {
                    return Err(format!("{why}: `|` on values stays"));
                }
            }
        }
        Ok(())
    }
}

/// `Alpha` is spelled like a class, `READ` like a constant.
fn has_small_letter(member: &Expr) -> bool {
    let name = match member {
        Expr::Name(name) => name.id.as_str(),
        Expr::Attribute(attribute) => attribute.attr.as_str(),
        Expr::Subscript(_) => return true,
        _ => return false,
    };
    name.chars().any(char::is_lowercase)
}
