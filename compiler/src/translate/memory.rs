//! Memory instructions (spec 2.4.7): loads and stores of scalars, size, grow, fill, copy, init, drop.

use super::Translator;
use super::bounds_check::Access;
use super::environ::Region;
use crate::error::{Error, Result};
use cranelift_codegen::ir::{InstBuilder, InstructionData, Opcode, Type, Value, types};
use wasmparser::{MemArg, MemArgTarget, Operator};
use wexe_abi::builtins::Builtin;
use wexe_abi::layout::SegmentState;
use wexe_abi::trap::Trap;

impl Translator<'_, '_> {
    pub(super) fn memory(&mut self, operator: &Operator<'_>) -> Result<bool> {
        use types::{F32, F64, I32, I64};
        match operator {
            Operator::I32Load { memarg } => self.load(memarg, Opcode::Load, I32, 4)?,
            Operator::I64Load { memarg } => self.load(memarg, Opcode::Load, I64, 8)?,
            Operator::F32Load { memarg } => self.load(memarg, Opcode::Load, F32, 4)?,
            Operator::F64Load { memarg } => self.load(memarg, Opcode::Load, F64, 8)?,
            Operator::I32Load8S { memarg } => self.load(memarg, Opcode::Sload8, I32, 1)?,
            Operator::I32Load8U { memarg } => self.load(memarg, Opcode::Uload8, I32, 1)?,
            Operator::I32Load16S { memarg } => self.load(memarg, Opcode::Sload16, I32, 2)?,
            Operator::I32Load16U { memarg } => self.load(memarg, Opcode::Uload16, I32, 2)?,
            Operator::I64Load8S { memarg } => self.load(memarg, Opcode::Sload8, I64, 1)?,
            Operator::I64Load8U { memarg } => self.load(memarg, Opcode::Uload8, I64, 1)?,
            Operator::I64Load16S { memarg } => self.load(memarg, Opcode::Sload16, I64, 2)?,
            Operator::I64Load16U { memarg } => self.load(memarg, Opcode::Uload16, I64, 2)?,
            Operator::I64Load32S { memarg } => self.load(memarg, Opcode::Sload32, I64, 4)?,
            Operator::I64Load32U { memarg } => self.load(memarg, Opcode::Uload32, I64, 4)?,
            Operator::I32Store { memarg } | Operator::F32Store { memarg } => self.store(memarg, Opcode::Store, 4)?,
            Operator::I64Store { memarg } | Operator::F64Store { memarg } => self.store(memarg, Opcode::Store, 8)?,
            Operator::I32Store8 { memarg } | Operator::I64Store8 { memarg } => {
                self.store(memarg, Opcode::Istore8, 1)?;
            }
            Operator::I32Store16 { memarg } | Operator::I64Store16 { memarg } => {
                self.store(memarg, Opcode::Istore16, 2)?;
            }
            Operator::I64Store32 { memarg } => self.store(memarg, Opcode::Istore32, 4)?,
            Operator::MemorySize { mem } => self.memory_size(*mem),
            Operator::MemoryGrow { mem } => self.memory_grow(*mem),
            Operator::MemoryFill { mem } => self.memory_fill(*mem),
            Operator::MemoryCopy { dst_mem, src_mem } => self.memory_copy(*dst_mem, *src_mem),
            Operator::MemoryInit { data_index, mem } => self.memory_init(*data_index, *mem),
            Operator::DataDrop { data_index } => {
                let state = self.environment.declarations.data.state[*data_index as usize];
                self.drop_segment(state);
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// The access of a load or store whose index is on the stack.
    pub(super) fn pop_access(&mut self, memarg: &MemArg, size: u32) -> Result<Access> {
        let memory = memory_index(memarg)?;
        let index = self.stack.pop();
        Ok(self.access(memory, index, memarg.offset, size))
    }

    fn load(&mut self, memarg: &MemArg, opcode: Opcode, ty: Type, size: u32) -> Result<()> {
        let Access { address, offset, flags } = self.pop_access(memarg, size)?;
        let flags = self.builder.func.dfg.mem_flags.insert(flags).map_err(|_| too_many_flags())?;
        let (load, dfg) = self.builder.ins().Load(opcode, ty, flags, offset.into(), address);
        let value = dfg.first_result(load);
        self.stack.push(value);
        Ok(())
    }

    fn store(&mut self, memarg: &MemArg, opcode: Opcode, size: u32) -> Result<()> {
        let value = self.stack.pop();
        let (opcode, value) = self.narrowed(opcode, value, size);
        let Access { address, offset, flags } = self.pop_access(memarg, size)?;
        let flags = self.builder.func.dfg.mem_flags.insert(flags).map_err(|_| too_many_flags())?;
        let ty = self.builder.func.dfg.value_type(value);
        self.builder.ins().Store(opcode, ty, flags, offset.into(), value, address);
        Ok(())
    }

    /// A narrow store of a constant, as the store of a narrow constant: only that becomes one instruction.
    fn narrowed(&mut self, opcode: Opcode, value: Value, size: u32) -> (Opcode, Value) {
        match self.definition(value) {
            Some(InstructionData::UnaryImm { opcode: Opcode::Iconst, imm }) if opcode != Opcode::Store => {
                let ty = Type::int_with_byte_size(size as u16).expect("1, 2 or 4 bytes");
                let bits = imm.bits() & (u64::MAX >> (64 - ty.bits())) as i64;
                (Opcode::Store, self.builder.ins().iconst(ty, bits))
            }
            _ => (opcode, value),
        }
    }

    /// Address of a memory's state as a value.
    fn memory_state(&mut self, memory: u32) -> Value {
        let state = self.environment.declarations.memories[memory as usize].state;
        self.address(state)
    }

    fn is_memory64(&self, memory: u32) -> bool {
        self.environment.declarations.memories[memory as usize].ty.memory64
    }

    fn memory_size(&mut self, memory: u32) {
        let declaration = &self.environment.declarations.memories[memory as usize];
        let (state, is_64) = (declaration.state, declaration.ty.memory64);
        let page_log2 = i64::from(declaration.ty.page_size_log2.unwrap_or(16));
        let bytes = self.memory_bytes(state);
        let pages = self.builder.ins().ushr_imm_u(bytes, page_log2);
        let pages = self.narrow(pages, is_64);
        self.stack.push(pages);
    }

    fn memory_grow(&mut self, memory: u32) {
        let delta = self.stack.pop();
        let delta = self.extend(delta);
        let state = self.memory_state(memory);
        let old = self.call_builtin(Builtin::MemoryGrow, &[state, delta]);
        let old = self.narrow(old, self.is_memory64(memory));
        self.stack.push(old);
    }

    fn memory_fill(&mut self, memory: u32) {
        let (dst, value, len) = self.stack.pop3();
        if let Some(pieces) = self.pieces(len) {
            return self.fill_inline(memory, dst, value, &pieces);
        }
        let (dst, len) = (self.extend(dst), self.extend(len));
        let state = self.memory_state(memory);
        let code = self.call_builtin(Builtin::MemoryFill, &[state, dst, value, len]);
        self.trap_on_code(code, Trap::MemoryOutOfBounds);
    }

    fn memory_copy(&mut self, dst_memory: u32, src_memory: u32) {
        let (dst, src, len) = self.stack.pop3();
        if let Some(pieces) = self.pieces(len) {
            return self.copy_inline((dst_memory, dst), (src_memory, src), &pieces);
        }
        let (dst, src, len) = (self.extend(dst), self.extend(src), self.extend(len));
        let (dst_memory, src_memory) = (self.memory_state(dst_memory), self.memory_state(src_memory));
        let code = self.call_builtin(Builtin::MemoryCopy, &[dst_memory, src_memory, dst, src, len]);
        self.trap_on_code(code, Trap::MemoryOutOfBounds);
    }

    /// How to access a range whose length is a small constant, one piece after the other.
    fn pieces(&self, len: Value) -> Option<Vec<Piece>> {
        match self.definition(len)? {
            InstructionData::UnaryImm { opcode: Opcode::Iconst, imm } => pieces(imm.bits()),
            _ => None,
        }
    }

    /// All is loaded before anything is stored, so the ranges may overlap. The end of the target is stored first: if
    /// any of it is out of bounds, then its end is, and nothing has been written when it traps.
    fn copy_inline(&mut self, (dst_memory, dst): (u32, Value), (src_memory, src): (u32, Value), pieces: &[Piece]) {
        let mut values = Vec::with_capacity(pieces.len());
        for piece in pieces {
            let Access { address, offset, flags } = self.access(src_memory, src, piece.offset, piece.ty.bytes());
            values.push(self.builder.ins().load(piece.ty, flags, address, offset));
        }
        for (piece, value) in pieces.iter().zip(values).rev() {
            let Access { address, offset, flags } = self.access(dst_memory, dst, piece.offset, piece.ty.bytes());
            self.builder.ins().store(flags, value, address, offset);
        }
    }

    /// As [`Self::copy_inline`].
    fn fill_inline(&mut self, memory: u32, dst: Value, value: Value, pieces: &[Piece]) {
        let byte = self.builder.ins().ireduce(types::I8, value);
        for piece in pieces.iter().rev() {
            let value = match piece.ty {
                types::I8 => byte,
                types::I8X16 => self.builder.ins().splat(types::I8X16, byte),
                ty => {
                    let wide = self.builder.ins().uextend(ty, byte);
                    let ones =
                        self.builder.ins().iconst(ty, 0x0101_0101_0101_0101 & (u64::MAX >> (64 - ty.bits())) as i64);
                    self.builder.ins().imul(wide, ones)
                }
            };
            let Access { address, offset, flags } = self.access(memory, dst, piece.offset, piece.ty.bytes());
            self.builder.ins().store(flags, value, address, offset);
        }
    }

    fn memory_init(&mut self, segment: u32, memory: u32) {
        let (dst, src, len) = self.stack.pop3();
        self.apply_data(segment, memory, dst, src, len);
    }

    /// Copies a part of a data segment into a memory, or traps.
    pub(super) fn apply_data(&mut self, segment: u32, memory: u32, dst: Value, src: Value, len: Value) {
        let (dst, src, len) = (self.extend(dst), self.extend(src), self.extend(len));
        let segment = self.environment.declarations.data.state[segment as usize];
        let (memory, segment) = (self.memory_state(memory), self.address(segment));
        let code = self.call_builtin(Builtin::MemoryInit, &[memory, segment, dst, src, len]);
        self.trap_on_code(code, Trap::MemoryOutOfBounds);
    }

    /// Makes the segment whose state is at this address empty.
    pub(super) fn drop_segment(&mut self, state: u64) {
        let flags = self.state_flags(Region::State);
        let state = self.address(state);
        let zero = self.builder.ins().iconst(types::I64, 0);
        self.builder.ins().store(flags, zero, state, std::mem::offset_of!(SegmentState, len) as i32);
    }
}

/// A part of a range that one instruction accesses.
struct Piece {
    ty: Type,
    offset: u64,
}

/// Longest range that is copied or filled without a call.
const MAX_INLINE_BYTES: i64 = 64;

/// Pieces that together are a range of `len` bytes; the last one may overlap the one before.
fn pieces(len: i64) -> Option<Vec<Piece>> {
    let ty = match len {
        16..=MAX_INLINE_BYTES => types::I8X16,
        8..16 => types::I64,
        4..8 => types::I32,
        2..4 => types::I16,
        1 => types::I8,
        _ => return None,
    };
    let (len, width) = (len as u64, u64::from(ty.bytes()));
    let mut pieces: Vec<Piece> = (0..len / width).map(|index| Piece { ty, offset: index * width }).collect();
    if len % width != 0 {
        pieces.push(Piece { ty, offset: len - width });
    }
    Some(pieces)
}

/// The memory that an access means.
pub(super) fn memory_index(memarg: &MemArg) -> Result<u32> {
    match memarg.target {
        MemArgTarget::Memory(index) => Ok(index),
        _ => Err(Error::unsupported("memory instructions on arrays")),
    }
}

fn too_many_flags() -> Error {
    unreachable!("regions per kind are bounded, so kinds of access are")
}
