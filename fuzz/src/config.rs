//! Any bytes as settings.

use super::check::check;
use super::run::Tree;

const MODULE: &[u8] = b"import os\nfrom typing import Optional\n\nx: Optional[str] = os.sep\n";

/// Run all codemods over a small project with these bytes as `codemend.toml` and as `pyproject.toml`.
///
/// # Errors
/// As for [`super::pipeline`].
pub fn config(bytes: &[u8]) -> Result<usize, String> {
    let mut changed = 0;
    for name in ["codemend.toml", "pyproject.toml"] {
        changed += check(&Tree::from([
            (name.to_owned(), bytes.to_vec()),
            ("app/main.py".to_owned(), MODULE.to_vec()),
        ]))?;
    }
    Ok(changed)
}
