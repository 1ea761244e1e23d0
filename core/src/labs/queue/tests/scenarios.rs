//! Every scenario keeps its rules, or breaks the one that it is there for.
