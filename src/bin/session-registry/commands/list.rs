//! Listing sessions.

mod filter;
mod last_line;
mod search;
mod template;
#[cfg(test)]
mod tests;

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::ValueHint;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use serde::Serialize;
use session_registry::{Alias, Cursor, Error, Order, ProjectPath, Query};

use filter::Filter;
use last_line::last_line;
use search::{Found, Search};
use template::Template;

use super::listing::Paper;
use super::session_options::{pair, tags};
use crate::current_dir;
use crate::entry::Entry;
use crate::failure::Failure;
use crate::field::Field;
use crate::finding;
use crate::hint;
use crate::lineage;
use crate::locate::Locator;
use crate::output::Output;
use crate::place::elsewhere;

/// List the sessions, who drives them, and what they are up to
///
/// The open ones, unless --state says otherwise; the most recently active first, in JSON the oldest first. All
/// of them, unless --limit or --page asks for one page. In a pipe: whole values, with tabs between them.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  session-registry list
  session-registry list --state waiting
  session-registry list --state all --limit 20
  session-registry list --under ~/work --name api --meta branch=main
  session-registry list --tag review --roots
  session-registry list --columns short-id,name,model,driven-by
  session-registry list --state gone --format '{id} {project}'
  session-registry list --json | jq -r '.sessions[].project_path'
  session-registry list --ndjson --tag review
  session-registry list --json --page | jq -r .next")]
pub(crate) struct List {
    /// Which sessions: `running` are all that somebody drives, `interrupted` also those that were closed because
    /// their owner died, `gone` those without a directory that nobody drives
    #[arg(long, value_enum, default_value_t, value_name = "STATE")]
    state: Filter,

    /// Only those whose project is this directory, path of another system, or URI, or inside it
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    under: Option<PathBuf>,

    /// Only those whose project is exactly this directory, path or URI
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    project: Option<PathBuf>,

    /// Only those with this tag; repeated: with all the tags
    #[arg(long)]
    tag: Vec<String>,

    /// Only the one that another system calls so
    #[arg(long, value_name = "NS:VALUE")]
    alias: Option<String>,

    /// Only those that come from this session: its id, or whole name, alias or path
    #[arg(long, value_name = "SESSION")]
    children_of: Option<String>,

    /// Only those that come from no other
    #[arg(long)]
    roots: bool,

    /// Only those whose name contains this, whatever its case
    #[arg(long, value_name = "TEXT")]
    name: Option<String>,

    /// Only those with this pair of metadata; repeated: with all the pairs
    #[arg(long, value_name = "KEY=VALUE", value_parser = pair)]
    meta: Vec<(String, String)>,

    /// By what to order them, the first or oldest first [default: the most recently active first; in JSON
    /// created]
    #[arg(long, value_parser = orders())]
    order: Option<Order>,

    /// The last or newest first
    #[arg(long)]
    desc: bool,

    /// Which columns, in this order
    #[arg(
        long,
        value_name = "COLUMNS",
        value_delimiter = ',',
        value_enum,
        hide_possible_values = true
    )]
    columns: Option<Vec<Field>>,

    /// A line for each session, with the fields in braces that --columns names too: '{name} {project}'
    #[arg(long, value_name = "TEMPLATE", conflicts_with_all = ["columns", "ndjson", "json"])]
    format: Option<Template>,

    /// One page of at most so many, 1 to 1000; where the next one begins is told on standard error
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    limit: Option<u32>,

    /// Go on after the page that told this cursor, of the same list
    #[arg(long, value_name = "CURSOR")]
    after: Option<String>,

    /// One page, of 50 unless --limit is given
    #[arg(long)]
    page: bool,

    /// Answer in JSON, one session a line
    #[arg(long)]
    pub(super) ndjson: bool,
}

/// The words of the library, one of them shortened.
fn orders() -> impl TypedValueParser<Value = Order> {
    const ACTIVE: &str = "active";
    let words = ["created", ACTIVE, "updated", "name"].map(|word| {
        let known = PossibleValue::new(word);
        if word == ACTIVE {
            known.alias(Order::LastActive.as_str())
        } else {
            known
        }
    });
    PossibleValuesParser::new(words).try_map(|word| match word.as_str() {
        ACTIVE => Ok(Order::LastActive),
        word => word.parse::<Order>(),
    })
}

