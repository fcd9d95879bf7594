//! `new-codemod`: `old_spelling` becomes `new_spelling`.
//!
//! Say here why it is worth doing, and what is hard about it.

use codemend_engine::change::{Changes, Safety};
use codemend_engine::codemod::{About, Codemod, Deed, Scope};
use codemend_engine::facts::Facts;
use codemend_engine::module::Module;
use codemend_engine::target::PythonVersion;

pub struct NewCodemod;

impl Codemod for NewCodemod {
    fn about(&self) -> About {
        About {
            name: "new-codemod",
            summary: "old_spelling becomes new_spelling",
            deed: Deed {
                one: "mend 1 old spelling",
                many: "mend {n} old spellings",
            },
            page: include_str!("README.md"),
            ceiling: Safety::Safe,
            scope: Scope::File,
            since: PythonVersion::PY37,
            rules: &[],
            options: &[],
        }
    }

    /// Files without any of these words are not parsed.
    fn triggers(&self) -> &'static [&'static str] {
        &["old_spelling"]
    }

    fn rewrite(&self, _module: &Module<'_>, _facts: &Facts<'_>, _changes: &mut Changes) {
        // Find the places in `module.suite()`. Propose a change of each, or decline it with a reason.
    }
}
