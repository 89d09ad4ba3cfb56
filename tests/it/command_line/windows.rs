//! What only Windows has: paths that few programs take, and exit codes of 32 bits.

use std::path::Path;

use session_registry::SessionRegistry;

use super::Shell;

/// What `cmd` says, run by `resume` for a project.
fn told(shell: &Shell, script: &str) -> Vec<String> {
    let text = shell.done(&["resume", "app", "--", "cmd", "/d", "/c", script]);
    text.lines()
        .map(|line| line.trim_end().to_owned())
        .collect()
}

#[test]
fn programs_were_handed_paths_that_few_of_them_take() {
    let shell = Shell::with_projects(&["app"]);
    let lines = told(&shell, "cd& set SESSION_& set PWD");
    let value = |name: &str| {
        let line = lines.iter().find_map(|line| line.strip_prefix(name));
        line.unwrap_or_else(|| panic!("no {name} in {lines:?}"))
    };
    for path in [
        lines[0].as_str(),
        value("SESSION_PROJECT="),
        value("SESSION_REGISTRY="),
        value("PWD="),
    ] {
        assert!(path.get(1..3) == Some(":\\"), "{path}");
    }
    let project = shell.home.join("app").canonicalize().unwrap();
    for path in [lines[0].as_str(), value("SESSION_PROJECT="), value("PWD=")] {
        assert_eq!(Path::new(path).canonicalize().unwrap(), project);
    }
    let registry = Path::new(value("SESSION_REGISTRY=")).canonicalize();
    assert_eq!(registry.unwrap(), shell.registry().canonicalize().unwrap());
    let shown = shell.done(&["path"]);
    assert!(!shown.contains(r"\\?\"), "{shown}");
}

#[test]
fn an_exit_code_of_more_than_eight_bits_became_1() {
    let shell = Shell::with_projects(&["app"]);
    for code in [0, 1, 255, 256, 300, -1, -1_073_741_510] {
        let exit = format!("exit {code}");
        let ran = shell.run(&["resume", "app", "--", "cmd", "/d", "/c", &exit]);
        assert_eq!(ran.status, Some(code), "{ran:?}");
    }
    let registry = SessionRegistry::open(shell.registry()).unwrap();
    assert!(!registry.open_report().recovered, "it was closed each time");
    let session = registry.list_all().unwrap().remove(0);
    assert_eq!(registry.owner(session.id()).unwrap(), None);
}

/// Each was a project of its own, with sessions that the others did not find.
#[test]
fn spellings_of_one_directory_were_several_projects() {
    let shell = Shell::with_projects(&["app"]);
    let id = shell.id("app");
    let real = shell.home.join("app").canonicalize().unwrap();
    let real = real.to_str().unwrap();
    let plain = real.strip_prefix(r"\\?\").unwrap();
    let lower = plain[..1].to_lowercase() + &plain[1..];
    let forward = plain.replace('\\', "/");
    let trailing = format!("{plain}\\");
    for spelling in [real, plain, &lower, &forward, &trailing] {
        assert_eq!(shell.id(spelling), id, "{spelling}");
        let refused = shell.refused(&["register", spelling]);
        assert!(refused.contains("[project_already_open]"), "{refused}");
    }
    assert_eq!(shell.json(&["list"]).as_array().unwrap().len(), 1);
}
