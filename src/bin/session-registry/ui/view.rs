//! The view on a screen.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line as Text, Span};
use ratatui::widgets::{Clear, Paragraph, Wrap};
use unicode_width::UnicodeWidthStr;

use super::keys::COMMANDS;
use super::layout::Layout;
use super::line::Line;
use super::state::{Edit, Mode, Purpose, Said, View};
use super::{details, row};
use crate::table::{Cut, shortened};

const DIM: Style = Style::new().add_modifier(Modifier::DIM);
const BOLD: Style = Style::new().add_modifier(Modifier::BOLD);

impl View {
    pub(super) fn draw(&self, frame: &mut Frame<'_>) {
        // What the terminal has now, whatever was heard of it.
        let area = frame.area();
        let layout = Layout::of((area.width, area.height));
        self.title(frame, layout.title());
        self.filter(frame, layout.filter());
        self.list(frame, layout);
        if let Some((rule, area)) = layout.details() {
            let dash = self.glyphs.pick("─", "-");
            let dashes = dash.repeat(usize::from(rule.width));
            frame.render_widget(Paragraph::new(Span::styled(dashes, DIM)), rule);
            if let Some(item) = self.rows.selected() {
                let lines = details::lines(item, self, usize::from(area.width));
                frame.render_widget(Paragraph::new(lines), area);
            }
        }
        if self.mode == Mode::Help {
            self.help(frame, layout.middle());
        }
        self.last(frame, layout.last());
    }

    fn title(&self, frame: &mut Frame<'_>, area: Rect) {
        let figures = if self.is_loaded {
            format!("{}/{} open", self.rows.open(), self.figures.max_sessions)
        } else {
            "reading".to_owned()
        };
        let left = format!(" sessions  {figures}");
        let room = usize::from(area.width).saturating_sub(left.width() + 3);
        let place = shortened(&self.place, room, Cut::Path, self.glyphs.ellipsis());
        two_sided(
            frame,
            area,
            Span::styled(left, BOLD),
            Span::styled(place, DIM),
        );
    }

    fn filter(&self, frame: &mut Frame<'_>, area: Rect) {
        let found = format!("{} of {}", self.rows.len(), self.rows.total());
        let typed = format!(" > {}", self.typed.text());
        two_sided(frame, area, Span::raw(typed), Span::styled(found, DIM));
        if self.mode == Mode::List {
            cursor(frame, area, 3, &self.typed);
        }
    }

    fn list(&self, frame: &mut Frame<'_>, layout: Layout) {
        let selected = self
            .rows
            .selected()
            .map(|item| item.sight.status.session.id());
        for (number, item) in self.visible().take(layout.list()).enumerate() {
            let is_selected = selected == Some(item.sight.status.session.id());
            let line = row::line(item, self, layout.widths());
            let mut style = Style::new();
            if item.is_new(self.now) {
                style = style.add_modifier(Modifier::BOLD);
            }
            if is_selected {
                style = style.add_modifier(Modifier::REVERSED);
            }
            frame.render_widget(Paragraph::new(line).style(style), layout.row(number));
        }
        if self.rows.len() == 0 && layout.list() > 0 {
            let nothing = match (&self.lost, self.is_loaded, self.rows.total()) {
                (Some(_), ..) | (None, false, _) => "",
                (None, true, 0) => " no sessions yet: session-registry register DIR",
                _ => " nothing fits: esc clears the filter",
            };
            frame.render_widget(Paragraph::new(Span::styled(nothing, DIM)), layout.row(0));
        }
    }

    /// A question, what was said last, or what the keys do.
    fn last(&self, frame: &mut Frame<'_>, area: Rect) {
        match &self.mode {
            Mode::Edit { of, what, line } => {
                let name = self.rows.name_of(*of).unwrap_or_default();
                let asked = match what {
                    Edit::Name => format!(" new name of “{name}”: "),
                    Edit::Tags => format!(" tags of “{name}”: "),
                };
                let from = asked.width();
                let error = match &self.said {
                    Some(Said::Refused(why)) => {
                        Span::styled(why.clone(), Style::new().fg(Color::Red))
                    }
                    _ => Span::styled("enter: done, esc: not", DIM),
                };
                let text = Span::raw(format!("{asked}{}", line.text()));
                two_sided(frame, area, text, error);
                cursor(frame, area, from, line);
            }
            Mode::Confirm { of } => {
                let name = self.rows.name_of(*of).unwrap_or_default();
                let asked =
                    format!(" remove “{name}”? its directory is left alone: y, or any other key");
                frame.render_widget(Paragraph::new(Span::styled(asked, BOLD)), area);
            }
            Mode::List | Mode::Help => {
                let span = match (&self.said, &self.lost) {
                    (Some(Said::Refused(why)), _) => {
                        return refusal(frame, area, &format!(" {why}"));
                    }
                    (Some(Said::Done(done)), _) => {
                        Span::styled(format!(" {done}"), Style::new().fg(Color::Green))
                    }
                    (None, Some(why)) => {
                        Span::styled(format!(" {why}; trying again"), Style::new().fg(Color::Red))
                    }
                    (None, None) => Span::styled(self.keys(usize::from(area.width)), DIM),
                };
                frame.render_widget(Paragraph::new(span), area);
            }
        }
    }

