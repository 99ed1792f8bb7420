//! Instructions that make vectors of scalars and the reverse, or move whole lanes: `const`, `splat`, `extract_lane`,
//! `replace_lane`, `shuffle`, `swizzle`.

use crate::translate::Translator;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::types::{F32X4, F64X2, I8X16, I16, I16X8, I32, I32X4, I64X2};
use cranelift_codegen::ir::{InstBuilder, Type, Value};
use wasmparser::Operator;

impl Translator<'_, '_> {
    pub(super) fn lane(&mut self, operator: &Operator<'_>) -> bool {
        match operator {
            Operator::V128Const { value } => {
                let vector = self.vector_constant(I8X16, *value.bytes());
                self.stack.push(vector);
            }
            Operator::I8x16Splat => self.splat(I8X16),
            Operator::I16x8Splat => self.splat(I16X8),
            Operator::I32x4Splat => self.splat(I32X4),
            Operator::I64x2Splat => self.splat(I64X2),
            Operator::F32x4Splat => self.splat(F32X4),
            Operator::F64x2Splat => self.splat(F64X2),
            Operator::I8x16ExtractLaneS { lane } => self.extract_lane_s(I8X16, *lane),
            Operator::I8x16ExtractLaneU { lane } => self.extract_lane_u(I8X16, *lane),
            Operator::I16x8ExtractLaneS { lane } => self.extract_lane_s(I16X8, *lane),
            Operator::I16x8ExtractLaneU { lane } => self.extract_lane_u(I16X8, *lane),
            Operator::I32x4ExtractLane { lane } => self.extract_lane(I32X4, *lane),
            Operator::I64x2ExtractLane { lane } => self.extract_lane(I64X2, *lane),
            Operator::F32x4ExtractLane { lane } => self.extract_lane(F32X4, *lane),
            Operator::F64x2ExtractLane { lane } => self.extract_lane(F64X2, *lane),
            Operator::I8x16ReplaceLane { lane } => self.replace_lane(I8X16, *lane),
            Operator::I16x8ReplaceLane { lane } => self.replace_lane(I16X8, *lane),
            Operator::I32x4ReplaceLane { lane } => self.replace_lane(I32X4, *lane),
            Operator::I64x2ReplaceLane { lane } => self.replace_lane(I64X2, *lane),
            Operator::F32x4ReplaceLane { lane } => self.replace_lane(F32X4, *lane),
            Operator::F64x2ReplaceLane { lane } => self.replace_lane(F64X2, *lane),
            Operator::I8x16Shuffle { lanes } => self.shuffle(lanes),
            Operator::I8x16Swizzle => self.swizzle(),
            _ => return false,
        }
        true
    }

    /// Pops a scalar operand as a lane: lanes of 8 and 16 bits are `i32` on the stack.
    fn pop_lane(&mut self, lanes: Type) -> Value {
        let value = self.stack.pop();
        if lanes.lane_bits() < 32 { self.builder.ins().ireduce(lanes.lane_type(), value) } else { value }
    }

    fn splat(&mut self, lanes: Type) {
        let value = self.pop_lane(lanes);
        let vector = self.builder.ins().splat(lanes, value);
        self.push_lanes(vector);
    }

    fn extract_lane(&mut self, lanes: Type, lane: u8) {
        let vector = self.pop_lanes(lanes);
        let value = self.builder.ins().extractlane(vector, lane);
        self.stack.push(value);
    }

    fn extract_lane_s(&mut self, lanes: Type, lane: u8) {
        self.extract_lane(lanes, lane);
        let value = self.stack.pop();
        let value = self.builder.ins().sextend(I32, value);
        self.stack.push(value);
    }

    fn extract_lane_u(&mut self, lanes: Type, lane: u8) {
        self.extract_lane(lanes, lane);
        let value = self.stack.pop();
        let value = self.builder.ins().uextend(I32, value);
        self.stack.push(value);
    }

