//! A short number for a long list of facts, the same in every program that is ever built.

/// A hash (FNV-1a, 64 bits) of tagged facts. Written out here, because cursors outlive programs: the
/// standard library's hashers promise nothing across versions.
pub(super) struct Fingerprint(u64);

impl Fingerprint {
    const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0000_0100_0000_01b3;

    pub(super) fn new() -> Self {
        Self(Self::OFFSET)
    }

    /// Adds one fact. Its tag and its length come first, so that no two lists of facts are the same bytes.
    pub(super) fn add(&mut self, tag: u8, fact: &[u8]) {
        let length = (fact.len() as u64).to_be_bytes();
        for byte in [tag].iter().chain(&length).chain(fact) {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(Self::PRIME);
        }
    }

    pub(super) fn finish(self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(facts: &[(u8, &str)]) -> u64 {
        let mut fingerprint = Fingerprint::new();
        for (tag, fact) in facts {
            fingerprint.add(*tag, fact.as_bytes());
        }
        fingerprint.finish()
    }

    #[test]
    fn the_number_never_changes() {
        // FNV-1a of the ten bytes 7, 0, 0, 0, 0, 0, 0, 0, 1, 97, as any other implementation has it.
        assert_eq!(of(&[(7, "a")]), 0x1fe7_29c1_9709_a088);
    }

    #[test]
    fn facts_do_not_run_into_each_other() {
        let all = [
            of(&[]),
            of(&[(1, "")]),
            of(&[(1, "ab")]),
            of(&[(2, "ab")]),
            of(&[(1, "a"), (1, "b")]),
            of(&[(1, ""), (1, "ab")]),
        ];
        let distinct = std::collections::BTreeSet::from(all);
        assert_eq!(distinct.len(), all.len());
    }
}
