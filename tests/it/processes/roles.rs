//! What a child process can be told to be.

use super::{bystander, creation, crowds, fresh, hammer, migrations, races, stopped, survival};
use crate::claims::{driver, restless, starters};
use crate::freshness::fresh as freshness;
use crate::support::child::Parent;
use crate::surroundings::{descriptors, forks, length};
use crate::{damage, full_disk, reading, world};

type Role = (&'static str, fn(&Parent));

const ROLES: &[Role] = &[
    ("bystander", bystander::bystander),
    ("contender", races::contender),
    ("cramped_creator", full_disk::cramped_creator),
    ("cramped_migrator", full_disk::cramped_migrator),
    ("creator", creation::creator),
    ("daemon", descriptors::daemon),
    ("driver", driver::driver),
    ("dweller", reading::dweller),
    ("examiner", damage::examiner::examiner),
    ("filler", full_disk::filler),
    ("forker", forks::forker),
    ("fresh_reader", freshness::reader),
    ("fresh_writer", freshness::writer),
    ("grower", length::grower),
    ("hammer", hammer::hammer),
    ("header_holder", reading::header_holder),
    ("holder", stopped::holder),
    ("migrator", migrations::migrator),
    ("mirror", fresh::mirror),
    ("onlooker", reading::onlooker),
    ("puppet", world::puppet::puppet),
    ("reader", survival::reader),
    ("registrar", survival::registrar),
    ("rememberer", forks::rememberer),
    ("reopener", forks::reopener),
    ("replaced", forks::replaced),
    ("restless", restless::restless),
    ("rival", crowds::rival),
    ("sleeper", reading::sleeper),
    ("starter", starters::starter),
    ("sufferer", damage::live::sufferer),
    ("victim", damage::image::victim),
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
