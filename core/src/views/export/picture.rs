//! A picture written for paper: from a [`Scene`], in points (1/72 inch), with the same marks and texts as its SVG.
//!
//! What the three writers share stands here: the size on paper, hatching as lines, and the width that a text may have. Like the
//! layout, these are numbers with fractions; nothing of them flows back into a run.

