//! The terminal while the view has it, and how it is given back.

use std::io::{self, IsTerminal, Write};
use std::panic;
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use ratatui::crossterm::cursor::Show;
use ratatui::crossterm::execute;
use ratatui::crossterm::terminal::{
    EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};

/// Which stream the terminal is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stream {
    Output,
    /// While the output is somebody else's.
    Error,
}

impl Stream {
    pub(crate) fn is_terminal(self) -> bool {
        match self {
            Self::Output => io::stdout().is_terminal(),
            Self::Error => io::stderr().is_terminal(),
        }
    }

    fn writer(self) -> Box<dyn Write> {
        match self {
            Self::Output => Box::new(io::stdout()),
            Self::Error => Box::new(io::stderr()),
        }
    }
}

type Backend = CrosstermBackend<Box<dyn Write>>;

/// The screen beside the usual one, without line editing. What the terminal was before, it is again when this is
/// dropped, and when anything panics.
pub(crate) struct Screen {
    pub(crate) terminal: Terminal<Backend>,
    stream: Stream,
}

/// Whether there is something to give back, and at which stream.
static IS_TAKEN: AtomicBool = AtomicBool::new(false);
static IS_AT_ERROR: AtomicBool = AtomicBool::new(false);
static HOOK: Once = Once::new();

impl Screen {
    pub(crate) fn take(stream: Stream) -> io::Result<Self> {
        HOOK.call_once(|| {
            let before = panic::take_hook();
            panic::set_hook(Box::new(move |about| {
                // What is said of the panic must not go to a screen that is about to vanish.
                give_back();
                before(about);
            }));
        });
        IS_AT_ERROR.store(stream == Stream::Error, Ordering::SeqCst);
        enable_raw_mode()?;
        IS_TAKEN.store(true, Ordering::SeqCst);
        let mut writer = stream.writer();
        let entered = execute!(writer, EnterAlternateScreen)
            .and_then(|()| Terminal::new(CrosstermBackend::new(writer)));
        match entered {
            Ok(terminal) => Ok(Self { terminal, stream }),
            Err(error) => {
                give_back();
                Err(error)
            }
        }
    }

    /// Sends what a terminal takes as it is, and draws nothing of.
    pub(crate) fn send(&self, sequence: &str) -> io::Result<()> {
        let mut writer = self.stream.writer();
        writer.write_all(sequence.as_bytes())?;
        writer.flush()
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        give_back();
    }
}

impl std::fmt::Debug for Screen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Screen")
            .field("stream", &self.stream)
            .finish_non_exhaustive()
    }
}

/// As well as that can be done, and once.
fn give_back() {
    if !IS_TAKEN.swap(false, Ordering::SeqCst) {
        return;
    }
    let stream = if IS_AT_ERROR.load(Ordering::SeqCst) {
        Stream::Error
    } else {
        Stream::Output
    };
    let _ = execute!(stream.writer(), LeaveAlternateScreen, Show);
    let _ = disable_raw_mode();
}
