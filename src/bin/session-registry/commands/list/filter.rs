//! Which of the sessions are listed.

use clap::ValueEnum;
use clap::builder::PossibleValue;
use session_registry::{Liveness, Query, SessionStatus, StateFilter};

use crate::condition::Condition;

/// Open, closed, or what a session is up to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Filter {
    #[default]
    Open,
    Closed,
    All,
    /// Somebody who lives drives it, whatever that does.
    Running,
    Only(Condition),
}

impl ValueEnum for Filter {
    fn value_variants<'a>() -> &'a [Self] {
        use Condition::{Failed, Gone, Idle, Interrupted, Unknown, Waiting, Working};
        const {
            &[
                Self::Open,
                Self::Running,
                Self::Only(Working),
                Self::Only(Waiting),
                Self::Only(Idle),
                Self::Only(Failed),
                Self::Only(Interrupted),
                Self::Only(Unknown),
                Self::Only(Gone),
                Self::Closed,
                Self::All,
            ]
        }
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(match self {
            Self::Open => PossibleValue::new("open"),
            Self::Closed => PossibleValue::new("closed"),
            Self::All => PossibleValue::new("all").alias(StateFilter::Any.as_str()),
            Self::Running => PossibleValue::new("running"),
            Self::Only(condition) => PossibleValue::new(condition.word()),
        })
    }
}

impl Filter {
    /// The query for those that may fit.
    pub(super) fn narrow(self, query: Query) -> Query {
        use Condition::{Closed, Failed, Gone, Idle, Interrupted, Unknown, Waiting, Working};
        let open = || query.clone().state(StateFilter::Open);
        match self {
            Self::Closed | Self::Only(Closed) => query.state(StateFilter::Closed),
            // Those are among the closed ones, too.
            Self::All | Self::Only(Interrupted) => query.state(StateFilter::Any),
            Self::Running | Self::Only(Working | Waiting | Idle | Failed) => {
                open().driven(Liveness::Alive)
            }
            Self::Only(Unknown) => open().driven(Liveness::Unknown),
            Self::Open | Self::Only(Gone | Condition::Running | Condition::Open) => open(),
        }
    }

    /// Whether it may fit, before anybody has looked for its directory.
    pub(super) fn may_fit(self, status: &SessionStatus) -> bool {
        [false, true]
            .iter()
            .any(|is_missing| self.fits(Condition::of(status, *is_missing)))
    }

    pub(super) fn fits(self, condition: Condition) -> bool {
        match self {
            Self::Only(only) => only == condition,
            _ => true,
        }
    }
}
