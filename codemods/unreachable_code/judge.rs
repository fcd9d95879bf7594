//! What becomes of a dead part: it goes, it stays for a reason, or a person must look.

use codemend_engine::change::Changes;
use codemend_engine::flow::is_never_true;
use codemend_engine::module::Module;
use codemend_engine::semantic::Where;
use codemend_engine::syntax::ast::{Expr, Stmt, StmtFunctionDef};
use codemend_engine::syntax::{Ranged, TextRange};

use super::extent::{Extent, Rest, rest};
use super::mend::Mend;
use super::parts::{Kind, Part, goes_whole};
use super::scope::Scope;
use super::words::{defines, uses_elsewhere};
use super::{NAME, RULES};

/// Judges the dead parts of one function.
pub struct Judge<'m, 'a, 'f> {
    module: &'m Module<'a>,
    function: &'f StmtFunctionDef,
    /// All that lives.
    living: Scope<'f>,
    /// That, and the dead parts that stay.
    used: Scope<'f>,
    /// That, and what is only doubtfully dead.
    perhaps: Scope<'f>,
    /// Parts around or beside that go, and those that go where unsafe changes are wished.
    gone: Vec<TextRange>,
    going: Vec<TextRange>,
}

/// Dead statements that are left: whole parts that stay, and parts that stay where no unsafe changes are wished.
#[derive(Default)]
pub struct Left<'f> {
    pub whole: Vec<&'f [Stmt]>,
    pub perhaps: Vec<&'f [Stmt]>,
}

/// What becomes of a dead part, as far as that is known.
enum Fate {
    Goes,
    /// It goes where unsafe changes are wished.
    MayGo(String),
    /// It stays, for a reason.
    Stays(String),
    /// A comment says that it is there on purpose.
    Kept(String),
    /// A person must look: a comment would be lost.
    Shown(TextRange),
}

/// A dead part, its bytes, and what becomes of it.
struct Case<'p, 'f> {
    part: &'p Part<'f>,
    extent: Extent,
    fate: Fate,
}

impl<'m, 'a, 'f> Judge<'m, 'a, 'f> {
    /// For `function`.
    pub fn of(module: &'m Module<'a>, function: &'f StmtFunctionDef) -> Self {
        Self {
            module,
            function,
            living: Scope::default(),
            used: Scope::default(),
            perhaps: Scope::default(),
            gone: Vec::new(),
            going: Vec::new(),
        }
    }

