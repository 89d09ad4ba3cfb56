//! Text of the help, made as wide as the place it is shown in.
//!
//! In the source it is wrapped to suit the source: lines of one paragraph are joined here and filled anew. A row of a
//! term, two spaces or more and what it means keeps its column, and the commands under `Examples:` are
//! continued the way a shell reads them, so that they can be pasted.

use unicode_width::UnicodeWidthStr;

/// Where the meanings of terms begin when their own column would leave them no room.
const NARROW_COLUMN: usize = 6;
/// The least room for a meaning beside its term.
const LEAST_ROOM: usize = 26;

/// Fills the text anew, with lines of at most `width` cells where its words allow it.
pub(crate) fn filled(text: &str, width: usize) -> String {
    let mut out = Vec::new();
    for (number, section) in text.split("\n\n").enumerate() {
        if number > 0 {
            out.push(String::new());
        }
        let lines: Vec<_> = section.lines().collect();
        match lines.split_first() {
            Some((heading, commands)) if *heading == "Examples:" => {
                out.push((*heading).to_owned());
                commands
                    .iter()
                    .for_each(|line| out.extend(command(line, width)));
            }
            _ => paragraphs(&lines)
                .iter()
                .for_each(|part| out.extend(part.lines(width))),
        }
    }
    out.join("\n")
}

/// A word list and how it is indented: what is filled as one.
#[derive(Debug, PartialEq)]
struct Paragraph {
    indent: usize,
    /// What is explained, and in which column.
    term: Option<(String, usize)>,
    text: String,
}

impl Paragraph {
    fn lines(&self, width: usize) -> Vec<String> {
        let margin = " ".repeat(self.indent);
        let Some((term, column)) = &self.term else {
            return fill(&margin, &margin, &self.text, width);
        };
        if column + LEAST_ROOM > width {
            let narrow = " ".repeat(NARROW_COLUMN);
            let hanging = " ".repeat(self.indent + 2);
            let mut lines = fill(&margin, &hanging, term, width);
            lines.extend(fill(&narrow, &narrow, &self.text, width));
            return lines;
        }
        let (mut first, hanging) = (format!("{margin}{term}"), " ".repeat(*column));
        if first.width() + 2 > *column {
            let mut lines = fill(&margin, &" ".repeat(self.indent + 2), term, width);
            lines.extend(fill(&hanging, &hanging, &self.text, width));
            return lines;
        }
        first.extend(std::iter::repeat_n(' ', column - first.width()));
        fill(&first, &hanging, &self.text, width)
    }
}

fn paragraphs(lines: &[&str]) -> Vec<Paragraph> {
    let mut found: Vec<Paragraph> = Vec::new();
    for line in lines {
        let text = line.trim_start();
        let indent = line.len() - text.len();
        let row = text.split_once("  ").map(|(term, text)| {
            let text = text.trim_start();
            (term.to_owned(), line.len() - text.len(), text)
        });
        if let Some((term, column, text)) = row {
            let (term, text) = (Some((term, column)), text.to_owned());
            found.push(Paragraph { indent, term, text });
            continue;
        }
        match found.last_mut() {
            // What a term on a line of its own means.
            Some(last) if last.term.is_none() && indent > last.indent + 2 => {
                let term = std::mem::replace(&mut last.text, text.to_owned());
                last.term = Some((term, indent));
            }
            Some(last) if last.goes_on_at(indent) => {
                last.text.push(' ');
                last.text.push_str(text);
            }
            _ => found.push(Paragraph {
                indent,
                term: None,
                text: text.to_owned(),
            }),
        }
    }
    found
}

impl Paragraph {
    /// Whether a line with this indentation is more of it. A line that ends with a colon and is followed by
    /// something further in is a heading.
    fn goes_on_at(&self, indent: usize) -> bool {
        match &self.term {
            Some((_, column)) => indent == *column,
            None => indent == self.indent,
        }
    }
}

/// One line of a shell, or several with a backslash at the end of all but the last. A remark after it, set
/// off by three spaces or more, goes where there is room.
fn command(line: &str, width: usize) -> Vec<String> {
    if line.width() <= width {
        return vec![line.to_owned()];
    }
    let typed = line.trim_start();
    let margin = " ".repeat(line.len() - typed.len());
    let (typed, remark) = typed.split_once("   ").unwrap_or((typed, ""));
    let mut lines = Vec::new();
    if !remark.is_empty() {
        lines.extend(fill(
            &format!("{margin}# "),
            &format!("{margin}# "),
            remark.trim(),
            width,
        ));
    }
    let words = shell_words(typed);
    let mut lines_of_words = fill_words(
        &margin,
        &format!("{margin}    "),
        &words,
        width.saturating_sub(2),
    );
    if let Some((_, all_but_last)) = lines_of_words.split_last_mut() {
        all_but_last
            .iter_mut()
            .for_each(|line| line.push_str(" \\"));
    }
    lines.extend(lines_of_words);
    lines
}

/// Split at the spaces outside of quotes.
fn shell_words(line: &str) -> Vec<&str> {
    let mut quote = None;
    let is_between = |character: char| {
        match (quote, character) {
            (None, '\'' | '"') => quote = Some(character),
            (Some(open), _) if open == character => quote = None,
            _ => {}
        }
        quote.is_none() && character == ' '
    };
    line.split(is_between)
        .filter(|word| !word.is_empty())
        .collect()
}

/// The words of a text in lines, the first of which begins with `first` and the others with `hanging`.
pub(crate) fn fill(first: &str, hanging: &str, text: &str, width: usize) -> Vec<String> {
    let words: Vec<_> = text
        .split([' ', '\n'])
        .filter(|word| !word.is_empty())
        .collect();
    fill_words(first, hanging, &words, width)
}

fn fill_words(first: &str, hanging: &str, words: &[&str], width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = first.to_owned();
    let mut is_begun = false;
    for word in words {
        if is_begun && line.width() + 1 + word.width() > width {
            lines.push(std::mem::replace(&mut line, hanging.to_owned()));
            is_begun = false;
        }
        if is_begun {
            line.push(' ');
        }
        line.push_str(word);
        is_begun = true;
    }
    if is_begun {
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hand_wrapped_lines_are_filled_anew() {
        let text = "\
Naming it:
  The first of these that fits
  decides.

  term  what it
        means
  a longer term, and another
        something";
        assert_eq!(
            filled(text, 80),
            "\
Naming it:
  The first of these that fits decides.

  term  what it means
  a longer term, and another
        something"
        );
        assert_eq!(
            filled(text, 20),
            "\
Naming it:
  The first of these
  that fits decides.

  term
      what it means
  a longer term, and
    another
      something"
        );
    }

    #[test]
    fn a_long_example_is_continued_as_a_shell_reads_it() {
        let text =
            "Examples:\n  tool resume . -- sh -c 'echo \"a b c d\"'   with a remark\n  tool list";
        assert_eq!(
            filled(text, 30),
            "\
Examples:
  # with a remark
  tool resume . -- sh -c \\
      'echo \"a b c d\"'
  tool list"
        );
        assert_eq!(filled(text, 80), text);
    }
}
