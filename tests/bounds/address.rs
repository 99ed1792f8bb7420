//! The forms of address that the compiler folds into an instruction → their text, and the index they mean.
//!
//! Each form knows how to reach an index that a test wants to hit, and also some operands that reach it only because
//! the index wraps around, or that would reach it if 33 bits were taken where there are 32.

use wexe_abi::layout::{LOW_MEMORY, STATE_BASE};

/// Operands → the indices that they make, one for each time that the access is performed.
type Indices = Box<dyn Fn(u64, u64) -> Vec<u64>>;

/// Where an access of a program goes. `$x` and `$y` are the operands as `i64`; `$i` and `$j` the same as indices;
/// `$s` starts as 0.
pub struct Address {
    /// The index operand.
    pub index: String,
    pub offset: u64,
    /// What stands around the access, which is `{}`. Here and in the index, `T.` is the index type's.
    pub frame: String,
    pub indices: Indices,
    pub operands: Vec<(u64, u64)>,
}

/// What is accessed.
#[derive(Clone, Copy)]
pub struct Target {
    pub is_64: bool,
    /// Of the memory, in bytes.
    pub size: u64,
    /// Of the access.
    pub width: u64,
}

impl Target {
    fn mask(self) -> u64 {
        if self.is_64 { u64::MAX } else { u64::from(u32::MAX) }
    }

    fn bits(self) -> u32 {
        if self.is_64 { 64 } else { 32 }
    }

    /// Effective addresses around all that matters: the end, where indices wrap, where a guard ends.
    fn addresses(self) -> Vec<u64> {
        let (size, width, mask) = (self.size, self.width, self.mask());
        // Where the instance's state would be, were an index negative.
        let state = (mask - LOW_MEMORY) + 1 + STATE_BASE;
        let mut all = vec![0, size - width, size - width + 1, size, mask, mask - width + 1, state];
        all.extend([mask >> 1, (mask >> 1) + 1]);
        if self.is_64 {
            let reach = [1 << 32, 1 << 37, 1 << 38, (1 << 37) - 16, (1 << 38) - 1];
            all.extend(reach.into_iter().flat_map(|address: u64| [address, address + size - width]));
        }
        all
    }
}

/// Static offsets that matter for this access.
fn offsets(target: Target) -> Vec<u64> {
    let end = target.size - target.width;
    let mut all = vec![0, 1, end, end + 1, target.size];
    all.extend([(1 << 31) - LOW_MEMORY - 1, (1 << 31) - LOW_MEMORY, (1 << 31) - 1, 1 << 31]);
    all.extend([u64::from(u32::MAX) - target.width, u64::from(u32::MAX)]);
    if target.is_64 {
        all.extend([1 << 32, (1 << 37) - 65, (1 << 37) - 64, 1 << 37, 1 << 38, u64::MAX >> 1, u64::MAX - 7, u64::MAX]);
    }
    all.retain(|offset| target.is_64 || *offset <= u64::from(u32::MAX));
    all
}

/// Forms of address in the order of the operands that they have.
pub fn forms(target: Target) -> Vec<Address> {
    let mut forms = vec![];
    constants(target, &mut forms);
    for offset in offsets(target) {
        forms.push(form(target, "#i", offset, |x, _| x, |v| vec![(v, 0)]));
    }
    for offset in [0, 16, u64::from(u32::MAX) - 7] {
        sums(target, offset, &mut forms);
        shifts(target, offset, &mut forms);
        conversions(target, offset, &mut forms);
        detours(target, offset, &mut forms);
    }
    forms
}

/// The few forms that every instruction is tried with.
pub fn plain_forms(target: Target) -> Vec<Address> {
    vec![
        form(target, "#i", 0, |x, _| x, |v| vec![(v, 0)]),
        form(target, "#i", 24, |x, _| x, |v| vec![(v, 0)]),
        form(target, "(T.shl #i (T.const 3))", 7, |x, _| x << 3, move |v| shifted(target, v, 3)),
        form(target, "(T.add #i #j)", 0, u64::wrapping_add, added),
    ]
}

/// A form whose index is `value` of the operands. `reach` finds operands for an index.
fn form(
    target: Target,
    index: &str,
    offset: u64,
    value: impl Fn(u64, u64) -> u64 + 'static,
    reach: impl Fn(u64) -> Vec<(u64, u64)>,
) -> Address {
    let mask = target.mask();
    let wanted = target.addresses().into_iter().map(|address| address.wrapping_sub(offset) & mask);
    let operands = wanted.flat_map(reach).collect();
    let index = ["i", "j", "x", "y", "s"]
        .iter()
        .fold(index.to_string(), |index, local| index.replace(&format!("#{local}"), &format!("(local.get ${local})")));
    let indices = Box::new(move |x, y| vec![value(x & mask, y & mask) & mask]);
    Address { index, offset, frame: "{}".to_string(), indices, operands }
}

