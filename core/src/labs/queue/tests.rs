//! Tests of the lab.

mod golden;
mod scenarios;
