//! What becomes of the view when something happens.

use ratatui::crossterm::event::KeyEventKind;
use session_registry::Timestamp;

use super::event::{Effect, Event, Outcome};
use super::state::{Said, View};

impl View {
    /// Answers what is to be done. Time comes in, so that it can be chosen.
    pub(super) fn update(&mut self, event: Event, now: Timestamp) -> Vec<Effect> {
        self.now = now;
        let mut effects = Vec::new();
        match event {
            Event::Key(key) if key.kind != KeyEventKind::Release => effects = self.press(key),
            Event::Key(_) | Event::Tick => {}
            Event::Resized(width, height) => self.size = (width, height),
            Event::Loaded(statuses, figures) => {
                if self.lost.take().is_some() {
                    self.said = Some(Said::Done("the registry can be read again".to_owned()));
                }
                self.is_loaded = true;
                self.figures = figures;
                self.rows.load(statuses, figures, now);
            }
            Event::Changed(changed) => {
                self.figures = changed.figures;
                self.rows.change(changed, Some(now));
            }
            Event::Lost(why) => self.lost = Some(why),
            Event::Looked(found) => {
                for (id, revision, _) in &found {
                    self.asked.retain(|asked| *asked != (*id, *revision));
                }
                self.rows.looked(found);
            }
            Event::Acted(Ok(done)) => self.said = Some(Said::Done(done)),
            Event::Acted(Err(why)) => self.said = Some(Said::Refused(why)),
            Event::Deaf(why) => effects.push(Effect::End(Outcome::Failed(why))),
        }
        self.follow();
        let unlooked = self.unlooked();
        if !unlooked.is_empty() {
            let asked = unlooked
                .iter()
                .map(|session| (session.id(), session.revision()));
            self.asked.extend(asked);
            effects.push(Effect::Look(unlooked));
        }
        effects
    }
}
