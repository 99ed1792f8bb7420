//! Test programs of a few instructions: machine code and a description of the program, as the compiler would emit them.

use super::{ProcessOutput, link, run};
use object::write::{Object, Relocation, SectionId, StandardSection, Symbol, SymbolId, SymbolSection};
use object::{Architecture, BinaryFormat, Endianness, RelocationFlags, SymbolFlags, SymbolKind, SymbolScope, elf};
use std::mem::offset_of;
use wexe_abi::layout::{LOW_MEMORY, MemoryState, STATE_BASE, StateHeader};
use wexe_abi::program::{Code, Memory as ProgramMemory, MemoryImage, Module, Program};
use wexe_abi::script::{Command, Script};
use wexe_abi::trap::Trap;

pub const PAGE: usize = 4096;
/// Where the state of the memory is.
pub const MEMORY_STATE: u64 = STATE_BASE + size_of::<StateHeader>() as u64;

/// Machine code with calls to symbols.
#[derive(Default)]
pub struct Function {
    name: &'static str,
    bytes: Vec<u8>,
    /// Where a 32-bit pc-relative reference to a symbol is.
    references: Vec<(usize, &'static str)>,
    /// Where it traps, and how.
    traps: Vec<(usize, Trap)>,
}

impl Function {
    /// A function that keeps a frame pointer, as all generated code does.
    pub fn new(name: &'static str) -> Function {
        Function { name, ..Function::default() }.code(&[0x55, 0x48, 0x89, 0xe5]) // push rbp; mov rbp, rsp
    }

    pub fn code(mut self, bytes: &[u8]) -> Function {
        self.bytes.extend(bytes);
        self
    }

    /// An instruction that ends with a reference to `symbol`.
    fn reference(mut self, opcode: &[u8], symbol: &'static str) -> Function {
        self.bytes.extend(opcode);
        self.references.push((self.bytes.len(), symbol));
        self.code(&[0; 4])
    }

    pub fn call(self, symbol: &'static str) -> Function {
        self.reference(&[0xe8], symbol)
    }

    /// `mov edi, value` and so on for the first arguments of a call.
    pub fn arguments(mut self, values: &[u32]) -> Function {
        let registers: [&[u8]; 5] = [&[0xbf], &[0xbe], &[0xba], &[0xb9], &[0x41, 0xb8]];
        for (register, value) in registers.iter().zip(values) {
            self = self.code(register).code(&value.to_le_bytes());
        }
        self
    }

    pub fn trap(mut self, trap: Trap) -> Function {
        self.traps.push((self.bytes.len(), trap));
        self.code(&[0x0f, 0x0b]) // ud2
    }

    pub fn exit_with_eax(self) -> Function {
        self.code(&[0x89, 0xc7, 0xb8, 0xe7, 0, 0, 0, 0x0f, 0x05]) // mov edi, eax; mov eax, exit_group; syscall
    }

    pub fn ret(self) -> Function {
        self.code(&[0x5d, 0xc3]) // pop rbp; ret
    }
}

/// A program of one module, whose first function is `_start`.
#[derive(Default)]
pub struct TestProgram {
    pub functions: Vec<Function>,
    pub cpu_features: u64,
    /// Initial contents, and size and maximum in bytes.
    pub memory: Option<(Vec<u8>, u64, u64)>,
    /// Types of the first function, for `_start_invoke`.
    pub params: Vec<u8>,
    pub results: Vec<u8>,
    /// Functions that a script calls with one argument and one result, or None for instantiation.
    pub script: Vec<Option<&'static str>>,
}

impl TestProgram {
    pub fn new(functions: Vec<Function>) -> TestProgram {
        TestProgram { functions, ..TestProgram::default() }
    }

