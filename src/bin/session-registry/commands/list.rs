//! Listing sessions.

use std::path::{Path, PathBuf};

use clap::ValueHint;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use serde::Serialize;
use session_registry::{
    Alias, Cursor, Error, Order, Page, ProjectPath, Query, Session, Snapshot, StateFilter,
};

use super::listing::{self, Last};
use super::session_options::{pair, tags};
use crate::current_dir;
use crate::failure::Failure;
use crate::finding;
use crate::hint;
use crate::lineage;
use crate::locate::Locator;
use crate::output::Output;
use crate::place::elsewhere;

/// List the open sessions, oldest first
///
/// All of them, unless --limit or --page asks for one page.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  session-registry list
  session-registry list --state any --order active --desc --limit 20
  session-registry list --under ~/work --name api --meta branch=main
  session-registry list --tag review --roots
  session-registry list --json | jq -r '.sessions[].project_path'
  session-registry list --ndjson --tag review
  session-registry list --json --page | jq -r .next")]
pub(crate) struct List {
    /// Which sessions
    #[arg(long, value_parser = states(), default_value_t)]
    state: StateFilter,

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

    /// By what to order them
    #[arg(long, value_parser = orders(), default_value_t)]
    order: Order,

    /// The last first
    #[arg(long)]
    desc: bool,

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

/// The words of the library.
fn states() -> impl TypedValueParser<Value = StateFilter> {
    PossibleValuesParser::new(["open", "closed", "any"]).try_map(|word| word.parse::<StateFilter>())
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
    sessions: &'a [Session],
    next: Option<&'a str>,
    revision: u64,
}

impl List {
    pub(super) fn run(self, locator: &Locator, output: &mut Output) -> Result<(), Failure> {
        let query = self.query(locator)?;
        let alias = self.alias.as_ref().map(Alias::new).transpose();
        let alias = alias.map_err(Error::from)?;
        let snapshot = match locator.look_at_existing()? {
            Some(registry) => Some(registry.snapshot()?),
            None => None,
        };
        let page = match (&snapshot, alias) {
            (Some(snapshot), Some(alias)) => self.called(snapshot, query, &alias)?,
            (Some(snapshot), None) if self.is_one_page() => snapshot.list(&query)?,
            (Some(snapshot), None) => all(snapshot, &query)?,
            (None, _) => Page::default(),
        };
        let revision = snapshot.map_or(Ok(0), |snapshot| snapshot.revision())?;
        let next = page.next.as_ref().map(ToString::to_string);
        let sessions = page.items;
        if self.ndjson {
            output.lines(&sessions)?;
        } else {
            let value = PageReport {
                sessions: &sessions,
                next: next.as_deref(),
                revision,
            };
            output.answer(&value, |out| listing::write(out, &sessions, self.last()))?;
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

    /// The one of that alias, if the query lists it.
    fn called(
        &self,
        snapshot: &Snapshot,
        mut query: Query,
        alias: &Alias,
    ) -> Result<Page, Failure> {
        let mut page = Page::default();
        let Some(session) = snapshot.lookup_by_alias(alias)? else {
            return Ok(page);
        };
        if self.project.is_none() {
            query = query.path(session.project_path().clone());
        }
        for listed in snapshot.pages(&query) {
            let listed = listed?.into_iter();
            page.items
                .extend(listed.filter(|listed| listed.id() == session.id()));
        }
        Ok(page)
    }

    fn is_one_page(&self) -> bool {
        self.page || self.limit.is_some()
    }

    fn query(&self, locator: &Locator) -> Result<Query, Failure> {
        let mut query = Query::new().state(self.state).order(self.order);
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
        Ok(query.limit(self.limit.unwrap_or(if self.page {
            Query::DEFAULT_LIMIT
        } else {
            Query::MAX_LIMIT
        })))
    }

    fn last(&self) -> Last {
        match (self.state, self.order) {
            (StateFilter::Open, Order::LastActive) => Last::Active,
            (StateFilter::Open, _) => Last::Updated,
            _ => Last::State,
        }
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

/// Every page, of one moment.
fn all(snapshot: &Snapshot, query: &Query) -> Result<Page, Failure> {
    let mut all = Page::default();
    for page in snapshot.pages(query) {
        all.items.extend(page?);
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use clap::{Args, Command, FromArgMatches};

    use super::*;

    /// What is listed, with these arguments.
    fn parsed(arguments: &[&str]) -> Option<(StateFilter, Order)> {
        let words = ["list"].iter().chain(arguments);
        let matches = List::augment_args(Command::new("list")).try_get_matches_from(words);
        let list = List::from_arg_matches(&matches.ok()?).ok()?;
        Some((list.state, list.order))
    }

    #[test]
    fn every_word_of_the_library_can_be_typed() {
        use StateFilter::{Any, Closed, Open};
        assert_eq!(parsed(&[]), Some((Open, Order::Created)));
        for state in [Open, Closed, Any] {
            let word = state.as_str();
            assert_eq!(parsed(&["--state", word]), Some((state, Order::Created)));
        }
        for order in [
            Order::Created,
            Order::LastActive,
            Order::Updated,
            Order::Name,
        ] {
            assert_eq!(parsed(&["--order", order.as_str()]), Some((Open, order)));
        }
        let active = Some((Open, Order::LastActive));
        assert_eq!(parsed(&["--order", "active"]), active);
        assert_eq!(parsed(&["--order", "Name"]), None);
        assert_eq!(parsed(&["--state", "all"]), None);
    }
}
