//! The directives of a `.wast` file → steps: modules as bytes, actions on instances by number, and what is asserted.
//!
//! Names are resolved here, so that steps can be regrouped: which instance `$M` or `register "M"` means depends on the
//! order of directives, not on the executable a step ends up in.

use std::collections::HashMap;

use wasmparser::{Parser, Payload};
use wast::core::{WastArgCore, WastRetCore};
use wast::lexer::Lexer;
use wast::parser::{self, ParseBuffer};
use wast::token::Id;
use wast::{QuoteWat, QuoteWatTest, Wast, WastArg, WastDirective, WastExecute, WastInvoke, WastRet, Wat};

use super::expected::Expected;

/// A module's binary, or why its text does not assemble.
pub type Assembled = Result<Vec<u8>, String>;

/// A file's steps, and what stands apart from them.
#[derive(Debug, Default)]
pub struct Script<'a> {
    pub instances: Vec<Instance>,
    pub steps: Vec<Step<'a>>,
    pub rejections: Vec<Rejection>,
}

/// A module that is instantiated once.
#[derive(Debug)]
pub struct Instance {
    pub module: Assembled,
    pub imports: Vec<Import>,
    /// Whether it defines a memory or a table, which claim places in the address space.
    pub defines_memory: bool,
    pub defines_table: bool,
}

/// An import, and where it comes from.
#[derive(Clone, Debug)]
pub struct Import {
    pub module: String,
    pub name: String,
    /// The instance then registered under the name of the module.
    pub provider: Option<usize>,
}

/// Something that happens in the executable.
#[derive(Debug)]
pub struct Step<'a> {
    pub line: usize,
    /// Whether it is an assertion, which is counted.
    pub is_assertion: bool,
    pub instance: usize,
    pub action: Action<'a>,
    pub expected: Expected<'a>,
}

#[derive(Debug)]
pub enum Action<'a> {
    Instantiate,
    Register(&'a str),
    Invoke { export: &'a str, arguments: Vec<[u8; 16]> },
    Get { export: &'a str },
}

/// A module that must not compile.
#[derive(Debug)]
pub struct Rejection {
    pub line: usize,
    pub module: Assembled,
    pub expected: Rejected,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rejected {
    Malformed,
    Invalid,
}

/// Reads a whole file; `buffer` is made by [`lex`].
pub fn parse<'a>(text: &'a str, buffer: &'a ParseBuffer<'a>) -> Result<Script<'a>, String> {
    let directives = parser::parse::<Wast<'a>>(buffer).map_err(|error| error.to_string())?.directives;
    let line_ends = text.bytes().enumerate().filter(|&(_, byte)| byte == b'\n').map(|(at, _)| at).collect();
    let mut reader = Reader { line_ends, ..Reader::default() };
    for directive in directives {
        reader.directive(directive)?;
    }
    Ok(reader.script)
}

/// Text → tokens. Comments of the suite contain what could be mistaken for other characters.
pub fn lex(text: &str) -> Result<ParseBuffer<'_>, String> {
    let mut lexer = Lexer::new(text);
    lexer.allow_confusing_unicode(true);
    ParseBuffer::new_with_lexer(lexer).map_err(|error| error.to_string())
}

/// What names mean at a point of the script.
#[derive(Default)]
struct Reader<'a> {
    line_ends: Vec<usize>,
    script: Script<'a>,
    current: Option<usize>,
    named: HashMap<&'a str, usize>,
    registered: HashMap<&'a str, usize>,
    definition: Option<Assembled>,
    definitions: HashMap<&'a str, Assembled>,
}

impl<'a> Reader<'a> {
    fn directive(&mut self, directive: WastDirective<'a>) -> Result<(), String> {
        let line = 1 + self.line_ends.partition_point(|&end| end < directive.span().offset());
        match directive {
            WastDirective::Module(mut module) => {
                let name = module.name();
                let instance = self.instantiate(line, false, assemble(&mut module), Expected::Return(Vec::new()));
                self.set_current(name, instance);
            }
            WastDirective::ModuleDefinition(mut module) => {
                let name = module.name();
                let bytes = assemble(&mut module);
                self.definitions.extend(name.map(|name| (name.name(), bytes.clone())));
                self.definition = Some(bytes);
            }
            WastDirective::ModuleInstance { instance: name, module, .. } => {
                let definition = match module {
                    Some(module) => self.definitions.get(module.name()),
                    None => self.definition.as_ref(),
                };
                let bytes = definition.ok_or_else(|| format!("line {line}: unknown definition"))?.clone();
                let instance = self.instantiate(line, false, bytes, Expected::Return(Vec::new()));
                self.set_current(name, instance);
            }
            WastDirective::Register { name, module, .. } => {
                let instance = self.instance(line, module)?;
                self.registered.insert(name, instance);
                self.step(line, false, instance, Action::Register(name), Expected::Return(Vec::new()));
            }
            WastDirective::AssertMalformed { mut module, .. } => {
                self.reject(line, assemble(&mut module), Rejected::Malformed);
            }
            WastDirective::AssertInvalid { mut module, .. } => {
                self.reject(line, assemble(&mut module), Rejected::Invalid);
            }
            WastDirective::AssertUnlinkable { module, message, .. } => {
                let bytes = assemble(&mut QuoteWat::Wat(module));
                self.instantiate(line, true, bytes, Expected::Unlinkable(message));
            }
            WastDirective::Invoke(invoke) => self.invoke(line, false, invoke, Expected::Any)?,
            WastDirective::AssertReturn { exec, results, .. } => {
                let results = results.into_iter().map(result).collect::<Result<_, String>>();
                self.execute(line, exec, Expected::Return(results?))?;
            }
            WastDirective::AssertTrap { exec, message, .. } => self.execute(line, exec, Expected::Trap(message))?,
            WastDirective::AssertExhaustion { call, message, .. } => {
                self.invoke(line, true, call, Expected::Trap(message))?;
            }
            WastDirective::AssertException { exec, .. } => self.execute(line, exec, Expected::Exception)?,
            other => return Err(format!("line {line}: unknown directive {other:?}")),
        }
        Ok(())
    }