    pub fn object(&self) -> Vec<u8> {
        let mut object = Object::new(BinaryFormat::Elf, Architecture::X86_64, Endianness::Little);
        let text = object.section_id(StandardSection::Text);
        let starts = self.emit_functions(&mut object);
        let entry = object.symbol_id(self.functions[0].name.as_bytes()).unwrap();
        let text_symbol = object.section_symbol(text);
        let text_len = object.section(text).data().len() as u64;

        let mut data = Data::new(&mut object);
        let module = data.structure(size_of::<Module>());
        let code = module + offset_of!(Module, code) as u64;
        data.pointer(code + offset_of!(Code, text) as u64, text_symbol, 0);
        data.word(code + offset_of!(Code, text_len) as u64, text_len);
        self.emit_tables(&mut data, code, &starts);
        if let Some((contents, size, max_size)) = &self.memory {
            self.emit_memory(&mut data, module, contents, *size, *max_size);
        }
        let modules = data.structure(8);
        data.own(modules, module);
        let program = data.structure(size_of::<Program>());
        data.word(program + offset_of!(Program, cpu_features) as u64, self.cpu_features);
        data.own(program + offset_of!(Program, modules) as u64, modules);
        data.word(program + offset_of!(Program, module_count) as u64, 1);
        data.pointer(program + offset_of!(Program, entry) as u64 + 8, entry, 0);
        let (params, results) = (data.bytes(&self.params), data.bytes(&self.results));
        data.own(program + offset_of!(Program, params) as u64, params);
        data.word(program + offset_of!(Program, params_len) as u64, self.params.len() as u64);
        data.own(program + offset_of!(Program, results) as u64, results);
        data.word(program + offset_of!(Program, results_len) as u64, self.results.len() as u64);
        data.symbol("wexe.program", program, size_of::<Program>() as u64);
        self.emit_script(&mut data, module);
        object.write().unwrap()
    }

    /// The machine code: where in the text each function begins.
    fn emit_functions(&self, object: &mut Object) -> Vec<u64> {
        let text = object.section_id(StandardSection::Text);
        let starts = self.functions.iter().map(|function| {
            let symbol = undefined_symbol(object, function.name, SymbolKind::Text);
            object.add_symbol_data(symbol, text, &function.bytes, 16)
        });
        let starts: Vec<u64> = starts.collect();
        for (function, start) in self.functions.iter().zip(&starts) {
            for &(at, name) in &function.references {
                let symbol = match object.symbol_id(name.as_bytes()) {
                    Some(symbol) => symbol,
                    None => undefined_symbol(object, name, SymbolKind::Unknown),
                };
                let flags = RelocationFlags::Elf { r_type: elf::R_X86_64_PLT32 };
                let relocation = Relocation { offset: start + at as u64, symbol, addend: -4, flags };
                object.add_relocation(text, relocation).unwrap();
            }
        }
        starts
    }

    /// The tables of traps and function names.
    fn emit_tables(&self, data: &mut Data, code: u64, starts: &[u64]) {
        let (mut names, mut name_offsets) = (vec![], vec![0]);
        let (mut trap_offsets, mut trap_codes) = (vec![], vec![]);
        for (function, &start) in self.functions.iter().zip(starts) {
            names.extend(function.name.bytes());
            name_offsets.push(names.len() as u64);
            for &(at, trap) in &function.traps {
                trap_offsets.push(start + at as u64);
                trap_codes.push(trap as u8);
            }
        }
        let words = |values: &[u64]| values.iter().flat_map(|&value| (value as u32).to_le_bytes()).collect::<Vec<u8>>();
        let tables = [
            (offset_of!(Code, trap_offsets), words(&trap_offsets)),
            (offset_of!(Code, trap_codes), trap_codes),
            (offset_of!(Code, function_offsets), words(starts)),
            (offset_of!(Code, name_offsets), words(&name_offsets)),
            (offset_of!(Code, names), names),
        ];
        for (field, table) in tables {
            let table = data.bytes(&table);
            data.own(code + field as u64, table);
        }
        data.word(code + offset_of!(Code, trap_count) as u64, trap_offsets.len() as u64);
        data.word(code + offset_of!(Code, function_count) as u64, starts.len() as u64);
    }

    fn emit_script(&self, data: &mut Data, module: u64) {
        let commands = data.structure(size_of::<Command>() * self.script.len());
        for (index, function) in self.script.iter().enumerate() {
            let command = commands + (size_of::<Command>() * index) as u64;
            data.own(command + offset_of!(Command, module) as u64, module);
            let Some(function) = function else { continue };
            let function = data.object.symbol_id(function.as_bytes()).unwrap();
            data.pointer(command + offset_of!(Command, call) as u64, function, 0);
            let argument = data.bytes(&(index as u128).to_le_bytes());
            data.own(command + offset_of!(Command, arguments) as u64, argument);
            data.word(command + offset_of!(Command, params) as u64, 1);
            data.word(command + offset_of!(Command, results) as u64, 1);
        }
        let script = data.structure(size_of::<Script>());
        data.own(script + offset_of!(Script, commands) as u64, commands);
        data.word(script + offset_of!(Script, command_count) as u64, self.script.len() as u64);
        data.symbol("wexe.script", script, size_of::<Script>() as u64);
    }

