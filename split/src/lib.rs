//! Cuts a wasm file in two: what a page needs at once, and what it can load later.
//!
//! Functions are chosen by name, and with them go all functions that only they need. The first file calls them through its
//! table, at places that the later file fills when it is started with the first one's exports. Data stay in the first file:
//! nobody can tell which of them belong to whom. Calling a function before the later file is there fails.

pub mod plan;
pub mod read;
pub mod write;

/// Cuts a file; gives the first and the later one.
///
/// # Errors
/// A sentence that says what in the file is not understood.
pub fn cut(file: &[u8], later: &plan::Later) -> Result<(Vec<u8>, Vec<u8>), String> {
    let program = read::read(file)?;
    let plan = plan::plan(&program, later);
    if !program.names.values().any(|name| later.names(name)) {
        return Err("no function has one of the names: was the file made with names in it?".into());
    }
    if let Some((caller, called)) = plan::unguarded(&program, &plan, later) {
        return Err(format!("{caller} stays and calls {called}, which is loaded later and is no gate"));
    }
    Ok((write::first(file, &program, &plan)?, write::later(file, &program, &plan)?))
}
