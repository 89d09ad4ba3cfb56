//! What a prompt is told, and what of it shells show.

use std::fs;

use super::completion::program;
use super::init::kinds;
use super::{Ran, Shell};

#[test]
fn a_prompt_tells_the_session_that_is_around() {
    let shell = Shell::with_projects(&["api", "50% done"]);
    shell.project("api/src");
    for kind in kinds() {
        let shown = |directory: &str| {
            let script = match kind.name {
                "bash" => "printf '%s' \"${PS1@P}\"",
                "zsh" => "print -rnP -- \"$PROMPT\"",
                _ => "fish_prompt",
            };
            let before = match kind.name {
                "fish" => "function fish_prompt; printf '> '; end\n",
                _ => "PS1='> '\n",
            };
            let taught = kind.taught.replace("@OPTIONS@", "--prompt");
            let script = format!("{before}{taught}\n{taught}\ncd '{directory}'\n{script}");
            let arguments = [kind.arguments, &[&script]].concat();
            Ran::new(program(&shell, kind.name, &arguments).output().unwrap()).done()
        };
        assert_eq!(shown("api/src"), "[api ○] > ", "{}", kind.name);
        assert_eq!(shown("50% done"), "[50% done ○] > ", "{}", kind.name);
        assert_eq!(shown("."), "> ", "{}: there is none", kind.name);
    }
}

#[test]
fn a_prompt_hears_of_no_problem() {
    let shell = Shell::with_projects(&["api"]);
    let quiet = |args: &[&str]| shell.run(&[&["which", "-q"], args].concat());
    assert_eq!(
        quiet(&["api", "--json"]).done(),
        shell.done(&["which", "api", "--json"])
    );
    fs::write(shell.home.join("broken.redb"), "no registry").unwrap();
    for args in [
        &["."][..],
        &["ssh://dev1"],
        &["api", "--registry", "none.redb"],
        &["api", "--registry", "broken.redb"],
        &["api", "--registry", "broken.redb", "--json"],
    ] {
        assert_eq!(quiet(args).failed(1), "", "{args:?}");
    }
}

#[test]
fn a_sign_tells_what_a_session_does() {
    let shell = Shell::with_projects(&["api"]);
    let sign = |locale: &str| {
        let mut command = shell.command(&["which", "-q", "api"]);
        command
            .env_remove("LC_CTYPE")
            .env_remove("LANG")
            .env("LC_ALL", locale);
        let text = Ran::new(command.output().unwrap()).done();
        text.strip_prefix("api ").unwrap().trim_end().to_owned()
    };
    assert_eq!((sign("C.UTF-8"), sign("C")), ("○".into(), "-".into()));
    let pid = std::process::id().to_string();
    shell.done(&["hold", "--pid", &pid, "api"]);
    assert_eq!(
        (sign("en_US.utf8"), sign("POSIX")),
        ("●".into(), "*".into())
    );
    for (activity, unicode, ascii) in [
        ("working", "●", "*"),
        ("waiting", "◐", "w"),
        ("idle", "○", "-"),
        ("failed", "✗", "x"),
    ] {
        shell.done(&["report", "api", activity]);
        assert_eq!((sign("C.UTF-8"), sign("C")), (unicode.into(), ascii.into()));
    }
}
