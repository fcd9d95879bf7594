//! `optional-to-union`: `Optional[X]` and `Union[X, Y]` become `X | None` and `X | Y` (PEP 604).
//!
//! The edits are made on tokens: the operands keep their text, their order and their comments. What is hard is not the
//! spelling but the proof that `|` works there: every operand must be known to support it when Python evaluates it.

mod form;
mod frameworks;
mod introspection;
mod layout;
mod union;

use codemend_engine::change::{Change, Changes, Safety};
use codemend_engine::codemod::{About, Codemod, Deed, Question, Scope};
use codemend_engine::facts::Facts;
use codemend_engine::module::Module;
use codemend_engine::syntax::ast::{Expr, ExprStringLiteral, Operator};
use codemend_engine::syntax::{Ranged, TextRange, parse_type_annotation};
use codemend_engine::target::PythonVersion;
use codemend_engine::typing::{
    Descend, Evaluation, Position, Support, TypePlace, Types, support, walk,
};

use union::{Refused, Union};

pub struct OptionalToUnion;

impl Codemod for OptionalToUnion {
    fn about(&self) -> About {
        About {
            name: "optional-to-union",
            summary: "Optional[X] and Union[X, Y] become X | None and X | Y",
            deed: Deed {
                one: "write 1 type as X | Y",
                many: "write {n} types as X | Y",
            },
            page: include_str!("README.md"),
            ceiling: Safety::Unsafe,
            scope: Scope::File,
            since: PythonVersion::PY310,
            rules: &[
                "UP007",
                "UP045",
                "R6003",
                "consider-alternative-union-syntax",
            ],
            options: &[],
        }
    }

    fn triggers(&self) -> &'static [&'static str] {
        &["Optional", "Union"]
    }

    fn questions(&self) -> &'static [Question] {
        &[introspection::QUESTION]
    }

    fn rewrite(&self, module: &Module<'_>, facts: &Facts<'_>, changes: &mut Changes) {
        let inspected = facts
            .answer(&introspection::QUESTION)
            .filter(|_| module.target() < PythonVersion::PY314)
            .map(|path| {
                format!("`{path}` compares with `Union` and does not know `types.UnionType`")
            });
        walk(
            module,
            &mut Visitor {
                module,
                changes,
                inspected,
                way_back: facts
                    .runs("union-to-optional", module.path())
                    .then_some("union-to-optional"),
            },
        );
    }
}

struct Visitor<'v, 'a> {
    module: &'v Module<'a>,
    changes: &'v mut Changes,
    /// Why every rewrite of the project may be seen at run time, if it may.
    inspected: Option<String>,
    /// The codemod that would write it back for an old target, when that runs too.
    way_back: Option<&'static str>,
}

impl Types for Visitor<'_, '_> {
    fn in_type<'e>(&mut self, expr: &'e Expr, place: &TypePlace<'_>) -> Descend<'e> {
        let Some(union) = Union::of(self.module, expr, place.lookup()) else {
            return Descend::Parts;
        };
        match self.rewrite(&union, expr, place) {
            Ok(change) => self.changes.propose(change),
            Err(Refused(reason)) => self.changes.decline(union.first_subscript(), reason),
        }
        // A union is one site, made of all that nests in it: what is left alone is left alone whole.
        Descend::Into(union.operands().collect())
    }

    fn opaque_string(&mut self, literal: &ExprStringLiteral, _place: &TypePlace<'_>) {
        let text = literal.value.to_str();
        if text.contains("Optional[") || text.contains("Union[") {
            let reason =
                "the annotation is not one plain string literal that stands for the whole type";
            self.changes.decline(literal.range(), reason);
        }
    }

    fn in_value(&mut self, expr: &Expr) {
        if let Expr::Subscript(subscript) = expr
            && self
                .module
                .could_mean(&subscript.value, &["Optional", "Union"])
            && union::head(self.module, &subscript.value, Default::default()).is_some()
        {
            self.changes.decline(
                expr.range(),
                "it stands in a value position, where a type object may be compared or inspected",
            );
        }
    }
}

impl Visitor<'_, '_> {
    fn rewrite(
        &self,
        union: &Union<'_>,
        expr: &Expr,
        place: &TypePlace<'_>,
    ) -> Result<Change, Refused> {
        union.check()?;
        let quoted = union.operands().any(Expr::is_string_literal_expr);
        let quoting = match quoted {
            false => form::Quotes::Keep,
            true => self.quotes(union, expr, place)?,
        };
        let title = match union.is_optional() {
            true => "use `X | None` for `Optional`",
            false => "use `X | Y` for `Union`",
        };
        let mut change = self.changes.draft(
            TextRange::new(union.first_subscript().start(), expr.end()),
            title,
        );
        // `str | Union[int, None]` is `(str | int) | None` afterwards.
        change.regroups.push(expr.range());
        self.trust(&mut change, union, place, quoting)?;
        form::edit(self.module, union, expr, place, quoting, &mut change)?;
        for (subscript, _) in union.subscripts() {
            let names = self.module.names();
            let typing = ["typing", "typing_extensions"];
            let aliases = names.import_aliases(&subscript.value, place.lookup(), &typing);
            change.releases.extend(aliases);
        }
        Ok(change)
    }

