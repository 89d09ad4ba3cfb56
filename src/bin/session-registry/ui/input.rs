//! Who listens to the terminal.

use std::sync::mpsc::{Receiver, Sender};

use ratatui::crossterm::event::{self, Event as Heard};

use super::event::Event;

/// Tells of one key or size for each time that it is asked to go on: whoever gets the terminal after the view gets
/// all that is typed then.
pub(super) fn listen(events: &Sender<Event>, go_on: &Receiver<()>) {
    while go_on.recv().is_ok() {
        let event = loop {
            match event::read() {
                Ok(Heard::Key(key)) => break Event::Key(key),
                Ok(Heard::Resize(width, height)) => break Event::Resized(width, height),
                Ok(_) => {}
                Err(error) => break Event::Deaf(error.to_string()),
            }
        };
        if events.send(event).is_err() {
            return;
        }
    }
}

/// Ends the view, with the terminal as it was, when somebody asks this process to end.
#[cfg(unix)]
pub(super) fn end_by_signal(
    events: Sender<Event>,
) -> std::io::Result<signal_hook::iterator::Handle> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;

    let mut signals = Signals::new([SIGHUP, SIGINT, SIGTERM])?;
    let handle = signals.handle();
    std::thread::spawn(move || {
        for signal in signals.forever() {
            let why = format!("ended by signal {signal}");
            if events.send(Event::Deaf(why)).is_err() {
                return;
            }
        }
    });
    Ok(handle)
}
