//! The two files.

use crate::plan::Plan;
use crate::read::{Program, wrong};
use std::collections::BTreeMap;
use wasm_encoder::reencode::{Error, Reencode, utils};
use wasm_encoder::{
    CodeSection, ConstExpr, ElementSection, Elements, EntityType, ExportKind, ExportSection, Function, FunctionSection,
    ImportSection, Instruction, Module, TableSection, TableType, TypeSection,
};
use wasmparser::{FunctionBody, Parser, Payload};

/// The module name under which the later file imports what the first one exports.
const FIRST: &str = "first";

type Written<T = ()> = Result<T, Error>;

fn shared_name(function: u32) -> String {
    format!("f{function}")
}

/// Writes the file that is loaded first: functions that come later are calls through the table.
///
/// # Errors
/// A sentence that says what in the file is not understood.
pub fn first(file: &[u8], program: &Program, plan: &Plan) -> Result<Vec<u8>, String> {
    let mut parameters = BTreeMap::new();
    for payload in Parser::new(0).parse_all(file) {
        if let Payload::TypeSection(section) = payload.map_err(wrong)? {
            for (index, ty) in section.into_iter_err_on_gc_types().enumerate() {
                parameters.insert(index as u32, ty.map_err(wrong)?.params().len() as u32);
            }
        }
    }
    let mut writer = FirstFile { program, plan, parameters, at: program.imported };
    let mut module = Module::new();
    writer.parse_core_module(&mut module, Parser::new(0), file).map_err(wrong)?;
    checked(module.finish())
}

fn checked(file: Vec<u8>) -> Result<Vec<u8>, String> {
    wasmparser::Validator::new().validate_all(&file).map_err(|e| format!("what was written is no good wasm: {e}"))?;
    Ok(file)
}

struct FirstFile<'a> {
    program: &'a Program,
    plan: &'a Plan,
    /// How many parameters each type of function has.
    parameters: BTreeMap<u32, u32>,
    /// The function whose body is next.
    at: u32,
}

impl FirstFile<'_> {
    /// The function that stands, and fails, at the places that the later file fills.
    fn nobody(&self) -> u32 {
        self.program.types.len() as u32
    }
}

impl Reencode for FirstFile<'_> {
    type Error = std::convert::Infallible;

    /// Names have told what belongs where; nobody else needs them.
    fn parse_custom_section(&mut self, _module: &mut Module, _section: wasmparser::CustomSectionReader<'_>) -> Written {
        Ok(())
    }

    fn parse_function_section(
        &mut self,
        functions: &mut FunctionSection,
        section: wasmparser::FunctionSectionReader<'_>,
    ) -> Written {
        utils::parse_function_section(self, functions, section)?;
        // For places that are filled later: any type will do, since it only ever fails.
        functions.function(self.program.types[self.program.imported as usize]);
        Ok(())
    }

    fn parse_code_section(&mut self, code: &mut CodeSection, section: wasmparser::CodeSectionReader<'_>) -> Written {
        utils::parse_code_section(self, code, section)?;
        fails(code);
        Ok(())
    }

    fn parse_function_body(&mut self, code: &mut CodeSection, body: FunctionBody<'_>) -> Written {
        let function = self.at;
        self.at += 1;
        if !self.plan.later.contains(&function) {
            return utils::parse_function_body(self, code, body);
        }
        match self.plan.called.get(&function) {
            Some(&place) => {
                let ty = self.program.types[function as usize];
                let mut call = Function::new([]);
                for parameter in 0..self.parameters[&ty] {
                    call.instruction(&Instruction::LocalGet(parameter));
                }
                call.instruction(&Instruction::I32Const(place as i32));
                call.instruction(&Instruction::CallIndirect { type_index: ty, table_index: 0 });
                call.instruction(&Instruction::End);
                code.function(&call);
            }
            None => fails(code),
        }
        Ok(())
    }

    fn parse_table(&mut self, tables: &mut TableSection, mut table: wasmparser::Table<'_>) -> Written {
        if tables.is_empty() {
            table.ty.initial = u64::from(self.plan.table);
            table.ty.maximum = table.ty.maximum.map(|most| most.max(u64::from(self.plan.table)));
        }
        utils::parse_table(self, tables, table)
    }

    fn element_items<'a>(&mut self, items: wasmparser::ElementItems<'a>) -> Written<Elements<'a>> {
        let wasmparser::ElementItems::Functions(functions) = items else {
            return utils::element_items(self, items);
        };
        let mut kept = Vec::new();
        for function in functions {
            let function = function?;
            kept.push(if self.plan.later.contains(&function) { self.nobody() } else { function });
        }
        Ok(Elements::Functions(kept.into()))
    }

    fn parse_export_section(
        &mut self,
        exports: &mut ExportSection,
        section: wasmparser::ExportSectionReader<'_>,
    ) -> Written {
        utils::parse_export_section(self, exports, section)?;
        for &function in &self.plan.shared {
            exports.export(&shared_name(function), ExportKind::Func, function);
        }
        for (name, kind, count) in kinds(self.program) {
            for index in 0..count {
                exports.export(&format!("{name}{index}"), kind, index);
            }
        }
        Ok(())
    }
}

