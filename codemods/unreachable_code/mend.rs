//! The words and the bytes of a change that removes a dead part.

use codemend_engine::change::{Change, Changes};
use codemend_engine::flow::is_never_true;
use codemend_engine::module::Module;
use codemend_engine::syntax::ast::{Expr, Stmt};
use codemend_engine::syntax::{Ranged, TextRange, TokenKind};

use super::dedent::dedented;
use super::extent::{Extent, Rest, kept, rest};
use super::parts::{Kind, Part, goes_whole};

/// Writes the changes of one function.
pub struct Mend<'m, 'a> {
    pub module: &'m Module<'a>,
    /// Statements whose test is never true that go, or that their `else` takes the place of.
    pub whole: Vec<TextRange>,
}

impl Mend<'_, '_> {
    /// What is said of `part`: `code behind return cannot run`.
    pub fn cannot_run(&self, part: &Part<'_>) -> String {
        match part.kind {
            Kind::Behind(jump) => format!("code behind {} cannot run", self.shown(jump)),
            Kind::Else(_) => format!("{} cannot run", self.which_else(part.kind)),
            Kind::Never(statement, _) => {
                format!("code below {} cannot run", self.shown(statement))
            }
        }
    }

    fn which_else(&self, kind: Kind<'_>) -> String {
        match kind {
            Kind::Else(Stmt::Try(_)) => {
                "the `else` of a `try` whose body never completes".to_owned()
            }
            Kind::Else(statement) => format!("the `else` of {}", self.shown(statement)),
            _ => String::new(),
        }
    }

    /// A statement in one or two words.
    fn shown(&self, statement: &Stmt) -> String {
        let test =
            |word: &str, test: &Expr| format!("`{word} {}`", self.module.slice(test.range()));
        let word = match statement {
            Stmt::Return(_) => "return",
            Stmt::Raise(_) => "raise",
            Stmt::Break(_) => "break",
            Stmt::Continue(_) => "continue",
            Stmt::If(one) if is_never_true(&one.test) => {
                return test("if", &one.test);
            }
            Stmt::While(one) => return test("while", &one.test),
            Stmt::If(_) => "if",
            Stmt::Try(_) => "try",
            Stmt::With(_) => "with",
            Stmt::Match(_) => "match",
            Stmt::Expr(one) => {
                let call = match &*one.value {
                    Expr::Await(waiting) => &*waiting.value,
                    other => other,
                };
                let callee = call.as_call_expr().map(|call| call.func.range());
                let text = self.module.slice(callee.unwrap_or_default());
                return format!("`{text}()`");
            }
            _ => "the statement above",
        };
        format!("`{word}`")
    }

    /// The change that removes `part`, for which there is this `doubt`; none when its layout is an unusual one.
    pub fn change(
        &self,
        part: &Part<'_>,
        extent: &Extent,
        doubt: Option<&String>,
        changes: &Changes,
    ) -> Option<Change> {
        let title = match part.kind {
            Kind::Behind(jump) => {
                format!("remove what never runs behind {}", self.shown(jump))
            }
            Kind::Else(_) => format!("remove {}: it never runs", self.which_else(part.kind)),
            Kind::Never(statement, _) => {
                format!("remove what {} keeps from running", self.shown(statement))
            }
        };
        let mut change = changes.draft(TextRange::empty(extent.first), title);
        match part.kind {
            Kind::Never(statement, block) => self.mend(&mut change, statement, block, extent)?,
            _ => change.delete(extent.gone),
        }
        if let Some(doubt) = doubt {
            change.make_unsafe(doubt.clone());
        }
        if let Kind::Else(_) = part.kind {
            change.notice = Some(self.cannot_run(part));
        }
        Some(change)
    }

    /// Whether nothing of `block` stays, and `statement` comes first in it.
    fn is_first_of_none(&self, block: &[Stmt], statement: &Stmt) -> bool {
        let mut all = block.iter();
        block.first().map(Ranged::range) == Some(statement.range())
            && all.all(|one| goes_whole(one) && self.whole.contains(&one.range()))
    }

    /// Take `statement`, whose test is never true, out of its `block`.
    fn mend(
        &self,
        change: &mut Change,
        statement: &Stmt,
        block: &[Stmt],
        extent: &Extent,
    ) -> Option<()> {
        let module = self.module;
        match rest(statement) {
            None if self.is_first_of_none(block, statement) => change.replace(extent.gone, "pass"),
            None => {
                let start = module.line_start(statement.start());
                change.delete(TextRange::new(start, module.line_end(extent.gone.end())));
            }
            // `elif` loses its first two letters.
            Some(Rest::Elif(_)) => {
                let keyword = TextRange::new(extent.gone.end(), statement.end());
                let keyword = module.tokens().in_range(keyword).first()?;
                let elif = (keyword.kind() == TokenKind::Elif).then_some(keyword.start())?;
                change.delete(TextRange::new(statement.start(), elif));
                change.replace(keyword.range(), "if");
                change.regroups.push(statement.range());
            }
            Some(Rest::Else(body)) => {
                let text = dedented(module, statement, body)?;
                let end = kept(module, body).end();
                change.replace(TextRange::new(statement.start(), end), text);
            }
        }
        Some(())
    }
}
