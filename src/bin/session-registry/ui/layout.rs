//! Where on the screen things are.

use ratatui::layout::Rect;

/// The least height that has room for details.
const DETAILS_FROM: u16 = 12;
const DETAILS: u16 = 4;
/// Below this width, who drives a session is not in the list, and below the next, neither are tags.
const DRIVER_FROM: u16 = 72;
const TAGS_FROM: u16 = 96;

/// A screen of this size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    width: u16,
    height: u16,
}

/// How wide the columns of the list are; none where there is no room for one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Widths {
    pub(super) state: usize,
    pub(super) name: usize,
    pub(super) project: usize,
    pub(super) driver: usize,
    pub(super) active: usize,
    pub(super) tags: usize,
}

impl Layout {
    pub(super) fn of((width, height): (u16, u16)) -> Self {
        Self { width, height }
    }

    /// One line of the screen, from its top.
    pub(super) fn line(self, at: u16) -> Rect {
        let height = u16::from(at < self.height);
        Rect::new(0, at.min(self.height), self.width, height)
    }

    pub(super) fn title(self) -> Rect {
        self.line(0)
    }

    pub(super) fn filter(self) -> Rect {
        self.line(1)
    }

    /// How many lines the list has.
    pub(super) fn list(self) -> usize {
        let rest = self.height.saturating_sub(3);
        let list = if self.height >= DETAILS_FROM {
            rest.saturating_sub(DETAILS + 1)
        } else {
            rest
        };
        usize::from(list)
    }

    /// The line of the list with this number.
    pub(super) fn row(self, number: usize) -> Rect {
        self.line(u16::try_from(number).unwrap_or(u16::MAX).saturating_add(2))
    }

    /// The line between the list and the details, and those of the details.
    pub(super) fn details(self) -> Option<(Rect, Rect)> {
        let top = self.height.checked_sub(DETAILS + 2)?;
        let is_there = self.height >= DETAILS_FROM;
        is_there.then(|| (self.line(top), Rect::new(0, top + 1, self.width, DETAILS)))
    }

    pub(super) fn last(self) -> Rect {
        self.line(self.height.saturating_sub(1))
    }

    /// All but the first and the last line.
    pub(super) fn middle(self) -> Rect {
        let top = 1.min(self.height);
        Rect::new(0, top, self.width, self.height.saturating_sub(2))
    }

    pub(super) fn widths(self) -> Widths {
        const GAPS: usize = 2;
        let width = usize::from(self.width).saturating_sub(1);
        let (state, active) = (13, if self.width < 50 { 0 } else { 11 });
        let driver = if self.width < DRIVER_FROM { 0 } else { 18 };
        let tags = if self.width < TAGS_FROM { 0 } else { width / 8 };
        let fixed = [state, active, driver, tags];
        let used: usize = fixed
            .iter()
            .filter(|width| **width > 0)
            .map(|width| width + GAPS)
            .sum();
        let rest = width.saturating_sub(used + GAPS);
        let name = rest * 2 / 5;
        Widths {
            state,
            name,
            project: rest.saturating_sub(name),
            driver,
            active,
            tags,
        }
    }
}
