//! Messages on standard error, put together in a small buffer: `core::fmt` would double the size of an executable.

use crate::arch;

/// Exit status of a program that trapped, and of a runtime that failed: what a shell shows for SIGABRT.
pub const ABORTED: i32 = 134;

const CAPACITY: usize = 1024;

/// Text on its way to standard error; written when full and when complete.
pub struct Message {
    buffer: [u8; CAPACITY],
    len: usize,
}

impl Message {
    pub fn byte(&mut self, byte: u8) -> &mut Self {
        if self.len == CAPACITY {
            self.flush();
        }
        if let Some(slot) = self.buffer.get_mut(self.len) {
            *slot = byte;
            self.len += 1;
        }
        self
    }

    pub fn text(&mut self, text: &str) -> &mut Self {
        self.bytes(text.as_bytes())
    }

    #[inline(never)]
    pub fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        for &byte in bytes {
            self.byte(byte);
        }
        self
    }

    /// Text that the program's author chose: control characters must not reach the terminal.
    #[inline(never)]
    pub fn untrusted(&mut self, bytes: &[u8]) -> &mut Self {
        let mut previous = 0;
        for &byte in bytes {
            // U+0080 to U+009F are control characters too: 0xc2 and then 0x80 to 0x9f.
            let control = byte < 0x20 || byte == 0x7f || (previous == 0xc2 && byte < 0xa0);
            self.byte(if control { b'?' } else { byte });
            previous = byte;
        }
        self
    }

    pub fn decimal(&mut self, value: u64) -> &mut Self {
        self.bytes(digits(value, 10, &mut [0; 20]))
    }

    pub fn hex(&mut self, value: u64) -> &mut Self {
        self.text("0x").bytes(digits(value, 16, &mut [0; 20]))
    }

    #[inline(never)]
    fn flush(&mut self) {
        write_all(2, self.buffer.get(..self.len).unwrap_or_default());
        self.len = 0;
    }
}

/// The digits of a number.
pub fn digits(mut value: u64, radix: u64, buffer: &mut [u8; 20]) -> &[u8] {
    let mut start = buffer.len();
    for digit in buffer.iter_mut().rev() {
        let ones = (value % radix) as u8;
        *digit = if ones < 10 { b'0' + ones } else { b'a' + ones - 10 };
        start -= 1;
        value /= radix;
        if value == 0 {
            break;
        }
    }
    buffer.get(start..).unwrap_or_default()
}

/// Writes bytes to a descriptor; nobody is left to tell if that fails.
pub fn write_all(descriptor: i32, mut bytes: &[u8]) {
    while !bytes.is_empty() {
        match arch::write(descriptor, bytes) {
            Ok(written) => bytes = bytes.get(written..).unwrap_or_default(),
            Err(libc::EINTR) => {}
            Err(_) => break,
        }
    }
}

/// Ends the process with a one-line message: the runtime cannot go on, and the program is not to blame.
pub fn fatal(parts: &[&[u8]]) -> ! {
    fail(parts, ABORTED)
}

/// Ends the process with a one-line message and an exit status.
pub fn fail(parts: &[&[u8]], status: i32) -> ! {
    message(|message| {
        for part in parts {
            message.untrusted(part);
        }
        message.byte(b'\n');
    });
    arch::exit(status)
}

/// Writes the message that `build` puts together.
pub fn message(build: impl FnOnce(&mut Message)) {
    let mut message = Message { buffer: [0; CAPACITY], len: 0 };
    message.text("wexe: ");
    build(&mut message);
    message.flush();
}

/// Writes more of a message.
pub fn more(build: impl FnOnce(&mut Message)) {
    let mut message = Message { buffer: [0; CAPACITY], len: 0 };
    build(&mut message);
    message.flush();
}
