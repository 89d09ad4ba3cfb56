//! What keys do.
//!
//! Letters narrow the list at once, so that commands are letters with Ctrl or with Alt, whichever the terminal lets
//! through. Nothing that a key asks for is done to another session than the selected one, nor to one that is gone.

use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use session_registry::{Liveness, SessionId, Tag};

use super::event::{Action, ActionKind, Effect, Outcome};
use super::line::Line;
use super::rows::Item;
use super::state::{Edit, Mode, Purpose, Said, View};
use crate::describe;

/// What the last line and the help say of the commands: the letter, and what it does.
pub(super) const COMMANDS: &[(char, &str)] = &[
    ('t', "take over"),
    ('x', "close"),
    ('o', "reopen"),
    ('r', "rename"),
    ('g', "tags"),
    ('p', "pin"),
    ('d', "remove"),
    ('y', "copy path"),
];

impl View {
    pub(super) fn press(&mut self, key: KeyEvent) -> Vec<Effect> {
        self.said = None;
        if key.code == KeyCode::Char('c') && key.modifiers == KeyModifiers::CONTROL {
            return vec![Effect::End(Outcome::Interrupted)];
        }
        match &self.mode {
            Mode::List => self.press_in_list(key),
            Mode::Help => {
                self.mode = Mode::List;
                Vec::new()
            }
            Mode::Edit { .. } => self.press_in_line(key),
            Mode::Confirm { of } => {
                let of = *of;
                self.mode = Mode::List;
                let is_yes = matches!(key.code, KeyCode::Char('y' | 'Y'));
                if is_yes {
                    self.act(of, ActionKind::Remove)
                } else {
                    Vec::new()
                }
            }
        }
    }

    fn press_in_list(&mut self, key: KeyEvent) -> Vec<Effect> {
        let is_chord = key
            .modifiers
            .intersects(KeyModifiers::CONTROL | KeyModifiers::ALT);
        let (at, page) = (self.rows.at(), self.layout().list().max(1));
        match key.code {
            KeyCode::Enter => return self.enter(false),
            KeyCode::Esc if self.rows.filter.text().is_empty() => {
                return vec![Effect::End(Outcome::Quit)];
            }
            KeyCode::Esc => self.narrow(Line::default()),
            KeyCode::F(1) => self.mode = Mode::Help,
            KeyCode::Char('?') if !is_chord => self.mode = Mode::Help,
            KeyCode::Up | KeyCode::BackTab => self.rows.select(at.saturating_sub(1)),
            KeyCode::Down | KeyCode::Tab => self.rows.select(at.saturating_add(1)),
            KeyCode::PageUp => self.rows.select(at.saturating_sub(page)),
            KeyCode::PageDown => self.rows.select(at.saturating_add(page)),
            KeyCode::Home => self.rows.select(0),
            KeyCode::End => self.rows.select(usize::MAX),
            KeyCode::Char(letter) if is_chord && is_command(letter) => {
                return self.command(letter.to_ascii_lowercase());
            }
            _ => {
                let mut line = self.typed.clone();
                if line.press(key) {
                    self.narrow(line);
                }
            }
        }
        Vec::new()
    }

    fn narrow(&mut self, line: Line) {
        if line.text() != self.typed.text() {
            self.rows.narrow(line.text());
            self.offset = 0;
        }
        self.typed = line;
    }

    fn command(&mut self, letter: char) -> Vec<Effect> {
        let Some(item) = self.rows.selected() else {
            return self.refuse("no session is selected".to_owned());
        };
        let session = &item.sight.status.session;
        let (id, name) = (session.id(), item.texts.name.clone());
        let is_open = session.state().is_open();
        if item.is_removed && letter != 'y' {
            return self.refuse(format!("“{name}” was removed"));
        }
        match letter {
            't' => self.enter(true),
            'x' if !is_open => self.refuse(format!("“{name}” is closed already")),
            'x' => self.act(id, ActionKind::Close),
            'o' if is_open => self.refuse(format!("“{name}” is open already")),
            'o' => self.act(id, ActionKind::Reopen),
            'p' => {
                let is_pinned = session.is_pinned();
                self.act(id, ActionKind::Pin(!is_pinned))
            }
            'r' => self.edit(id, Edit::Name, session.name().as_str().to_owned()),
            'g' => {
                let tags: Vec<_> = session.tags().iter().map(Tag::as_str).collect();
                self.edit(id, Edit::Tags, tags.join(" "))
            }
            'd' => {
                self.mode = Mode::Confirm { of: id };
                Vec::new()
            }
            _ => {
                let path = session.project_path().to_string();
                self.said = Some(Said::Done(format!("copied {}", item.texts.project)));
                vec![Effect::Copy(path)]
            }
        }
    }

