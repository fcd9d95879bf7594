//! The engine of codemend: the pipeline from a project on disk to patches, and everything that codemods build on.

pub mod about;
pub mod bindings;
pub mod cache;
pub mod change;
pub mod codemod;
pub mod config;
pub mod diff;
mod discover;
mod disk;
mod encoding;
pub mod facts;
pub mod flow;
pub mod frameworks;
pub mod imports;
pub mod kept;
pub mod lines;
pub mod manifests;
pub mod message;
pub mod module;
mod nesting;
pub mod patch;
mod path_map;
pub mod paths;
pub mod pipeline;
pub mod problem;
pub mod project;
mod resolve;
pub mod review;
pub mod semantic;
pub mod source;
#[doc(hidden)]
pub mod steps;
mod suppress;
pub mod syntax;
pub mod target;
pub mod transaction;
mod tree;
pub mod typing;
mod verify;

pub use discover::{environment_at, leads_outside, own_path};
