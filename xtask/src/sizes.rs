//! How large the site is: as it is, and as servers send it.

use crate::node;
use crate::process::{command, output};
use std::path::{Path, PathBuf};

/// Node has both compressors; this program would need a library for each.
const SCRIPT: &str = "\
const fs = require('fs'), zlib = require('zlib');
for (const file of process.argv.slice(1)) {
  const data = fs.readFileSync(file);
  console.log(zlib.gzipSync(data, {level: 9}).length + ' ' + zlib.brotliCompressSync(data).length);
}";

/// Every file below a folder, in order.
pub(crate) fn files(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let mut found = Vec::new();
    let entries = std::fs::read_dir(folder).map_err(|e| format!("cannot read {}: {e}", folder.display()))?;
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// Prints a table of all files with their sizes in bytes.
pub(crate) fn print(root: &Path, site: &Path) -> Result<(), String> {
    let files = files(site)?;
    let packed = if node::present(root) { packed(root, &files) } else { None };
    println!("{:>10} {:>10} {:>10}", "bytes", "gzip", "brotli");
    let mut total = (0, 0, 0);
    for (i, file) in files.iter().enumerate() {
        let raw = std::fs::metadata(file).map_or(0, |m| m.len());
        let (gzip, brotli) = packed.as_ref().map_or((0, 0), |p| p[i]);
        total = (total.0 + raw, total.1 + gzip, total.2 + brotli);
        let name = file.strip_prefix(site).unwrap_or(file).display().to_string();
        println!("{}", row((raw, gzip, brotli), packed.is_some(), &name));
    }
    println!("{}", row(total, packed.is_some(), "total"));
    Ok(())
}

fn row(sizes: (u64, u64, u64), packed: bool, name: &str) -> String {
    let (raw, gzip, brotli) = sizes;
    if packed {
        format!("{raw:>10} {gzip:>10} {brotli:>10}  {name}")
    } else {
        format!("{raw:>10} {:>10} {:>10}  {name}", "?", "?")
    }
}

fn packed(root: &Path, files: &[PathBuf]) -> Option<Vec<(u64, u64)>> {
    let mut node = command(root, "node", &["-e", SCRIPT]);
    node.arg("--").args(files);
    let text = output(&mut node)?;
    let pairs: Option<Vec<(u64, u64)>> = text.lines().map(pair).collect();
    pairs.filter(|pairs| pairs.len() == files.len())
}

fn pair(line: &str) -> Option<(u64, u64)> {
    let (gzip, brotli) = line.split_once(' ')?;
    Some((gzip.parse().ok()?, brotli.trim().parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_without_node_are_unknown() {
        assert_eq!(pair("12 9"), Some((12, 9)));
        assert_eq!(pair("12"), None);
        assert_eq!(row((1, 2, 3), true, "a"), "         1          2          3  a");
        assert_eq!(row((1, 2, 3), false, "a"), "         1          ?          ?  a");
    }
}
