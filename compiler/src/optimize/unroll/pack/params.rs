//! Parameters of a block that loops → lanes of one parameter.
//!
//! ```text
//! loop(a, b):                    loop(v):                 (v = a, b before the loop)
//!     c = fadd a, x          →       w = fadd v, (x, y)
//!     d = fadd b, y
//!     jump loop(c, d)                jump loop(w)         (what is needed of w is taken out behind it)
//! ```
//!
//! A row of parameters is only taken if the values that are passed on to them make a pack too. In which order is
//! decided where the row is met first.

use super::{BYTES, Kind, MAX_DEPTH, Planner};
use cranelift_codegen::ir::types::{F32, F64, I32, I64};
use cranelift_codegen::ir::{Type, Value, ValueDef};

impl Planner<'_> {
    /// Plans vectors of parameters at these positions, where that pays, and of others of theirs that belong to them.
    pub(super) fn take(&mut self, rows: &[Vec<usize>]) {
        let params = self.function.dfg.block_params(self.block);
        let rows: Vec<Vec<Value>> =
            rows.iter().map(|row| row.iter().map(|&position| params[position]).collect()).collect();
        self.free = rows.iter().flatten().copied().collect();
        for row in rows {
            let number = self.function.dfg.value_type(row[0]);
            while self.is_row(&row, number) {
                let before = self.plan.clone();
                self.pack(row.clone(), number, MAX_DEPTH);
                let refused = self.follow();
                let pays = self.cost(&self.plan) < self.cost(&before);
                if refused.is_empty() && pays {
                    break;
                }
                self.plan = before;
                for param in if refused.is_empty() { &row } else { &refused } {
                    self.free.remove(param);
                }
            }
        }
    }

    /// Whether a vector of parameters can be made of these, and takes note if so.
    pub(super) fn is_row(&self, lanes: &[Value], number: Type) -> bool {
        let is_free = |param: &Value| self.free.contains(param) && !self.plan.params.contains(param);
        let is_same = lanes.iter().all(|lane| self.function.dfg.value_type(*lane) == number);
        is_same
            && matches!(number, I32 | I64 | F32 | F64)
            && lanes.len() as i64 * i64::from(number.bytes()) == BYTES
            && lanes.iter().all(is_free)
    }

    /// Plans what is passed on to the vectors of parameters. Returns the first one for which that is no vector.
    fn follow(&mut self) -> Vec<Value> {
        let is_open = |planner: &Self| {
            let mut packs = planner.plan.packs.iter().enumerate();
            packs.find_map(|(index, pack)| {
                let is_open = matches!(pack.kind, Kind::Params) && !planner.plan.next.contains_key(&index);
                is_open.then(|| (index, pack.clone()))
            })
        };
        while let Some((index, params)) = is_open(self) {
            let next = params.lanes.iter().map(|param| match self.function.dfg.value_def(*param) {
                ValueDef::Param(_, position) => self.ends.next[position],
                _ => unreachable!("rows are of parameters"),
            });
            let next = self.pack(next.collect(), params.number, MAX_DEPTH);
            if matches!(self.plan.packs[next].kind, Kind::Gather) {
                return params.lanes;
            }
            self.plan.next.insert(index, next);
        }
        Vec::new()
    }
}
