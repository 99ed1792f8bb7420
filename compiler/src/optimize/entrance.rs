//! A loop that a jump through a table also enters elsewhere than at its begin → a copy of what is entered, for that.
//!
//! ```text
//!     branch table[i] → start, loop, next          branch table[i] → start, loop, next'
//! start:                                       start:
//!     jump loop                                    jump loop
//! loop:                                        loop:
//!     branch c, next, end               →          branch c, next, end
//! next:                                        next:
//!     jump loop                                    jump loop
//! end:                                         end:
//!                                              next':
//!                                                  jump loop
//! ```
//!
//! On the left it is no loop to the passes that follow, because nothing of it comes before the rest; on the right it
//! is, once the copy has gone on to its begin. What Go compiles can be entered at any of its basic blocks, and is at
//! the few where it waits.

use super::copy_inst;
use cranelift_codegen::cursor::{Cursor, FuncCursor};
use cranelift_codegen::dominator_tree::DominatorTree;
use cranelift_codegen::entity::SecondaryMap;
use cranelift_codegen::flowgraph::ControlFlowGraph;
use cranelift_codegen::ir::{Block, BlockArg, Function, Inst, InstBuilder, InstructionData, JumpTable, Value};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Instructions that are copied in a function.
const MAX_COPIED: usize = 10_000;

/// Loops that are too large before the others are not looked at.
const MAX_TRIES: usize = 100;

/// Rewrites what the head of this file describes, if there is such a loop.
pub(super) fn copy(function: &mut Function) -> bool {
    let Some(plan) = Plan::of(function) else { return false };
    let copies = Copies::of(function, &plan.copied);
    for (from, to) in plan.entrances {
        let branch = function.layout.last_inst(from).expect("a block has an end");
        redirect(function, branch, |other| copies.blocks.get(&other).copied().filter(|_| other == to));
    }
    separate(function, &plan.components, &plan.headers);
    true
}

struct Plan {
    /// The blocks that are copied: what makes a value comes before what uses it.
    copied: Vec<Block>,
    /// What leads to copies then.
    entrances: Vec<(Block, Block)>,
    /// Where the loops begin, and which block is part of which.
    headers: Vec<Block>,
    components: SecondaryMap<Block, usize>,
}

impl Plan {
    fn of(function: &Function) -> Option<Plan> {
        let ends = function.layout.blocks().filter_map(|block| Some((block, table(function, block)?)));
        let tables: Vec<(Block, JumpTable)> = ends.collect();
        if tables.is_empty() {
            return None;
        }
        let graph = Graph::of(function);
        let loops = graph.entered(&tables);
        if loops.is_empty() {
            return None;
        }
        let headers = loops.iter().map(|entered| entered.header).collect();
        let mut left = MAX_COPIED;
        let mut tries = MAX_TRIES;
        let mut copied = HashSet::new();
        let mut entrances = Vec::new();
        for entered in loops {
            if tries == 0 {
                break;
            }
            let Some((blocks, size)) = graph.behind(&entered, left) else {
                tries -= 1;
                continue;
            };
            left -= size;
            copied.extend(blocks);
            entrances.extend(entered.entrances);
        }
        // A copy leads to copies; what was copied leads where it led.
        entrances.retain(|(from, _)| !copied.contains(from));
        let copied = graph.domtree.cfg_rpo().copied().filter(|block| copied.contains(block)).collect();
        Some(Plan { copied, entrances, headers, components: graph.components })
    }
}

/// Lets a jump lead to each of these loops, and what led there lead to the jump.
fn separate(function: &mut Function, components: &SecondaryMap<Block, usize>, headers: &[Block]) {
    let blocks: Vec<Block> = function.layout.blocks().collect();
    let mut before = HashMap::new();
    for &header in headers {
        let block = function.dfg.make_block();
        function.layout.insert_block(block, header);
        let passed: Vec<BlockArg> = take_params(function, header, block).into_iter().map(BlockArg::from).collect();
        FuncCursor::new(function).at_bottom(block).ins().jump(header, &passed);
        before.insert(header, block);
    }
    for block in blocks {
        let Some(branch) = function.layout.last_inst(block) else { continue };
        redirect(function, branch, |to| before.get(&to).copied().filter(|_| components[block] != components[to]));
    }
}

