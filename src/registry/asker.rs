//! Whom to ask: the registry as it is, or a snapshot of it.

use crate::error::Result;
use crate::store::{Call, Fault, Owners, PinnedView, View};

/// One call that asks several questions: those to the registry together wait until one deadline.
pub(super) struct Asker<'a> {
    asked: Asked<'a>,
    pub(super) owners: &'a Owners,
}

enum Asked<'a> {
    Present(Call<'a>),
    Pinned(&'a PinnedView),
}

impl<'a> Asker<'a> {
    pub(super) fn present(call: Call<'a>, owners: &'a Owners) -> Self {
        let asked = Asked::Present(call);
        Self { asked, owners }
    }

    pub(super) fn pinned(view: &'a PinnedView, owners: &'a Owners) -> Self {
        let asked = Asked::Pinned(view);
        Self { asked, owners }
    }

    pub(super) fn ask<T>(&self, question: impl Fn(&View) -> Result<T, Fault>) -> Result<T> {
        match &self.asked {
            Asked::Present(call) => call.read("read", question),
            Asked::Pinned(view) => view.read("read", question),
        }
    }
}
