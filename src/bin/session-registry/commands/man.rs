//! The manual.

use std::fs;
use std::path::PathBuf;

use clap::{Command, CommandFactory, ValueHint};
use clap_mangen::Man as Page;
use serde_json::json;

use crate::args::Args;
use crate::escape::Escaped;
use crate::failure::Failure;
use crate::output::Output;

/// Write the manual: a page for this program and one for each of its commands
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  session-registry man ~/.local/share/man/man1 && man session-registry-resume")]
pub(crate) struct Man {
    /// The directory to write the pages to, made if it is missing; those of the same names are overwritten
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    dir: PathBuf,
}

impl Man {
    pub(super) fn run(self, output: &mut Output) -> Result<(), Failure> {
        let mut command = Args::command().disable_help_subcommand(true);
        command.build();
        fs::create_dir_all(&self.dir).map_err(|source| Failure::File {
            action: "create",
            path: self.dir.clone(),
            source,
        })?;
        let mut pages = Vec::new();
        self.write(&command, &mut pages)?;
        for below in command.get_subcommands() {
            self.write(below, &mut pages)?;
        }
        let dir = self.dir.canonicalize().unwrap_or_else(|_| self.dir.clone());
        let value = json!({ "path": dir.to_string_lossy(), "pages": pages });
        output.answer(&value, |out| {
            let (count, dir) = (pages.len(), Escaped(dir.display()));
            writeln!(out, "wrote {count} pages to {dir}")
        })
    }

    fn write(&self, command: &Command, pages: &mut Vec<String>) -> Result<(), Failure> {
        let page = Page::new(command.clone());
        let name = page.get_filename();
        let path = self.dir.join(&name);
        let mut text = Vec::new();
        let written = page
            .render(&mut text)
            .and_then(|()| fs::write(&path, as_typed(&String::from_utf8_lossy(&text))));
        written.map_err(|source| Failure::File {
            action: "write",
            path,
            source,
        })?;
        pages.push(name);
        Ok(())
    }
}

/// Examples and tables stay in their lines.
fn as_typed(page: &str) -> String {
    const EXTRA: &str = ".SH EXTRA\n";
    let Some((before, after)) = page.split_once(EXTRA) else {
        return page.to_owned();
    };
    let end = after.find("\n.SH ").map_or(after.len(), |at| at + 1);
    let (extra, rest) = after.split_at(end);
    format!("{before}.SH NOTES\n.nf\n{extra}.fi\n{rest}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_ran_together_in_one_paragraph() {
        let page = ".SH NAME\nx\n.SH EXTRA\na\nb\n.SH VERSION\n1\n";
        assert_eq!(
            as_typed(page),
            ".SH NAME\nx\n.SH NOTES\n.nf\na\nb\n.fi\n.SH VERSION\n1\n"
        );
        assert_eq!(as_typed(".SH NAME\nx\n"), ".SH NAME\nx\n");
    }
}
