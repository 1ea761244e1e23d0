//! Tables of texts, and CSV.

/// A table of texts that a run, or a part of it, comes to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sheet {
    /// Heading.
    pub title: String,
    /// One sentence that says how to read it.
    pub says: String,
    /// Heads of the columns.
    pub columns: Vec<String>,
    /// Rows, each with a cell for each column.
    pub rows: Vec<Vec<String>>,
}

impl Sheet {
    /// The table as CSV, heads first.
    #[must_use]
    pub fn csv(&self) -> String {
        [&self.columns].into_iter().chain(&self.rows).map(|cells| csv_line(cells)).collect()
    }
}

/// A line of CSV (RFC 4180, with a plain line end).
#[must_use]
pub fn csv_line(cells: &[String]) -> String {
    let cell = |text: &String| {
        if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.clone() }
    };
    cells.iter().map(cell).collect::<Vec<_>>().join(",") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_be_two_cells_is_quoted() {
        let rows = vec![["a,b", "c \"d\""].map(String::from).to_vec()];
        let sheet = Sheet { columns: ["x", "y"].map(String::from).to_vec(), rows, ..Sheet::default() };
        assert_eq!(sheet.csv(), "x,y\n\"a,b\",\"c \"\"d\"\"\"\n");
    }
}
