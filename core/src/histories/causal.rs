//! Causal consistency.

use super::judge::{Consistency, Judgement, Limits, Verdict};
use super::model::Model;
use super::operation::History;

pub(super) fn judge(_history: &History, _model: Model, _limits: Limits) -> Judgement {
    Judgement {
        verdict: Verdict::Unknown,
        consistency: Consistency::Causal,
        part: None,
        process: None,
        operations: vec![],
        order: vec![],
        breaks: vec![],
        instead: vec![],
    }
}
