//! The binary over whole projects: the backend of `examples/`, and small ones that are written here.
//!
//! What a user relies on: preview, patch and apply are one and the same; the way there and back loses nothing; the
//! result does not hang on threads or on where the command was given.

#[allow(dead_code, reason = "each test binary uses a part of it")]
#[path = "outside/mod.rs"]
mod outside;

#[path = "whole_projects/bad_facts.rs"]
mod bad_facts;
#[path = "whole_projects/facts.rs"]
mod facts;
#[path = "whole_projects/paths.rs"]
mod paths;
#[path = "whole_projects/round_trip.rs"]
mod round_trip;
#[path = "whole_projects/settings.rs"]
mod settings;
#[path = "whole_projects/sinks.rs"]
mod sinks;
#[path = "whole_projects/spelling.rs"]
mod spelling;
#[path = "whole_projects/suppression.rs"]
mod suppression;
#[path = "whole_projects/targets.rs"]
mod targets;