#[derive(Serialize)]
struct PageReport<'a> {
    sessions: &'a [Entry<'a>],
    next: Option<&'a str>,
    /// From before it was listed: whoever watches from there misses nothing.
    revision: u64,
}

impl List {
    pub(super) fn run(self, locator: &Locator, output: &mut Output) -> Result<(), Failure> {
        let search = self.search(locator, output)?;
        let registry = locator.look_at_existing()?;
        let revision = registry.as_ref().map_or(Ok(0), |it| it.revision())?;
        let found = match &registry {
            Some(registry) => search.run(registry)?,
            None => Found::default(),
        };
        let next = found.next.as_ref().map(ToString::to_string);
        if self.ndjson {
            let entries: Vec<_> = found.sights.iter().map(Entry::from).collect();
            output.lines(&entries)?;
        } else {
            let paper = Paper::of_output();
            let last = match registry.filter(|_| output.is_for_people() && paper.is_terminal()) {
                Some(registry) => Some(last_line(&registry, self.state, found.sights.len())?),
                None => None,
            };
            let entries: Vec<_> = found.sights.iter().map(Entry::from).collect();
            let value = PageReport {
                sessions: &entries,
                next: next.as_deref(),
                revision,
            };
            output.answer(&value, |out| {
                self.write(out, &paper, &found, last.as_deref())
            })?;
        }
        // An answer has it.
        let is_told = !output.is_for_people() && !self.ndjson;
        if let Some(next) = next
            && !is_told
        {
            let more = hint::next_page(&next).unwrap_or_else(|| format!("--after {next}"));
            output.notice("more", &format!("more: {more}"), &[]);
        }
        Ok(())
    }

    fn write(
        &self,
        out: &mut dyn Write,
        paper: &Paper,
        found: &Found,
        last: Option<&str>,
    ) -> io::Result<()> {
        if let Some(template) = &self.format {
            let mut sights = found.sights.iter();
            return sights.try_for_each(|sight| writeln!(out, "{}", template.fill(sight)));
        }
        if found.sights.is_empty() && paper.is_terminal() {
            let nothing = "no sessions: session-registry register makes one of this directory";
            return writeln!(out, "{}", last.unwrap_or(nothing));
        }
        paper.write(out, &found.sights, self.columns.as_deref())?;
        last.map_or(Ok(()), |last| writeln!(out, "{last}"))
    }

    fn search(&self, locator: &Locator, output: &Output) -> Result<Search, Failure> {
        let alias = self.alias.as_ref().map(Alias::new).transpose();
        let usual = self.page.then_some(Query::DEFAULT_LIMIT);
        Ok(Search {
            query: self.query(locator, output)?,
            filter: self.state,
            limit: self.limit.or(usual),
            alias: alias.map_err(Error::from)?,
            has_project: self.project.is_some(),
        })
    }

    fn query(&self, locator: &Locator, output: &Output) -> Result<Query, Failure> {
        let is_for_people = output.is_for_people() && !self.ndjson;
        let mut query = self.state.narrow(Query::new());
        query = match self.order {
            Some(order) => query.order(order),
            None if is_for_people => query.order(Order::LastActive).descending(),
            None => query,
        };
        if self.desc {
            query = query.descending();
        }
        if let Some(directory) = &self.under {
            query = query.under(directory_of(directory)?);
        }
        if let Some(directory) = &self.project {
            query = query.path(directory_of(directory)?);
        }
        for tag in tags(&self.tag)? {
            query = query.tag(tag);
        }
        if let Some(parent) = &self.children_of {
            query = query.children_of(lineage::id_of(parent, locator)?);
        }
        if self.roots {
            query = query.roots();
        }
        if let Some(text) = &self.name {
            query = query.name_contains(text);
        }
        for (key, value) in &self.meta {
            query = query.metadata(key, value);
        }
        if let Some(cursor) = &self.after {
            query = query.after(cursor.parse::<Cursor>()?);
        }
        Ok(query)
    }
}

/// The place that is no local one; else the real directory, or one that is gone.
fn directory_of(path: &Path) -> Result<ProjectPath, Failure> {
    if let Some(place) = elsewhere(path) {
        return Ok(place.map_err(Error::from)?);
    }
    current_dir::check(path)?;
    let found = finding::project_paths(path).into_iter().next();
    let resolved = found.map_or_else(|| ProjectPath::resolve(path), Ok);
    Ok(resolved.map_err(Error::from)?)
}