/// What all functions share, with the letter of its exports.
fn kinds(program: &Program) -> [(&'static str, ExportKind, u32); 3] {
    [
        ("t", ExportKind::Table, program.tables.len() as u32),
        ("m", ExportKind::Memory, program.memories.len() as u32),
        ("g", ExportKind::Global, program.globals.len() as u32),
    ]
}

fn fails(code: &mut CodeSection) {
    let mut body = Function::new([]);
    body.instruction(&Instruction::Unreachable);
    body.instruction(&Instruction::End);
    code.function(&body);
}

/// Writes the file that is loaded later: it imports what it shares with the first, and fills the places in the table.
///
/// # Errors
/// A sentence that says what in the file is not understood.
pub fn later(file: &[u8], program: &Program, plan: &Plan) -> Result<Vec<u8>, String> {
    let order = plan.shared.iter().chain(&plan.later);
    let mut writer = LaterFile { new: order.enumerate().map(|(new, &old)| (old, new as u32)).collect() };
    let mut module = Module::new();
    let mut code = CodeSection::new();
    let mut at = program.imported;
    for payload in Parser::new(0).parse_all(file) {
        match payload.map_err(wrong)? {
            Payload::TypeSection(section) => {
                let mut types = TypeSection::new();
                writer.parse_type_section(&mut types, section).map_err(wrong)?;
                module.section(&types);
            }
            Payload::CodeSectionEntry(body) => {
                if plan.later.contains(&at) {
                    writer.parse_function_body(&mut code, body).map_err(wrong)?;
                }
                at += 1;
            }
            _ => {}
        }
    }
    module.section(&imports(program, plan, &mut writer).map_err(wrong)?);
    let mut functions = FunctionSection::new();
    for &function in &plan.later {
        functions.function(program.types[function as usize]);
    }
    module.section(&functions);
    module.section(&places(plan, &writer));
    module.section(&code);
    checked(module.finish())
}

struct LaterFile {
    /// Functions by their number in the whole program.
    new: BTreeMap<u32, u32>,
}

impl Reencode for LaterFile {
    type Error = std::convert::Infallible;

    fn function_index(&mut self, function: u32) -> Written<u32> {
        Ok(self.new[&function])
    }
}

fn imports(program: &Program, plan: &Plan, writer: &mut LaterFile) -> Written<ImportSection> {
    let mut imports = ImportSection::new();
    for &function in &plan.shared {
        imports.import(FIRST, &shared_name(function), EntityType::Function(program.types[function as usize]));
    }
    let kinds = kinds(program);
    for (index, &table) in program.tables.iter().enumerate() {
        let mut ty: TableType = writer.table_type(table)?;
        if index == 0 {
            // The first file has made it larger by now; how large it may grow is the first file's business.
            (ty.minimum, ty.maximum) = (u64::from(plan.table), None);
        }
        imports.import(FIRST, &format!("{}{index}", kinds[0].0), EntityType::Table(ty));
    }
    for (index, &memory) in program.memories.iter().enumerate() {
        imports.import(FIRST, &format!("{}{index}", kinds[1].0), EntityType::Memory(writer.memory_type(memory)?));
    }
    for (index, &global) in program.globals.iter().enumerate() {
        imports.import(FIRST, &format!("{}{index}", kinds[2].0), EntityType::Global(writer.global_type(global)?));
    }
    Ok(imports)
}

/// Lists for the table: places that follow each other make one list.
fn places(plan: &Plan, writer: &LaterFile) -> ElementSection {
    let mut elements = ElementSection::new();
    let by_place: Vec<(u32, u32)> = plan.places.iter().map(|(place, f)| (*place, writer.new[f])).collect();
    for run in by_place.chunk_by(|a, b| a.0 + 1 == b.0) {
        let functions: Vec<u32> = run.iter().map(|(_, function)| *function).collect();
        elements.active(None, &ConstExpr::i32_const(run[0].0 as i32), Elements::Functions(functions.into()));
    }
    elements
}
