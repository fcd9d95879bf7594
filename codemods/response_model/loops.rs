//! Loops: followed turn by turn until nothing new turns up.

use codemend_engine::flow::is_always_true;
use codemend_engine::syntax::ast::{Stmt, StmtFor, StmtWhile};

use super::scan::Use;
use super::study::{Exits, Study};
use super::value::{Fact, Locals};

/// A loop that still learns after so many rounds is not followed further.
const ROUNDS: usize = 4;

impl<'db> Study<'_, 'db> {
    pub(super) fn for_loop(&mut self, one: &StmtFor) {
        self.scan(&one.iter, Use::Read);
        self.turn(
            &one.body,
            &one.orelse,
            |study| {
                let pristine = study.gives_pristine(&one.iter);
                // Anew on each turn: the list may grow meanwhile.
                let bound = match one.is_async {
                    true => Vec::new(),
                    false => study.loop_names(&one.target, &one.iter),
                };
                let unknown = Fact::unknown("what an asynchronous loop gives is not known");
                study.assign(&one.target, unknown, Some(&one.iter));
                for (name, fact) in bound {
                    if let Some(binding) = study.locals.names.get_mut(&name) {
                        binding.shared &= !fact.shape.is_scalar();
                        binding.shared |= fact.shape.is_mutable();
                        binding.fact = fact;
                        binding.pristine = pristine;
                    }
                }
            },
            Ends::ByItself,
        );
    }

    pub(super) fn while_loop(&mut self, one: &StmtWhile) {
        self.scan(&one.test, Use::Read);
        let ends = match is_always_true(&one.test) {
            true => Ends::ByBreak,
            false => Ends::ByItself,
        };
        self.turn(
            &one.body,
            &one.orelse,
            |study| study.scan(&one.test, Use::Read),
            ends,
        );
    }

    /// Go round a loop until nothing new turns up.
    fn turn(&mut self, body: &[Stmt], orelse: &[Stmt], begin: impl Fn(&mut Self), ends: Ends) {
        let mut known = self.locals.clone();
        let mut breaks = Vec::new();
        for round in 0.. {
            self.locals = known.clone();
            begin(self);
            self.loops.push(Exits::default());
            let (returned, yielded) = (self.returned.len(), self.yielded.len());
            self.block(body);
            let exits = self.loops.pop().unwrap_or_default();
            let after = exits
                .continues
                .into_iter()
                .fold(std::mem::take(&mut self.locals), Locals::join);
            let next = known.clone().join(after);
            breaks = exits.breaks;
            if next == known {
                break;
            }
            self.returned.truncate(returned);
            self.yielded.truncate(yielded);
            known = match round >= ROUNDS {
                true => forgetful(known, &next),
                false => next,
            };
        }
        self.locals = known;
        self.locals.dead |= ends == Ends::ByBreak;
        self.block(orelse);
        let end = std::mem::take(&mut self.locals);
        self.locals = breaks.into_iter().fold(end, Locals::join);
    }
}

/// How a loop comes to its end.
#[derive(PartialEq, Eq)]
enum Ends {
    ByItself,
    /// Only by `break`: `while True`.
    ByBreak,
}

/// `known`, where everything that `next` has otherwise is unknown.
fn forgetful<'db>(mut known: Locals<'db>, next: &Locals<'db>) -> Locals<'db> {
    for (name, binding) in &next.names {
        if known.names.get(name) != Some(binding) {
            let reason = format!("`{name}` changes from turn to turn of a loop");
            known.bind(name, Fact::unknown(reason));
        }
    }
    known
}