    /// As many as fit; the help has all.
    fn keys(&self, width: usize) -> String {
        let enter = match self.purpose {
            Purpose::Resume => "resume",
            Purpose::Pick => "choose",
        };
        let mut parts = vec![
            format!("{} {enter}", self.glyphs.pick("⏎", "enter")),
            "? help".to_owned(),
            "esc quit".to_owned(),
        ];
        let used = |parts: &[String]| parts.iter().map(|part| part.width() + 2).sum::<usize>();
        for (letter, does) in self.commands() {
            let part = format!("^{letter} {does}");
            if used(&parts) + part.width() + 2 > width {
                break;
            }
            let before_help = parts.len() - 2;
            parts.insert(before_help, part);
        }
        format!(" {}", parts.join("  "))
    }

    fn commands(&self) -> impl Iterator<Item = &'static (char, &'static str)> {
        let purpose = self.purpose;
        COMMANDS
            .iter()
            .filter(move |(letter, _)| *letter != 't' || purpose == Purpose::Resume)
    }

    fn help(&self, frame: &mut Frame<'_>, area: Rect) {
        let enter = match self.purpose {
            Purpose::Resume => "drives the selected session",
            Purpose::Pick => "chooses the selected session",
        };
        let mut lines = vec![
            (
                "letters".to_owned(),
                "narrow the list: names, paths, tags, aliases",
            ),
            ("enter".to_owned(), enter),
        ];
        for (letter, _) in self.commands() {
            let does = match letter {
                't' => "takes the session over from whoever drives it",
                'x' => "closes it: it keeps its record, and frees its slot",
                'o' => "opens it again",
                'r' => "gives it another name",
                'g' => "changes its tags",
                'p' => "pins it, or unpins it",
                'd' => "removes it from the registry, when you say yes",
                _ => "copies the path of its project",
            };
            lines.push((format!("ctrl-{letter}, alt-{letter}"), does));
        }
        lines.extend([
            ("arrows, tab, pages".to_owned(), "move"),
            (
                "esc".to_owned(),
                "clears the filter, then quits; ctrl-c quits",
            ),
        ]);
        let lines: Vec<_> = lines
            .into_iter()
            .map(|(key, does)| Text::from(format!(" {key:<20}{does}")))
            .collect();
        frame.render_widget(Clear, area);
        frame.render_widget(Paragraph::new(lines), area);
    }
}

/// Why something was not done, over as many lines as it takes, since a command that helps is at its end.
fn refusal(frame: &mut Frame<'_>, area: Rect, why: &str) {
    let width = usize::from(area.width).max(1);
    let lines = match why.width().div_ceil(width) {
        0 | 1 => 1,
        // Words that are not cut take more room.
        more => more + 1,
    };
    let above = u16::try_from(lines.saturating_sub(1)).unwrap_or(u16::MAX);
    let above = above.min(area.y);
    let area = Rect {
        y: area.y - above,
        height: area.height + above,
        ..area
    };
    let text = Paragraph::new(why)
        .style(Style::new().fg(Color::Red))
        .wrap(Wrap { trim: false });
    frame.render_widget(Clear, area);
    frame.render_widget(text, area);
}

/// One text at each end of a line; the right one gives way.
fn two_sided(frame: &mut Frame<'_>, area: Rect, left: Span<'_>, right: Span<'_>) {
    let (used, wide) = (left.width(), right.width());
    frame.render_widget(Paragraph::new(left), area);
    let total = usize::from(area.width);
    if used + wide + 2 <= total {
        let at = u16::try_from(total - wide - 1).unwrap_or(area.width);
        let width = area.width.saturating_sub(at);
        let area = Rect::new(at, area.y, width, area.height);
        frame.render_widget(Paragraph::new(right), area);
    }
}

fn cursor(frame: &mut Frame<'_>, area: Rect, from: usize, line: &Line) {
    let at = u16::try_from(from + line.before().width()).unwrap_or(u16::MAX);
    let last = area.width.saturating_sub(1);
    if area.height > 0 && area.width > 0 {
        frame.set_cursor_position(Position::new(at.min(last), area.y));
    }
}
