//! What a shell is taught to go to projects.

use std::env;

use crate::completion::{self, Shell};
use crate::failure::Failure;
use crate::output::Output;

/// Print functions that go to projects, for a shell to read when it starts
///
/// `sr` shows the sessions to choose from and goes to the project of the chosen one; `sr NAME` goes to the project
/// of that one; `sr run NAME -- COMMAND` drives it. Alt-J is `sr`. `sr_prompt` prints the session around the current
/// directory and a sign for what it does, for a prompt. Completion comes with it.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
In the start-up file of the shell, such as ~/.bashrc, ~/.zshrc (after compinit), ~/.config/fish/config.fish or the
$PROFILE of PowerShell:

Examples:
  eval \"$(session-registry init bash)\"
  eval \"$(session-registry init zsh --prompt)\"
  session-registry init fish --cmd go | source
  session-registry init nushell | save -f ~/.config/nushell/autoload/session-registry.nu
  Invoke-Expression (& session-registry init powershell | Out-String)")]
pub(crate) struct Init {
    /// Which shell
    #[arg(value_enum)]
    shell: Shell,

    /// What the function is called: letters, digits, - and _
    #[arg(long, value_name = "NAME", default_value = "sr", value_parser = name)]
    cmd: String,

    /// Bind no key
    #[arg(long)]
    no_key: bool,

    /// Put the session around the current directory before the prompt
    #[arg(long)]
    prompt: bool,
}

impl Init {
    pub(super) fn run(self, output: &mut Output) -> Result<(), Failure> {
        let program = env::current_exe().unwrap_or_default();
        let program = program.to_string_lossy();
        let script = match self.shell {
            Shell::Bash => include_str!("../init/init.bash"),
            Shell::Zsh => include_str!("../init/init.zsh"),
            Shell::Fish => include_str!("../init/init.fish"),
            Shell::Nushell => include_str!("../init/init.nu"),
            Shell::PowerShell => include_str!("../init/init.ps1"),
        };
        let mut left_out = Vec::new();
        if self.no_key {
            left_out.push("key");
        }
        if !self.prompt {
            left_out.push("prompt");
        }
        let script = without(script, &left_out).replace("@CMD@", &self.cmd);
        let completion = completion::script(self.shell, &program);
        output.copy(format!("{completion}{script}").as_bytes())
    }
}

fn name(text: &str) -> Result<String, &'static str> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let is_name = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    if is_name && text.chars().all(is_plain) {
        return Ok(text.to_owned());
    }
    Err("expected a name of letters, digits, - and _")
}

/// The script without these parts, each of which stands between two lines that name it; and without those.
fn without(script: &str, left_out: &[&str]) -> String {
    let mut text = String::new();
    let mut part = None;
    for line in script.lines() {
        if let Some(name) = line.strip_prefix("#-- ") {
            part = Some(name).filter(|name| *name != "end");
        } else if part.is_none_or(|part| !left_out.contains(&part)) {
            text += line;
            text.push('\n');
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_can_be_left_out() {
        let script = "a\n#-- key\nb\n#-- end\nc\n#-- prompt\nd\n#-- end\ne\n";
        assert_eq!(without(script, &[]), "a\nb\nc\nd\ne\n");
        assert_eq!(without(script, &["key"]), "a\nc\nd\ne\n");
        assert_eq!(without(script, &["key", "prompt"]), "a\nc\ne\n");
    }

    #[test]
    fn a_name_is_harmless_in_every_shell() {
        for good in ["sr", "_go", "go-to2"] {
            assert!(name(good).is_ok(), "{good}");
        }
        for bad in ["", "-x", "2go", "a b", "a;b", "$x", "é"] {
            assert!(name(bad).is_err(), "{bad}");
        }
    }
}
