//! What a shell can complete.

use std::env;
use std::ffi::OsString;

use crate::completion::{self, Asked, Shell};
use crate::failure::Failure;
use crate::output::Output;

/// Print a script that teaches a shell to complete these commands
///
/// Commands, options and their values are completed, and sessions by name, id and directory. Names are quoted as the
/// shell needs it.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
In the start-up file of the shell, such as ~/.bashrc, ~/.zshrc (after compinit) or ~/.config/fish/config.fish:

Examples:
  session-registry completions fish | source
  source <(session-registry completions bash)
  source <(session-registry completions zsh)
  session-registry completions nushell | save -f ~/.config/nushell/autoload/session-registry.nu
  session-registry completions powershell | Out-String | Invoke-Expression")]
pub(crate) struct Completions {
    /// Which shell
    #[arg(value_enum)]
    shell: Shell,

    /// Asked by the script: the line up to the cursor
    #[arg(long, hide = true)]
    line: Option<OsString>,

    /// Asked by the script: whether the first word is the function of `init`
    #[arg(long, hide = true)]
    jump: bool,

    /// Asked by the script: what ends a word of bash
    #[arg(long, hide = true, default_value = "", allow_hyphen_values = true)]
    breaks: String,

    /// Asked by the script: the words up to the cursor
    #[arg(last = true, hide = true)]
    words: Vec<OsString>,
}

impl Completions {
    pub(super) fn run(self, output: &mut Output) -> Result<(), Failure> {
        let text = if self.words.is_empty() {
            let program = env::current_exe().unwrap_or_default();
            completion::script(self.shell, &program.to_string_lossy())
        } else {
            completion::answer(&Asked {
                shell: self.shell,
                line: self.line,
                breaks: self.breaks,
                words: self.words,
                is_jump: self.jump,
            })
        };
        output.copy(text.as_bytes())
    }
}
