//! Calls through a table → direct calls of the functions that the profile names, which can be inlined.
//!
//! What is compared is the index. That needs a table to which no instruction writes: its segments are applied before
//! any code runs, so an index says which function it is, and no element need be loaded or checked. Any other index goes
//! the usual way.

use super::Translator;
use super::call::Target;
use super::profile::is_cold;
use crate::declare::Callee;
use cranelift_codegen::ir::InstBuilder;
use cranelift_codegen::ir::condcodes::IntCC;
use wasmparser::types::CoreTypeId;

/// A function is worth a comparison if every so manyth call is of it.
const SHARE: u64 = 8;

/// A function that a table often leads to.
struct Likely {
    function: u32,
    /// Where it is in the table.
    index: u32,
    calls: u64,
}

impl Translator<'_, '_> {
    /// Calls the element at the index on the stack, and leaves the results there.
    pub(super) fn call_through_table(&mut self, table: u32, ty: CoreTypeId) {
        let likely = self.likely(table, ty);
        if likely.is_empty() {
            let target = self.table_target(table, ty);
            return self.call_type(target, ty);
        }
        let index = self.stack.pop();
        let ty_of_index = self.builder.func.dfg.value_type(index);
        let function_type = self.environment.module.func_type(ty).clone();
        let arguments = self.stack.pop_many(function_type.params().len());
        let following = self.block_with_params(function_type.results());
        let all = self.stack.weight;
        let mut others = all;
        for Likely { function, index: its, calls } in likely {
            let (this, other) = (self.builder.create_block(), self.builder.create_block());
            let its = self.builder.ins().iconst(ty_of_index, i64::from(its));
            let differs = self.builder.ins().icmp(IntCC::NotEqual, index, its);
            self.builder.ins().brif(differs, other, &[], this, &[]);
            self.builder.seal_block(this);
            self.builder.seal_block(other);
            others = others.saturating_sub(calls);
            if is_cold(others, all) {
                self.builder.set_cold_block(other);
            }
            self.builder.switch_to_block(this);
            self.stack.weight = calls;
            let target = Target::Direct(self.function(function));
            let results = self.call_values(target, &function_type, arguments.clone());
            self.jump(following, &results);
            self.builder.switch_to_block(other);
        }
        self.stack.weight = others;
        self.stack.push(index);
        let target = self.table_target(table, ty);
        let results = self.call_values(target, &function_type, arguments);
        self.jump(following, &results);
        self.builder.seal_block(following);
        self.builder.switch_to_block(following);
        self.stack.weight = all;
        self.stack.values.extend_from_slice(self.builder.block_params(following));
    }

    /// The functions that a hot call is often of, by what the profile says of it.
    fn likely(&self, table: u32, ty: CoreTypeId) -> Vec<Likely> {
        let declarations = self.environment.declarations;
        let all = self.stack.weight;
        let Some(counts) = self.target_counts().filter(|_| self.environment.profile.is_hot(all)) else {
            return Vec::new();
        };
        let likely = counts.filter_map(|(number, calls)| {
            let function = *declarations.referenced.get(usize::try_from(number.checked_sub(1)?).ok()?)?;
            let declaration = &declarations.functions[function as usize];
            let index = self.environment.profile.index(table, function)?;
            let fits = declaration.ty == ty && matches!(declaration.callee, Callee::Body);
            (fits && calls >= all / SHARE).then_some(Likely { function, index, calls })
        });
        let mut likely: Vec<Likely> = likely.collect();
        likely.sort_by_key(|likely| (std::cmp::Reverse(likely.calls), likely.index));
        likely.dedup_by_key(|likely| likely.index);
        likely
    }
}
