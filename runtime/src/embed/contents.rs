//! Contents that were written to: a tree of pages of the arena, as high as the largest place needs.
//!
//! A page that was never written is not there: its bytes are those of the file in the executable, as far as these are
//! still seen, or zeros.

use super::arena::{Arena, PAGE, PAGE_SIZE, Place};
use crate::errno::Result;
use wexe_abi::types::Errno;

/// Entries of an inner page.
const FANOUT: u64 = (PAGE_SIZE / 4) as u64;
/// Largest size of a file.
pub const MAX_SIZE: u64 = 1 << 42;

/// Where the pages of a file are.
#[derive(Clone, Copy)]
pub struct Pages {
    pub root: Place,
    /// Levels of inner pages above those with contents.
    pub height: u32,
}

/// Number of pages below an inner page of this height.
fn span(height: u32) -> u64 {
    FANOUT.pow(height)
}

impl Pages {
    /// The page with number `index`, if it was written.
    pub fn find(self, arena: &Arena, index: u64) -> Option<Place> {
        if index >= span(self.height) {
            return None;
        }
        let mut page = self.root;
        for height in (0..self.height).rev() {
            if page == 0 {
                return None;
            }
            page = arena.entry(page, (index / span(height) % FANOUT) as usize);
        }
        (page != 0).then_some(page)
    }

    /// The page with number `index`, and whether it is new and so holds zeros.
    pub fn find_or_add(&mut self, arena: &mut Arena, index: u64) -> Result<(Place, bool)> {
        if index >= MAX_SIZE / PAGE_SIZE as u64 {
            return Err(Errno::Fbig.into());
        }
        while index >= span(self.height) {
            if self.root != 0 {
                let root = arena.allocate(PAGE)?;
                arena.set_entry(root, 0, self.root);
                self.root = root;
            }
            self.height += 1;
        }
        let mut is_new = self.root == 0;
        if is_new {
            self.root = arena.allocate(PAGE)?;
        }
        let mut page = self.root;
        for height in (0..self.height).rev() {
            let place = (index / span(height) % FANOUT) as usize;
            let mut below = arena.entry(page, place);
            is_new = below == 0;
            if is_new {
                below = arena.allocate(PAGE)?;
                arena.set_entry(page, place, below);
            }
            page = below;
        }
        Ok((page, is_new))
    }

    /// Gives back all pages but the first `count`.
    pub fn keep(&mut self, arena: &mut Arena, count: u64) {
        if self.root != 0 && keep(arena, self.root, self.height, count) {
            *self = Pages { root: 0, height: 0 };
        }
    }
}

/// Gives back the pages below this one but the first `count`, and it too if none is left.
fn keep(arena: &mut Arena, page: Place, height: u32, count: u64) -> bool {
    if let Some(below) = height.checked_sub(1) {
        for index in 0..FANOUT {
            let entry = arena.entry(page, index as usize);
            let kept = count.saturating_sub(index * span(below));
            if entry != 0 && kept < span(below) && keep(arena, entry, below, kept) {
                arena.set_entry(page, index as usize, 0);
            }
        }
    }
    if count == 0 {
        arena.free(page, PAGE);
    }
    count == 0
}
