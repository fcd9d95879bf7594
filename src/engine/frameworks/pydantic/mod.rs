//! Pydantic: the models of a project with their fields, their settings and what they override, and which Pydantic it is.
//!
//! Facts of a whole family: a field, a setting or a validator that a base class has is the model's own. What a class
//! takes from outside of the project, other than Pydantic's `BaseModel` and what adds nothing, is named and not guessed.

mod bases;
mod body;
mod config;
mod field;
mod generation;
mod members;
mod model;

pub use bases::Base;
pub use config::{Config, Setting};
pub use field::{Alias, Field, FieldDefault};
pub use generation::{Generation, evidence, generation};
pub use members::{Members, is_base_model_member};
pub use model::{Model, model};
