//! A union as it is written: nested `Optional`, `Union` and `|` taken as one.

use codemend_engine::module::Module;
use codemend_engine::semantic::Where;
use codemend_engine::syntax::ast::{Expr, ExprSubscript, Operator};
use codemend_engine::syntax::{Ranged, TextRange};

/// Python's compiler follows a chain of `|` by recursion; a list of members it takes at any length.
const MOST: usize = 200;

/// Why a union stays.
pub(super) struct Refused(pub(super) String);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Head {
    Optional,
    Union,
}

/// A part of a union.
pub(super) enum Node<'e> {
    /// `Optional[...]` or `Union[...]`
    Typing {
        subscript: &'e ExprSubscript,
        head: Head,
        members: Vec<Node<'e>>,
    },
    /// `left | right`
    Bar(Box<Node<'e>>, Box<Node<'e>>),
    Operand(&'e Expr),
}

/// A whole union with at least one `Optional` or `Union` in it.
pub(super) struct Union<'e> {
    pub(super) root: Node<'e>,
}

/// Whether `value` is typing's `Optional` or `Union`.
pub(super) fn head(module: &Module<'_>, value: &Expr, place: Where<'_>) -> Option<Head> {
    if !module.could_mean(value, &["Optional", "Union"]) && !module.is_from_project(value) {
        return None;
    }
    match module.qualified_name(value, place)?.as_str() {
        "typing.Optional" => Some(Head::Optional),
        "typing.Union" => Some(Head::Union),
        _ => None,
    }
}

impl<'e> Union<'e> {
    /// The union that `expr` is; `None` when no part of it at this level is typing's.
    pub(super) fn of(module: &Module<'_>, expr: &'e Expr, place: Where<'_>) -> Option<Self> {
        let root = Node::of(module, expr, place);
        root.has_typing().then_some(Self { root })
    }

    /// The operands, `None` included, in the order in which they are written.
    pub(super) fn operands(&self) -> impl Iterator<Item = &'e Expr> + use<'e> {
        let mut all = Vec::new();
        self.root.collect(&mut all);
        all.into_iter()
    }

    /// The subscripts that are taken apart, outermost first.
    pub(super) fn subscripts(&self) -> Vec<(&'e ExprSubscript, Head)> {
        let mut all = Vec::new();
        self.root.collect_subscripts(&mut all);
        all
    }

    pub(super) fn is_optional(&self) -> bool {
        matches!(
            self.root,
            Node::Typing {
                head: Head::Optional,
                ..
            }
        )
    }

    /// Where the first `Optional` or `Union` stands.
    pub(super) fn first_subscript(&self) -> TextRange {
        self.root.first_subscript().unwrap_or_default()
    }

    /// Whether every part is something that `|` can join.
    pub(super) fn check(&self) -> Result<(), Refused> {
        self.root.check()?;
        if self.operands().count() > MOST {
            let reason = format!("it has more than {MOST} members, too many for a chain of `|`");
            return Err(Refused(reason));
        }
        let mut operands = self.operands();
        match operands.all(Expr::is_none_literal_expr) {
            true => Err(Refused(
                "it is not a valid type: it has no member but `None`".into(),
            )),
            false => Ok(()),
        }
    }
}

impl<'e> Node<'e> {
    fn of(module: &Module<'_>, expr: &'e Expr, place: Where<'_>) -> Self {
        match expr {
            Expr::BinOp(operation) if operation.op == Operator::BitOr => Self::Bar(
                Box::new(Self::of(module, &operation.left, place)),
                Box::new(Self::of(module, &operation.right, place)),
            ),
            Expr::Subscript(subscript) => match head(module, &subscript.value, place) {
                Some(head) => {
                    let members = match &*subscript.slice {
                        Expr::Tuple(tuple) => tuple.elts.iter().collect(),
                        single => vec![single],
                    };
                    let members = members
                        .into_iter()
                        .map(|one| Self::of(module, one, place))
                        .collect();
                    Self::Typing {
                        subscript,
                        head,
                        members,
                    }
                }
                None => Self::Operand(expr),
            },
            _ => Self::Operand(expr),
        }
    }

    fn has_typing(&self) -> bool {
        match self {
            Self::Typing { .. } => true,
            Self::Bar(left, right) => left.has_typing() || right.has_typing(),
            Self::Operand(_) => false,
        }
    }

    pub(super) fn collect(&self, into: &mut Vec<&'e Expr>) {
        match self {
            Self::Typing { members, .. } => members.iter().for_each(|one| one.collect(into)),
            Self::Bar(left, right) => {
                left.collect(into);
                right.collect(into);
            }
            Self::Operand(expr) => into.push(expr),
        }
    }

    fn collect_subscripts(&self, into: &mut Vec<(&'e ExprSubscript, Head)>) {
        match self {
            Self::Typing {
                subscript,
                head,
                members,
            } => {
                into.push((subscript, *head));
                members.iter().for_each(|one| one.collect_subscripts(into));
            }
            Self::Bar(left, right) => {
                left.collect_subscripts(into);
                right.collect_subscripts(into);
            }
            Self::Operand(_) => {}
        }
    }

    fn first_subscript(&self) -> Option<TextRange> {
        match self {
            Self::Typing { subscript, .. } => Some(subscript.range()),
            Self::Bar(left, right) => left.first_subscript().or_else(|| right.first_subscript()),
            Self::Operand(_) => None,
        }
    }

    fn check(&self) -> Result<(), Refused> {
        let refuse = |reason: &str| Err(Refused(format!("it is not a valid type: {reason}")));
        match self {
            Self::Typing { head, members, .. } => {
                match (head, members.as_slice()) {
                    (_, []) => return refuse("it has no members"),
                    (Head::Optional, [_, _, ..]) => return refuse("`Optional` takes one type"),
                    (_, [Self::Operand(Expr::NoneLiteral(_))]) => {
                        return refuse("it has no member but `None`");
                    }
                    _ => {}
                }
                members.iter().try_for_each(Self::check)
            }
            Self::Bar(left, right) => left.check().and_then(|()| right.check()),
            Self::Operand(expr) => match expr {
                Expr::Name(_)
                | Expr::Attribute(_)
                | Expr::Subscript(_)
                | Expr::NoneLiteral(_)
                | Expr::StringLiteral(_) => Ok(()),
                Expr::Slice(_) => refuse("a slice is no type"),
                Expr::Starred(_) => refuse("an unpacked member cannot be joined by `|`"),
                Expr::Lambda(_) | Expr::Named(_) | Expr::If(_) => {
                    refuse("a member binds weaker than `|`")
                }
                Expr::Call(_) => Err(Refused(
                    "cannot tell what a member is: it is the result of a call".into(),
                )),
                _ => refuse("a member is no type"),
            },
        }
    }
}
