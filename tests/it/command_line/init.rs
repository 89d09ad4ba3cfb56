//! What `init` teaches shells, tried in the shells themselves.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use super::completion::{bash, fish, is_here, program};
use super::{Ran, Shell};

/// How a shell is called, and how it reads what `init` prints.
pub(super) struct Kind {
    pub(super) name: &'static str,
    pub(super) arguments: &'static [&'static str],
    pub(super) taught: &'static str,
}

const KINDS: [Kind; 3] = [
    Kind {
        name: "bash",
        arguments: &["--norc", "-c"],
        taught: "eval \"$(session-registry init bash @OPTIONS@)\"",
    },
    Kind {
        name: "zsh",
        arguments: &["-f", "-c"],
        taught: "eval \"$(session-registry init zsh @OPTIONS@)\"",
    },
    Kind {
        name: "fish",
        arguments: &["--no-config", "-c"],
        taught: "session-registry init fish @OPTIONS@ | source",
    },
];

impl Kind {
    fn command(&self, shell: &Shell, options: &str, script: &str) -> Command {
        let taught = self.taught.replace("@OPTIONS@", options);
        let script = format!("{taught}\n{script}");
        program(shell, self.name, &[self.arguments, &[&script]].concat())
    }

    fn run(&self, shell: &Shell, options: &str, script: &str) -> Ran {
        Ran::new(self.command(shell, options, script).output().unwrap())
    }
}

/// The shells that are here.
pub(super) fn kinds() -> impl Iterator<Item = Kind> {
    KINDS.into_iter().filter(|kind| is_here(kind.name))
}

#[test]
fn a_name_leads_to_its_project() {
    let shell = Shell::with_projects(&["api", "My project's $HOME"]);
    shell.project("api/src");
    for kind in kinds() {
        let goes = |words: &str, to: &str| {
            let script = format!("{words}; pwd");
            let to = format!("{}\n", shell.home.join(to).display());
            assert_eq!(
                kind.run(&shell, "", &script).done(),
                to,
                "{}: {words}",
                kind.name
            );
        };
        goes("sr api", "api");
        goes("sr ap", "api");
        goes("cd api/src; sr ..", "api");
        goes("sr \"My project's \\$HOME\"", "My project's $HOME");
        let named = kind.run(&shell, "--cmd go-to", "go-to api; pwd").done();
        assert!(named.ends_with("/api\n"), "{}: {named}", kind.name);
    }
}

#[test]
fn what_is_no_place_here_leads_nowhere() {
    let shell = Shell::with_projects(&["gone"]);
    shell.done(&["register", "ssh://dev1/work/far"]);
    fs::remove_dir(shell.home.join("gone")).unwrap();
    for kind in kinds() {
        for (name, told) in [
            ("nobody", "[no_match]"),
            ("far", "sr: not a directory here: ssh://dev1/work/far\n"),
            ("gone", "sr: not a directory here: /"),
        ] {
            let ran = kind.run(&shell, "", &format!("sr {name} || pwd"));
            let home = format!("{}\n", shell.home.display());
            assert_eq!(
                (ran.status, ran.stdout.as_str()),
                (Some(0), home.as_str()),
                "{ran:?}"
            );
            assert!(ran.stderr.contains(told), "{}: {ran:?}", kind.name);
        }
    }
}

#[test]
fn a_session_is_driven_by_its_name() {
    let shell = Shell::with_projects(&["api"]);
    for kind in kinds() {
        let script = "sr run api -- sh -c 'echo \"$SESSION_NAME $*\"; exit 3' sh 'a b' --json";
        let ran = kind.run(&shell, "", script);
        assert_eq!(
            (ran.status, ran.stdout.as_str()),
            (Some(3), "api a b --json\n"),
            "{ran:?}"
        );
    }
}

/// Another program of that name, which picks what it is told to and hands all else on.
fn with_picker(shell: &Shell) -> String {
    let folder = shell.project("bin");
    let picker = folder.join("session-registry");
    let script = format!(
        "#!/bin/sh\n\
         [ \"$*\" = 'ui --print path' ] || exec '{}' \"$@\"\n\
         [ -n \"$PICKED\" ] || exit 1\n\
         printf '%s\\n' \"$PICKED\"\n",
        env!("CARGO_BIN_EXE_session-registry")
    );
    fs::write(&picker, script).unwrap();
    fs::set_permissions(&picker, PermissionsExt::from_mode(0o755)).unwrap();
    folder.to_str().unwrap().to_owned()
}

