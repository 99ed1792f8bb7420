//! The memory that changes to embedded trees take: one mapping of a fixed size, handed out in units of 64 bytes.
//!
//! Records and names take one to five units, contents take pages of 64. Pieces that were given back are kept in a list
//! for each size; memory that once held records is never used for contents again.

use crate::errno::Result;
use crate::memory::{Plain, Scratch, bytes_of, value_of};
use wexe_abi::types::Errno;

/// A piece of the arena, by its first unit; 0 is none.
pub type Place = u32;

const UNIT: usize = 64;
/// Units of a page.
pub const PAGE: u32 = 64;
/// Bytes of a page.
pub const PAGE_SIZE: usize = UNIT * PAGE as usize;
/// Largest piece that is not a page.
const LARGEST: u32 = 5;

pub struct Arena {
    units: Scratch<[u8; UNIT]>,
    /// No unit from here on was ever handed out.
    unused: Place,
    /// First piece that was given back, by size; pages come first. Each begins with the next.
    free: [Place; LARGEST as usize + 1],
}

impl Arena {
    pub fn new(limit: u64) -> Result<Arena> {
        // The first page stays unused, so that no place is 0.
        let units = Scratch::new(limit as usize / UNIT + PAGE as usize)?;
        Ok(Arena { units, unused: PAGE, free: [0; LARGEST as usize + 1] })
    }

    /// A piece of `units` units that holds zeros; `nospc` if there is none.
    pub fn allocate(&mut self, units: u32) -> Result<Place> {
        let place = self.pop(units);
        if place != 0 {
            self.bytes_mut(place, units).fill(0);
            return Ok(place);
        }
        if units == PAGE {
            let end = self.unused.checked_add(PAGE).filter(|&end| end as usize <= self.units.len());
            return Ok(core::mem::replace(&mut self.unused, end.ok_or(Errno::Nospc)?));
        }
        let page = self.allocate(PAGE)?;
        for place in (page..).step_by(units as usize).take((PAGE / units) as usize) {
            self.free(place, units);
        }
        Ok(self.pop(units))
    }

    /// Gives a piece back.
    pub fn free(&mut self, place: Place, units: u32) {
        if let Some(first) = self.free.get_mut(class(units)) {
            let next = core::mem::replace(first, place);
            self.set(place, &next);
        }
    }

    fn pop(&mut self, units: u32) -> Place {
        let place = self.free.get(class(units)).copied().unwrap_or_default();
        if place != 0 {
            let next = self.get::<u32>(place);
            if let Some(first) = self.free.get_mut(class(units)) {
                *first = next;
            }
        }
        place
    }

    pub fn bytes(&self, place: Place, units: u32) -> &[u8] {
        let begin = place as usize;
        self.units.get(begin..begin + units as usize).unwrap_or_default().as_flattened()
    }

    pub fn bytes_mut(&mut self, place: Place, units: u32) -> &mut [u8] {
        let begin = place as usize;
        self.units.get_mut(begin..begin + units as usize).unwrap_or_default().as_flattened_mut()
    }

    /// The value at the beginning of a piece.
    pub fn get<T: Plain + Default>(&self, place: Place) -> T {
        value_of(self.bytes(place, 1)).unwrap_or_default()
    }

    pub fn set<T: Plain>(&mut self, place: Place, value: &T) {
        let value = bytes_of(value);
        if let Some(bytes) = self.bytes_mut(place, 1).get_mut(..value.len()) {
            bytes.copy_from_slice(value);
        }
    }

    /// Entry `index` of a page of places.
    pub fn entry(&self, page: Place, index: usize) -> Place {
        value_of(self.bytes(page, PAGE).get(index * 4..).unwrap_or_default()).unwrap_or_default()
    }

    pub fn set_entry(&mut self, page: Place, index: usize, entry: Place) {
        if let Some(bytes) = self.bytes_mut(page, PAGE).get_mut(index * 4..index * 4 + 4) {
            bytes.copy_from_slice(&entry.to_ne_bytes());
        }
    }
}

fn class(units: u32) -> usize {
    if units == PAGE { 0 } else { units as usize }
}