    fn emit_memory(&self, data: &mut Data, module: u64, contents: &[u8], size: u64, max_size: u64) {
        let image = data.structure(size_of::<StateHeader>() + size_of::<MemoryState>());
        let state = image + size_of::<StateHeader>() as u64;
        data.word(state + offset_of!(MemoryState, size) as u64, size);
        data.word(state + offset_of!(MemoryState, base) as u64, LOW_MEMORY);
        data.word(state + offset_of!(MemoryState, max_size) as u64, max_size);
        data.word(state + offset_of!(MemoryState, page_size_log2) as u64, 16);
        data.word(module + offset_of!(Module, state) as u64, STATE_BASE);
        data.word(module + offset_of!(Module, state_size) as u64, PAGE as u64);
        data.own(module + offset_of!(Module, state_image) as u64, image);
        data.word(module + offset_of!(Module, state_image_len) as u64, size_of::<StateHeader>() as u64 + 32);
        let memory = data.structure(size_of::<ProgramMemory>());
        data.own(module + offset_of!(Module, memories) as u64, memory);
        data.word(module + offset_of!(Module, memory_count) as u64, 1);
        data.word(memory + offset_of!(ProgramMemory, state) as u64, MEMORY_STATE);
        if !contents.is_empty() {
            let images = data.structure(size_of::<MemoryImage>());
            let (section, len) = data.pages(contents);
            data.word(images + offset_of!(MemoryImage, address) as u64, LOW_MEMORY);
            data.pointer(images + offset_of!(MemoryImage, data) as u64, section, 0);
            data.word(images + offset_of!(MemoryImage, len) as u64, len);
            data.own(memory + offset_of!(ProgramMemory, images) as u64, images);
            data.word(memory + offset_of!(ProgramMemory, image_count) as u64, 1);
        }
    }

    pub fn link(&self) -> Vec<u8> {
        link(vec![self.object()], "_start", false, None).unwrap()
    }

    pub fn run(&self) -> ProcessOutput {
        run(&self.link())
    }
}

fn undefined_symbol(object: &mut Object, name: &str, kind: SymbolKind) -> SymbolId {
    object.add_symbol(Symbol {
        name: name.as_bytes().to_vec(),
        value: 0,
        size: 0,
        kind,
        scope: SymbolScope::Linkage,
        weak: false,
        section: SymbolSection::Undefined,
        flags: SymbolFlags::None,
    })
}

/// The section that describes the program.
struct Data<'a> {
    object: &'a mut Object<'static>,
    section: SectionId,
    section_symbol: SymbolId,
}

impl Data<'_> {
    fn new<'a>(object: &'a mut Object<'static>) -> Data<'a> {
        let section = object.section_id(StandardSection::ReadOnlyDataWithRel);
        let section_symbol = object.section_symbol(section);
        Data { object, section, section_symbol }
    }

    fn bytes(&mut self, bytes: &[u8]) -> u64 {
        self.object.append_section_data(self.section, bytes, 8)
    }

    fn structure(&mut self, size: usize) -> u64 {
        self.bytes(&vec![0; size])
    }

    fn word(&mut self, at: u64, value: u64) {
        let data = self.object.section_mut(self.section).data_mut();
        data[at as usize..at as usize + 8].copy_from_slice(&value.to_le_bytes());
    }

    fn pointer(&mut self, offset: u64, symbol: SymbolId, addend: i64) {
        let flags = RelocationFlags::Elf { r_type: elf::R_X86_64_64 };
        self.object.add_relocation(self.section, Relocation { offset, symbol, addend, flags }).unwrap();
    }

    fn own(&mut self, offset: u64, target: u64) {
        self.pointer(offset, self.section_symbol, target as i64);
    }

    fn symbol(&mut self, name: &str, value: u64, size: u64) {
        self.object.add_symbol(Symbol {
            name: name.as_bytes().to_vec(),
            value,
            size,
            kind: SymbolKind::Data,
            scope: SymbolScope::Linkage,
            weak: false,
            section: SymbolSection::Section(self.section),
            flags: SymbolFlags::None,
        });
    }

    /// Whole pages in a section of their own.
    fn pages(&mut self, contents: &[u8]) -> (SymbolId, u64) {
        let section = self.object.add_section(vec![], b".wasm_mem".to_vec(), object::SectionKind::Data);
        let mut pages = contents.to_vec();
        pages.resize(contents.len().next_multiple_of(PAGE), 0);
        self.object.append_section_data(section, &pages, PAGE as u64);
        (self.object.section_symbol(section), pages.len() as u64)
    }
}
