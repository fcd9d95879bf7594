//! What the configuration says of a file.

use camino::Utf8Path;
use codemend_engine::codemod::About;
use codemend_engine::config::OptionValue;
use codemend_engine::facts::Facts;

use super::awaits::Threadpool;
use super::table::Short;

/// What the configuration says.
#[derive(Debug, Default)]
pub struct Wishes {
    /// Short calls to the file system count.
    pub strict: bool,
    /// More functions that block, by their qualified names.
    pub blocking: Vec<String>,
}

impl Wishes {
    /// Whether short calls count.
    pub fn short(&self) -> Short {
        match self.strict {
            true => Short::Counts,
            false => Short::Ignored,
        }
    }
}

/// What it says of the file at `path`: what counts, and where calls move to, if they do.
pub fn wishes(path: &Utf8Path, facts: &Facts<'_>, about: &About) -> (Wishes, Option<Threadpool>) {
    let option = |name: &str| facts.option(path, about, name);
    let is_set = |name: &str| matches!(option(name), Some(OptionValue::Boolean(true)));
    let blocking = match option("blocking") {
        Some(OptionValue::List(names)) => names,
        _ => Vec::new(),
    };
    let pool = match option("threadpool") {
        Some(OptionValue::Text(name)) => match name.as_str() {
            "asyncio" => Threadpool::Asyncio,
            "starlette" => Threadpool::Starlette,
            "anyio" => Threadpool::Anyio,
            _ => Threadpool::Auto,
        },
        _ => Threadpool::Auto,
    };
    let wishes = Wishes {
        strict: is_set("strict"),
        blocking,
    };
    (wishes, is_set("to-thread").then_some(pool))
}
