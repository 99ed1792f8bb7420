//! What branches pass to the parameters of blocks.

use cranelift_codegen::ir::{Block, Function, Inst, Value};

/// One of the values that a parameter can have.
pub(super) struct Passed {
    pub param: Value,
    /// None if only the branch itself makes it, as calls do that may end with an exception.
    pub argument: Option<Value>,
    pub from: Block,
    pub to: Block,
    pub branch: Inst,
    /// Which of the branch's destinations it is.
    pub way: usize,
}

/// All of them, in the order of the blocks that they come from.
pub(super) fn passed(function: &Function) -> impl Iterator<Item = Passed> {
    let dfg = &function.dfg;
    let branches = function.layout.blocks().filter_map(|block| Some((block, function.layout.last_inst(block)?)));
    branches.flat_map(move |(from, branch)| {
        let calls = dfg.insts[branch].branch_destination(&dfg.jump_tables, &dfg.exception_tables);
        calls.iter().enumerate().flat_map(move |(way, call)| {
            let to = call.block(&dfg.value_lists);
            let arguments = dfg.block_params(to).iter().zip(call.args(&dfg.value_lists));
            arguments.map(move |(&param, argument)| Passed {
                param,
                argument: argument.as_value(),
                from,
                to,
                branch,
                way,
            })
        })
    })
}
