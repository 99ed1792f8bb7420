//! The entry `_start_invoke`: calls one exported function with arguments from the command line and prints its results.

pub unsafe extern "C" fn main(_stack: *const usize) -> ! {
    crate::arch::exit(2)
}