    fn execute(&mut self, line: usize, execute: WastExecute<'a>, expected: Expected<'a>) -> Result<(), String> {
        match execute {
            WastExecute::Invoke(invoke) => self.invoke(line, true, invoke, expected)?,
            WastExecute::Get { module, global, .. } => {
                let instance = self.instance(line, module)?;
                self.step(line, true, instance, Action::Get { export: global }, expected);
            }
            WastExecute::Wat(module) => {
                self.instantiate(line, true, assemble(&mut QuoteWat::Wat(module)), expected);
            }
        }
        Ok(())
    }

    fn invoke(
        &mut self,
        line: usize,
        is_assertion: bool,
        invoke: WastInvoke<'a>,
        expected: Expected<'a>,
    ) -> Result<(), String> {
        let instance = self.instance(line, invoke.module)?;
        let arguments = invoke.args.iter().map(argument).collect::<Result<_, String>>();
        let action = Action::Invoke { export: invoke.name, arguments: arguments? };
        self.step(line, is_assertion, instance, action, expected);
        Ok(())
    }

    /// The instance that `module` names, by default the latest.
    fn instance(&self, line: usize, module: Option<Id<'a>>) -> Result<usize, String> {
        let instance = match module {
            Some(name) => self.named.get(name.name()).copied(),
            None => self.current,
        };
        instance.ok_or_else(|| format!("line {line}: unknown instance"))
    }

    fn set_current(&mut self, name: Option<Id<'a>>, instance: usize) {
        self.current = Some(instance);
        self.named.extend(name.map(|name| (name.name(), instance)));
    }

    fn instantiate(&mut self, line: usize, is_assertion: bool, module: Assembled, expected: Expected<'a>) -> usize {
        let mut instance = Instance { module, imports: Vec::new(), defines_memory: false, defines_table: false };
        instance.read_sections();
        for import in &mut instance.imports {
            import.provider = self.registered.get(import.module.as_str()).copied();
        }
        let number = self.script.instances.len();
        self.script.instances.push(instance);
        self.step(line, is_assertion, number, Action::Instantiate, expected);
        number
    }

    fn step(&mut self, line: usize, is_assertion: bool, instance: usize, action: Action<'a>, expected: Expected<'a>) {
        self.script.steps.push(Step { line, is_assertion, instance, action, expected });
    }

    fn reject(&mut self, line: usize, module: Assembled, expected: Rejected) {
        self.script.rejections.push(Rejection { line, module, expected });
    }
}

impl Instance {
    /// Finds out what links the module with others. A module that cannot be read has no links; compiling it says why.
    fn read_sections(&mut self) {
        let Ok(bytes) = &self.module else { return };
        for payload in Parser::new(0).parse_all(bytes) {
            match payload {
                Ok(Payload::ImportSection(section)) => {
                    for import in section.into_imports().flatten() {
                        let (module, name) = (import.module.to_string(), import.name.to_string());
                        self.imports.push(Import { module, name, provider: None });
                    }
                }
                Ok(Payload::MemorySection(section)) => self.defines_memory |= section.count() > 0,
                Ok(Payload::TableSection(section)) => self.defines_table |= section.count() > 0,
                Ok(_) => {}
                Err(_) => return,
            }
        }
    }
}

/// Text → binary. Unlike with [`QuoteWat::encode`], quoted text may hold the characters that [`lex`] allows.
fn assemble(module: &mut QuoteWat<'_>) -> Assembled {
    match module.to_test().map_err(|error| error.to_string())? {
        QuoteWatTest::Binary(bytes) => Ok(bytes),
        QuoteWatTest::Text(text) => {
            let text = String::from_utf8(text).map_err(|_| "malformed UTF-8 encoding".to_string())?;
            let buffer = lex(&text)?;
            let mut module = parser::parse::<Wat<'_>>(&buffer).map_err(|error| error.to_string())?;
            module.encode().map_err(|error| error.to_string())
        }
    }
}

/// An argument as the runtime takes it: little endian, null is 0, host references count from 1.
fn argument(argument: &WastArg<'_>) -> Result<[u8; 16], String> {
    let WastArg::Core(value) = argument else { return Err(format!("unknown argument {argument:?}")) };
    let bits = match value {
        WastArgCore::I32(value) => u128::from(value.cast_unsigned()),
        WastArgCore::I64(value) => u128::from(value.cast_unsigned()),
        WastArgCore::F32(value) => u128::from(value.bits),
        WastArgCore::F64(value) => u128::from(value.bits),
        WastArgCore::V128(value) => u128::from_le_bytes(value.to_le_bytes()),
        WastArgCore::RefNull(_) => 0,
        WastArgCore::RefExtern(number) | WastArgCore::RefHost(number) => u128::from(*number) + 1,
    };
    Ok(bits.to_le_bytes())
}

fn result(result: WastRet<'_>) -> Result<WastRetCore<'_>, String> {
    match result {
        WastRet::Core(result) => Ok(result),
        other => Err(format!("unknown result {other:?}")),
    }
}
