//! The operand stack (CLIF values) and the control stack (frames) of a function being translated.

use super::dispatch::Dispatch;
use cranelift_codegen::ir::{Block, Value};
use std::rc::Rc;
use std::vec::IntoIter;
use wasmparser::Catch;

/// A structured control instruction that is still open.
#[derive(Debug)]
pub(crate) struct Frame {
    pub kind: FrameKind,
    /// Height of the operand stack below the frame's parameters.
    pub height: usize,
    pub params: usize,
    pub results: usize,
    /// Where the frame's end continues; its block parameters are the results.
    pub following: Block,
    /// Whether anything jumps to `following`.
    pub reached: bool,
    /// Whether something may still jump to `following` behind the frame's end.
    pub stays_open: bool,
    /// Whether the instruction itself was reachable; if not, nothing inside it exists.
    pub live: bool,
    /// What catches exceptions inside the frame, innermost first; nothing if no `try` is open.
    pub handlers: Option<Rc<[Handler]>>,
    pub weights: Weights,
}

/// How often control gets somewhere, by the profile; 0 without one.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Weights {
    /// Into the frame.
    pub entered: u64,
    /// To its end, as far as the translation got.
    pub following: u64,
    /// To the `else` of an `if`.
    pub otherwise: u64,
}

/// Where an exception of a call goes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Handler {
    /// The id of the tag that it takes; none: it takes all.
    pub tag: Option<u32>,
    /// Its code, whose only block parameter is the exception.
    pub landing: Block,
}

#[derive(Debug)]
pub(crate) enum FrameKind {
    Function,
    Block,
    /// Branches go to the header, not to the end.
    Loop {
        header: Block,
        dispatch: Option<Dispatch>,
    },
    /// Waiting for `else`, with the values of the parameters.
    If {
        otherwise: Block,
        params: Vec<Value>,
    },
    Else,
    /// The catch clauses, each with its landing block.
    TryTable {
        catches: Vec<(Catch, Block)>,
    },
    /// The body of a legacy `try`, with the landing blocks of its clauses.
    Try {
        landings: IntoIter<Block>,
    },
    /// A clause of a legacy `try`, with the exception it caught and the landing blocks of the clauses that follow.
    Catch {
        exception: Value,
        landings: IntoIter<Block>,
    },
}

#[derive(Debug, Default)]
pub(crate) struct Stack {
    pub values: Vec<Value>,
    pub frames: Vec<Frame>,
    /// Whether the next instruction can execute.
    pub reachable: bool,
    /// How often that happens, by the profile; 0 without one.
    pub weight: u64,
}

impl Stack {
    pub fn push_function(&mut self, exit: Block, results: usize) {
        self.reachable = true;
        self.push_frame(FrameKind::Function, 0, results, exit);
    }

    /// Opens a frame whose parameters are on the operand stack (unless it is unreachable).
    pub fn push_frame(&mut self, kind: FrameKind, params: usize, results: usize, following: Block) {
        let height = if self.reachable { self.values.len() - params } else { self.values.len() };
        let live = self.reachable;
        let handlers = self.handlers();
        let weights = Weights { entered: self.weight, ..Weights::default() };
        self.frames.push(Frame {
            kind,
            height,
            params,
            results,
            following,
            reached: false,
            stays_open: false,
            live,
            handlers,
            weights,
        });
    }

    pub fn push(&mut self, value: Value) {
        self.values.push(value);
    }

    pub fn pop(&mut self) -> Value {
        self.values.pop().expect("validated")
    }

    /// The two topmost values, the deeper one first.
    pub fn pop2(&mut self) -> (Value, Value) {
        let right = self.pop();
        (self.pop(), right)
    }

    /// The three topmost values, the deepest first.
    pub fn pop3(&mut self) -> (Value, Value, Value) {
        let (second, third) = self.pop2();
        (self.pop(), second, third)
    }

    /// The topmost values, the deepest first.
    pub fn pop_many(&mut self, count: usize) -> Vec<Value> {
        self.values.split_off(self.values.len() - count)
    }

    /// The topmost values, left where they are.
    pub fn top(&self, count: usize) -> &[Value] {
        &self.values[self.values.len() - count..]
    }

    /// What catches exceptions at this point.
    pub fn handlers(&self) -> Option<Rc<[Handler]>> {
        self.frames.last().and_then(|frame| frame.handlers.clone())
    }

    /// The frame that a branch of this depth leaves.
    pub fn frame(&mut self, depth: u32) -> &mut Frame {
        let index = self.frames.len() - 1 - depth as usize;
        &mut self.frames[index]
    }
}
