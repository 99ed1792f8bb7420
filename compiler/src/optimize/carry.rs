//! Sums and differences of 128 bits, computed from halves of 64 bits → addition and subtraction with carry.
//!
//! ```text
//! lo = a + b                                lo = a + b
//! hi = (x + y) + extend(lo < a)      →      _, hi = (a, x) + (b, y)
//!
//! hi = (x - y) - extend(a < b)       →      _, hi = (a, x) - (b, y)
//! ```
//!
//! WebAssembly without the wide-arithmetic proposal has no carry, so compilers compare to find it. A processor has it
//! from the lower half (`adc`, `sbb`), which is made once more where the upper half comes later.

use super::replace_by;
use super::sum::{instruction, operands};
use cranelift_codegen::cursor::{Cursor, FuncCursor};
use cranelift_codegen::dominator_tree::DominatorTree;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::types::{I64, I128};
use cranelift_codegen::ir::{DataFlowGraph, Function, Inst, InstBuilder, InstructionData, Opcode, Value, ValueDef};

/// Rewrites what the head of this file describes.
pub(super) fn recognise(function: &mut Function, domtree: &DominatorTree) {
    let mut cursor = FuncCursor::new(function);
    while cursor.next_block().is_some() {
        while let Some(inst) = cursor.next_inst() {
            let dfg = &cursor.func.dfg;
            if !matches!(dfg.insts[inst].opcode(), Opcode::Iadd | Opcode::Isub) {
                continue;
            }
            if let Some(sum) = Wide::of(dfg, inst) {
                sum.rewrite(&mut cursor, domtree, inst);
            }
        }
    }
}

/// The sum or difference of two numbers of 128 bits, of which an instruction makes the upper half.
struct Wide {
    opcode: Opcode,
    lower: [Value; 2],
    /// The second is zero if there is none.
    upper: (Value, Option<Value>),
    /// What makes the lower half, if that is known.
    lower_inst: Option<Inst>,
}

impl Wide {
    fn of(dfg: &DataFlowGraph, inst: Inst) -> Option<Wide> {
        let InstructionData::Binary { opcode, args: [left, right] } = dfg.insts[inst] else { return None };
        if dfg.value_type(left) != I64 {
            return None;
        }
        let (upper, (less, than)) = match (opcode, is_less(dfg, left), is_less(dfg, right)) {
            (_, None, Some(carry)) => (left, carry),
            (Opcode::Iadd, Some(carry), None) => (right, carry),
            _ => return None,
        };
        let (lower, lower_inst) = match opcode {
            Opcode::Isub => ([less, than], None),
            // There is a carry if the sum is less than one of what it is made of.
            _ => {
                let lower = operands(dfg, less, Opcode::Iadd).filter(|lower| lower.contains(&than))?;
                (lower, dfg.value_def(less).inst())
            }
        };
        let upper = operands(dfg, upper, opcode).map_or((upper, None), |[left, right]| (left, Some(right)));
        Some(Wide { opcode, lower, upper, lower_inst })
    }

    fn rewrite(&self, cursor: &mut FuncCursor<'_>, domtree: &DominatorTree, inst: Inst) {
        // Where the lower half is made, it need not be made again.
        let early = self.lower_inst.filter(|lower| {
            let layout = &cursor.func.layout;
            let is_known = |value: Value| match cursor.func.dfg.value_def(value) {
                ValueDef::Result(made, _) => made != *lower && domtree.dominates(made, *lower, layout),
                ValueDef::Param(block, _) => {
                    layout.inst_block(*lower).is_some_and(|lower| domtree.block_dominates(block, lower))
                }
                ValueDef::Union(..) => false,
            };
            is_known(self.upper.0) && self.upper.1.is_none_or(is_known)
        });
        cursor.goto_inst(early.unwrap_or(inst));
        let left = cursor.ins().iconcat(self.lower[0], self.upper.0);
        let right = match self.upper.1 {
            Some(upper) => cursor.ins().iconcat(self.lower[1], upper),
            None => cursor.ins().uextend(I128, self.lower[1]),
        };
        let sum = match self.opcode {
            Opcode::Isub => cursor.ins().isub(left, right),
            _ => cursor.ins().iadd(left, right),
        };
        let (lower, upper) = cursor.ins().isplit(sum);
        if let Some(early) = early {
            replace_by(cursor.func, early, lower);
        }
        cursor.goto_inst(inst);
        cursor.prev_inst();
        replace_by(cursor.func, inst, upper);
    }
}

/// What is less than what, as numbers of 64 bits without sign, if and only if this value is 1; otherwise it is 0.
pub(super) fn is_less(dfg: &DataFlowGraph, number: Value) -> Option<(Value, Value)> {
    match *instruction(dfg, number)? {
        InstructionData::Unary { opcode: Opcode::Uextend, arg } => is_less(dfg, arg),
        InstructionData::IntCompare { cond, args, .. } if dfg.value_type(args[0]) == I64 => {
            let [left, right] = args.map(|arg| dfg.resolve_aliases(arg));
            match cond {
                IntCC::UnsignedLessThan => Some((left, right)),
                IntCC::UnsignedGreaterThan => Some((right, left)),
                _ => None,
            }
        }
        _ => None,
    }
}
