//! Trees of other modules, as many as there is room for.
//!
//! A module that a file imports from is looked into many times in a row, by this file and by its neighbours, and then
//! never again. ty would keep its tree for ever.

use std::collections::VecDeque;

use ruff_db::files::File;
use ruff_db::parsed::ParsedModule;
use ruff_python_ast::PythonVersion;
use rustc_hash::FxHashSet;

/// Bytes of the texts whose trees are kept at hand. A tree that is needed again later is made again.
const ROOM: usize = 4 * 1024 * 1024;

/// The trees that are there, and how much room they take.
#[derive(Debug, Default)]
pub(super) struct Trees {
    /// With the bytes of its text, the latest last.
    held: VecDeque<(ParsedModule, usize)>,
    known: FxHashSet<(File, PythonVersion)>,
    bytes: usize,
}

impl Trees {
    /// Let the tree of `module`, whose text has `bytes` bytes, be the latest, and the oldest go.
    pub(super) fn hold(&mut self, module: &ParsedModule, bytes: usize) {
        if !self.known.insert(key(module)) {
            return;
        }
        self.held.push_back((module.clone(), bytes));
        self.bytes += bytes;
        while self.bytes > ROOM
            && self.held.len() > 1
            && let Some((oldest, bytes)) = self.held.pop_front()
        {
            self.bytes -= bytes;
            self.known.remove(&key(&oldest));
            oldest.clear();
        }
    }

    /// Forget all of them. Whoever has one keeps it.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }
}

fn key(module: &ParsedModule) -> (File, PythonVersion) {
    (module.file(), module.python_version())
}
