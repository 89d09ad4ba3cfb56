//! What owners say that they do, and what others say of them.

use session_registry::{Activity, Claim, Report, SessionId, SessionRegistry};

use super::World;
use super::steps::checked;
use crate::shared::rules::Checked;
use crate::support::refusal::Refusal;

const ACTIVITIES: [Activity; 2] = [Activity::Working, Activity::Waiting];
const NOTES: [&str; 3] = ["", "reads", "writes"];

impl World {
    /// Reports of a session, as its hook does: of the present claim, of any, or of one that is over.
    pub(super) fn report(&mut self, registry: &SessionRegistry, id: SessionId) -> String {
        let present = self.model.content.claims.get(&id).copied();
        let of = match self.rng.u8(..3) {
            0 => None,
            1 => present,
            _ => Some(present.map_or(1, |epoch| epoch - 1)),
        };
        let (report, said) = self.said();
        let report = match of {
            Some(epoch) => report.epoch(epoch),
            None => report,
        };
        let expected = self.model.report(id, said, of);
        let found = checked(registry.report(id, report));
        self.agree("report", &found, &expected);
        format!("report {said:?} of {id}, of claim {of:?}: {expected:?}")
    }

    /// Reports through a claim, whether it holds or not.
    pub(super) fn report_by(&mut self, at: usize) -> &'static str {
        let (of, epoch) = (self.hands[at].id, self.hands[at].epoch);
        let (report, said) = self.said();
        let expected: Checked<()> = if self.model.holds(of, epoch) {
            self.model.report(of, said, None)
        } else {
            Err(Refusal::Other("ownership_lost"))
        };
        let claim: &Claim = &self.hands[at].claim;
        let found = checked(claim.report(report));
        self.agree("report by the owner", &found, &expected);
        "report through"
    }

    fn said(&mut self) -> (Report, (Activity, Option<&'static str>)) {
        let activity = ACTIVITIES[self.rng.usize(..ACTIVITIES.len())];
        let note = NOTES[self.rng.usize(..NOTES.len())];
        let report = Report::new(activity).note(note);
        (
            report,
            (activity, Some(note).filter(|note| !note.is_empty())),
        )
    }
}
