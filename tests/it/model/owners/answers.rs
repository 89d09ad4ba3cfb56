//! What can be asked of all sessions, answered by looking at every one of them.

use session_registry::{Error, ProjectPath, Query, Session};

use super::World;
use super::steps::{NAMES, PATHS, numbered};
use crate::listing::pages::{ORDERS, STATES, directed, sorted, walk};
use crate::support::records::{ids, records};
use crate::support::values::path;

const TYPED: [&str; 16] = [
    "acp:a", "acp:", "a", "AP", "api t", "οδος", "ΟΔ", "w", "2", "222", "2222", "22220", "2222-1",
    "22222", "nobody", "",
];

fn folded(text: &str) -> String {
    text.to_lowercase().replace('ς', "σ")
}

/// The ids of the sessions that `query` means.
fn meant(all: &[Session], query: &str) -> Vec<String> {
    let printed = |session: &Session| session.id().to_string();
    let digits = |text: &str| text.replace('-', "").to_lowercase();
    if let Some(session) = all.iter().find(|session| printed(session) == query) {
        return vec![printed(session)];
    }
    let typed = digits(query);
    let is_prefix = typed.len() >= 4 && typed.bytes().all(|digit| digit.is_ascii_hexdigit());
    type Stage<'a> = Box<dyn Fn(&Session) -> bool + 'a>;
    let name = |session: &Session| session.name().as_str().to_owned();
    let stages: [Stage<'_>; 7] = [
        Box::new(|session| {
            session
                .aliases()
                .iter()
                .any(|alias| alias.as_str() == query)
        }),
        Box::new(|session| name(session) == query),
        Box::new(|session| {
            ProjectPath::new(query).is_ok_and(|path| session.project_path() == &path)
        }),
        Box::new(|session| session.aliases().iter().any(|alias| alias.value() == query)),
        Box::new(|session| is_prefix && digits(&printed(session)).starts_with(&typed)),
        Box::new(|session| folded(&name(session)) == folded(query)),
        Box::new(|session| !query.is_empty() && folded(&name(session)).starts_with(&folded(query))),
    ];
    for open in [true, false] {
        for stage in &stages {
            let mut fits: Vec<_> = all
                .iter()
                .filter(|session| session.state().is_open() == open && stage(session))
                .map(printed)
                .collect();
            if !fits.is_empty() {
                fits.sort();
                return fits;
            }
        }
    }
    Vec::new()
}

impl World {
    /// Asks a few of the questions at random.
    pub(super) fn ask(&mut self) {
        let registry = self.handles[self.rng.usize(..2)].clone();
        let all = records(&registry);
        let query = match self.rng.u8(..4) {
            0 => NAMES[self.rng.usize(..NAMES.len())].to_owned(),
            1 => PATHS[self.rng.usize(..PATHS.len())].to_owned(),
            2 => numbered(self.rng.u128(..12)).to_string(),
            _ => TYPED[self.rng.usize(..TYPED.len())].to_owned(),
        };
        let found = match registry.resolve(&query) {
            Ok(session) => vec![session.id().to_string()],
            Err(Error::NoMatch { .. }) => Vec::new(),
            Err(Error::Ambiguous { matches, total, .. }) => {
                assert_eq!(matches.len() as u64, total.min(10));
                let mut found: Vec<_> = matches.iter().map(|s| s.id().to_string()).collect();
                found.sort();
                found
            }
            Err(other) => panic!("{other:?}"),
        };
        let mut expected = meant(&all, &query);
        if expected.len() > 10 {
            expected.retain(|id| found.contains(id));
        }
        self.same(&found, &expected, &format!("resolve {query:?}"));

        let inside = PATHS[self.rng.usize(..PATHS.len())];
        let inside = path(inside).local_path().unwrap().join("x").join("y");
        let inside = ProjectPath::new(inside).unwrap();
        let containing = all
            .iter()
            .filter(|s| s.state().is_open() && inside.starts_with(s.project_path()))
            .max_by_key(|s| {
                let path = s.project_path().as_str();
                (path.len(), s.last_active_at(), s.id())
            })
            .cloned();
        let found = registry.lookup_containing(&inside).unwrap();
        self.same(&found, &containing, &format!("containing {inside}"));

        let (order, state) = (ORDERS[self.rng.usize(..4)], STATES[self.rng.usize(..3)]);
        let descending = self.rng.bool();
        let query = directed(Query::new().order(order).state(state), descending);
        let found = ids(&walk(&registry, &query, self.rng.u32(1..5)));
        let expected = ids(&sorted(&all, state, order, descending));
        self.same(&found, &expected, &format!("{query:?}"));
    }
}
