//! A repository that a stranger sent: nothing in it steers the reader, makes codemend read the reader's other files,
//! blocks it, or has it write elsewhere.

#[allow(dead_code, reason = "each test binary uses a part of it")]
#[path = "outside/mod.rs"]
mod outside;

#[path = "strangers/held.rs"]
mod held;
#[path = "strangers/links.rs"]
mod links;
#[path = "strangers/reach.rs"]
mod reach;
#[path = "strangers/shown.rs"]
mod shown;