    fn edit(&mut self, of: SessionId, what: Edit, text: String) -> Vec<Effect> {
        let line = Line::of(text);
        self.mode = Mode::Edit { of, what, line };
        Vec::new()
    }

    fn press_in_line(&mut self, key: KeyEvent) -> Vec<Effect> {
        let Mode::Edit { of, what, line } = &mut self.mode else {
            return Vec::new();
        };
        let (of, what) = (*of, *what);
        match key.code {
            KeyCode::Esc => self.mode = Mode::List,
            KeyCode::Enter => {
                let text = line.text();
                let kind = match what {
                    Edit::Name => Ok(ActionKind::Rename(text)),
                    Edit::Tags => tags(&text).map(ActionKind::Tag),
                };
                match kind {
                    Ok(kind) => {
                        self.mode = Mode::List;
                        return self.act(of, kind);
                    }
                    // What was typed stays, to be mended.
                    Err(why) => return self.refuse(why),
                }
            }
            _ => drop(line.press(key)),
        }
        Vec::new()
    }

    /// Drives the selected session, or chooses it.
    fn enter(&mut self, take_over: bool) -> Vec<Effect> {
        let Some(item) = self.rows.selected() else {
            return self.refuse("no session is selected".to_owned());
        };
        let session = item.sight.status.session.clone();
        if item.is_removed {
            return self.refuse(format!("“{}” was removed", item.texts.name));
        }
        if self.purpose == Purpose::Pick {
            return vec![Effect::End(Outcome::Chosen(Box::new(session)))];
        }
        if let Some(why) = refusal(item, take_over) {
            return self.refuse(why);
        }
        let id = session.id();
        vec![Effect::End(Outcome::Resume { id, take_over })]
    }

    fn refuse(&mut self, why: String) -> Vec<Effect> {
        self.said = Some(Said::Refused(why));
        Vec::new()
    }

    fn act(&self, id: SessionId, kind: ActionKind) -> Vec<Effect> {
        let name = self.rows.name_of(id).unwrap_or_default();
        vec![Effect::Act(Action { id, name, kind })]
    }
}

fn is_command(letter: char) -> bool {
    let letter = letter.to_ascii_lowercase();
    COMMANDS.iter().any(|(known, _)| *known == letter)
}

/// Why a session cannot be driven, and what would help.
fn refusal(item: &Item, take_over: bool) -> Option<String> {
    let sight = &item.sight;
    let (name, id) = (&item.texts.name, describe::short(sight.status.session.id()));
    if sight.status.session.project_path().local_path().is_none() {
        return Some(format!(
            "“{name}” is not in the files of this system: session-registry resume {id} --here -- COMMAND"
        ));
    }
    if sight.is_missing {
        return Some(format!(
            "the directory of “{name}” is missing: session-registry set {id} --project DIR"
        ));
    }
    let owner = sight.status.owner.as_ref()?;
    let is_in_the_way = owner.liveness != Liveness::Dead && !take_over;
    is_in_the_way.then(|| {
        let driver = sight.driver().unwrap_or_default();
        format!("“{name}” is driven by {driver}: ^t takes it over")
    })
}

fn tags(text: &str) -> Result<Vec<Tag>, String> {
    let words = text.split(|c: char| c == ',' || c.is_whitespace());
    let words = words
        .map(|word| word.trim_start_matches('#'))
        .filter(|word| !word.is_empty());
    words
        .map(|word| Tag::new(word).map_err(|error| error.to_string()))
        .collect()
}
