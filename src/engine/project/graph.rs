//! Which modules load which when they are imported, and the cycles in that.

use std::collections::btree_map::{BTreeMap, Entry};
use std::collections::{BTreeSet, VecDeque};

use petgraph::algo::{astar, tarjan_scc};
use petgraph::graph::{DiGraph, NodeIndex};

use super::layout::ModuleId;

/// The import graph: an edge from a module to each that it loads when it is imported itself.
#[derive(Debug, Default)]
pub struct ImportGraph {
    edges: Vec<BTreeSet<ModuleId>>,
}

/// New edges out of one module.
#[derive(Debug, Clone)]
pub(crate) struct Loads {
    pub(crate) from: ModuleId,
    pub(crate) to: BTreeSet<ModuleId>,
}

impl ImportGraph {
    pub(super) fn new(edges: Vec<BTreeSet<ModuleId>>) -> Self {
        Self { edges }
    }

    /// What `module` loads directly.
    pub fn loads(&self, module: ModuleId) -> impl Iterator<Item = ModuleId> + '_ {
        self.edges
            .get(module.index())
            .into_iter()
            .flatten()
            .copied()
    }

    /// The cycles: sets of modules that load each other, each sorted, a module that loads itself included.
    pub fn cycles(&self) -> Vec<Vec<ModuleId>> {
        let graph = self.with(&[]);
        let mut cycles: Vec<Vec<ModuleId>> = tarjan_scc(&graph)
            .into_iter()
            .filter(|component| match component[..] {
                [one] => graph.contains_edge(one, one),
                _ => true,
            })
            .map(|component| {
                let mut modules: Vec<ModuleId> = component.into_iter().map(id).collect();
                modules.sort();
                modules
            })
            .collect();
        cycles.sort();
        cycles
    }

    /// Ways round `cycle`, one of those that [`Self::cycles`] gives: shortest ones, so many that each module is on one.
    /// Each begins and ends with the same module.
    pub fn ways(&self, cycle: &[ModuleId]) -> Vec<Vec<ModuleId>> {
        let mut ways: Vec<Vec<ModuleId>> = Vec::new();
        let mut shown = BTreeSet::new();
        for module in cycle {
            if !shown.contains(module)
                && let Some(way) = self.round(*module, cycle)
            {
                shown.extend(way.iter().copied());
                ways.push(way);
            }
        }
        ways.sort_by_key(|way| way.len());
        ways
    }

    /// A shortest way from `module` through modules of `cycle` (sorted) back to it.
    fn round(&self, module: ModuleId, cycle: &[ModuleId]) -> Option<Vec<ModuleId>> {
        let mut came_from = BTreeMap::new();
        let mut next = VecDeque::from([module]);
        while let Some(one) = next.pop_front() {
            for to in self.loads(one).filter(|to| cycle.binary_search(to).is_ok()) {
                if to == module {
                    let mut way = vec![module, one];
                    while let Some(before) = way.last().and_then(|last| came_from.get(last)) {
                        way.push(*before);
                    }
                    // A module that loads itself.
                    if one == module {
                        way.truncate(2);
                    }
                    way.reverse();
                    return Some(way);
                }
                if let Entry::Vacant(entry) = came_from.entry(to) {
                    entry.insert(one);
                    next.push_back(to);
                }
            }
        }
        None
    }

    /// For each of `wanted` the cycle that it would close, were all of them made: the modules on a shortest one,
    /// beginning and ending with the module that the edge starts from.
    pub(crate) fn closed_by(&self, wanted: &[Loads]) -> Vec<Option<Vec<ModuleId>>> {
        let graph = self.with(wanted);
        let mut component = vec![0usize; graph.node_count()];
        for (at, members) in tarjan_scc(&graph).into_iter().enumerate() {
            for member in members {
                component[member.index()] = at;
            }
        }
        let closes =
            |from: ModuleId, to: ModuleId| component.get(from.index()) == component.get(to.index());
        wanted
            .iter()
            .map(|loads| {
                let guilty = loads.to.iter().filter(|to| closes(loads.from, **to));
                let ways = guilty.filter_map(|to| way(&graph, *to, loads.from));
                let mut cycle = ways.min_by_key(|way| (way.len(), way.clone()))?;
                cycle.insert(0, loads.from);
                Some(cycle)
            })
            .collect()
    }

    fn with(&self, wanted: &[Loads]) -> DiGraph<(), ()> {
        let mut graph = DiGraph::new();
        for _ in &self.edges {
            graph.add_node(());
        }
        let known = self.edges.iter().enumerate().flat_map(|(from, to)| {
            let from = NodeIndex::new(from);
            to.iter().map(move |to| (from, NodeIndex::new(to.index())))
        });
        let new = wanted.iter().flat_map(|loads| {
            let from = NodeIndex::new(loads.from.index());
            loads
                .to
                .iter()
                .map(move |to| (from, NodeIndex::new(to.index())))
        });
        graph.extend_with_edges(known.chain(new));
        graph
    }
}

