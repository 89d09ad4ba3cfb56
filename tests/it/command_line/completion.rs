//! Completion, tried in the shells themselves. A shell that is not installed is skipped, and that is said.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use super::help::commands;
use super::{Ran, Shell};

/// Names that a shell would tear apart, expand or run.
const HOSTILE: [&str; 12] = [
    "My project",
    "it's",
    "a \"quoted\" one",
    "$HOME $(touch pwned) `touch pwned`",
    "back\\nslash",
    "a:b=c@d",
    "wow! !!",
    "~root",
    "*?[a]{b,c}",
    "semi;colon&|<>#",
    "日本 語",
    "Größe",
];

/// Whether a shell is here; says so if it is not.
pub(super) fn is_here(shell: &str) -> bool {
    let asked = Command::new(shell)
        .arg("--version")
        .stdout(Stdio::null())
        .status();
    let is_here = asked.is_ok_and(|status| status.success());
    if !is_here {
        eprintln!("NOT TRIED: completion in {shell}, which is not installed");
    }
    is_here
}

/// A shell that finds this program, and has been taught.
pub(super) fn program(shell: &Shell, name: &str, arguments: &[&str]) -> Command {
    let built = Path::new(env!("CARGO_BIN_EXE_session-registry"));
    let path = std::env::var("PATH").unwrap();
    let path = format!("{}:{path}", built.parent().unwrap().display());
    let mut command = shell.command(&[""; 0]);
    let mut program = Command::new("timeout");
    program.arg("120").arg(name).args(arguments);
    for (key, value) in command.get_envs() {
        program.env(key, value.unwrap());
    }
    program
        .env("PATH", path)
        .env("TERM", "dumb")
        .env("LC_ALL", "C.UTF-8")
        .current_dir(&shell.home)
        .stdin(Stdio::null());
    command.stdin(Stdio::null());
    program
}

