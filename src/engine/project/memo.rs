//! Answers about a project that were worked out once: thousands of places ask the same.

use std::any::{Any, TypeId};
use std::hash::Hash;
use std::sync::{Arc, Mutex, RwLock};

use rustc_hash::FxHashMap;

use super::Project;
use super::calls::{Callee, Calls};
use super::layout::ModuleId;
use super::modules::ByModule;
use super::{ImportRef, Need};

/// Answers that many places ask for.
#[derive(Debug, Default)]
pub(super) struct Answers {
    /// The modules that calls load, by what is called.
    pub(super) runs: Memo<Vec<Callee>, ModuleId>,
    /// What calls do.
    pub(super) calls: Calls,
    /// The modules that a module surely loads.
    pub(super) surely: ByModule<Vec<ModuleId>>,
    /// Third-party packages that a module needs, and what it imports out of the standard library.
    pub(super) needs: ByModule<Vec<Need>>,
    pub(super) library: ByModule<Vec<(ImportRef, u32)>>,
    /// Who defines a name.
    pub(super) definitions: ByName<(ModuleId, String)>,
    /// What codemods have worked out, by its type.
    of_codemods: Mutex<Memories>,
    /// The same of the project as it was before its files were changed.
    before: Memories,
}

type Memories = FxHashMap<TypeId, Arc<dyn Any + Send + Sync>>;

impl Project {
    /// What a codemod remembers of this project, by a type of its own: empty when it asks first, and again once the
    /// project has changed. Modules are looked at side by side, so the type has to keep its own order.
    pub fn remembered<T: Any + Default + Send + Sync>(&self) -> Arc<T> {
        let mut all = self.known.of_codemods.lock();
        let known = all.as_mut().ok().map(|all| {
            let known = all.entry(TypeId::of::<T>());
            known.or_insert_with(|| Arc::new(T::default())).clone()
        });
        let known = known.and_then(|known| known.downcast::<T>().ok());
        known.unwrap_or_default()
    }

    /// What a codemod remembered of the project as it was before the files that the codemod changed last were changed.
    pub fn recalled<T: Any + Send + Sync>(&self) -> Option<Arc<T>> {
        let before = self.known.before.get(&TypeId::of::<T>());
        before.cloned()?.downcast::<T>().ok()
    }

    /// This is `before`, with some files changed.
    pub(crate) fn follow(&mut self, before: Self) {
        let memories = before.known.of_codemods.into_inner();
        self.known.before = memories.unwrap_or_default();
    }
}

/// Lists by key. Asked from many threads; two of them may work out the same.
#[derive(Debug)]
pub(super) struct Memo<K, V>(RwLock<FxHashMap<K, Arc<[V]>>>);

impl<K, V> Default for Memo<K, V> {
    fn default() -> Self {
        Self(RwLock::default())
    }
}

impl<K: Eq + Hash, V: Clone> Memo<K, V> {
    pub(super) fn get(&self, key: &K) -> Option<Vec<V>> {
        let known = self.0.read().ok()?.get(key).cloned()?;
        Some(known.to_vec())
    }

    pub(super) fn note(&self, key: K, list: &[V]) {
        if let Ok(mut known) = self.0.write() {
            known.insert(key, list.into());
        }
    }
}

/// The same by a module and a name as it is written there.
#[derive(Debug)]
pub(super) struct ByName<V>(RwLock<FxHashMap<ModuleId, Names<V>>>);

type Names<V> = FxHashMap<Box<str>, Arc<[V]>>;

impl<V> Default for ByName<V> {
    fn default() -> Self {
        Self(RwLock::default())
    }
}

impl<V: Clone> ByName<V> {
    pub(super) fn get_or(
        &self,
        module: ModuleId,
        name: &str,
        work_out: impl FnOnce() -> Vec<V>,
    ) -> Vec<V> {
        if let Some(known) = self.get(module, name) {
            return known;
        }
        let list = work_out();
        if let Ok(mut known) = self.0.write() {
            let names = known.entry(module).or_default();
            names.insert(name.into(), list.as_slice().into());
        }
        list
    }

    fn get(&self, module: ModuleId, name: &str) -> Option<Vec<V>> {
        let known = self.0.read().ok()?.get(&module)?.get(name).cloned()?;
        Some(known.to_vec())
    }
}
