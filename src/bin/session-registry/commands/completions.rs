//! What a shell can complete.

use clap::{CommandFactory, ValueEnum};
use clap_complete::Shell;

use crate::args::Args;
use crate::failure::Failure;
use crate::output::Output;

/// Print a script that teaches a shell to complete these commands
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  session-registry completions bash > ~/.local/share/bash-completion/completions/session-registry
  session-registry completions zsh > \"${fpath[1]}/_session-registry\"
  session-registry completions fish > ~/.config/fish/completions/session-registry.fish")]
pub(crate) struct Completions {
    /// Which shell
    #[arg(value_enum)]
    shell: Known,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Known {
    Bash,
    Zsh,
    Fish,
}

impl Completions {
    pub(super) fn run(self, output: &mut Output) -> Result<(), Failure> {
        let shell = match self.shell {
            Known::Bash => Shell::Bash,
            Known::Zsh => Shell::Zsh,
            Known::Fish => Shell::Fish,
        };
        // Written to memory first, because writing there cannot fail.
        let mut script = Vec::new();
        let name = env!("CARGO_BIN_NAME");
        clap_complete::generate(shell, &mut Args::command(), name, &mut script);
        output.copy(script.as_slice())
    }
}
