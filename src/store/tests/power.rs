//! The images a power cut could leave of a [`Disk`](super::disk::Disk).

use super::disk::{Event, Loss};

const SECTOR: usize = 512;

/// Which of the writes since the last sync a cut keeps. All but the first two and the last are drawn
/// per sector, and per resize.
#[derive(Clone, Copy, Debug)]
pub(super) enum Cut {
    Nothing,
    Everything,
    Half,
    Most,
    Few,
    /// Half of the sectors, the engine's header among them.
    Header,
    /// Everything but the header.
    AllButHeader,
    /// Everything up to some moment.
    Prefix,
}

impl Cut {
    pub(super) const ALL: [Self; 8] = [
        Self::Nothing,
        Self::Everything,
        Self::Half,
        Self::Most,
        Self::Few,
        Self::Header,
        Self::AllButHeader,
        Self::Prefix,
    ];

    fn keeps(self, at: usize, random: &mut fastrand::Rng) -> bool {
        match self {
            Self::Nothing => false,
            Self::Everything | Self::Prefix => true,
            Self::Half => random.bool(),
            Self::Most => random.u8(..8) != 0,
            Self::Few => random.u8(..8) == 0,
            Self::Header => at < SECTOR || random.bool(),
            Self::AllButHeader => at >= SECTOR,
        }
    }

    fn keeps_resize(self, random: &mut fastrand::Rng) -> bool {
        match self {
            Self::Nothing => false,
            Self::Everything | Self::Prefix => true,
            _ => random.bool(),
        }
    }
}

/// A walk along what happened to a disk, with what is certainly on it at each moment.
pub(super) struct Walk<'a> {
    events: &'a [Event],
    durable: Vec<u8>,
    /// Where the events since the last sync begin.
    unsynced: usize,
    at: usize,
    /// How many calls have returned so far.
    pub(super) acknowledged: usize,
}

impl<'a> Walk<'a> {
    pub(super) fn new(start: Vec<u8>, events: &'a [Event]) -> Self {
        Self {
            events,
            durable: start,
            unsynced: 0,
            at: 0,
            acknowledged: 0,
        }
    }

    /// Goes on to the next moment at which a cut differs from one before; `false` at the end. What a
    /// failed sync lost is drawn here.
    pub(super) fn step(&mut self, random: &mut fastrand::Rng) -> bool {
        let Some(event) = self.events.get(self.at) else {
            return false;
        };
        match event {
            Event::Write { .. } | Event::Resize(_) => {}
            Event::Acknowledged => self.acknowledged += 1,
            Event::Synced => self.settle(Cut::Everything, random),
            Event::SyncFailed(Loss::Everywhere) => self.settle(Cut::Nothing, random),
            Event::SyncFailed(Loss::FromDisk) => {
                let kept = [Cut::Nothing, Cut::Half, Cut::Everything];
                let kept = kept[random.usize(..kept.len())];
                self.settle(kept, random);
            }
        }
        self.at += 1;
        true
    }

    pub(super) fn walk_to_the_end(&mut self, random: &mut fastrand::Rng) {
        while self.step(random) {}
    }

    /// Whether nothing was written since the last sync, so that all cuts leave the same.
    pub(super) fn is_synced(&self) -> bool {
        self.pending()
            .iter()
            .all(|event| matches!(event, Event::Acknowledged))
    }

    fn pending(&self) -> &'a [Event] {
        &self.events[self.unsynced..self.at]
    }

    pub(super) fn image(&self, cut: Cut, random: &mut fastrand::Rng) -> Vec<u8> {
        let mut image = self.durable.clone();
        let pending = self.pending();
        let count = match cut {
            Cut::Prefix => random.usize(..=pending.len()),
            _ => pending.len(),
        };
        for event in &pending[..count] {
            match event {
                Event::Resize(len) if cut.keeps_resize(random) => image.resize(*len, 0),
                Event::Write { at, bytes } => keep_sectors(&mut image, *at, bytes, cut, random),
                _ => {}
            }
        }
        image
    }

    /// Ends what was pending: resizes happen, of the writes `cut` decides.
    fn settle(&mut self, cut: Cut, random: &mut fastrand::Rng) {
        for event in self.pending() {
            match event {
                Event::Resize(len) => self.durable.resize(*len, 0),
                Event::Write { at, bytes } => {
                    keep_sectors(&mut self.durable, *at, bytes, cut, random);
                }
                _ => {}
            }
        }
        self.unsynced = self.at + 1;
    }
}

fn keep_sectors(image: &mut [u8], at: usize, bytes: &[u8], cut: Cut, random: &mut fastrand::Rng) {
    for (number, sector) in bytes.chunks(SECTOR).enumerate() {
        let at = at + number * SECTOR;
        if !cut.keeps(at, random) {
            continue;
        }
        if let Some(target) = image.get_mut(at..at + sector.len()) {
            target.copy_from_slice(sector);
        }
    }
}
