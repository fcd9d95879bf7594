//! What of a record on disk is believed. Whoever could have one believed could have files written.

use std::fs::Metadata;

use camino::Utf8Path;

use super::record::Written;

/// Whether a file of a record lies below the project, outside of git's own folder, and its second name is one of ours.
pub(super) fn is_harmless(file: &Written) -> bool {
    let ours = file.aside.starts_with(super::ASIDE) && !file.aside.contains(['/', '\\']);
    ours && is_inside(&file.path)
}

/// Whether `path`, from the base of a store on, leads to a file that a run may write.
pub(super) fn is_inside(path: &Utf8Path) -> bool {
    use camino::Utf8Component::Normal;
    let is_plain = |part| matches!(part, Normal(name) if !name.eq_ignore_ascii_case(".git"));
    path.components().all(is_plain)
}

/// Whether this user has made what is found.
#[cfg(unix)]
pub(super) fn is_ours(found: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    found.uid() == rustix::process::geteuid().as_raw()
}

#[cfg(not(unix))]
pub(super) fn is_ours(_found: &Metadata) -> bool {
    true
}