/// What bash would offer where a line ends; its words are told as bash takes them apart.
pub(super) fn bash(shell: &Shell, words: &[&str]) -> Vec<String> {
    const SCRIPT: &str = "\
        eval \"$(session-registry completions bash)\"
        COMP_WORDS=(\"$@\") COMP_CWORD=$(($# - 1))
        _session_registry session-registry \"${!#}\" \"\"
        ((${#COMPREPLY[@]} == 0)) || printf '%s\\n' \"${COMPREPLY[@]}\"";
    let arguments = [&["-c", SCRIPT, "bash"], words].concat();
    lines(program(shell, "bash", &arguments))
}

pub(super) fn fish(shell: &Shell, line: &str) -> Vec<String> {
    const SCRIPT: &str = "session-registry completions fish | source; complete -C $argv[1]";
    let offered = lines(program(shell, "fish", &["--no-config", "-c", SCRIPT, line]));
    let value = |line: String| line.split('\t').next().unwrap().to_owned();
    offered.into_iter().map(value).collect()
}

fn lines(mut command: Command) -> Vec<String> {
    let text = Ran::new(command.output().unwrap()).done();
    text.lines().map(str::to_owned).collect()
}

/// Paths come in the order of the directory.
fn sorted(mut words: Vec<String>) -> Vec<String> {
    words.sort();
    words
}

/// The arguments that the program gets when each of these lines is typed in an interactive shell and `\t`
/// stands for the key that completes.
fn typed(shell: &Shell, name: &str, lines: &[String]) -> Vec<Vec<String>> {
    // The program is found by its file, and called by this name.
    const CALLED: &str = "\
        session-registry() {
            printf '%s\\037' \"$@\" >>\"$HOME/called\"
            printf '\\036' >>\"$HOME/called\"
            printf '%s\\n' DO\"\"NE
        }
        PS1='READ''Y '
        PROMPT=$PS1
        HISTFILE=";
    const DRIVER: &str = "\
        zmodload zsh/zpty
        zpty shell $1
        shift
        zpty -r -m shell output '*READY *' || exit 3
        for line; do
            zpty -w -n shell $line$'\\n'
            zpty -r -m shell output '*DONE*READY *' || { print -r -- ${(V)output}; exit 4 }
        done";
    let taught = match name {
        "bash" => {
            "bind 'set enable-bracketed-paste off'\neval \"$(command session-registry completions bash)\""
        }
        _ => {
            "autoload -U compinit; compinit -u\nsource <(command session-registry completions zsh)"
        }
    };
    fs::write(shell.home.join(".bashrc"), format!("{taught}\n{CALLED}\n")).unwrap();
    fs::copy(shell.home.join(".bashrc"), shell.home.join(".zshrc")).unwrap();
    let _ = fs::remove_file(shell.home.join("called"));
    let interactive = match name {
        "bash" => "bash --noprofile -i",
        _ => "zsh -o NO_GLOBAL_RCS -i",
    };
    let lines: Vec<_> = lines.iter().map(String::as_str).collect();
    let arguments = [&["-f", "-c", DRIVER, "driver", interactive], &lines[..]].concat();
    Ran::new(program(shell, "zsh", &arguments).output().unwrap()).done();
    let called = fs::read_to_string(shell.home.join("called")).unwrap();
    let calls = called.split_terminator('\u{1e}');
    let words = |call: &str| call.split_terminator('\u{1f}').map(str::to_owned).collect();
    calls.map(words).collect()
}

#[test]
fn completion_was_dead_after_the_command_in_bash() {
    let shell = Shell::with_projects(&["api", "app", "other"]);
    shell.done(&["close", "other"]);
    let commands = commands(&shell);
    let offered = bash(&shell, &["session-registry", ""]);
    assert_eq!(offered, [&commands[..], &["help".to_owned()]].concat());

    let offered = |words: &[&str]| bash(&shell, &[&["session-registry"], words].concat());
    let re = ["register", "rename", "resume", "report", "reopen"];
    assert_eq!(offered(&["re"]), re);
    for command in [
        "show",
        "rename",
        "set",
        "resume",
        "status",
        "owner",
        "unregister",
        "default",
    ] {
        assert_eq!(offered(&[command, "a"]), ["app", "api"], "{command}");
        assert_eq!(offered(&[command, ""]).len(), 3, "{command}");
    }
    assert_eq!(offered(&["close", ""]), ["app", "api"]);
    assert_eq!(offered(&["reopen", ""]), ["other"]);
    assert_eq!(
        offered(&["list", "--state", ""]),
        [
            "open",
            "running",
            "working",
            "waiting",
            "idle",
            "failed",
            "interrupted",
            "unknown",
            "gone",
            "closed",
            "all"
        ]
    );
    assert_eq!(offered(&["list", "--state", "=", "o"]), ["open"]);
    assert_eq!(offered(&["completions", "z"]), ["zsh"]);
    assert_eq!(offered(&["list", "--limit", ""]), [""; 0]);
    assert_eq!(offered(&["resume", "api", ""]), ["--"]);
    assert!(offered(&["resume", "api", "--", "ech"]).contains(&"echo".to_owned()));
    assert_eq!(offered(&["import", "reg"]), ["registry.redb"]);
    assert_eq!(sorted(offered(&["register", "a"])), ["api", "app"]);
    assert_eq!(sorted(offered(&["show", "./a"])), ["./api", "./app"]);
    let id = shell.id("app");
    assert!(offered(&["show", &id[..6]]).contains(&id));
    assert_eq!(offered(&["--registry", "none", "show", ""]), [""; 0]);
    assert_eq!(offered(&["unheard-of", ""]), [""; 0]);
}

#[test]
fn every_option_of_every_command_is_offered() {
    let shell = Shell::new();
    for command in commands(&shell) {
        let help = shell.done(&[&command, "--help"]);
        let words = help.split_whitespace();
        let is_option = |word: &&str| word.starts_with("--") && word.len() > 2;
        let mut told: Vec<_> = help
            .lines()
            .map(str::trim_start)
            .filter(|line| line.starts_with('-') && !line.starts_with("- "))
            .filter_map(|line| line.split([' ', ',']).find(|word| is_option(word)))
            .collect();
        assert!(words.count() > 10 && told.len() >= 3, "{command}: {told:?}");
        told.sort_unstable();
        let mut offered = bash(&shell, &["session-registry", &command, "--"]);
        // What comes behind it is no option.
        offered.retain(|word| word != "--");
        offered.sort();
        assert_eq!(offered, told, "{command}");
        if is_here("fish") {
            let mut offered = fish(&shell, &format!("session-registry {command} --"));
            offered.retain(|word| word != "--");
            offered.sort();
            assert_eq!(offered, told, "{command}");
        }
    }
}

#[test]
fn fish_offers_commands_sessions_values_and_paths() {
    if !is_here("fish") {
        return;
    }
    let shell = Shell::with_projects(&["api", "My own"]);
    let offered = |line: &str| fish(&shell, &format!("session-registry {line}"));
    assert_eq!(
        offered("re"),
        ["register", "rename", "resume", "report", "reopen"]
    );
    assert_eq!(offered("show "), ["My own", "api"]);
    assert_eq!(offered("show \"My"), ["My own"]);
    assert_eq!(offered("show My\\ o"), ["My own"]);
    assert_eq!(offered("list --state=c"), ["--state=closed"]);
    assert_eq!(offered("list --under=ap"), ["--under=api/"]);
    assert_eq!(offered("register ap"), ["api/"]);
    assert_eq!(offered("import reg"), ["registry.redb"]);
    assert!(offered("resume api -- ech").contains(&"echo".to_owned()));
    for name in HOSTILE {
        shell.done(&["rename", "./api", name]);
        assert!(offered("show ").contains(&name.to_owned()), "{name}");
    }
}

/// Types the beginning of each name plainly and within each quote, and has it completed.
fn hostile_names_in(name: &str) {
    if !is_here("zsh") || !is_here(name) {
        return;
    }
    for (number, hostile) in HOSTILE.into_iter().enumerate() {
        let shell = Shell::with_projects(&["app"]);
        // All begin alike, so that nothing hostile is typed by hand.
        let hostile = format!("x{number}{hostile}");
        shell.done(&["rename", "app", &hostile]);
        // Bash would look into its history within double quotes: nothing is offered there.
        let quotes: &[&str] = match name {
            "bash" if hostile.contains('!') => &["", "'"],
            _ => &["", "'", "\""],
        };
        let line = |quote| format!("session-registry show {quote}x{number}\t");
        let lines: Vec<_> = quotes.iter().map(line).collect();
        let expected = vec!["show".to_owned(), hostile];
        let got = typed(&shell, name, &lines);
        assert_eq!(got, vec![expected; lines.len()], "{name}");
        assert!(!shell.home.join("pwned").exists());
    }
}

#[test]
fn hostile_names_are_quoted_in_an_interactive_bash() {
    hostile_names_in("bash");
}

#[test]
fn hostile_names_are_quoted_in_an_interactive_zsh() {
    hostile_names_in("zsh");
}

#[test]
fn an_interactive_zsh_completes_commands_values_and_paths() {
    if !is_here("zsh") {
        return;
    }
    let shell = Shell::with_projects(&["api"]);
    let lines = [
        ("regi\t", vec!["register"]),
        ("sho\ta\t", vec!["show", "api"]),
        ("list --sta\tclo\t", vec!["list", "--state", "closed"]),
        ("list --state=c\t", vec!["list", "--state=closed"]),
        ("register ap\t", vec!["register", "api"]),
        (
            "resume api --t\t\tmktem\t",
            vec!["resume", "api", "--take-over", "--", "mktemp"],
        ),
    ];
    let typed_lines = lines
        .each_ref()
        .map(|(line, _)| format!("session-registry {line}"));
    let got = typed(&shell, "zsh", &typed_lines);
    assert_eq!(got, lines.map(|(_, words)| words));
}
