//! Lightcone core.
