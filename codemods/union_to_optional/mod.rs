//! union-to-optional

use codemend_engine::change::{Changes, Safety};
use codemend_engine::codemod::{About, Codemod, Scope};
use codemend_engine::facts::Facts;
use codemend_engine::module::Module;
use codemend_engine::target::PythonVersion;

pub struct UnionToOptional;

impl Codemod for UnionToOptional {
    fn about(&self) -> About {
        About {
            name: "union-to-optional",
            summary: "",
            page: include_str!("README.md"),
            ceiling: Safety::Unsafe,
            scope: Scope::File,
            since: PythonVersion::PY310,
            rules: &["UP007", "UP045"],
            options: &[],
        }
    }

    fn triggers(&self) -> &'static [&'static str] {
        &["Optional", "Union"]
    }

    fn rewrite(&self, _module: &Module<'_>, _facts: &Facts<'_>, _changes: &mut Changes) {}
}
