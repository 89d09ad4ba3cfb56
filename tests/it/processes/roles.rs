//! What a child process can be told to be.

use super::{creation, hammer, races, stopped, survival};
use crate::life::{driver, restless};
use crate::support::child::Parent;

type Role = (&'static str, fn(&Parent));

const ROLES: &[Role] = &[
    ("contender", races::contender),
    ("creator", creation::creator),
    ("driver", driver::driver),
    ("hammer", hammer::hammer),
    ("holder", stopped::holder),
    ("reader", survival::reader),
    ("registrar", survival::registrar),
    ("restless", restless::restless),
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
