//! Atomic memory instructions (threads proposal): loads, stores, read-modify-write, wait and notify.
//!
//! They trap unless their address is a multiple of their width. Memories begin at a page, so the native address tells.
//! All but `wait` work on unshared memories too.

use super::Translator;
use super::bounds_check::Access;
use super::memory::memory_index;
use crate::error::Result;
use cranelift_codegen::ir::{AtomicRmwOp, InstBuilder, MemFlagsData, Type, Value, types};
use wasmparser::{MemArg, Operator};
use wexe_abi::builtins::Builtin;
use wexe_abi::trap::Trap;

impl Translator<'_, '_> {
    pub(super) fn atomic(&mut self, operator: &Operator<'_>) -> Result<bool> {
        use AtomicRmwOp::{Add, And, Or, Sub, Xchg, Xor};
        use types::{I8, I16, I32, I64};
        match operator {
            Operator::AtomicFence { .. } => {
                self.builder.ins().fence();
            }
            Operator::MemoryAtomicWait32 { memarg } => self.wait(memarg, Builtin::AtomicWait32, I32)?,
            Operator::MemoryAtomicWait64 { memarg } => self.wait(memarg, Builtin::AtomicWait64, I64)?,
            Operator::MemoryAtomicNotify { memarg } => self.notify(memarg)?,
            Operator::I32AtomicLoad { memarg } => self.atomic_load(memarg, I32, I32)?,
            Operator::I64AtomicLoad { memarg } => self.atomic_load(memarg, I64, I64)?,
            Operator::I32AtomicLoad8U { memarg } => self.atomic_load(memarg, I32, I8)?,
            Operator::I32AtomicLoad16U { memarg } => self.atomic_load(memarg, I32, I16)?,
            Operator::I64AtomicLoad8U { memarg } => self.atomic_load(memarg, I64, I8)?,
            Operator::I64AtomicLoad16U { memarg } => self.atomic_load(memarg, I64, I16)?,
            Operator::I64AtomicLoad32U { memarg } => self.atomic_load(memarg, I64, I32)?,
            Operator::I32AtomicStore { memarg } => self.atomic_store(memarg, I32)?,
            Operator::I64AtomicStore { memarg } => self.atomic_store(memarg, I64)?,
            Operator::I32AtomicStore8 { memarg } => self.atomic_store(memarg, I8)?,
            Operator::I32AtomicStore16 { memarg } => self.atomic_store(memarg, I16)?,
            Operator::I64AtomicStore8 { memarg } => self.atomic_store(memarg, I8)?,
            Operator::I64AtomicStore16 { memarg } => self.atomic_store(memarg, I16)?,
            Operator::I64AtomicStore32 { memarg } => self.atomic_store(memarg, I32)?,
            Operator::I32AtomicRmwAdd { memarg } => self.atomic_rmw(memarg, Add, I32, I32)?,
            Operator::I64AtomicRmwAdd { memarg } => self.atomic_rmw(memarg, Add, I64, I64)?,
            Operator::I32AtomicRmw8AddU { memarg } => self.atomic_rmw(memarg, Add, I32, I8)?,
            Operator::I32AtomicRmw16AddU { memarg } => self.atomic_rmw(memarg, Add, I32, I16)?,
            Operator::I64AtomicRmw8AddU { memarg } => self.atomic_rmw(memarg, Add, I64, I8)?,
            Operator::I64AtomicRmw16AddU { memarg } => self.atomic_rmw(memarg, Add, I64, I16)?,
            Operator::I64AtomicRmw32AddU { memarg } => self.atomic_rmw(memarg, Add, I64, I32)?,
            Operator::I32AtomicRmwSub { memarg } => self.atomic_rmw(memarg, Sub, I32, I32)?,
            Operator::I64AtomicRmwSub { memarg } => self.atomic_rmw(memarg, Sub, I64, I64)?,
            Operator::I32AtomicRmw8SubU { memarg } => self.atomic_rmw(memarg, Sub, I32, I8)?,
            Operator::I32AtomicRmw16SubU { memarg } => self.atomic_rmw(memarg, Sub, I32, I16)?,
            Operator::I64AtomicRmw8SubU { memarg } => self.atomic_rmw(memarg, Sub, I64, I8)?,
            Operator::I64AtomicRmw16SubU { memarg } => self.atomic_rmw(memarg, Sub, I64, I16)?,
            Operator::I64AtomicRmw32SubU { memarg } => self.atomic_rmw(memarg, Sub, I64, I32)?,
            Operator::I32AtomicRmwAnd { memarg } => self.atomic_rmw(memarg, And, I32, I32)?,
            Operator::I64AtomicRmwAnd { memarg } => self.atomic_rmw(memarg, And, I64, I64)?,
            Operator::I32AtomicRmw8AndU { memarg } => self.atomic_rmw(memarg, And, I32, I8)?,
            Operator::I32AtomicRmw16AndU { memarg } => self.atomic_rmw(memarg, And, I32, I16)?,
            Operator::I64AtomicRmw8AndU { memarg } => self.atomic_rmw(memarg, And, I64, I8)?,
            Operator::I64AtomicRmw16AndU { memarg } => self.atomic_rmw(memarg, And, I64, I16)?,
            Operator::I64AtomicRmw32AndU { memarg } => self.atomic_rmw(memarg, And, I64, I32)?,
            Operator::I32AtomicRmwOr { memarg } => self.atomic_rmw(memarg, Or, I32, I32)?,
            Operator::I64AtomicRmwOr { memarg } => self.atomic_rmw(memarg, Or, I64, I64)?,
            Operator::I32AtomicRmw8OrU { memarg } => self.atomic_rmw(memarg, Or, I32, I8)?,
            Operator::I32AtomicRmw16OrU { memarg } => self.atomic_rmw(memarg, Or, I32, I16)?,
            Operator::I64AtomicRmw8OrU { memarg } => self.atomic_rmw(memarg, Or, I64, I8)?,
            Operator::I64AtomicRmw16OrU { memarg } => self.atomic_rmw(memarg, Or, I64, I16)?,
            Operator::I64AtomicRmw32OrU { memarg } => self.atomic_rmw(memarg, Or, I64, I32)?,
            Operator::I32AtomicRmwXor { memarg } => self.atomic_rmw(memarg, Xor, I32, I32)?,
            Operator::I64AtomicRmwXor { memarg } => self.atomic_rmw(memarg, Xor, I64, I64)?,
            Operator::I32AtomicRmw8XorU { memarg } => self.atomic_rmw(memarg, Xor, I32, I8)?,
            Operator::I32AtomicRmw16XorU { memarg } => self.atomic_rmw(memarg, Xor, I32, I16)?,
            Operator::I64AtomicRmw8XorU { memarg } => self.atomic_rmw(memarg, Xor, I64, I8)?,
            Operator::I64AtomicRmw16XorU { memarg } => self.atomic_rmw(memarg, Xor, I64, I16)?,
            Operator::I64AtomicRmw32XorU { memarg } => self.atomic_rmw(memarg, Xor, I64, I32)?,
            Operator::I32AtomicRmwXchg { memarg } => self.atomic_rmw(memarg, Xchg, I32, I32)?,
            Operator::I64AtomicRmwXchg { memarg } => self.atomic_rmw(memarg, Xchg, I64, I64)?,
            Operator::I32AtomicRmw8XchgU { memarg } => self.atomic_rmw(memarg, Xchg, I32, I8)?,
            Operator::I32AtomicRmw16XchgU { memarg } => self.atomic_rmw(memarg, Xchg, I32, I16)?,
            Operator::I64AtomicRmw8XchgU { memarg } => self.atomic_rmw(memarg, Xchg, I64, I8)?,
            Operator::I64AtomicRmw16XchgU { memarg } => self.atomic_rmw(memarg, Xchg, I64, I16)?,
            Operator::I64AtomicRmw32XchgU { memarg } => self.atomic_rmw(memarg, Xchg, I64, I32)?,
            Operator::I32AtomicRmwCmpxchg { memarg } => self.atomic_compare_exchange(memarg, I32, I32)?,
            Operator::I64AtomicRmwCmpxchg { memarg } => self.atomic_compare_exchange(memarg, I64, I64)?,
            Operator::I32AtomicRmw8CmpxchgU { memarg } => self.atomic_compare_exchange(memarg, I32, I8)?,
            Operator::I32AtomicRmw16CmpxchgU { memarg } => self.atomic_compare_exchange(memarg, I32, I16)?,
            Operator::I64AtomicRmw8CmpxchgU { memarg } => self.atomic_compare_exchange(memarg, I64, I8)?,
            Operator::I64AtomicRmw16CmpxchgU { memarg } => self.atomic_compare_exchange(memarg, I64, I16)?,
            Operator::I64AtomicRmw32CmpxchgU { memarg } => self.atomic_compare_exchange(memarg, I64, I32)?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// The native address of the atomic access to a `cell` whose index is on the stack.
    fn atomic_address(&mut self, memarg: &MemArg, cell: Type) -> Result<(Value, MemFlagsData)> {
        let Access { address, offset, flags } = self.pop_access(memarg, cell.bytes())?;
        let address = self.builder.ins().iadd_imm_s(address, i64::from(offset));
        if cell.bytes() > 1 {
            let remainder = self.builder.ins().band_imm_u(address, i64::from(cell.bytes()) - 1);
            self.trap_if(remainder, Trap::UnalignedAtomic);
        }
        Ok((address, flags))
    }

    /// Pushes the value of a cell as a value of a type that is as wide or wider.
    fn push_cell(&mut self, value: Value, ty: Type, cell: Type) {
        let value = if ty == cell { value } else { self.builder.ins().uextend(ty, value) };
        self.stack.push(value);
    }

    /// The operand on the stack as a value of the cell's type.
    fn pop_cell(&mut self, cell: Type) -> Value {
        let value = self.stack.pop();
        if self.builder.func.dfg.value_type(value) == cell { value } else { self.builder.ins().ireduce(cell, value) }
    }

    fn atomic_load(&mut self, memarg: &MemArg, ty: Type, cell: Type) -> Result<()> {
        let (address, flags) = self.atomic_address(memarg, cell)?;
        let value = self.builder.ins().atomic_load(cell, flags, address);
        self.push_cell(value, ty, cell);
        Ok(())
    }

    fn atomic_store(&mut self, memarg: &MemArg, cell: Type) -> Result<()> {
        let value = self.pop_cell(cell);
        let (address, flags) = self.atomic_address(memarg, cell)?;
        self.builder.ins().atomic_store(flags, value, address);
        Ok(())
    }

    fn atomic_rmw(&mut self, memarg: &MemArg, op: AtomicRmwOp, ty: Type, cell: Type) -> Result<()> {
        let operand = self.pop_cell(cell);
        let (address, flags) = self.atomic_address(memarg, cell)?;
        let old = self.builder.ins().atomic_rmw(cell, flags, op, address, operand);
        self.push_cell(old, ty, cell);
        Ok(())
    }

    /// Narrow forms compare only as many bits of the expected value as the cell has.
    fn atomic_compare_exchange(&mut self, memarg: &MemArg, ty: Type, cell: Type) -> Result<()> {
        let replacement = self.pop_cell(cell);
        let expected = self.pop_cell(cell);
        let (address, flags) = self.atomic_address(memarg, cell)?;
        let old = self.builder.ins().atomic_cas(flags, address, expected, replacement);
        self.push_cell(old, ty, cell);
        Ok(())
    }

    fn is_shared(&self, memarg: &MemArg) -> Result<bool> {
        Ok(self.environment.declarations.memories[memory_index(memarg)? as usize].ty.shared)
    }

    fn wait(&mut self, memarg: &MemArg, builtin: Builtin, cell: Type) -> Result<()> {
        if !self.is_shared(memarg)? {
            self.trap(Trap::ExpectedSharedMemory);
            self.stack.reachable = false;
            return Ok(());
        }
        let (expected, timeout) = self.stack.pop2();
        let address = self.checked_address(memarg, cell)?;
        let outcome = self.call_builtin(builtin, &[address, expected, timeout]);
        self.stack.push(outcome);
        Ok(())
    }

    fn notify(&mut self, memarg: &MemArg) -> Result<()> {
        let count = self.stack.pop();
        let address = self.checked_address(memarg, types::I32)?;
        let woken = if self.is_shared(memarg)? {
            self.call_builtin(Builtin::AtomicNotify, &[address, count])
        } else {
            self.zero(types::I32)
        };
        self.stack.push(woken);
        Ok(())
    }

    /// The native address of a cell that is known to be in bounds.
    fn checked_address(&mut self, memarg: &MemArg, cell: Type) -> Result<Value> {
        let (address, flags) = self.atomic_address(memarg, cell)?;
        // The runtime must not fault, so this access does.
        self.builder.ins().atomic_load(cell, flags, address);
        Ok(address)
    }
}
