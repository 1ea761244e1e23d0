//! Tests of the lab.

mod golden;
mod reports;
mod scenarios;
