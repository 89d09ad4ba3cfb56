//! The sessions that every competitor keeps: made from a number, so that nobody has to remember a million
//! of them, and shaped like those of a coding agent.

use std::sync::atomic::{AtomicU64, Ordering};

use session_registry::{ProjectPath, Session, SessionConfig, SessionId, SessionName, Timestamp};
use uuid::Builder;

use crate::Outcome;

const NOUNS: [&str; 8] = [
    "harbor", "lantern", "meadow", "orchard", "pioneer", "quartz", "ridge", "saffron",
];
const TEAMS: [&str; 4] = ["backend", "platform", "research", "web"];
/// 2025-01-01.
const FIRST_BEGAN: i64 = 1_735_689_600_000_000;

/// The numbers that no fill uses: sessions that measured work registers.
static FRESH: AtomicU64 = AtomicU64::new(1 << 32);
/// The numbers of sessions that nobody ever registers.
const NOWHERE: u64 = 1 << 48;

/// By what a session is looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    Id,
    Path,
    Name,
}

impl By {
    pub const ALL: [Self; 3] = [Self::Id, Self::Path, Self::Name];

    pub fn label(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Path => "path",
            Self::Name => "name",
        }
    }
}

/// What is needed to look a session up, made before the clock starts.
pub struct Key {
    pub id: SessionId,
    pub path: ProjectPath,
    pub name: String,
}

/// Session `number`, always the same.
pub fn session(number: u64) -> Outcome<Session> {
    let noun = pick(&NOUNS, number);
    let key = key(number)?;
    Ok(Session::builder(key.path)
        .id(key.id)
        .name(SessionName::new(key.name)?)
        .config(
            SessionConfig::new()
                .provider("anthropic")
                .model("claude-opus-4-20250514"),
        )
        .metadata("branch", format!("feature/{noun}-{}", number % 97))
        .metadata("theme", "solarized-dark")
        .created_at(began(number))
        .build())
}

/// The key of session `number`.
pub fn key(number: u64) -> Outcome<Key> {
    let (noun, team) = (pick(&NOUNS, number), pick(&TEAMS, number / 8));
    let random = u128::from(mix(number)) << 64 | u128::from(mix(!number));
    let id = Builder::from_random_bytes(random.to_be_bytes()).into_uuid();
    Ok(Key {
        id: SessionId::from(id),
        path: ProjectPath::new(format!("/home/dev/work/{team}/{noun}-{number}"))?,
        name: format!("{noun} {number}"),
    })
}

/// A key that no session has.
pub fn missing_key(number: u64) -> Outcome<Key> {
    key(NOWHERE + number)
}

/// Takes `count` numbers that nobody has used, and answers the first.
pub fn fresh(count: u64) -> u64 {
    FRESH.fetch_add(count, Ordering::Relaxed)
}

/// Sessions `first`, `first + 1`, ….
pub fn sessions(first: u64, count: u64) -> Outcome<Vec<Session>> {
    (first..first + count).map(session).collect()
}

fn began(number: u64) -> Timestamp {
    let after = i64::try_from(number % (1 << 40)).unwrap_or(0) * 1_000_003;
    Timestamp::from_micros(FIRST_BEGAN + after)
}

fn pick<'a>(words: &[&'a str], number: u64) -> &'a str {
    let count = words.len() as u64;
    let index = usize::try_from(number % count).unwrap_or(0);
    words.get(index).copied().unwrap_or_default()
}

/// SplitMix64.
fn mix(number: u64) -> u64 {
    let mut z = number
        .wrapping_mul(0x9E37_79B9_7F4A_7C15)
        .wrapping_add(0x1234_5678);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}
