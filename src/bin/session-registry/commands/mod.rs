//! The commands, one group per file.

mod change;
mod check;
mod close;
mod completions;
mod export;
mod file;
mod hold;
mod import;
mod init;
mod list;
mod listing;
mod man;
mod prune;
mod register;
mod registry;
mod remove;
mod reopen;
mod report;
mod resume;
mod session_options;
mod show;
mod status;
mod touch;
mod ui;
mod wait;
mod watch;
mod when_free;
mod which;
mod who;

use std::process::ExitCode;

pub(crate) use wait::Unmet;

use clap::Subcommand;

use crate::failure::Failure;
use crate::locate::Locator;
use crate::output::Output;

/// Every command, in the order of the help.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Register(register::Register),
    #[command(visible_alias = "ls")]
    List(list::List),
    Ui(ui::Ui),
    Show(show::Show),
    Which(which::Which),
    Rename(change::Rename),
    Set(change::Set),
    Resume(resume::Resume),
    Hold(hold::Hold),
    Status(status::Status),
    Watch(watch::Watch),
    Wait(wait::Wait),
    Report(report::Report),
    Owner(who::Owner),
    Interrupted(who::Interrupted),
    Touch(touch::Touch),
    Close(close::Close),
    Reopen(reopen::Reopen),
    Unregister(remove::Unregister),
    Prune(prune::Prune),
    Clear(remove::Clear),
    Default(registry::Default),
    Limit(registry::Limit),
    Path(registry::Path),
    Stats(file::Stats),
    Check(check::Check),
    Backup(file::Backup),
    Export(export::Export),
    Import(import::Import),
    Compact(file::Compact),
    Completions(completions::Completions),
    Init(init::Init),
    Man(man::Man),
}

impl Command {
    /// Whether it was asked for a form that programs read, by an option of its own.
    pub(crate) fn is_for_programs(&self) -> bool {
        matches!(self, Self::List(list) if list.ndjson)
    }

    pub(crate) fn run(self, locator: &Locator, output: &mut Output) -> Result<ExitCode, Failure> {
        match self {
            Self::Register(command) => command.run(locator, output),
            Self::List(command) => command.run(locator, output),
            Self::Show(command) => command.run(locator, output),
            Self::Rename(command) => command.run(locator, output),
            Self::Set(command) => command.run(locator, output),
            // These have more to say than that it was done.
            Self::Resume(command) => return command.run(locator, output),
            Self::Ui(command) => return command.run(locator, output),
            Self::Which(command) => return command.run(locator, output),
            Self::Check(command) => return command.run(locator, output),
            Self::Hold(command) => return command.run(locator, output),
            Self::Watch(command) => return command.run(locator, output),
            Self::Wait(command) => return command.run(locator, output),
            Self::Touch(command) => return command.run(locator, output),
            Self::Close(command) => return command.run(locator, output),
            Self::Reopen(command) => return command.run(locator, output),
            Self::Unregister(command) => return command.run(locator, output),
            Self::Status(command) => command.run(locator, output),
            Self::Report(command) => command.run(locator, output),
            Self::Owner(command) => command.run(locator, output),
            Self::Interrupted(command) => command.run(locator, output),
            Self::Prune(command) => command.run(locator, output),
            Self::Clear(command) => command.run(locator, output),
            Self::Default(command) => command.run(locator, output),
            Self::Limit(command) => command.run(locator, output),
            Self::Path(command) => command.run(locator, output),
            Self::Stats(command) => command.run(locator, output),
            Self::Backup(command) => command.run(locator, output),
            Self::Export(command) => command.run(locator, output),
            Self::Import(command) => command.run(locator, output),
            Self::Compact(command) => command.run(locator, output),
            Self::Completions(command) => command.run(output),
            Self::Init(command) => command.run(output),
            Self::Man(command) => command.run(output),
        }?;
        Ok(ExitCode::SUCCESS)
    }
}
