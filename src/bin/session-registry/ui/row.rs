//! One session in a line of the list.

use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::layout::Widths;
use super::rows::Item;
use super::state::View;
use crate::condition::Condition;
use crate::table::{Cut, shortened};
use crate::time::ago;

const GAP: &str = "  ";

pub(super) fn line(item: &Item, model: &View, widths: Widths) -> Line<'static> {
    let sight = &item.sight;
    let session = &sight.status.session;
    let ellipsis = model.glyphs.ellipsis();
    let (mark, word) = if item.is_removed {
        (model.glyphs.pick("∅", "0"), "removed")
    } else {
        (sight.condition.mark(model.glyphs), sight.condition.word())
    };
    let base = if session.state().is_open() && !item.is_removed {
        Style::new()
    } else {
        Style::new().add_modifier(Modifier::DIM)
    };
    let mut spans = vec![Span::raw(" ")];
    let mut add = |text: &str, hits: &[u32], width: usize, cut: Cut, style: Style| {
        if width == 0 {
            return;
        }
        let kept = shortened(text, width, cut, ellipsis);
        let missing = width.saturating_sub(kept.width());
        spans.extend(underlined(text, &kept, hits, cut, ellipsis, style));
        spans.push(Span::raw(" ".repeat(missing) + GAP));
    };
    add(
        &format!("{mark} {word}"),
        &[],
        widths.state,
        Cut::End,
        style(sight.condition),
    );
    let mut name = item.texts.name.clone();
    for (has, sign) in [
        (session.is_pinned(), model.glyphs.pin()),
        (sight.is_default, model.glyphs.star()),
    ] {
        if has {
            name = format!("{name} {sign}");
        }
    }
    add(&name, &item.hits.name, widths.name, Cut::End, base);
    let mut project = item.texts.project.clone();
    if sight.is_missing {
        project.push_str(" (missing)");
    }
    add(
        &project,
        &item.hits.project,
        widths.project,
        Cut::Path,
        base,
    );
    let driver = sight.driver().unwrap_or_else(|| "-".to_owned());
    add(&driver, &[], widths.driver, Cut::End, base);
    let active = ago(session.last_active_at(), model.now);
    add(&active, &[], widths.active, Cut::End, base);
    add(
        &item.texts.tags,
        &item.hits.tags,
        widths.tags,
        Cut::End,
        base,
    );
    Line::from(spans)
}

/// The colours of lists.
pub(super) fn style(condition: Condition) -> Style {
    let color = match condition {
        Condition::Working | Condition::Running => Color::Green,
        Condition::Waiting => Color::Yellow,
        Condition::Failed | Condition::Interrupted => Color::Red,
        Condition::Unknown | Condition::Gone => Color::Magenta,
        Condition::Closed => return Style::new().add_modifier(Modifier::DIM),
        Condition::Idle | Condition::Open => return Style::new(),
    };
    Style::new().fg(color)
}

/// What was kept of a text, with lines under the characters that fit.
fn underlined(
    text: &str,
    kept: &str,
    hits: &[u32],
    cut: Cut,
    ellipsis: &str,
    style: Style,
) -> Vec<Span<'static>> {
    if hits.is_empty() {
        return vec![Span::styled(kept.to_owned(), style)];
    }
    let clusters = kept.graphemes(true).count();
    let (signs, lost) = match cut {
        _ if kept == text => (0, 0),
        // The end is there, behind the sign of what is not.
        Cut::Path => {
            let signs = ellipsis.graphemes(true).count();
            let lost = text.graphemes(true).count() + signs;
            (signs, lost.saturating_sub(clusters))
        }
        Cut::End => (0, 0),
    };
    let is_hit = |at: usize| {
        let original = (at + lost)
            .checked_sub(signs)
            .and_then(|at| u32::try_from(at).ok());
        at >= signs && original.is_some_and(|at| hits.contains(&at))
    };
    let clusters = kept.graphemes(true).enumerate();
    let spans = clusters.map(|(at, cluster)| {
        let style = if is_hit(at) {
            style.add_modifier(Modifier::UNDERLINED)
        } else {
            style
        };
        Span::styled(cluster.to_owned(), style)
    });
    spans.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(text: &str, width: usize, hits: &[u32], cut: Cut) -> String {
        let kept = shortened(text, width, cut, "…");
        let spans = underlined(text, &kept, hits, cut, "…", Style::new());
        let marked = spans.iter().map(|span| {
            if span.style.add_modifier.contains(Modifier::UNDERLINED) {
                format!("[{}]", span.content)
            } else {
                span.content.to_string()
            }
        });
        marked.collect()
    }

    #[test]
    fn what_fits_is_underlined_also_in_a_text_that_was_cut() {
        assert_eq!(marked("parser", 9, &[0, 2], Cut::End), "[p]a[r]ser");
        assert_eq!(marked("parser", 4, &[0, 5], Cut::End), "[p]ar…");
        assert_eq!(
            marked("~/src/wt/login", 10, &[2, 6, 13], Cut::Path),
            "…/[w]t/logi[n]"
        );
        assert_eq!(marked("größe", 5, &[2], Cut::End), "gr[ö]ße");
    }
}
