//! Assignments that change what a receiver's routes are made with.

use super::attributes::stores;
use super::classes::{MEMBERS, OPTIONS};
use super::selves::Selves;
use super::tracer::Tracer;
use crate::semantic::Names;

/// Whether the file of `names` assigns an attribute by which routes change: `router.route_class = X` on anything,
/// `app.get = X` on an application or a router.
pub(super) fn alters(names: &Names<'_>) -> bool {
    let selves = Selves::of(names);
    stores(names.suite()).iter().any(|store| {
        let is_receiver = || Tracer::default().trace(names, store.owner).is_some();
        match store.name {
            // What a class assigns to its own `self` is a matter of the class.
            Some(name) if OPTIONS.contains(&name) => selves.class(store.owner).is_none(),
            Some(name) => MEMBERS.contains(&name) && is_receiver(),
            None => is_receiver(),
        }
    })
}