#[test]
fn without_a_name_the_picker_is_asked() {
    let shell = Shell::with_projects(&["api"]);
    let folder = with_picker(&shell);
    for kind in kinds() {
        let picked = |picked: &str| {
            let mut command = kind.command(&shell, "", "sr && pwd");
            let path = command.get_envs().find(|(name, _)| *name == "PATH");
            let path = path.unwrap().1.unwrap().to_str().unwrap().to_owned();
            command
                .env("PATH", format!("{folder}:{path}"))
                .env("PICKED", picked);
            Ran::new(command.output().unwrap())
        };
        let project = shell.home.join("api");
        let ran = picked(project.to_str().unwrap());
        assert_eq!(
            ran.done(),
            format!("{}\n", project.display()),
            "{}",
            kind.name
        );
        let ran = picked("");
        assert_ne!(ran.status, Some(0), "{}: nothing was picked", kind.name);
        assert_eq!(ran.stdout, "");
    }
}

#[test]
fn the_function_is_completed_as_what_it_calls() {
    let shell = Shell::with_projects(&["api", "app", "other"]);
    shell.done(&["set", "app", "--alias", "claude:7f3a"]);
    let offered = |words: &[&str]| {
        let script = "\
            eval \"$(session-registry init bash)\"
            COMP_WORDS=(\"$@\") COMP_CWORD=$(($# - 1))
            _session_registry_go sr \"${!#}\" \"\"
            ((${#COMPREPLY[@]} == 0)) || printf '%s\\n' \"${COMPREPLY[@]}\"";
        let arguments = [&["-c", script, "bash", "sr"], words].concat();
        let ran = Ran::new(program(&shell, "bash", &arguments).output().unwrap());
        ran.done().lines().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(offered(&["ap"]), ["app", "api"]);
    assert_eq!(offered(&["claude"]), ["claude:7f3a"]);
    assert_eq!(offered(&["r"]), ["run"]);
    assert_eq!(
        offered(&["run", "ap"]),
        bash(&shell, &["session-registry", "resume", "ap"])
    );
    assert_eq!(offered(&["run", "api", ""]), ["--"]);
    assert!(offered(&["run", "api", "--", "ech"]).contains(&"echo".to_owned()));
    if is_here("fish") {
        let script = "session-registry init fish | source; complete -C 'sr ap'";
        let arguments = ["--no-config", "-c", script];
        let text = Ran::new(program(&shell, "fish", &arguments).output().unwrap()).done();
        let values: Vec<_> = text
            .lines()
            .map(|line| line.split('\t').next().unwrap())
            .collect();
        assert_eq!(values, ["app", "api"]);
        assert_eq!(fish(&shell, "session-registry show ap"), ["app", "api"]);
    }
    if is_here("zsh") {
        let script = "autoload -U compinit; compinit -u -D
            eval \"$(session-registry init zsh)\"; print -r -- $_comps[sr]";
        let ran = Ran::new(
            program(&shell, "zsh", &["-f", "-c", script])
                .output()
                .unwrap(),
        );
        assert_eq!(ran.done(), "_session_registry_go\n");
    }
}

/// Of a shell that is not here, what is asked for is all that can be tried.
#[test]
fn shells_that_read_lists_are_told_lists() {
    let shell = Shell::with_projects(&["api", "My \"project\""]);
    let nushell = |words: &[&str]| -> serde_json::Value {
        let arguments = [&["completions", "nushell", "--", "session-registry"], words].concat();
        serde_json::from_str(&shell.done(&arguments)).unwrap()
    };
    let values = nushell(&["show", ""]);
    let mut values: Vec<_> = values
        .as_array()
        .unwrap()
        .iter()
        .map(|v| &v["value"])
        .collect();
    values.sort_by_key(|value| value.to_string());
    assert_eq!(values, ["\"My \\\"project\\\"\"", "api"]);
    assert_eq!(
        nushell(&["import", ""]),
        serde_json::Value::Null,
        "files are its own"
    );
    let asked = [
        "completions",
        "powershell",
        "--",
        "session-registry",
        "show",
        "ap",
    ];
    let text = shell.done(&asked);
    assert!(text.starts_with("values\napi\topen, "), "{text}");
    for name in ["nushell", "powershell"] {
        for command in ["init", "completions"] {
            let script = shell.done(&[command, name]);
            assert!(
                !script.contains('@') || !script.contains("@CMD@"),
                "{script}"
            );
            assert!(
                !script.contains("@PROGRAM@") && !script.contains("#-- "),
                "{script}"
            );
        }
    }
}
