//! What a child process can be told to be.

#[cfg(unix)]
use super::stopped;
use super::{bystander, creation, crowds, fresh, hammer, migrations, races, survival};
use crate::claims::{driver, restless, starters};
use crate::freshness::fresh as freshness;
use crate::support::child::Parent;
#[cfg(unix)]
use crate::surroundings::{descriptors, forks, length};
#[cfg(unix)]
use crate::waiting::waiter;
use crate::{damage, feed, reading};
#[cfg(unix)]
use crate::{full_disk, world};

type Role = (&'static str, fn(&Parent));

const ROLES: &[Role] = &[
    ("bystander", bystander::bystander),
    ("contender", races::contender),
    #[cfg(unix)]
    ("cramped_creator", full_disk::cramped_creator),
    #[cfg(unix)]
    ("cramped_migrator", full_disk::cramped_migrator),
    ("creator", creation::creator),
    #[cfg(unix)]
    ("daemon", descriptors::daemon),
    ("driver", driver::driver),
    ("dweller", reading::dweller),
    ("examiner", damage::examiner::examiner),
    ("feed_mirror", feed::mirror::mirror),
    ("feed_restless", feed::mirror::restless),
    ("feed_watcher", feed::kills::watcher),
    ("feed_writer", feed::writer::writer),
    #[cfg(unix)]
    ("filler", full_disk::filler),
    #[cfg(unix)]
    ("forker", forks::forker),
    ("fresh_reader", freshness::reader),
    ("fresh_writer", freshness::writer),
    #[cfg(unix)]
    ("grower", length::grower),
    ("hammer", hammer::hammer),
    #[cfg(unix)]
    ("header_holder", reading::header_holder),
    #[cfg(unix)]
    ("holder", stopped::holder),
    ("migrator", migrations::migrator),
    ("mirror", fresh::mirror),
    #[cfg(unix)]
    ("onlooker", reading::onlooker),
    #[cfg(unix)]
    ("puppet", world::puppet::puppet),
    ("reader", survival::reader),
    ("registrar", survival::registrar),
    #[cfg(unix)]
    ("rememberer", forks::rememberer),
    #[cfg(unix)]
    ("reopener", forks::reopener),
    #[cfg(unix)]
    ("replaced", forks::replaced),
    ("restless", restless::restless),
    ("rival", crowds::rival),
    #[cfg(unix)]
    ("sleeper", reading::sleeper),
    ("starter", starters::starter),
    ("sufferer", damage::live::sufferer),
    ("victim", damage::image::victim),
    #[cfg(unix)]
    ("waiter", waiter::waiter),
    #[cfg(unix)]
    ("writer", stopped::writer),
];

#[test]
#[ignore = "run by the tests as a child process"]
fn entry() {
    let Some((role, parent)) = Parent::of_this_process() else {
        return;
    };
    let known = ROLES.iter().find(|(name, _)| *name == role);
    let (_, play) = known.expect("a known role");
    play(&parent);
}
