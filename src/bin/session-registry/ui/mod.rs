//! The sessions on a whole screen, live.
//!
//! `state.rs` is what is shown, `update.rs` and `keys.rs` say what becomes of it when something happens, `view.rs`
//! draws it; none of them reads or writes anything, and time is handed to them. Three threads work for it and send
//! their events to one loop, the one here: `watcher.rs` reads the registry and waits for its changes, `hand.rs` does
//! what keys ask for, `input.rs` listens to the terminal, which `screen.rs` takes and gives back.

mod clipboard;
mod details;
mod event;
mod filter;
mod hand;
mod input;
mod keys;
mod layout;
mod line;
mod row;
mod rows;
mod screen;
mod state;
#[cfg(test)]
mod tests;
mod update;
mod view;
mod watcher;

use std::io::{self, IsTerminal};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;

use session_registry::{Session, Timestamp};

pub(crate) use event::Outcome;
pub(crate) use screen::Stream;
pub(crate) use state::Purpose;

use crate::escape::Escaped;
use crate::failure::Failure;
use crate::glyphs::Glyphs;
use crate::locate::Locator;
use event::{Effect, Event};
use hand::Task;
use screen::Screen;
use state::View;
use watcher::Watcher;

/// Lets somebody choose a session; `None` if they do not.
pub(crate) fn pick(locator: &Locator) -> Result<Option<Session>, Failure> {
    match show(locator, Purpose::Pick, Stream::Error)? {
        Outcome::Chosen(session) => Ok(Some(*session)),
        _ => Ok(None),
    }
}

/// Whether somebody could choose a session.
pub(crate) fn can_pick(locator: &Locator) -> bool {
    !locator.is_for_programs() && io::stdin().is_terminal() && Stream::Error.is_terminal()
}

/// Shows the sessions until a key ends that, with the terminal as it was afterwards.
pub(crate) fn show(
    locator: &Locator,
    purpose: Purpose,
    stream: Stream,
) -> Result<Outcome, Failure> {
    if !stream.is_terminal() {
        return Err(Failure::Usage("the view needs a terminal"));
    }
    // What is worth telling before the screen is taken; what may pass is tried again there.
    match locator.look_at_existing() {
        Err(failure) if !failure.is_retryable() => return Err(failure),
        _ => {}
    }
    let path = locator.path()?;
    let failed = Failure::Screen;
    let mut screen = Screen::take(stream).map_err(failed)?;
    let size = screen.terminal.size().map_err(failed)?;
    let home = dirs::home_dir();
    let model = View::new(
        purpose,
        place(&path, home.as_deref()),
        home,
        Glyphs::of_locale(),
        (size.width, size.height),
        Timestamp::now(),
    );
    let (events, heard) = mpsc::channel();
    let (tasks, to_do) = mpsc::channel();
    let (go_on, asked) = mpsc::channel();
    let is_over = Arc::new(AtomicBool::new(false));
    let watcher = Watcher {
        path: path.clone(),
        events: events.clone(),
        is_over: Arc::clone(&is_over),
    };
    thread::spawn(move || watcher.run());
    let hand = events.clone();
    let flag = locator.flag().map(Path::to_owned);
    thread::spawn(move || hand::work(&path, flag.as_deref(), &to_do, &hand));
    #[cfg(unix)]
    let signals = input::end_by_signal(events.clone()).map_err(failed)?;
    thread::spawn(move || input::listen(&events, &asked));
    let ways = Ways {
        heard,
        tasks,
        go_on,
    };
    let outcome = ways.attend(model, &mut screen).map_err(failed);
    is_over.store(true, Ordering::Relaxed);
    #[cfg(unix)]
    signals.close();
    outcome
}

/// How the loop hears of things, and has things done.
struct Ways {
    heard: Receiver<Event>,
    tasks: Sender<Task>,
    go_on: Sender<()>,
}

impl Ways {
    fn attend(&self, mut model: View, screen: &mut Screen) -> io::Result<Outcome> {
        // Whoever does not listen any more has ended, and told why.
        let _ = self.go_on.send(());
        loop {
            screen.terminal.draw(|frame| model.draw(frame))?;
            let mut next = Some(match self.heard.recv_timeout(model.rests()) {
                Ok(event) => event,
                Err(RecvTimeoutError::Timeout) => Event::Tick,
                Err(RecvTimeoutError::Disconnected) => Event::Deaf("nobody listens".to_owned()),
            });
            // What has come meanwhile is drawn at once.
            while let Some(event) = next.take() {
                let is_input = matches!(event, Event::Key(_) | Event::Resized(..));
                for effect in model.update(event, Timestamp::now()) {
                    match effect {
                        Effect::Act(action) => drop(self.tasks.send(Task::Act(action))),
                        Effect::Look(sessions) => drop(self.tasks.send(Task::Look(sessions))),
                        Effect::Copy(text) => screen.send(&clipboard::sequence(&text))?,
                        Effect::End(outcome) => return Ok(outcome),
                    }
                }
                if is_input {
                    let _ = self.go_on.send(());
                }
                next = self.heard.try_recv().ok();
            }
        }
    }
}

/// The registry, with the home directory as `~`.
fn place(path: &Path, home: Option<&Path>) -> String {
    match home.and_then(|home| path.strip_prefix(home).ok()) {
        Some(inside) => format!("~/{}", Escaped(inside.display())),
        None => Escaped(path.display()).to_string(),
    }
}