/// Gives a block parameters like those of another one.
fn take_params(function: &mut Function, from: Block, block: Block) -> Vec<Value> {
    let params = function.dfg.block_params(from).to_vec().into_iter();
    let append = |param| {
        let number = function.dfg.value_type(param);
        function.dfg.append_block_param(block, number)
    };
    params.map(append).collect()
}

/// Lets a branch lead elsewhere.
fn redirect(function: &mut Function, branch: Inst, elsewhere: impl Fn(Block) -> Option<Block>) {
    let dfg = &mut function.dfg;
    for way in dfg.insts[branch].branch_destination_mut(&mut dfg.jump_tables, &mut dfg.exception_tables) {
        if let Some(to) = elsewhere(way.block(&dfg.value_lists)) {
            way.set_block(to, &mut dfg.value_lists);
        }
    }
}

/// The table that a block ends with a jump through.
fn table(function: &Function, block: Block) -> Option<JumpTable> {
    match function.dfg.insts[function.layout.last_inst(block)?] {
        InstructionData::BranchTable { table, .. } => Some(table),
        _ => None,
    }
}

/// Blocks that lead to each other without a table, and that a table leads to.
struct Entered {
    /// Where they begin.
    header: Block,
    /// The jumps through tables that lead elsewhere into them.
    entrances: Vec<(Block, Block)>,
}

struct Graph<'a> {
    function: &'a Function,
    cfg: ControlFlowGraph,
    domtree: DominatorTree,
    /// The number of the strongly connected component of each block, without tables.
    components: SecondaryMap<Block, usize>,
}

