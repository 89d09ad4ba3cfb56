//! The commands, one group per file.

mod change;
mod register;
mod registry;
mod remove;
mod settings;
mod view;

use clap::Subcommand;

use crate::failure::Failure;
use crate::locate::Locator;
use crate::output::Output;

/// Every command, in the order of the help.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Register(register::Register),
    #[command(visible_alias = "ls")]
    List(view::List),
    Show(view::Show),
    Rename(change::Rename),
    Set(change::Set),
    Unregister(remove::Unregister),
    Clear(remove::Clear),
    Default(registry::Default),
    Limit(registry::Limit),
    Path(registry::Path),
}

impl Command {
    pub(crate) fn run(self, locator: &Locator, output: &mut Output) -> Result<(), Failure> {
        match self {
            Self::Register(command) => command.run(locator, output),
            Self::List(command) => command.run(locator, output),
            Self::Show(command) => command.run(locator, output),
            Self::Rename(command) => command.run(locator, output),
            Self::Set(command) => command.run(locator, output),
            Self::Unregister(command) => command.run(locator, output),
            Self::Clear(command) => command.run(locator, output),
            Self::Default(command) => command.run(locator, output),
            Self::Limit(command) => command.run(locator, output),
            Self::Path(command) => command.run(locator, output),
        }
    }
}