fn constants(target: Target, forms: &mut Vec<Address>) {
    for address in target.addresses() {
        for offset in [0, 1, 4096] {
            let index = address.wrapping_sub(offset) & target.mask();
            let text = format!("(T.const {index})");
            let constant = form(target, &text, offset, move |_, _| index, |_| vec![]);
            forms.push(Address { operands: vec![(0, 0)], ..constant });
        }
    }
}

/// Operands of a sum: one that does not wrap around, and two that do.
fn added(sum: u64) -> Vec<(u64, u64)> {
    vec![
        (sum.wrapping_sub(5), 5),
        (u64::MAX, sum.wrapping_add(1)),
        (1 << 31 | 1 << 63, sum.wrapping_sub(1 << 31 | 1 << 63)),
    ]
}

fn sums(target: Target, offset: u64, forms: &mut Vec<Address>) {
    forms.push(form(target, "(T.add #i #j)", offset, u64::wrapping_add, added));
    for constant in [8, 0x7fff_ffff, 1 << 31, target.mask() - 7] {
        let reach = move |v: u64| vec![(v.wrapping_sub(constant), 0)];
        let text = format!("(T.add #i (T.const {constant}))");
        forms.push(form(target, &text, offset, move |x, _| x.wrapping_add(constant), reach));
        let reach = move |v: u64| vec![(v.wrapping_add(constant), 0)];
        let text = format!("(T.sub #i (T.const {constant}))");
        forms.push(form(target, &text, offset, move |x, _| x.wrapping_sub(constant), reach));
    }
    let reach = |v: u64| vec![(100u64.wrapping_sub(v), 0)];
    forms.push(form(target, "(T.sub (T.const 100) #i)", offset, |x, _| 100u64.wrapping_sub(x), reach));
    let reach = |v: u64| vec![(v.wrapping_add(9), 9)];
    forms.push(form(target, "(T.sub #i #j)", offset, u64::wrapping_sub, reach));
    let three = "(T.add (T.add #i (T.const 4096)) (T.add #j (T.const -4104)))";
    let reach = |v: u64| vec![(v.wrapping_add(8), 0), (8, v)];
    forms.push(form(target, three, offset, |x, y| x.wrapping_add(y).wrapping_sub(8), reach));
}

/// Operands that make an index when shifted, with and without bits that are shifted out.
fn shifted(target: Target, index: u64, by: u32) -> Vec<(u64, u64)> {
    let above = (target.mask() >> (target.bits() - by)) << (target.bits() - by);
    vec![(index >> by, 0), ((index >> by) + 1, 0), (index >> by | above, 0)]
}

fn shifts(target: Target, offset: u64, forms: &mut Vec<Address>) {
    for by in 1..=4 {
        let text = format!("(T.shl #i (T.const {by}))");
        forms.push(form(target, &text, offset, move |x, _| x << by, move |v| shifted(target, v, by)));
    }
    let reach = move |v: u64| shifted(target, v.wrapping_sub(8), 3);
    let text = "(T.add (T.shl #i (T.const 3)) (T.const 8))";
    forms.push(form(target, text, offset, |x, _| (x << 3).wrapping_add(8), reach));
    let reach = move |v: u64| {
        let wraps = 1 << (target.bits() - 3);
        vec![(v >> 3, v & 7), (wraps, v), (wraps - 8, v.wrapping_add(64))]
    };
    let text = "(T.add (T.shl #i (T.const 3)) #j)";
    forms.push(form(target, text, offset, |x, y| (x << 3).wrapping_add(y), reach));
    let reach = |v: u64| vec![(v / 24, 0), (v / 24 + 1, 0)];
    forms.push(form(target, "(T.mul #i (T.const 24))", offset, |x, _| x.wrapping_mul(24), reach));
    let reach = |v: u64| vec![(v << 3, 0)];
    forms.push(form(target, "(T.shr_u #i (T.const 3))", offset, |x, _| x >> 3, reach));
    let reach = |v: u64| vec![(v, 0), (v | 0x7fe0_0000, 0)];
    forms.push(form(target, "(T.and #i (T.const 0x1fffff))", offset, |x, _| x & 0x1f_ffff, reach));
    forms.push(form(target, "(T.or #i (T.const 1))", offset, |x, _| x | 1, |v| vec![(v, 0)]));
}

