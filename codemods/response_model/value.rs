//! Values of local names on the way through a function, and how much they may be trusted.

use std::collections::BTreeMap;

use super::shape::Shape;

/// The shape of a value, and what only promises it.
#[derive(Clone, PartialEq)]
pub(super) struct Fact<'db> {
    pub(super) shape: Shape<'db>,
    /// Why the value may be of a subclass; `None` when the code shows that it is not.
    pub(super) promise: Option<String>,
}

impl<'db> Fact<'db> {
    pub(super) fn shown(shape: Shape<'db>) -> Self {
        Self {
            shape,
            promise: None,
        }
    }

    pub(super) fn promised(shape: Shape<'db>, promise: impl Into<String>) -> Self {
        Self {
            shape,
            promise: Some(promise.into()),
        }
    }

    pub(super) fn unknown(reason: impl Into<String>) -> Self {
        Self::shown(Shape::unknown(reason))
    }

    pub(super) fn unfit(reason: impl Into<String>) -> Self {
        Self::shown(Shape::Unfit(reason.into()))
    }

    pub(super) fn join(self, other: Self) -> Self {
        Self {
            shape: self.shape.join(other.shape),
            promise: self.promise.or(other.promise),
        }
    }

    pub(super) fn join_all(facts: impl IntoIterator<Item = Self>) -> Self {
        facts
            .into_iter()
            .fold(Self::shown(Shape::Never), Self::join)
    }

    pub(super) fn map(self, change: impl FnOnce(Shape<'db>) -> Shape<'db>) -> Self {
        Self {
            shape: change(self.shape),
            promise: self.promise,
        }
    }

    pub(super) fn is_unknown(&self) -> bool {
        matches!(self.shape, Shape::Unknown(_))
    }
}

/// A local name.
#[derive(Clone, PartialEq)]
pub(super) struct Binding<'db> {
    pub(super) fact: Fact<'db>,
    /// Another name or container holds the same object, or a part of it: from now on nothing may change it.
    pub(super) shared: bool,
    /// A new container of parts that others hold.
    pub(super) parts_shared: bool,
    /// A model that nobody else has had in hands since it was validated: its fields are what their types say.
    pub(super) pristine: bool,
    /// Somebody else has it and may have changed it, or set attributes of it.
    pub(super) touched: bool,
    /// A list or dict that was known until somebody else could change it.
    pub(super) lost: bool,
}

/// The local names at one point of a function.
#[derive(Clone, PartialEq, Default)]
pub(super) struct Locals<'db> {
    pub(super) names: BTreeMap<String, Binding<'db>>,
    /// Control does not come here.
    pub(super) dead: bool,
}

impl<'db> Locals<'db> {
    pub(super) fn bind(&mut self, name: &str, fact: Fact<'db>) {
        let binding = Binding {
            fact,
            shared: false,
            parts_shared: false,
            pristine: false,
            touched: false,
            lost: false,
        };
        self.names.insert(name.to_owned(), binding);
    }

    /// Whether some object is known under two names, so that a change by one of them is seen by the other.
    pub(super) fn share(&self) -> bool {
        self.names.values().any(|binding| binding.shared)
    }

    /// What holds where two paths meet.
    pub(super) fn join(self, other: Self) -> Self {
        if self.dead {
            return other;
        }
        if other.dead {
            return self;
        }
        let mut joined = self;
        for (name, theirs) in other.names {
            let binding = match joined.names.remove(&name) {
                Some(own) => Binding {
                    fact: own.fact.join(theirs.fact),
                    shared: own.shared || theirs.shared,
                    parts_shared: own.parts_shared || theirs.parts_shared,
                    pristine: own.pristine && theirs.pristine,
                    touched: own.touched || theirs.touched,
                    lost: own.lost || theirs.lost,
                },
                // Bound on one path only: whoever reads it comes by that path.
                None => theirs,
            };
            joined.names.insert(name, binding);
        }
        joined
    }
}
