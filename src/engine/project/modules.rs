//! Sets of modules, and answers by module.

use std::sync::OnceLock;

use fixedbitset::FixedBitSet;

use super::layout::ModuleId;

/// A set of modules, which gives them in their order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ModuleSet(FixedBitSet);

impl ModuleSet {
    pub fn new() -> Self {
        Self::default()
    }

    /// Put `module` in. Gives whether it was not there.
    pub fn insert(&mut self, module: ModuleId) -> bool {
        let is_new = !self.contains(module);
        if is_new {
            self.0.grow_and_insert(module.index());
        }
        is_new
    }

    pub fn contains(&self, module: ModuleId) -> bool {
        self.0.contains(module.index())
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_clear()
    }

    pub fn iter(&self) -> impl Iterator<Item = ModuleId> + '_ {
        self.0.ones().map(ModuleId::of)
    }
}

impl FromIterator<ModuleId> for ModuleSet {
    fn from_iter<I: IntoIterator<Item = ModuleId>>(modules: I) -> Self {
        let mut set = Self::new();
        for module in modules {
            set.insert(module);
        }
        set
    }
}

/// What is worked out once for a module, when somebody asks. Two threads may work out the same.
#[derive(Debug)]
pub(super) struct ByModule<V>(OnceLock<Vec<OnceLock<V>>>);

impl<V> Default for ByModule<V> {
    fn default() -> Self {
        Self(OnceLock::new())
    }
}

impl<V> ByModule<V> {
    /// The answer for `module`, one of `count`; nothing for one that is no module of the project.
    pub(super) fn get_or(
        &self,
        count: usize,
        module: ModuleId,
        work_out: impl FnOnce() -> V,
    ) -> Option<&V> {
        let all = self
            .0
            .get_or_init(|| (0..count).map(|_| OnceLock::new()).collect());
        let slot = all.get(module.index())?;
        if slot.get().is_none() {
            // Not within the slot: what works it out may come by this module again.
            let made = work_out();
            return Some(slot.get_or_init(|| made));
        }
        slot.get()
    }
}
