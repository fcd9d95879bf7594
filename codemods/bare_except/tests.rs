//! The table holds together.
