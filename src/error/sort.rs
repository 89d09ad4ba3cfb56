//! How errors are told apart by programs: a stable name, and what a caller can do.

use super::Error;

impl Error {
    /// Returns a stable, machine-readable name of the variant, in `snake_case`. `session_limit_reached`,
    /// `session_exists`, `project_already_open` and `not_found` are the names the Elixir registry
    /// used, so that programs which knew those keep working.
    ///
    /// ```
    /// use session_registry::{Error, SessionId};
    ///
    /// let error = "nonsense".parse::<SessionId>().map_err(Error::from).unwrap_err();
    /// assert_eq!(error.code(), "invalid_session_id");
    /// ```
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::InvalidSession(..) => "invalid_session",
            Self::InvalidSessionId(..) => "invalid_session_id",
            Self::InvalidSessionName(..) => "invalid_session_name",
            Self::InvalidProjectPath(..) => "invalid_project_path",
            Self::InvalidTimestamp(..) => "invalid_timestamp",
            Self::InvalidChoice(..) => "invalid_choice",
            Self::InvalidAlias(..) => "invalid_alias",
            Self::InvalidTag(..) => "invalid_tag",
            Self::InvalidNote(..) => "invalid_note",
            Self::InvalidProgram(..) => "invalid_program",
            Self::InvalidExtension { .. } => "invalid_extension",
            Self::LimitReached { .. } => "session_limit_reached",
            Self::InvalidLimit => "invalid_limit",
            Self::SessionExists { .. } => "session_exists",
            Self::ProjectAlreadyOpen { .. } => "project_already_open",
            Self::AliasTaken { .. } => "alias_taken",
            Self::BatchRefused { .. } => "batch_refused",
            Self::BatchTooLong { .. } => "batch_too_long",
            Self::NotFound { .. } => "not_found",
            Self::Conflict { .. } => "conflict",
            Self::SessionClosed { .. } => "session_closed",
            Self::AlreadyClaimed { .. } => "already_claimed",
            Self::NotClaimed { .. } => "not_claimed",
            Self::OwnershipLost { .. } => "ownership_lost",
            Self::OwnersFolder(..) => "owners_folder",
            Self::Ambiguous { .. } => "ambiguous",
            Self::NoMatch { .. } => "no_match",
            Self::InvalidQuery { .. } => "invalid_query",
            Self::InvalidCursor { .. } => "invalid_cursor",
            Self::EmptyPrunePolicy => "empty_prune_policy",
            Self::Busy { .. } => "busy",
            Self::InUse { .. } => "in_use",
            Self::Exhausted { .. } => "exhausted",
            Self::ForkedProcess => "forked",
            Self::Closed => "closed",
            Self::ReadOnly => "read_only",
            Self::SnapshotLost => "snapshot_lost",
            Self::MissingFile { .. } => "missing_file",
            Self::NotARegistry { .. } => "not_a_registry",
            Self::SchemaTooNew { .. } => "schema_too_new",
            Self::SchemaTooOld { .. } => "schema_too_old",
            Self::RecoveryNeeded { .. } => "recovery_needed",
            Self::IncompatiblePeer { .. } => "incompatible_peer",
            Self::SharingUnsupported { .. } => "sharing_unsupported",
            Self::Corrupted { .. } => "corrupted",
            Self::FileReplaced { .. } => "file_replaced",
            Self::TargetExists { .. } => "target_exists",
            Self::InvalidImport { .. } => "invalid_import",
            Self::ImportClash { .. } => "import_clash",
            Self::OutcomeUnknown(..) => "outcome_unknown",
            Self::Storage(..) => "storage",
        }
    }

    /// Returns whether the same call may succeed later without anything else being done: a peer is in the
    /// way ([`Busy`](Error::Busy), [`InUse`](Error::InUse)), or a view or a copy is out of date
    /// ([`Conflict`](Error::Conflict), [`SnapshotLost`](Error::SnapshotLost): read again first). Of a batch it is what
    /// the refusal of its operation says.
    ///
    /// ```
    /// use session_registry::{SessionId, SessionRegistry};
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let registry = SessionRegistry::in_memory()?;
    /// let error = registry.set_default_session(Some(SessionId::random())).unwrap_err();
    /// assert!(!error.is_retryable(), "an unknown id stays unknown");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Busy { .. } | Self::InUse { .. } | Self::Conflict { .. } | Self::SnapshotLost => {
                true
            }
            Self::BatchRefused { source, .. } => source.is_retryable(),
            _ => false,
        }
    }

    /// Returns whether the file itself is damaged, so that retrying will not help and a backup may be needed.
    /// Contention, I/O errors and files of another kind or version are never reported as damage.
    ///
    /// ```
    /// use session_registry::SessionRegistry;
    ///
    /// let directory = std::env::temp_dir();
    /// let error = SessionRegistry::open(directory).unwrap_err();
    /// assert!(!error.is_corruption(), "a directory is no registry, but not a damaged one");
    /// ```
    #[must_use]
    pub fn is_corruption(&self) -> bool {
        matches!(self, Self::Corrupted { .. })
    }
}
