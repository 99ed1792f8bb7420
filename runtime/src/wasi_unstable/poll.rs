//! `poll_oneoff` with snapshot 0's subscriptions, which are longer than preview1's.

use crate::errno::Result;
use crate::memory::{self, Array};
use crate::wasi_snapshot_preview1::poll::{Subscriptions, poll};
use wexe_abi::types::{self, Eventtype, Pointer, Size};
use wexe_abi::wasi_unstable::Subscription;

impl Subscriptions for Array<Subscription> {
    fn get(&self, index: usize) -> Option<types::Subscription> {
        let subscription = Array::get(*self, index)?;
        let is_clock = subscription.tag == Eventtype::Clock as u8;
        Some(types::Subscription {
            userdata: subscription.userdata,
            tag: subscription.tag,
            padding0: [0; 7],
            id: if is_clock { subscription.id } else { subscription.identifier as u32 },
            padding1: 0,
            timeout: subscription.timeout,
            precision: subscription.precision,
            flags: subscription.flags,
            padding2: [0; 6],
        })
    }
}

/// As in preview1.
pub fn poll_oneoff(subscriptions: Pointer, events: Pointer, nsubscriptions: Size) -> Result<Size> {
    poll(memory::array::<Subscription>(subscriptions, nsubscriptions)?, events, nsubscriptions)
}