    /// How far the rewrite can be trusted, by position, target and operands.
    fn trust(
        &self,
        change: &mut Change,
        union: &Union<'_>,
        place: &TypePlace<'_>,
        quoting: form::Quotes,
    ) -> Result<(), Refused> {
        self.target(change, place)?;
        if !self.module.is_stub() {
            for operand in union.operands() {
                match support(self.module, operand, place) {
                    Support::Fine | Support::Likely => {}
                    Support::Doubtful(why) => change.make_unsafe(why),
                    Support::Missing(reason) | Support::Overloaded(reason) => {
                        return Err(Refused(reason));
                    }
                }
            }
        }
        if quoting == form::Quotes::Whole {
            change.make_unsafe(
                "the annotation becomes a string, which code that reads `__annotations__` sees",
            );
        }
        match place.position {
            Position::ImplicitAlias => change.make_unsafe("the name may be used as a value: its type changes from `typing.Union` to `types.UnionType`"),
            Position::InstanceCheck => change.make_unsafe("the check gets a `types.UnionType` instead of a `typing.Union`"),
            _ => {}
        }
        if let Some(why) = &self.inspected {
            change.make_unsafe(why.clone());
        }
        Ok(())
    }

    /// Below Python 3.10 there is no `|` on types: only what is never evaluated may have it.
    fn target(&self, change: &mut Change, place: &TypePlace<'_>) -> Result<(), Refused> {
        let target = self.module.target();
        if target >= PythonVersion::PY310 || self.module.is_stub() {
            return Ok(());
        }
        let postponed = self.module.postpones_annotations();
        if !postponed || place.position != Position::Annotation || place.string.is_some() {
            return Err(Refused(format!(
                "`|` between types needs Python 3.10 where it is evaluated, and the target is {target}"
            )));
        }
        if let Some(reason) = frameworks::evaluates(self.module, place) {
            return Err(Refused(format!("{reason}, and the target is {target}")));
        }
        if let Some(codemod) = self.way_back {
            return Err(Refused(format!(
                "`{codemod}` runs too and would write it back, since the target is {target}"
            )));
        }
        change.make_unsafe(format!(
            "whatever evaluates the annotation fails on Python {target}"
        ));
        Ok(())
    }

    /// What to do about operands in quotes, which have no `|`.
    fn quotes(
        &self,
        union: &Union<'_>,
        expr: &Expr,
        place: &TypePlace<'_>,
    ) -> Result<form::Quotes, Refused> {
        for literal in union.operands().filter_map(Expr::as_string_literal_expr) {
            self.quoted(literal, place)?;
        }
        if place.evaluation != Evaluation::AtOnce {
            return Ok(form::Quotes::Drop);
        }
        if place.position == Position::Annotation && place.outermost && expr.is_subscript_expr() {
            return Ok(form::Quotes::Whole);
        }
        Err(Refused(
            "a quoted member has no `|`, and only a whole annotation can be quoted instead".into(),
        ))
    }

    /// Whether a quoted member can lose its quotes: one plain literal that holds one type, and no union of its own.
    fn quoted(&self, literal: &ExprStringLiteral, place: &TypePlace<'_>) -> Result<(), Refused> {
        let text = literal.value.to_str();
        if place.string.is_none() && !self.module.is_plain_string(literal) || text.contains('#') {
            return Err(Refused(
                "a quoted member is not one plain string literal".into(),
            ));
        }
        let Ok(parsed) = parse_type_annotation(literal, self.module.text()) else {
            return Err(Refused("a quoted member is not a valid type".into()));
        };
        match self.is_plain_type(parsed.expression()) {
            true => Ok(()),
            false => Err(Refused(
                "a quoted member is more than one plain type".into(),
            )),
        }
    }

    /// A name, a generic type, or such types joined by `|`; no `None`, which may stand in the union already.
    fn is_plain_type(&self, expr: &Expr) -> bool {
        match expr {
            Expr::Name(_) | Expr::Attribute(_) => true,
            Expr::Subscript(subscript) => !self
                .module
                .could_mean(&subscript.value, &["Optional", "Union"]),
            Expr::BinOp(operation) => {
                operation.op == Operator::BitOr
                    && self.is_plain_type(&operation.left)
                    && self.is_plain_type(&operation.right)
            }
            _ => false,
        }
    }
}
