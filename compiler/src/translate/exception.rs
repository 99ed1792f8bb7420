//! Exceptions (spec 2.4.9): `throw`, `throw_ref`, `try_table`, and the legacy `try`, `catch`, `delegate` and `rethrow`.
//!
//! An exception is a package in the runtime's memory (`wexe_abi::layout::ExceptionHeader`); a reference to one is its
//! address. Entering a `try` costs nothing: each call inside names the handlers that apply to it, innermost first, and
//! `throw` finds them by return address. So the handlers must be known before the body is translated. In the legacy
//! encoding the clauses follow the body, which is why [`scan`] reads ahead.

use super::call::Target;
use super::stack::{FrameKind, Handler};
use super::{Translator, signature, trap};
use crate::error::{Error, Result};
use cranelift_codegen::ir::{
    Block, BlockArg, BlockCall, ExceptionTableData, ExceptionTableItem, ExceptionTag, InstBuilder, MemFlagsData, Type,
    Value, types,
};
use cranelift_codegen::isa::CallConv;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use wasmparser::{BlockType, Catch, FunctionBody, Operator, TryTable};
use wexe_abi::builtins::Builtin;
use wexe_abi::layout::{EXCEPTION_FIELD_SIZE, ExceptionHeader};
use wexe_abi::trap::Trap;

/// Handlers that the calls and `try` frames of one function may name together: more means that somebody multiplies
/// deep nests by many calls.
const MAX_EDGES: usize = 1 << 20;

/// What the translation of a function remembers of its exceptions.
#[derive(Default)]
pub(super) struct Exceptions {
    /// Handlers named so far.
    edges: usize,
    /// The clauses of every legacy `try`, by its offset; absent until the first.
    clauses: Option<HashMap<u32, Clauses>>,
}

/// What stands behind the body of a legacy `try`.
enum Clauses {
    /// Catch clauses; none of these is a tag index in `catch_all`.
    Catches(Vec<Option<u32>>),
    /// `delegate` to this depth, counted from outside of the `try`.
    Delegate(u32),
}

