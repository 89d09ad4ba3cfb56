//! With which right a session is closed.

/// Who closes a session, and so whose claim may stand in the way: for
/// [`SessionRegistry::close_session_with`](crate::SessionRegistry::close_session_with).
///
/// ```
/// use session_registry::CloseAs;
///
/// assert_eq!(CloseAs::default(), CloseAs::Anybody);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CloseAs {
    /// Anybody: the claim of another handle whose owner is not proven dead stands in the way.
    #[default]
    Anybody,
    /// Who has the present claim, or was told its [epoch](crate::Claim::epoch), whichever process that is: one
    /// that the owner started, for instance. Any other claim, and none, stands in the way.
    Holder(u64),
    /// Somebody who knows better: an owner of whom nobody can tell whether it lives stands not in the way. One
    /// that is alive does.
    EvenUnknown,
}
