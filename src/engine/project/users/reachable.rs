//! Which modules each module can get to by imports, at any depth.
//!
//! A value that a module deals with is of a class that it can get to. Modules that import each other in a circle get to
//! the same ones, so that these are kept once for each circle, as bits.

use fixedbitset::FixedBitSet;
use petgraph::Directed;
use petgraph::algo::tarjan_scc;
use petgraph::csr::Csr;

use crate::project::layout::ModuleId;

/// A set of modules that all get to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Circle(u32);

/// What modules get to.
#[derive(Debug, Default)]
pub(in crate::project) struct Reachable {
    /// By module.
    circles: Vec<Circle>,
    /// By circle: the circles that it gets to, itself included.
    sets: Vec<FixedBitSet>,
}

impl Reachable {
    /// `imports`: for each module those that it imports.
    pub(super) fn new(imports: &[Vec<ModuleId>]) -> Self {
        let edges = imports.iter().zip(0u32..);
        let edges = edges.flat_map(|(all, from)| all.iter().map(move |to| (from, to.0)));
        let mut edges: Vec<(u32, u32)> = edges.collect();
        edges.sort_unstable();
        edges.dedup();
        let mut graph: Csr<(), (), Directed, u32> = Csr::with_nodes(imports.len());
        for (from, to) in edges {
            graph.add_edge(from, to, ());
        }
        let found = tarjan_scc(&graph);
        let mut circles = vec![Circle(0); imports.len()];
        for (circle, members) in (0u32..).zip(&found) {
            for member in members {
                circles[*member as usize] = Circle(circle);
            }
        }
        let mut sets: Vec<FixedBitSet> = Vec::with_capacity(found.len());
        // A circle comes after all that it gets to.
        for (at, members) in found.iter().enumerate() {
            let mut set = FixedBitSet::with_capacity(at + 1);
            set.insert(at);
            for member in members {
                for to in graph.neighbors_slice(*member) {
                    let Circle(to) = circles[*to as usize];
                    if to as usize != at && !set.contains(to as usize) {
                        set.union_with(&sets[to as usize]);
                    }
                }
            }
            sets.push(set);
        }
        Self { circles, sets }
    }

    pub(super) fn circle(&self, module: ModuleId) -> Circle {
        self.circles[module.index()]
    }

    /// Whether a module of `from` gets to those of `to`.
    pub(super) fn gets(&self, from: Circle, to: Circle) -> bool {
        self.sets[from.0 as usize].contains(to.0 as usize)
    }
}