impl Translator<'_, '_> {
    pub(super) fn exception(&mut self, operator: &Operator<'_>) -> Result<bool> {
        match operator {
            Operator::Throw { tag_index } => {
                let exception = self.new_exception(*tag_index);
                self.throw(exception);
            }
            Operator::ThrowRef => {
                let exception = self.stack.pop();
                self.builder.ins().trapz(exception, trap::code(Trap::NullExceptionReference));
                self.throw(exception);
            }
            Operator::TryTable { try_table } => self.begin_try_table(try_table)?,
            Operator::Try { blockty } => self.begin_try(*blockty)?,
            Operator::Catch { tag_index } => self.begin_catch(Some(*tag_index)),
            Operator::CatchAll => self.begin_catch(None),
            // Its target was looked up at the `try`.
            Operator::Delegate { .. } => self.end()?,
            Operator::Rethrow { relative_depth } => {
                let FrameKind::Catch { exception, .. } = self.stack.frame(*relative_depth).kind else {
                    unreachable!("validation allows rethrow in catch clauses only")
                };
                self.throw(exception);
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// An exception with this tag and the operands as its fields.
    fn new_exception(&mut self, tag: u32) -> Value {
        let declaration = &self.environment.declarations.tags[tag as usize];
        let count = self.environment.module.func_type(declaration.ty).params().len();
        let id = self.builder.ins().iconst(types::I64, i64::from(declaration.id));
        let len = self.builder.ins().iconst(types::I64, count as i64);
        let exception = self.call_builtin(Builtin::ExceptionNew, &[id, len]);
        self.builder.ins().trapz(exception, trap::code(Trap::AllocationFailure));
        for (index, value) in self.stack.pop_many(count).into_iter().enumerate() {
            self.builder.ins().store(MemFlagsData::trusted(), value, exception, field_offset(index));
        }
        exception
    }

    /// Leaves for the nearest handler. The call only returns if there is none.
    fn throw(&mut self, exception: Value) {
        let target = Target::Direct(self.builtin(Builtin::Throw));
        self.invoke(target, &[exception]);
        self.trap(Trap::UncaughtException);
        self.stack.reachable = false;
    }

    /// The fields of an exception with this tag.
    fn exception_fields(&mut self, tag: u32, exception: Value) -> Vec<Value> {
        let module = self.environment.module;
        let ty = module.func_type(self.environment.declarations.tags[tag as usize].ty);
        let params = ty.params().iter().enumerate();
        params
            .map(|(index, ty)| {
                let ty = signature::value_type(*ty);
                self.builder.ins().load(ty, MemFlagsData::trusted(), exception, field_offset(index))
            })
            .collect()
    }

    fn begin_try_table(&mut self, table: &TryTable) -> Result<()> {
        let catches: Vec<(Catch, Block)> = table.catches.iter().map(|catch| (*catch, self.landing())).collect();
        let own = catches.iter().map(|(catch, landing)| {
            let tag = match catch {
                Catch::One { tag, .. } | Catch::OneRef { tag, .. } => Some(*tag),
                Catch::All { .. } | Catch::AllRef { .. } => None,
            };
            (tag, *landing)
        });
        let own: Vec<(Option<u32>, Block)> = own.collect();
        self.push_try(table.ty, FrameKind::TryTable { catches });
        self.open_handlers(&own)
    }

    fn begin_try(&mut self, ty: BlockType) -> Result<()> {
        let offset = self.builder.srcloc().bits();
        let body = self.body.as_ref().expect("only bodies have try");
        let clauses = self.exceptions.clauses.get_or_insert_with(|| scan(body)).remove(&offset);
        let (tags, delegate) = match clauses {
            Some(Clauses::Catches(tags)) => (tags, None),
            Some(Clauses::Delegate(depth)) => (Vec::new(), Some(depth)),
            None => (Vec::new(), None),
        };
        let own: Vec<(Option<u32>, Block)> = tags.into_iter().map(|tag| (tag, self.landing())).collect();
        let landings = own.iter().map(|(_, landing)| *landing).collect::<Vec<_>>().into_iter();
        self.push_try(ty, FrameKind::Try { landings });
        if let Some(depth) = delegate {
            // The depth is validated where the scan found it.
            let target = self.stack.frames.iter().rev().nth(depth as usize + 1);
            let handlers = target.and_then(|frame| frame.handlers.clone());
            self.stack.frame(0).handlers = handlers;
            return Ok(());
        }
        self.open_handlers(&own)
    }

    /// A block for the code of a handler.
    fn landing(&mut self) -> Block {
        let landing = self.builder.create_block();
        self.builder.append_block_param(landing, types::I64);
        self.builder.set_cold_block(landing);
        landing
    }

    fn push_try(&mut self, ty: BlockType, kind: FrameKind) {
        let (params, results) = self.block_type(ty);
        let following = self.block_with_params(&results);
        self.stack.push_frame(kind, params.len(), results.len(), following);
    }

    /// Puts handlers (tag index and code) before those that applied to the innermost frame. One that can never be
    /// reached, because an earlier one takes all that it takes, is left out.
    fn open_handlers(&mut self, own: &[(Option<u32>, Block)]) -> Result<()> {
        let tags = &self.environment.declarations.tags;
        // A tag that the scan found may not exist; then validation will stop there, and any id will do.
        let id = |index: u32| tags.get(index as usize).map_or(0, |tag| tag.id);
        let own = own.iter().map(|(tag, landing)| Handler { tag: tag.map(id), landing: *landing });
        let outer = self.stack.handlers();
        let mut taken = HashSet::new();
        let mut handlers = Vec::new();
        for handler in own.chain(outer.iter().flat_map(|handlers| handlers.iter().copied())) {
            if taken.insert(handler.tag) {
                handlers.push(handler);
            }
            if handler.tag.is_none() {
                break;
            }
        }
        self.exceptions.edges += handlers.len();
        self.check_edges()?;
        self.stack.frame(0).handlers = (!handlers.is_empty()).then(|| Rc::from(handlers));
        Ok(())
    }

    fn check_edges(&self) -> Result<()> {
        if self.exceptions.edges > MAX_EDGES {
            return Err(Error::limit(format!(
                "the calls of one function name more than {MAX_EDGES} exception handlers"
            )));
        }
        Ok(())
    }

    /// Goes on from the body or a catch clause of a legacy `try` to its next clause.
    fn begin_catch(&mut self, tag: Option<u32>) {
        self.leave_to_following();
        let mut outside = self.stack.frames.iter().rev().skip(1);
        let outer = outside.next().and_then(|frame| frame.handlers.clone());
        let frame = self.stack.frame(0);
        if !frame.live {
            return;
        }
        let (FrameKind::Try { landings } | FrameKind::Catch { landings, .. }) = &mut frame.kind else {
            unreachable!("validation rejects catch without try")
        };
        let landing = landings.next().expect("scanned");
        let landings = std::mem::take(landings);
        let exception = self.builder.block_params(landing)[0];
        frame.kind = FrameKind::Catch { exception, landings };
        frame.handlers = outer;
        let height = frame.height;
        self.stack.values.truncate(height);
        self.builder.seal_block(landing);
        self.builder.switch_to_block(landing);
        self.stack.reachable = true;
        self.stack.weight = 0;
        if let Some(tag) = tag {
            let fields = self.exception_fields(tag, exception);
            self.stack.values.extend(fields);
        }
    }

    /// Emits the handlers of the innermost frame, if it is a `try_table`.
    pub(super) fn end_exception_frame(&mut self) -> Result<()> {
        let FrameKind::TryTable { catches } = &mut self.stack.frame(0).kind else {
            return Ok(());
        };
        for (catch, landing) in std::mem::take(catches) {
            let exception = self.builder.block_params(landing)[0];
            self.builder.seal_block(landing);
            self.builder.switch_to_block(landing);
            let (values, label) = match catch {
                Catch::One { tag, label } => (self.exception_fields(tag, exception), label),
                Catch::OneRef { tag, label } => {
                    let mut values = self.exception_fields(tag, exception);
                    values.push(exception);
                    (values, label)
                }
                Catch::All { label } => (Vec::new(), label),
                Catch::AllRef { label } => (vec![exception], label),
            };
            // Labels count from outside of the `try_table`.
            let (block, _) = self.destination(label + 1);
            self.jump(block, &values);
        }
        self.check_edges()
    }

    /// The handlers that a call must name. Functions of the runtime throw nothing, but for `throw` itself.
    pub(super) fn handlers_of(&self, target: Target) -> Option<Rc<[Handler]>> {
        let handlers = self.stack.handlers()?;
        let dfg = &self.builder.func.dfg;
        let signature = match target {
            Target::Direct(function) => dfg.ext_funcs[function].signature,
            Target::Indirect(signature, _) => signature,
        };
        (dfg.signatures[signature].call_conv == CallConv::Tail).then_some(handlers)
    }

    /// Calls with handlers for what it may throw.
    pub(super) fn try_call(&mut self, target: Target, arguments: &[Value], handlers: &[Handler]) -> Vec<Value> {
        let function = &mut *self.builder.func;
        let signature = match target {
            Target::Direct(callee) => function.dfg.ext_funcs[callee].signature,
            Target::Indirect(signature, _) => signature,
        };
        let results: Vec<Type> = function.dfg.signatures[signature].returns.iter().map(|ty| ty.value_type).collect();
        let returned = self.builder.create_block();
        for ty in &results {
            self.builder.append_block_param(returned, *ty);
        }
        self.exceptions.edges += handlers.len();
        // The innermost `end` will report too many; until then they need not be kept.
        let handlers = if self.exceptions.edges > MAX_EDGES { &[] } else { handlers };
        let dfg = &mut self.builder.func.dfg;
        let pool = &mut dfg.value_lists;
        let normal = BlockCall::new(returned, (0..results.len() as u32).map(BlockArg::TryCallRet), pool);
        let items = handlers.iter().map(|handler| {
            let landing = BlockCall::new(handler.landing, [BlockArg::TryCallExn(0)], pool);
            match handler.tag {
                Some(id) => ExceptionTableItem::Tag(ExceptionTag::from_u32(id), landing),
                None => ExceptionTableItem::Default(landing),
            }
        });
        let table = dfg.exception_tables.push(ExceptionTableData::new(signature, normal, items));
        let call = match target {
            Target::Direct(callee) => self.builder.ins().try_call(callee, arguments, table),
            Target::Indirect(_, code) => self.builder.ins().try_call_indirect(code, arguments, table),
        };
        self.tag_call(call);
        self.builder.seal_block(returned);
        self.builder.switch_to_block(returned);
        self.builder.block_params(returned).to_vec()
    }
}

/// Where a field is in an exception.
fn field_offset(index: usize) -> i32 {
    (size_of::<ExceptionHeader>() + index * EXCEPTION_FIELD_SIZE as usize) as i32
}

/// Reads a whole body for the clauses of each legacy `try`. It is not validated yet: the scan ends where it goes wrong,
/// and so will the translation, there or earlier.
fn scan(body: &FunctionBody<'_>) -> HashMap<u32, Clauses> {
    let mut clauses = HashMap::new();
    // The open blocks; of a `try`, its offset.
    let mut open: Vec<Option<u32>> = Vec::new();
    let Ok(mut operators) = body.get_operators_reader() else { return clauses };
    while !operators.eof() {
        let offset = operators.original_position() as u32;
        let Ok(operator) = operators.read() else { break };
        match operator {
            Operator::Block { .. } | Operator::Loop { .. } | Operator::If { .. } | Operator::TryTable { .. } => {
                open.push(None);
            }
            Operator::Try { .. } => {
                clauses.insert(offset, Clauses::Catches(Vec::new()));
                open.push(Some(offset));
            }
            Operator::Catch { .. } | Operator::CatchAll => {
                let tag = if let Operator::Catch { tag_index } = operator { Some(tag_index) } else { None };
                let innermost = open.last().copied().flatten().and_then(|offset| clauses.get_mut(&offset));
                let Some(Clauses::Catches(tags)) = innermost else { break };
                tags.push(tag);
            }
            Operator::Delegate { relative_depth } => {
                let Some(Some(offset)) = open.pop() else { break };
                clauses.insert(offset, Clauses::Delegate(relative_depth));
            }
            Operator::End => drop(open.pop()),
            _ => {}
        }
    }
    clauses
}