/// Indices of another width than their operands.
fn conversions(target: Target, offset: u64, forms: &mut Vec<Address>) {
    let plain = |v: u64| vec![(v, 0)];
    let mut add = |text: &str, value: fn(u64, u64) -> u64, reach: fn(u64) -> Vec<(u64, u64)>| {
        forms.push(form(target, text, offset, value, reach));
    };
    add("(T.extend8_s #i)", |x, _| x as i8 as u64, plain);
    add("(T.extend16_s #i)", |x, _| x as i16 as u64, plain);
    if target.is_64 {
        add("(i64.extend_i32_s (i32.wrap_i64 #x))", |x, _| x as i32 as u64, plain);
        add("(i64.extend_i32_u (i32.wrap_i64 #x))", |x, _| u64::from(x as u32), plain);
        let half = |v: u64| vec![(v >> 3, 0), (v >> 3 | 0x2000_0000, 0)];
        let text = "(i64.extend_i32_u (i32.shl (i32.wrap_i64 #x) (i32.const 3)))";
        add(text, |x, _| u64::from((x << 3) as u32), half);
        add("(i64.shl (i64.extend_i32_u (i32.wrap_i64 #x)) (i64.const 3))", |x, _| u64::from(x as u32) << 3, half);
    } else {
        add("(i32.wrap_i64 #x)", |x, _| x, plain);
        add("(i32.wrap_i64 (i64.extend_i32_s #i))", |x, _| x, plain);
        add("(i32.wrap_i64 (i64.add (i64.extend_i32_s #i) (i64.extend_i32_s #j)))", u64::wrapping_add, added);
        add("(i32.wrap_i64 (i64.add #x #y))", u64::wrapping_add, added);
        let shifted: fn(u64) -> Vec<(u64, u64)> = |v| vec![(v >> 3, 0), (v >> 3 | 0xe000_0000, 0)];
        add("(i32.wrap_i64 (i64.shl (i64.extend_i32_s #i) (i64.const 3)))", |x, _| x << 3, shifted);
        add("(i32.wrap_i64 (i64.shl #x (i64.const 3)))", |x, _| x << 3, shifted);
        add("(i32.wrap_i64 (i64.shr_s (i64.shl #x (i64.const 32)) (i64.const 32)))", |x, _| x, plain);
    }
}

/// Indices that come from elsewhere: a stack slot, a function, a global, two branches, the iteration before.
fn detours(target: Target, offset: u64, forms: &mut Vec<Address>) {
    let plain = |v: u64| vec![(v, 0)];
    let mut add = |text: &str, frame: &str| {
        let plain = form(target, text, offset, |x, _| x, plain);
        forms.push(Address { frame: frame.to_string(), ..plain });
    };
    add("#i", "(drop (call_indirect (type $identity) (local.get $y) (i32.const 0))) {}");
    add("(call_indirect (type $identity) #x (i32.const 0))", "{}");
    add("(global.get $index)", "(global.set $index (local.get $i)) {}");
    add("(if (result T) (T.eqz #j) (then #i) (else #j))", "{}");
    add("(select #i #j (T.eqz #j))", "{}");
    let loads: String =
        (0..20).map(|at| format!("(local.set $p{at} (i64.load $m offset={at} (T.const 0)))\n")).collect();
    let sum = (0..20).fold("(i64.const 0)".to_string(), |sum, at| format!("(i64.xor {sum} (local.get $p{at}))"));
    add("#i", &format!("{loads} {{}} (global.set $sum {sum})"));
    let sum_frame = format!("(local.set $i (T.add (local.get $i) (T.const 8))) {loads} {{}} (global.set $sum {sum})");
    let less = |v: u64| vec![(v.wrapping_sub(8), 0)];
    let sum = form(target, "#i", offset, |x, _| x.wrapping_add(8), less);
    let spilled = "(local.set $s (i64.extend_i32_s (i32.wrap_i64 (local.get $x))))
        (drop (call_indirect (type $identity) (local.get $y) (i32.const 0))) {}";
    let (index, value): (&str, fn(u64, u64) -> u64) =
        if target.is_64 { ("#s", |x, _| x as i32 as u64) } else { ("(i32.wrap_i64 #s)", |x, _| x) };
    forms.push(Address { frame: sum_frame, ..sum });
    forms.push(Address { frame: spilled.to_string(), ..form(target, index, offset, value, plain) });
    let mask = target.mask();
    for (frame, step) in [(LOOP_UP, 8u64), (LOOP_DOWN, 8u64.wrapping_neg())] {
        let last = form(target, "#i", offset, |x, _| x, plain);
        let indices =
            move |x: u64, _| (0..3).rev().map(|left| x.wrapping_sub(step.wrapping_mul(left)) & mask).collect();
        forms.push(Address { frame: frame.to_string(), indices: Box::new(indices), ..last });
    }
}

/// Three iterations, the last of which has the operand for an index.
const LOOP_UP: &str = "(local.set $i (T.sub (local.get $i) (T.const 24)))
    (loop $next
      (local.set $i (T.add (local.get $i) (T.const 8)))
      (local.set $result {})
      (br_if $next (i64.lt_u (local.tee $s (i64.add (local.get $s) (i64.const 1))) (i64.const 3))))
    (local.get $result)";
const LOOP_DOWN: &str = "(local.set $i (T.add (local.get $i) (T.const 24)))
    (loop $next
      (local.set $i (T.sub (local.get $i) (T.const 8)))
      (local.set $result {})
      (br_if $next (i64.lt_u (local.tee $s (i64.add (local.get $s) (i64.const 1))) (i64.const 3))))
    (local.get $result)";