    fn replace_lane(&mut self, lanes: Type, lane: u8) {
        let value = self.pop_lane(lanes);
        let vector = self.pop_lanes(lanes);
        let vector = self.builder.ins().insertlane(vector, value, lane);
        self.push_lanes(vector);
    }

    fn shuffle(&mut self, lanes: &[u8; 16]) {
        let (left, right) = self.stack.pop2();
        let vector = if self.environment.isa.has_x86_pshufb_lowering() || is_sse2_shuffle(lanes) {
            let lanes = self.builder.func.dfg.immediates.push(lanes.as_slice().into());
            self.builder.ins().shuffle(left, right, lanes)
        } else {
            self.shuffle_words(left, right, lanes)
        };
        self.push_lanes(vector);
    }

    /// A shuffle put together in 16-bit words, for processors without SSSE3.
    fn shuffle_words(&mut self, left: Value, right: Value, lanes: &[u8; 16]) -> Value {
        let bytes = [left, right];
        let words = bytes.map(|vector| self.bitcast(I16X8, vector));
        let mut vector = words[0];
        for (index, pair) in lanes.as_chunks().0.iter().enumerate() {
            let &[low, high] = pair;
            let word = if low % 2 == 0 && high == low + 1 {
                self.builder.ins().extractlane(words[usize::from(low / 16)], low % 16 / 2)
            } else {
                let [low, high] = [low, high].map(|lane| {
                    let byte = self.builder.ins().extractlane(bytes[usize::from(lane / 16)], lane % 16);
                    self.builder.ins().uextend(I16, byte)
                });
                let high = self.builder.ins().ishl_imm_u(high, 8);
                self.builder.ins().bor(low, high)
            };
            vector = self.builder.ins().insertlane(vector, word, index as u8);
        }
        vector
    }

    pub(super) fn swizzle(&mut self) {
        let (bytes, indices) = self.stack.pop2();
        let vector = if self.environment.isa.has_x86_pshufb_lowering() {
            self.builder.ins().swizzle(bytes, indices)
        } else {
            self.swizzle_by_comparison(bytes, indices)
        };
        self.stack.push(vector);
    }

    /// Each byte, wherever its index is asked for: for processors without SSSE3.
    fn swizzle_by_comparison(&mut self, bytes: Value, indices: Value) -> Value {
        let mut vector = self.vector_constant(I8X16, [0; 16]);
        for lane in 0..16 {
            let index = self.vector_constant(I8X16, [lane; 16]);
            let wanted = self.builder.ins().icmp(IntCC::Equal, indices, index);
            let byte = self.builder.ins().extractlane(bytes, lane);
            let byte = self.builder.ins().splat(I8X16, byte);
            let chosen = self.builder.ins().band(wanted, byte);
            vector = self.builder.ins().bor(vector, chosen);
        }
        vector
    }
}

/// Whether Cranelift has an instruction of SSE2 for the shuffle: one that interleaves the low or high halves
/// (`punpck…`), or takes the low half from the 32-bit lanes of one operand and so the high half (`pshufd`, `shufps`).
fn is_sse2_shuffle(lanes: &[u8; 16]) -> bool {
    let interleaves = [1, 2, 4, 8].into_iter().any(|size| {
        [0, 8].into_iter().any(|half| {
            lanes.iter().zip(0..).all(|(&lane, position)| {
                let operand = position / size % 2 * 16;
                lane == operand + half + position / (2 * size) * size + position % size
            })
        })
    });
    let takes_halves = {
        let moves_quarters = lanes.as_chunks::<4>().0.iter().all(|&[first, second, third, fourth]| {
            first % 4 == 0 && second == first + 1 && third == first + 2 && fourth == first + 3
        });
        moves_quarters && lanes[0] / 16 == lanes[4] / 16 && lanes[8] / 16 == lanes[12] / 16
    };
    interleaves || takes_halves
}
