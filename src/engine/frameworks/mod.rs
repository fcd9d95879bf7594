//! What codemods may know about the frameworks that a backend is made with.
//!
//! Facts only, and by binding: what a receiver is, what a decorator is given, what a class inherits. What is not known
//! is said to be unknown and never guessed. Whether a fact allows a change is the codemod's business.

mod annotations;
mod constants;
pub mod fastapi;
mod own_returns;
mod peel;
pub mod pydantic;
#[cfg(test)]
mod tests;

/// How far aliases, factories and base classes are followed.
const DEPTH: usize = 16;
