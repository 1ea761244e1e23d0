//! The style that the project keeps: sizes that one can read, parts that know only what is below them, and documents that say
//! what is there.

mod documents;
mod layers;
mod sizes;
mod sources;
