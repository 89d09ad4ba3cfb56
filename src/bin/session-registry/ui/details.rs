//! More about the selected session.

use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};
use session_registry::Parent;
use unicode_width::UnicodeWidthStr;

use super::row::style;
use super::rows::Item;
use super::state::View;
use crate::describe;
use crate::escape::Escaped;
use crate::table::{Cut, shortened};
use crate::time::ago;

const GAP: &str = "   ";

/// What it is and does; where; who drives it; and what it is labelled with.
pub(super) fn lines(item: &Item, model: &View, width: usize) -> Vec<Line<'static>> {
    let sight = &item.sight;
    let now = model.now;
    let cut = |text: String| shortened(&text, width, Cut::End, model.glyphs.ellipsis());
    let mut what = sight.condition.word().to_owned();
    if let Some(report) = &sight.status.activity {
        what = format!("{what}, since {}", ago(report.since, now));
    }
    if let Some(note) = sight.note() {
        what = format!("{what}: {}", Escaped(note));
    }
    let name = format!(" {}", item.texts.name);
    let room = width.saturating_sub(name.width() + GAP.len());
    let what = shortened(&what, room, Cut::End, model.glyphs.ellipsis());
    let bold = Style::new().add_modifier(Modifier::BOLD);
    vec![
        Line::from(vec![
            Span::styled(name, bold),
            Span::raw(GAP),
            Span::styled(what, style(sight.condition)),
        ]),
        Line::from(cut(joined(place(item)))),
        Line::from(cut(joined(driver(item, model)))),
        Line::from(cut(joined(labels(item, model)))),
    ]
}

fn joined(parts: Vec<String>) -> String {
    format!(" {}", parts.join(GAP))
}

fn place(item: &Item) -> Vec<String> {
    let config = item.sight.status.session.config();
    let mut parts = vec![item.texts.project.clone()];
    if item.sight.is_missing {
        parts.push("(missing)".to_owned());
    }
    let model = [&config.provider, &config.model];
    let model = model
        .into_iter()
        .flatten()
        .map(|text| Escaped(text).to_string());
    let model: Vec<_> = model.collect();
    if !model.is_empty() {
        parts.push(model.join(" "));
    }
    parts
}

fn driver(item: &Item, model: &View) -> Vec<String> {
    let Some(owner) = &item.sight.status.owner else {
        return vec!["nobody drives it".to_owned()];
    };
    let who = item.sight.driver().unwrap_or_default();
    let host = Escaped(&owner.host).to_string();
    let place = if who.ends_with(&host) {
        String::new()
    } else {
        format!(" on {host}")
    };
    vec![format!(
        "{who}{place}, since {}",
        ago(owner.claimed_at, model.now)
    )]
}

fn labels(item: &Item, model: &View) -> Vec<String> {
    let session = &item.sight.status.session;
    let mut parts = Vec::new();
    if !item.texts.tags.is_empty() {
        parts.push(format!("tags {}", item.texts.tags));
    }
    if !item.texts.aliases.is_empty() {
        parts.push(item.texts.aliases.clone());
    }
    if let Some(Parent { id, relation, .. }) = session.parent() {
        let name = model
            .rows
            .name_of(id)
            .unwrap_or_else(|| describe::short(id));
        parts.push(format!("{relation} of {name}"));
    }
    parts.push(format!("revision {}", session.revision()));
    parts.push(describe::short(session.id()));
    parts
}
