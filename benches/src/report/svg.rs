//! Bar charts as SVG, with a background of their own, so that they can be read on light and dark pages.

use std::fmt::Write;

/// Bars under one heading.
pub struct Group {
    pub heading: String,
    pub bars: Vec<Bar>,
}

pub struct Bar {
    pub label: &'static str,
    pub color: &'static str,
    pub value: f64,
    /// The value as people read it.
    pub shown: String,
}

/// How a length follows from a value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    Linear,
    /// Each step of the grid is ten times the one before.
    Logarithmic,
}

pub struct Chart {
    pub title: String,
    /// What the bars are, which direction is good, and where they come from.
    pub notes: Vec<String>,
    pub scale: Scale,
    pub groups: Vec<Group>,
}

const WIDTH: f64 = 760.0;
const LEFT: f64 = 210.0;
const RIGHT: f64 = 110.0;
const ROW: f64 = 20.0;
const HEADING: f64 = 30.0;

impl Chart {
    pub fn draw(&self) -> String {
        let top = 44.0 + 17.0 * count(self.notes.len());
        let rows: f64 = self
            .groups
            .iter()
            .map(|group| HEADING + ROW * count(group.bars.len()))
            .sum();
        let height = top + rows + 18.0;
        let mut svg = String::new();
        self.begin(&mut svg, height);
        let range = Range::of(self);
        let mut y = top;
        for group in &self.groups {
            text(&mut svg, 20.0, y + 19.0, "h", &group.heading);
            y += HEADING;
            for bar in &group.bars {
                let length = (WIDTH - LEFT - RIGHT) * range.part(bar.value);
                let (middle, color) = (y + 14.0, bar.color);
                let _ = write!(
                    svg,
                    "<text class=\"l\" x=\"{}\" y=\"{middle}\">{}</text>\
                     <rect x=\"{LEFT}\" y=\"{}\" width=\"{length:.1}\" height=\"14\" rx=\"2\" fill=\"{color}\"/>",
                    LEFT - 8.0,
                    escape(bar.label),
                    y + 3.0,
                );
                text(&mut svg, LEFT + length + 6.0, middle, "v", &bar.shown);
                y += ROW;
            }
        }
        svg.push_str("</svg>\n");
        svg
    }

    fn begin(&self, svg: &mut String, height: f64) {
        let _ = write!(
            svg,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" \
             width=\"{WIDTH}\" height=\"{height}\" role=\"img\" font-family=\"system-ui, -apple-system, \
             'Segoe UI', Helvetica, Arial, sans-serif\">\
             <title>{}</title>\
             <style>.t{{font-size:17px;font-weight:600;fill:#1f2328}}.n{{font-size:12px;fill:#59636e}}\
             .h{{font-size:13px;font-weight:600;fill:#1f2328}}\
             .l{{font-size:12px;fill:#1f2328;text-anchor:end}}.v{{font-size:12px;fill:#1f2328}}</style>\
             <rect width=\"{WIDTH}\" height=\"{height}\" rx=\"8\" fill=\"#ffffff\" stroke=\"#d1d9e0\"/>",
            escape(&self.title),
        );
        text(svg, 20.0, 30.0, "t", &self.title);
        let mut y = 50.0;
        for note in &self.notes {
            text(svg, 20.0, y, "n", note);
            y += 17.0;
        }
        svg.push('\n');
    }
}

/// From where to where the values go.
struct Range {
    scale: Scale,
    low: f64,
    high: f64,
}

impl Range {
    fn of(chart: &Chart) -> Self {
        let values = || {
            chart
                .groups
                .iter()
                .flat_map(|group| &group.bars)
                .map(|bar| bar.value)
        };
        let high = values().fold(f64::MIN_POSITIVE, f64::max);
        // The shortest bar of a logarithmic chart can still be seen.
        let low = match chart.scale {
            Scale::Linear => 0.0,
            Scale::Logarithmic => values().fold(high, f64::min) / 2.0,
        };
        Self {
            scale: chart.scale,
            low,
            high,
        }
    }

    fn part(&self, value: f64) -> f64 {
        let part = match self.scale {
            Scale::Linear => value / self.high,
            Scale::Logarithmic => (value / self.low).ln() / (self.high / self.low).ln(),
        };
        part.clamp(0.002, 1.0)
    }
}

fn text(svg: &mut String, x: f64, y: f64, class: &str, text: &str) {
    let _ = writeln!(
        svg,
        "<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\">{}</text>",
        escape(text)
    );
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[allow(clippy::cast_precision_loss, reason = "rows of a chart")]
fn count(rows: usize) -> f64 {
    rows as f64
}
