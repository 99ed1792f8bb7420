//! The terminal: its size and its modes.

use crate::errno::Result;
use crate::fd_table::{self, Descriptor};
use crate::{memory, terminal};
use rustix::termios::{LocalModes, OutputModes, SpecialCodeIndex, Termios, tcgetattr, tcgetwinsize};
use wexe_abi::types::{Errno, Fd, Pointer};
use wexe_abi::wasix_32v1::Tty;

/// The descriptor `fd` if it is a terminal, with its modes.
fn terminal(fd: Fd) -> Option<(Descriptor, Termios)> {
    let descriptor = fd_table::find(fd).ok()?;
    let modes = tcgetattr(descriptor.host()).ok()?;
    Some((descriptor, modes))
}

/// The size of the terminal and its modes: whether it shows what is typed, hands it over line by line, and begins a new
/// line at each line feed. It is that of standard input, or else of standard output or standard error; if none of them
/// is one, all is 0.
///
/// Source: `tty_get` in `api_wasix.h`.
pub fn tty_get() -> Result<Tty> {
    let streams = [0, 1, 2].map(terminal);
    let [stdin_tty, stdout_tty, stderr_tty] = streams.each_ref().map(|stream| u8::from(stream.is_some()));
    let Some((descriptor, modes)) = streams.into_iter().flatten().next() else {
        return Ok(Tty {
            cols: 0,
            rows: 0,
            width: 0,
            height: 0,
            stdin_tty,
            stdout_tty,
            stderr_tty,
            echo: 0,
            line_buffered: 0,
            line_feeds: 0,
            padding: 0,
        });
    };
    let size = tcgetwinsize(descriptor.host())?;
    Ok(Tty {
        cols: size.ws_col.into(),
        rows: size.ws_row.into(),
        width: size.ws_xpixel.into(),
        height: size.ws_ypixel.into(),
        stdin_tty,
        stdout_tty,
        stderr_tty,
        echo: modes.local_modes.contains(LocalModes::ECHO).into(),
        line_buffered: modes.local_modes.contains(LocalModes::ICANON).into(),
        line_feeds: modes.output_modes.contains(OutputModes::ONLCR).into(),
        padding: 0,
    })
}

/// Sets what [`tty_get`] tells, other than which streams are terminals. The modes last until the program ends, however
/// it does.
///
/// Errors: `notty` if none of the standard streams is a terminal; `inval` for a size beyond 16 bits; `fault`.
///
/// Source: `tty_set` in `api_wasix.h`.
pub fn tty_set(state: Pointer) -> Result<()> {
    let state = memory::read::<Tty>(state)?;
    let (descriptor, mut modes) = [0, 1, 2].into_iter().find_map(terminal).ok_or(Errno::Notty)?;
    let mut size = tcgetwinsize(descriptor.host())?;
    let before = size;
    for (side, wanted) in [
        (&mut size.ws_col, state.cols),
        (&mut size.ws_row, state.rows),
        (&mut size.ws_xpixel, state.width),
        (&mut size.ws_ypixel, state.height),
    ] {
        *side = u16::try_from(wanted).map_err(|_| Errno::Inval)?;
    }
    modes.local_modes.set(LocalModes::ECHO, state.echo != 0);
    modes.local_modes.set(LocalModes::ICANON, state.line_buffered != 0);
    modes.output_modes.set(OutputModes::ONLCR, state.line_feeds != 0);
    if state.line_buffered == 0 {
        // A read waits for one byte.
        modes.special_codes[SpecialCodeIndex::VMIN] = 1;
        modes.special_codes[SpecialCodeIndex::VTIME] = 0;
    }
    terminal::set(descriptor.host(), &modes)?;
    if size != before {
        rustix::termios::tcsetwinsize(descriptor.host(), size)?;
    }
    Ok(())
}
