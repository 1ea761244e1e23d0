//! What a wasm file is made of, as far as cutting it needs to know.

use std::collections::{BTreeMap, BTreeSet};
use wasmparser::{
    ConstExpr, ElementItems, ElementKind, ExternalKind, GlobalType, KnownCustom, MemoryType, Name, Operator, Parser,
    Payload, TableType, TypeRef,
};

/// A wasm file that was read. Functions, tables, memories and globals are numbered as in the file, imported ones first.
#[derive(Default)]
pub struct Program {
    /// The type of each function.
    pub types: Vec<u32>,
    /// How many of the functions are imported.
    pub imported: u32,
    /// Names for people, where the file has them.
    pub names: BTreeMap<u32, String>,
    /// Whom each function calls or takes the address of.
    pub calls: Vec<BTreeSet<u32>>,
    /// Functions that others may call: exported ones, and the one to start with.
    pub open: BTreeSet<u32>,
    /// What stands in the first table: the function at each place.
    pub places: BTreeMap<u32, u32>,
    /// The tables.
    pub tables: Vec<TableType>,
    /// The memories.
    pub memories: Vec<MemoryType>,
    /// The globals.
    pub globals: Vec<GlobalType>,
}

/// Reads a file.
///
/// # Errors
/// A sentence that says what in it is not understood.
pub fn read(file: &[u8]) -> Result<Program, String> {
    let mut program = Program::default();
    for payload in Parser::new(0).parse_all(file) {
        take(&mut program, payload.map_err(wrong)?)?;
    }
    Ok(program)
}

pub(crate) fn wrong(e: impl std::fmt::Display) -> String {
    format!("the wasm file cannot be read: {e}")
}

/// A name as it is written in the source: `lightcone_core[3cf4116563210392]::labs` says which build of a crate is meant.
fn without_hashes(name: &str) -> String {
    let mut parts = name.split('[');
    let mut whole = parts.next().unwrap_or_default().to_string();
    for part in parts {
        match part.split_once(']') {
            Some((hash, rest)) if hash.len() > 8 && hash.chars().all(|c| c.is_ascii_hexdigit()) => whole.push_str(rest),
            _ => {
                whole.push('[');
                whole.push_str(part);
            }
        }
    }
    whole
}

fn take(program: &mut Program, payload: Payload<'_>) -> Result<(), String> {
    match payload {
        Payload::ImportSection(section) => {
            for import in section.into_imports() {
                match import.map_err(wrong)?.ty {
                    TypeRef::Func(ty) | TypeRef::FuncExact(ty) => program.add_function(ty),
                    TypeRef::Table(ty) => program.tables.push(ty),
                    TypeRef::Memory(ty) => program.memories.push(ty),
                    TypeRef::Global(ty) => program.globals.push(ty),
                    TypeRef::Tag(_) => return Err("the wasm file imports a tag: this tool does not know those".into()),
                }
            }
            program.imported = program.types.len() as u32;
        }
        Payload::FunctionSection(section) => {
            for ty in section {
                program.add_function(ty.map_err(wrong)?);
            }
        }
        Payload::TableSection(section) => {
            for table in section {
                program.tables.push(table.map_err(wrong)?.ty);
            }
        }
        Payload::MemorySection(section) => {
            for memory in section {
                program.memories.push(memory.map_err(wrong)?);
            }
        }
        Payload::GlobalSection(section) => {
            for global in section {
                program.globals.push(global.map_err(wrong)?.ty);
            }
        }
        Payload::ExportSection(section) => {
            for export in section {
                let export = export.map_err(wrong)?;
                if export.kind == ExternalKind::Func {
                    program.open.insert(export.index);
                }
            }
        }
        Payload::StartSection { func, .. } => {
            program.open.insert(func);
        }
        Payload::ElementSection(section) => {
            for element in section {
                program.take_element(element.map_err(wrong)?)?;
            }
        }
        Payload::CodeSectionEntry(body) => {
            let mut calls = BTreeSet::new();
            for operator in body.get_operators_reader().map_err(wrong)? {
                match operator.map_err(wrong)? {
                    Operator::Call { function_index } | Operator::ReturnCall { function_index } => {
                        calls.insert(function_index);
                    }
                    Operator::RefFunc { .. } => {
                        return Err(
                            "the wasm file takes a function as a value (ref.func): this tool does not know how".into(),
                        );
                    }
                    _ => {}
                }
            }
            program.calls.push(calls);
        }
        Payload::CustomSection(section) => {
            if let KnownCustom::Name(names) = section.as_known() {
                for part in names.into_iter().flatten() {
                    if let Name::Function(map) = part {
                        program.names.extend(map.into_iter().flatten().map(|n| (n.index, without_hashes(n.name))));
                    }
                }
            }
        }
        _ => {}
    }
    Ok(())
}

impl Program {
    fn add_function(&mut self, ty: u32) {
        self.types.push(ty);
    }

    /// Whom a function calls: nobody that is known, if it is imported.
    pub fn calls_of(&self, function: u32) -> impl Iterator<Item = u32> + '_ {
        let own = function.checked_sub(self.imported).map(|own| &self.calls[own as usize]);
        own.into_iter().flatten().copied()
    }

    fn take_element(&mut self, element: wasmparser::Element<'_>) -> Result<(), String> {
        let start = match element.kind {
            ElementKind::Active { table_index: None | Some(0), offset_expr } => constant(&offset_expr)?,
            ElementKind::Active { .. } => return Ok(()),
            ElementKind::Passive | ElementKind::Declared => {
                return Err("the wasm file has functions in a list of their own: this tool does not know those".into());
            }
        };
        let ElementItems::Functions(functions) = element.items else {
            return Err("the wasm file fills its table with expressions: this tool does not know those".into());
        };
        for (at, function) in functions.into_iter().enumerate() {
            self.places.insert(start + at as u32, function.map_err(wrong)?);
        }
        Ok(())
    }
}

/// The value of an offset.
fn constant(expression: &ConstExpr<'_>) -> Result<u32, String> {
    let first = expression.get_operators_reader().into_iter().next();
    match first {
        Some(Ok(Operator::I32Const { value })) => Ok(value as u32),
        _ => Err("the wasm file has a list whose place is worked out: this tool does not know those".into()),
    }
}
