//! Layer 9: what is made of a run for those who look at it: pictures, files for other programs, numbers over
//! time, guides, a glossary.
//!
//! A view asks a [`Run`](crate::engine::Run) for records and frames and hands on plain shapes, numbers or words; nothing
//! that it works out flows back into a run. This is the only place with floats in it (in [`diagram`] and in
//! [`export::picture`]).
//!
//! Deliberately knows no lab: what a lab wants shown, it says in its tables and frames.

pub mod diagram;
pub mod export;
pub mod glossary;
pub mod guide;
pub mod series;