    /// Say what becomes of `parts`. Gives what is left of them.
    pub fn judge(&mut self, parts: &[Part<'f>], changes: &mut Changes) -> Left<'f> {
        let mut cases: Vec<Case<'_, 'f>> = Vec::new();
        self.live(
            parts
                .iter()
                .map(|part| (part.range(), part.doubt.is_none())),
        );
        self.living = std::mem::take(&mut self.used);
        for part in parts {
            let Some(extent) = Extent::of(self.module, part) else {
                continue;
            };
            let fate = self.first_fate(part, &extent);
            cases.push(Case { part, extent, fate });
        }
        // What stays decides about names, and so about what else stays.
        while self.settle(&mut cases) {}
        let mut left = Left::default();
        let whole = cases
            .iter()
            .filter_map(|case| match (&case.fate, case.part.kind) {
                (Fate::Goes | Fate::MayGo(_), Kind::Never(statement, _)) => Some(statement.range()),
                _ => None,
            });
        let mend = Mend {
            module: self.module,
            whole: whole.collect(),
        };
        for case in &cases {
            say(&mend, case, changes);
            let range = case.part.range();
            match case.fate {
                Fate::Goes => self.gone.push(range),
                Fate::MayGo(_) => {
                    self.going.push(range);
                    left.perhaps.push(case.part.dead);
                }
                Fate::Stays(_) | Fate::Shown(_) => left.whole.push(case.part.dead),
                Fate::Kept(_) => {}
            }
        }
        left
    }

    /// Everything lives but `dead`: ranges that go, or that go for sure.
    fn live(&mut self, dead: impl Iterator<Item = (TextRange, bool)>) {
        let mut gone = self.gone.clone();
        let mut going = [&self.gone[..], &self.going[..]].concat();
        for (range, is_sure) in dead {
            going.push(range);
            gone.extend(is_sure.then_some(range));
        }
        self.used = Scope::of_rest(self.function, going);
        self.perhaps = Scope::of_rest(self.function, gone);
    }

    fn first_fate(&self, part: &Part<'f>, extent: &Extent) -> Fate {
        if let Some(reason) = self.kept(extent) {
            return Fate::Kept(reason);
        }
        let scope = Scope::of_body(part.dead);
        if scope.yields && !self.living.yields {
            return Fate::Stays("its `yield` makes the function a generator".to_owned());
        }
        if let Some(reason) = self.needed(part) {
            return Fate::Stays(reason);
        }
        match (extent.comment(self.module), &part.doubt) {
            (Some(comment), _) => Fate::Shown(comment),
            (None, Some(doubt)) => Fate::MayGo(doubt.clone()),
            (None, None) => Fate::Goes,
        }
    }

    /// Judge the names in `cases` against all that is not removed. Gives whether that changed anything.
    fn settle(&mut self, cases: &mut [Case<'_, 'f>]) -> bool {
        let dead = cases.iter().filter_map(|case| match case.fate {
            Fate::Goes => Some((case.part.range(), true)),
            Fate::MayGo(_) => Some((case.part.range(), false)),
            _ => None,
        });
        self.live(dead);
        for case in cases {
            let is_sure = match case.fate {
                Fate::Goes => true,
                Fate::MayGo(_) => false,
                _ => continue,
            };
            let scope = Scope::of_body(case.part.dead);
            if let Some(reason) = self.decides(&scope, &self.used) {
                case.fate = Fate::Stays(reason);
                return true;
            } else if is_sure && self.decides(&scope, &self.perhaps).is_some() {
                case.fate = Fate::MayGo("other code that may be wanted again uses it".to_owned());
                return true;
            }
        }
        false
    }

    /// Why a part that says `scope` matters to `used`.
    fn decides(&self, scope: &Scope<'f>, used: &Scope<'f>) -> Option<String> {
        if scope.yields && !self.living.yields {
            return Some("its `yield` makes the function a generator".to_owned());
        }
        let name = scope.decides(&self.living, used)?;
        Some(format!(
            "it decides what `{name}` means in the rest of the function"
        ))
    }

    /// The comment that keeps the part.
    fn kept(&self, extent: &Extent) -> Option<String> {
        let module = self.module;
        extent.anchors.iter().find_map(|anchor| {
            let by = module.kept_by(*anchor, NAME, RULES);
            let by = by.or_else(|| uncovered(module, *anchor));
            by.map(|comment| format!("kept by `{comment}`"))
        })
    }

    /// Why the part is there although it never runs, whatever its names mean.
    fn needed(&self, part: &Part<'f>) -> Option<String> {
        match part.kind {
            Kind::Behind(_) if self.is_guard(part.dead) => {
                Some("it is a guard: it fails if the code above ever changes".to_owned())
            }
            Kind::Never(statement, _) => {
                if is_followed_by_another(statement) {
                    return Some("the test behind it is never true either".to_owned());
                }
                if self.uncovers_string(statement) {
                    return Some("a string below it would become the docstring".to_owned());
                }
                let names = defines(part.dead);
                let name = uses_elsewhere(self.module, &names, statement, part.range())?;
                Some(format!("`{name}`, which it defines, is used elsewhere"))
            }
            _ => None,
        }
    }

    /// Whether a string comes first in the function without `statement`.
    fn uncovers_string(&self, statement: &Stmt) -> bool {
        let mut body = self
            .function
            .body
            .iter()
            .skip_while(|one| one.start() < statement.start() && goes_whole(one));
        if body
            .next()
            .is_none_or(|one| one.range() != statement.range())
        {
            return false;
        }
        let next = match rest(statement) {
            Some(Rest::Else(body)) => body.first(),
            Some(Rest::Elif(_)) => None,
            None => body.find(|one| !goes_whole(one)),
        };
        next.is_some_and(|one| matches!(one, Stmt::Expr(one) if one.value.is_string_literal_expr()))
    }

    /// Whether `dead` only fails: `assert False`, `assert_never(x)`, and at most one `raise`.
    fn is_guard(&self, dead: &[Stmt]) -> bool {
        let raises = dead.iter().filter(|one| one.is_raise_stmt()).count();
        raises <= 1
            && dead.iter().all(|one| match one {
                Stmt::Raise(_) => true,
                Stmt::Assert(one) => is_never_true(&one.test),
                Stmt::Expr(one) => match &*one.value {
                    Expr::Call(call) => self.is_assert_never(&call.func),
                    _ => false,
                },
                _ => false,
            })
    }

    fn is_assert_never(&self, callee: &Expr) -> bool {
        let spelled = match callee {
            Expr::Name(name) => name.id.as_str(),
            Expr::Attribute(attribute) => attribute.attr.as_str(),
            _ => return false,
        };
        spelled == "assert_never"
            || self.module.could_mean(callee, &["assert_never"])
                && self
                    .module
                    .qualified_name(callee, Where::default())
                    .is_some_and(|name| name == "typing.assert_never")
    }
}

/// Whether the `elif` that would take the place of `statement` is never true either.
fn is_followed_by_another(statement: &Stmt) -> bool {
    let next = match statement {
        Stmt::If(one) => one.elif_else_clauses.first(),
        _ => None,
    };
    next.and_then(|clause| clause.test.as_ref())
        .is_some_and(is_never_true)
}

/// Say what becomes of `case`.
fn say(mend: &Mend<'_, '_>, case: &Case<'_, '_>, changes: &mut Changes) {
    let Case { part, extent, fate } = case;
    let at = TextRange::empty(extent.first);
    let doubt = match fate {
        Fate::Goes => None,
        Fate::MayGo(doubt) => Some(doubt),
        Fate::Stays(reason) | Fate::Kept(reason) => return changes.decline(at, reason.clone()),
        Fate::Shown(comment) => {
            let first = TextRange::empty(comment.start().min(at.start()));
            let what = mend.cannot_run(part);
            return changes.report(first, format!("{what}; a comment in it would be lost"));
        }
    };
    match mend.change(part, extent, doubt, changes) {
        Some(change) => changes.propose(change),
        None => changes.decline(at, "its `else` is indented in an unusual way"),
    }
}

/// The comment on the last line of `anchor` that takes it out of coverage: it is known not to run.
fn uncovered<'m>(module: &'m Module<'_>, anchor: TextRange) -> Option<&'m str> {
    let line = TextRange::new(
        module.line_start(anchor.end()),
        module.line_end(anchor.end()),
    );
    let comments = module.comments().comments_in_range(line).iter();
    let mut comments = comments.map(|range| module.slice(*range).trim_end());
    comments.find(|comment| {
        let words: String = comment.split_whitespace().collect();
        words.to_ascii_lowercase().contains("pragma:nocover")
    })
}