impl Graph<'_> {
    fn of(function: &Function) -> Graph<'_> {
        let cfg = ControlFlowGraph::with_function(function);
        let domtree = DominatorTree::with_function(function, &cfg);
        let mut graph = Graph { function, cfg, domtree, components: SecondaryMap::new() };
        graph.components = graph.components();
        graph
    }

    /// The loops that tables lead to.
    fn entered(&self, tables: &[(Block, JumpTable)]) -> Vec<Entered> {
        let components = &self.components;
        let mut entries: BTreeMap<usize, Vec<Block>> = BTreeMap::new();
        for block in self.function.layout.blocks() {
            let component = components[block];
            if self.before(block).any(|before| components[before] != component) {
                entries.entry(component).or_default().push(block);
            }
        }
        let mut by_tables: BTreeMap<usize, Vec<(Block, Block)>> = BTreeMap::new();
        for &(from, table) in tables {
            let mut seen = HashSet::new();
            let ways = self.function.dfg.jump_tables[table].all_branches().iter();
            let targets = ways.map(|way| way.block(&self.function.dfg.value_lists));
            // The last one is for any other index.
            for to in targets.clone().skip(1).chain(targets.take(1)).filter(|to| seen.insert(*to)) {
                by_tables.entry(components[to]).or_default().push((from, to));
            }
        }
        let entered = by_tables.into_iter().filter_map(|(component, mut entrances)| {
            let header = match entries.get(&component).map(Vec::as_slice) {
                None => entrances[0].1,
                Some(&[header]) => header,
                Some(_) => return None,
            };
            let goes_round = self.before(header).any(|block| components[block] == component);
            entrances.retain(|&(from, _)| !self.domtree.block_dominates(header, from));
            let is_entered = goes_round && !entrances.is_empty();
            entrances.retain(|&(_, to)| to != header);
            is_entered.then_some(Entered { header, entrances })
        });
        entered.collect()
    }

    /// What leads to a block without a table.
    fn before(&self, block: Block) -> impl Iterator<Item = Block> {
        let ways = self.cfg.pred_iter(block);
        ways.map(|way| way.block).filter(|before| table(self.function, *before).is_none())
    }

    /// What a block leads to without a table.
    fn after(&self, block: Block) -> impl Iterator<Item = Block> {
        let is_table = table(self.function, block).is_some();
        self.cfg.succ_iter(block).filter(move |_| !is_table)
    }

    /// Found by what leads to each block, beginning with where the search forward ended last.
    fn components(&self) -> SecondaryMap<Block, usize> {
        let mut ends = Vec::new();
        let mut seen: SecondaryMap<Block, bool> = SecondaryMap::new();
        for first in self.function.layout.blocks() {
            let mut path = Vec::new();
            if !std::mem::replace(&mut seen[first], true) {
                path.push((first, self.after(first)));
            }
            while let Some((block, after)) = path.last_mut() {
                match after.find(|next| !seen[*next]) {
                    Some(next) => {
                        seen[next] = true;
                        path.push((next, self.after(next)));
                    }
                    None => {
                        ends.push(*block);
                        path.pop();
                    }
                }
            }
        }
        let mut components: SecondaryMap<Block, usize> = SecondaryMap::new();
        for (number, first) in (1..).zip(ends.into_iter().rev()) {
            let mut pending = vec![first];
            while let Some(block) = pending.pop() {
                if components[block] == 0 {
                    components[block] = number;
                    pending.extend(self.before(block).filter(|before| components[*before] == 0));
                }
            }
        }
        components
    }

    /// What is copied, and how many instructions that is, unless it is more than `left` or would copy handlers of
    /// exceptions: what is reached from where a loop is entered, before its begin or its end, and what nothing else
    /// leads to. So the values that are made there are used only there.
    fn behind(&self, Entered { header, entrances }: &Entered, left: usize) -> Option<(Vec<Block>, usize)> {
        let mut seen: HashSet<Block> = entrances.iter().map(|(_, to)| *to).collect();
        let mut blocks: Vec<Block> = seen.iter().copied().collect();
        let (mut size, mut next) = (0, 0);
        while let Some(&block) = blocks.get(next) {
            next += 1;
            for inst in self.function.layout.block_insts(block) {
                size += 1;
                if size > left || self.function.dfg.insts[inst].exception_table().is_some() {
                    return None;
                }
            }
            let is_inside = |block: Block| self.components[block] == self.components[*header];
            let after = self.after(block).filter(|after| is_inside(block) && is_inside(*after) && after != header);
            blocks.extend(after.chain(self.domtree.children(block)).filter(|block| seen.insert(*block)));
        }
        Some((blocks, size))
    }
}

/// The copies of blocks, and of the values that are made there.
struct Copies {
    blocks: HashMap<Block, Block>,
    values: HashMap<Value, Value>,
}

impl Copies {
    fn of(function: &mut Function, order: &[Block]) -> Copies {
        let mut copies = Copies { blocks: HashMap::new(), values: HashMap::new() };
        for &block in order {
            let copy = function.dfg.make_block();
            function.layout.append_block(copy);
            function.layout.set_cold(copy);
            let params = take_params(function, block, copy);
            copies.values.extend(function.dfg.block_params(block).iter().copied().zip(params));
            copies.blocks.insert(block, copy);
        }
        for block in order {
            let insts: Vec<Inst> = function.layout.block_insts(*block).collect();
            for inst in insts {
                copies.copy(function, inst, copies.blocks[block]);
            }
        }
        copies
    }

    fn copy(&mut self, function: &mut Function, inst: Inst, to: Block) {
        let copy = copy_inst(function, inst, to, |value| self.values.get(&value).copied().unwrap_or(value));
        let dfg = &function.dfg;
        self.values.extend(dfg.inst_results(inst).iter().copied().zip(dfg.inst_results(copy).iter().copied()));
        redirect(function, copy, |to| self.blocks.get(&to).copied());
    }
}
