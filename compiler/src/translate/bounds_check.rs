//! THIS FILE IS THE SANDBOX: the only place that turns a wasm address into a native one.
//!
//! Every access of every memory instruction goes through [`Translator::access`], which picks one of three proofs that
//! the access stays inside the memory or traps:
//!
//! - **Guarded** (32-bit index, 64 KiB pages): the native address is `base + zext(index) + offset`. It lies in
//!   `[base, base + 2³² + 2³² + 16)`, and of that range nothing but the memory itself is ever mapped
//!   (`wexe_abi::layout::GUARDED_REACH`). No check is needed; what is outside faults.
//! - **Guarded, 64-bit** (64-bit index, 64 KiB pages): `index < 2³⁷` is checked (a shift and a branch) and
//!   `offset < 2³⁷ − 64` is known, so the address lies in the memory's slot of 2³⁸ bytes, of which again nothing else
//!   is mapped.
//! - **Checked** (pages of one byte, which the guard cannot follow): `index + offset + width ≤ size`, exactly.

use super::environ::Region;
use super::{Translator, trap};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{Endianness, InstBuilder, MemFlagsData, Value, types};
use wexe_abi::layout;
use wexe_abi::trap::Trap;

/// An address that may be accessed, for the operands of a load or store.
pub(super) struct Access {
    pub address: Value,
    pub offset: i32,
    pub flags: MemFlagsData,
}

impl Translator<'_, '_> {
    /// The native address of `size` bytes at `index + offset` in a memory.
    pub(super) fn access(&mut self, memory: u32, index: Value, offset: u64, size: u32) -> Access {
        let declaration = &self.environment.declarations.memories[memory as usize];
        let (base, state, is_64) = (declaration.base, declaration.state, declaration.ty.memory64);
        let guarded = declaration.ty.page_size_log2.unwrap_or(16) == 16;
        let flags = MemFlagsData::new()
            .with_endianness(Endianness::Little)
            .with_trap_code(Some(trap::ACCESS))
            .with_alias_region(Some(self.region(Region::Memory(memory))));
        match (guarded, is_64) {
            (true, false) => {}
            (true, true) => self.check_slot(index, offset),
            (false, _) => self.check_size(state, index, offset, size),
        }
        let index = self.extend(index);
        // The slot's check has trapped already if base and offset exceed 64 bits.
        let displacement = base.wrapping_add(offset);
        match i32::try_from(displacement) {
            Ok(offset) => Access { address: index, offset, flags },
            Err(_) => {
                let displacement = self.address(displacement);
                let address = self.builder.ins().iadd(index, displacement);
                Access { address, offset: 0, flags }
            }
        }
    }

    /// Traps unless `index + offset` lies in the memory's slot.
    fn check_slot(&mut self, index: Value, offset: u64) {
        let out = if offset >= layout::MEMORY64_MAX_BYTES - 64 {
            self.builder.ins().iconst(types::I8, 1)
        } else {
            self.builder.ins().ushr_imm_u(index, i64::from(layout::MEMORY64_MAX_BYTES.ilog2()))
        };
        self.trap_if(out, Trap::MemoryOutOfBounds);
    }

    /// Traps unless `index + offset + size` is at most the memory's current size.
    fn check_size(&mut self, state: u64, index: Value, offset: u64, size: u32) {
        let Some(distance) = offset.checked_add(u64::from(size)) else {
            let always = self.builder.ins().iconst(types::I8, 1);
            return self.trap_if(always, Trap::MemoryOutOfBounds);
        };
        let current = self.memory_bytes(state);
        let index = self.extend(index);
        let distance = self.builder.ins().iconst(types::I64, distance as i64);
        let end = self.builder.ins().uadd_overflow_trap(index, distance, trap::code(Trap::MemoryOutOfBounds));
        let out = self.builder.ins().icmp(IntCC::UnsignedGreaterThan, end, current);
        self.trap_if(out, Trap::MemoryOutOfBounds);
    }

    /// The current size in bytes of the memory whose state is at this address.
    pub(super) fn memory_bytes(&mut self, state: u64) -> Value {
        let flags = self.state_flags(Region::State);
        let state = self.address(state);
        let offset = std::mem::offset_of!(layout::MemoryState, size) as i32;
        self.builder.ins().load(types::I64, flags, state, offset)
    }
}
