//! Any bytes as the only module of a project.

use super::check::check;
use super::run::Tree;

/// Run all codemods over a module of these bytes.
///
/// # Errors
/// The result does not parse though the module did, a second run changes something, bytes that are no UTF-8 text were
/// changed, newlines of another kind came in, or codemend says that it is at fault.
pub fn pipeline(bytes: &[u8]) -> Result<usize, String> {
    check(&Tree::from([("module.py".to_owned(), bytes.to_vec())]))
}
