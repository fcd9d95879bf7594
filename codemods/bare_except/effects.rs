//! What a piece of code may raise.

use std::collections::BTreeSet;

use super::table::Table;

/// All that a piece of code may raise, apart from what no table can hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Effects {
    pub raised: BTreeSet<String>,
    /// Why narrowing to `raised` is not safe.
    pub doubts: Vec<String>,
    /// Why nobody knows what is raised.
    pub unknown: Option<String>,
    /// The operations that raise something, as they are written.
    pub operations: Vec<String>,
    /// What is proven of their operands: "`raw` is `str`".
    pub facts: Vec<String>,
}

impl Effects {
    pub fn add(&mut self, other: Self) {
        self.raised.extend(other.raised);
        self.unknown = self.unknown.take().or(other.unknown);
        for doubt in other.doubts {
            if !self.doubts.contains(&doubt) {
                self.doubts.push(doubt);
            }
        }
        self.facts.extend(other.facts);
        for operation in other.operations {
            if !self.operations.contains(&operation) {
                self.operations.push(operation);
            }
        }
    }

    /// Take out what a handler for `caught` catches, and give it.
    pub fn catch(&mut self, table: &Table, caught: &str) -> Self {
        let (away, left) = std::mem::take(&mut self.raised)
            .into_iter()
            .partition(|raised| table.catches(caught, raised));
        self.raised = left;
        let all = matches!(caught, "Exception" | "BaseException");
        Self {
            raised: away,
            doubts: self.doubts.clone(),
            unknown: if all {
                self.unknown.take()
            } else {
                self.unknown.clone()
            },
            operations: self.operations.clone(),
            facts: self.facts.clone(),
        }
    }
}
