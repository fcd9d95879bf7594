//! The engine of codemend: the pipeline from a project on disk to patches, and everything that codemods build on.

pub mod apply;
pub mod change;
pub mod codemod;
pub mod config;
pub mod diff;
pub mod facts;
pub mod module;
pub mod patch;
pub mod pipeline;
pub mod problem;
pub mod target;
