//! A place in a list, bound to the query it came from.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::{Error, Result};
use crate::session::TextVisitor;

/// Where the next page of a list begins. Opaque; its text form may be handed to people and programs, and
/// works in other processes and later versions too. It names a place, not a number of rows: what is inserted or removed
/// meanwhile neither repeats a session nor skips one that stays where it is. Serde writes its text.
///
/// ```
/// use session_registry::{ProjectPath, Query, Session, SessionRegistry};
///
/// # fn main() -> session_registry::Result<()> {
/// let registry = SessionRegistry::in_memory()?;
/// for path in ["/work/a", "/work/b"] {
///     registry.register(Session::builder(ProjectPath::new(path)?).build())?;
/// }
/// let query = Query::new().limit(1);
/// let text = registry.list(&query)?.next.unwrap().to_string();
/// let second = registry.list(&query.clone().after(text.parse()?))?;
/// assert_eq!((second.items.len(), second.next), (1, None));
///
/// // It belongs to its query, whose limit may differ.
/// let other = query.descending().after(text.parse()?);
/// assert_eq!(registry.list(&other).unwrap_err().code(), "invalid_cursor");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Cursor {
    query: u64,
    place: Vec<u8>,
}

/// What the text form begins with: the version of what follows.
const VERSION: &str = "2";
/// The longest place: a folded name of 2 KiB that grew in folding, and an id.
const LONGEST_PLACE: usize = 16 * 1024;

impl Cursor {
    /// The place in the query with that fingerprint.
    pub(super) fn new(query: u64, place: &[u8]) -> Self {
        Self {
            query,
            place: place.to_vec(),
        }
    }

    /// The place, if it is one in the query with that fingerprint.
    pub(super) fn place_in(&self, query: u64) -> Result<&[u8]> {
        if self.query == query {
            return Ok(&self.place);
        }
        Err(invalid("it comes from another query"))
    }
}

fn invalid(problem: &str) -> Error {
    Error::InvalidCursor {
        problem: problem.to_owned(),
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{VERSION}{:016x}", self.query)?;
        self.place
            .iter()
            .try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl FromStr for Cursor {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let malformed = || invalid("it is malformed");
        let hex = text
            .strip_prefix(VERSION)
            .filter(|hex| hex.bytes().all(|byte| byte.is_ascii_hexdigit()))
            .filter(|hex| hex.len() % 2 == 0 && hex.len() <= 2 * LONGEST_PLACE)
            .ok_or_else(malformed)?;
        let (query, place) = hex.split_at_checked(16).ok_or_else(malformed)?;
        let place: Option<Vec<u8>> = (0..place.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(place.get(at..at + 2)?, 16).ok())
            .collect();
        Ok(Self {
            query: u64::from_str_radix(query, 16).map_err(|_| malformed())?,
            place: place.ok_or_else(malformed)?,
        })
    }
}

impl Serialize for Cursor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Cursor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(TextVisitor::new("a cursor"))
    }
}