fn id(node: NodeIndex) -> ModuleId {
    ModuleId(u32::try_from(node.index()).unwrap_or(u32::MAX))
}

/// The modules on a shortest way from `from` to `to`, both included.
fn way(graph: &DiGraph<(), ()>, from: ModuleId, to: ModuleId) -> Option<Vec<ModuleId>> {
    let (start, goal) = (NodeIndex::new(from.index()), NodeIndex::new(to.index()));
    let (_, nodes) = astar(graph, start, |node| node == goal, |_| 1u32, |_| 0u32)?;
    Some(nodes.into_iter().map(id).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(edges: &[(u32, u32)]) -> ImportGraph {
        let mut all = vec![BTreeSet::new(); 6];
        for &(from, to) in edges {
            all[from as usize].insert(ModuleId(to));
        }
        ImportGraph::new(all)
    }

    fn loads(from: u32, to: &[u32]) -> Loads {
        Loads {
            from: ModuleId(from),
            to: to.iter().map(|to| ModuleId(*to)).collect(),
        }
    }

    fn ids(cycle: Option<&Vec<ModuleId>>) -> Vec<u32> {
        cycle.into_iter().flatten().map(|id| id.0).collect()
    }

    #[test]
    fn an_edge_closes_a_cycle_given_the_others() {
        let graph = graph(&[(0, 1), (1, 2)]);
        let closed = graph.closed_by(&[loads(2, &[0]), loads(2, &[3]), loads(3, &[4])]);
        assert_eq!(ids(closed[0].as_ref()), [2, 0, 1, 2]);
        assert!(closed[1].is_none() && closed[2].is_none());

        let together = graph.closed_by(&[loads(3, &[4]), loads(4, &[5]), loads(5, &[3])]);
        assert!(together.iter().all(Option::is_some));
        let alone = graph.closed_by(&[loads(3, &[4]), loads(4, &[5])]);
        assert!(alone.iter().all(Option::is_none));
    }

    #[test]
    fn ways_round_a_cycle_are_short_and_pass_everywhere() {
        let graph = graph(&[(0, 1), (1, 0), (1, 2), (2, 3), (3, 1), (0, 4), (5, 5)]);
        let cycles = graph.cycles();
        assert_eq!(cycles.len(), 2);
        let ways = |cycle: &[ModuleId]| -> Vec<Vec<u32>> {
            let ways = graph.ways(cycle).into_iter();
            ways.map(|way| way.iter().map(|id| id.0).collect())
                .collect()
        };
        assert_eq!(ways(&cycles[0]), [vec![0, 1, 0], vec![2, 3, 1, 2]]);
        assert_eq!(ways(&cycles[1]), [vec![5, 5]]);
    }

    #[test]
    fn a_module_that_loads_itself_is_a_cycle() {
        let closed = graph(&[]).closed_by(&[loads(1, &[1])]);
        assert_eq!(ids(closed[0].as_ref()), [1, 1]);
        assert_eq!(graph(&[(2, 2), (0, 1), (1, 0)]).cycles().len(), 2);
    }
}
