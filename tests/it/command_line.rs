//! The command line, as a shell sees it: the built program, real files, output and exit status.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

mod care;
#[cfg(target_os = "linux")]
mod completion;
#[cfg(unix)]
mod displaced;
mod finding;
mod help;
mod hints;
#[cfg(unix)]
mod hold;
#[cfg(target_os = "linux")]
mod hooks;
#[cfg(unix)]
mod inherited;
#[cfg(target_os = "linux")]
mod init;
#[cfg(unix)]
mod inside;
mod json;
mod labels;
#[cfg(unix)]
mod last;
mod life;
mod listing;
#[cfg(unix)]
mod looking;
mod manual;
#[cfg(unix)]
mod moved;
#[cfg(target_os = "linux")]
mod offered;
#[cfg(target_os = "linux")]
mod panic;
mod people;
mod place;
mod places;
#[cfg(target_os = "linux")]
mod prompt;
mod refusals;
#[cfg(unix)]
mod resume;
#[cfg(unix)]
mod running;
#[cfg(unix)]
mod schema;
mod several;
#[cfg(unix)]
mod signals;
#[cfg(unix)]
mod status;
#[cfg(unix)]
mod strangers;
mod streams;
mod taken;
#[cfg(target_os = "linux")]
mod terminal;
mod transfer;
#[cfg(unix)]
mod undone;
mod unknown;
#[cfg(unix)]
mod until;
#[cfg(unix)]
mod waiting;
#[cfg(unix)]
mod watched;
#[cfg(unix)]
mod watching;
#[cfg(windows)]
mod windows;

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use session_registry::{ImportMode, ProjectPath, Session, SessionRegistry};

/// Every command that takes one session, asked for one that is not there.
const ASKING_FOR_X: [&[&str]; 11] = [
    &["show", "x"],
    &["rename", "x", "y"],
    &["set", "x", "--model", "m"],
    &["default", "x"],
    &["close", "x"],
    &["reopen", "x"],
    &["owner", "x"],
    &["status", "x"],
    &["report", "x", "idle"],
    &["wait", "x", "--until", "idle"],
    &["resume", "x", "--", "true"],
];

/// A home of its own, with one registry named by `SESSION_REGISTRY`.
struct Shell {
    home: PathBuf,
    _guard: tempfile::TempDir,
}

impl Shell {
    fn new() -> Self {
        let guard = tempfile::tempdir().unwrap();
        let home = guard.path().canonicalize().unwrap();
        let _guard = guard;
        Self { home, _guard }
    }

    /// One with a project directory and a session for each name, oldest first.
    fn with_projects(names: &[&str]) -> Self {
        let shell = Self::new();
        for name in names {
            shell.project(name);
            shell.done(&["register", name]);
        }
        shell
    }

    /// One with so many sessions, on projects that are not there.
    fn with_many(count: usize) -> Self {
        let shell = Self::new();
        let registry = SessionRegistry::open(shell.registry()).unwrap();
        registry.set_max_sessions(u32::MAX).unwrap();
        let mut import = Vec::new();
        registry.export(&mut import).unwrap();
        let header = import.iter().position(|byte| *byte == b'\n').unwrap();
        import.truncate(header + 1);
        for number in 0..count {
            let path = ProjectPath::new(format!("/work/{number}")).unwrap();
            serde_json::to_writer(&mut import, &Session::builder(path).build()).unwrap();
            import.push(b'\n');
        }
        import.extend(format!("{{\"exported\":{count}}}\n").into_bytes());
        let imported = registry.import(import.as_slice(), ImportMode::KeepIds);
        assert_eq!(imported.unwrap().sessions.len(), count);
        registry.close().unwrap();
        shell
    }

    fn project(&self, name: impl AsRef<Path>) -> PathBuf {
        let project = self.home.join(name);
        fs::create_dir_all(&project).unwrap();
        project
    }

    fn registry(&self) -> PathBuf {
        self.home.join("registry.redb")
    }

    /// The program in the home directory, without a terminal.
    fn command(&self, args: &[impl AsRef<OsStr>]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_session-registry"));
        command
            .args(args)
            .current_dir(&self.home)
            .env("HOME", &self.home)
            .env("XDG_DATA_HOME", self.home.join("data"))
            .env("SESSION_REGISTRY", self.registry())
            .stdin(Stdio::null());
        command
    }

    fn run(&self, args: &[impl AsRef<OsStr>]) -> Ran {
        Ran::new(self.command(args).output().unwrap())
    }

    /// Runs it in a directory of this home that goes once it is the current one.
    #[cfg(target_os = "linux")]
    fn run_in_deleted(&self, directory: &str, args: &[&str]) -> Ran {
        let program = self.command(args);
        let mut command = Command::new("sh");
        command
            .args(["-c", "rmdir \"$PWD\" && exec \"$@\"", "sh"])
            .arg(program.get_program())
            .args(program.get_args())
            .current_dir(self.project(directory))
            .env("SESSION_REGISTRY", self.registry());
        let ran = Ran::new(command.output().unwrap());
        assert!(!self.home.join(directory).exists());
        ran
    }

    /// What a command that must be done prints.
    fn done(&self, args: &[impl AsRef<OsStr>]) -> String {
        self.run(args).done()
    }

    /// The JSON of a command that must be done, without the version that every answer has; of `show` and `list`
    /// the sessions alone.
    fn json(&self, args: &[&str]) -> Value {
        let mut answer = self.seen(args);
        match (args.first(), answer.get_mut("sessions")) {
            (Some(&"show"), None) => alone(&mut answer),
            (Some(&"list"), Some(sessions)) => {
                sessions.as_array_mut().unwrap().iter_mut().for_each(alone);
            }
            _ => {}
        }
        answer
    }

    /// As [`json`](Self::json), with who drives the sessions.
    fn seen(&self, args: &[&str]) -> Value {
        let text = self.done(&[args, &["--json"]].concat());
        assert_eq!(text.lines().count(), 1, "one line of JSON: {text}");
        let mut answer: Value = serde_json::from_str(&text).unwrap();
        let version = answer.as_object_mut().unwrap().remove("version");
        assert_eq!(version, Some(Value::from(1)), "{text}");
        answer
    }

    /// The sessions of an answer.
    fn sessions(&self, args: &[&str]) -> Value {
        self.json(args)["sessions"].take()
    }

    /// What a refused command prints on standard error.
    fn refused(&self, args: &[impl AsRef<OsStr>]) -> String {
        let runs_another = args.iter().any(|arg| arg.as_ref() == "resume");
        self.run(args).failed(if runs_another { 125 } else { 1 })
    }

    fn id(&self, session: &str) -> String {
        let session = self.json(&["show", session]);
        session["id"].as_str().unwrap().to_owned()
    }
}

/// Takes away what only `show` and `list` tell.
fn alone(session: &mut Value) {
    let fields = session.as_object_mut().unwrap();
    for field in ["condition", "owner", "activity"] {
        assert!(fields.remove(field).is_some(), "{fields:?}");
    }
}

#[derive(Debug)]
struct Ran {
    status: Option<i32>,
    stdout: String,
    stderr: String,
}

impl Ran {
    fn new(output: Output) -> Self {
        Self {
            status: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    #[track_caller]
    fn done(self) -> String {
        assert_eq!(
            (self.status, self.stderr.as_str()),
            (Some(0), ""),
            "{self:?}"
        );
        self.stdout
    }

    #[track_caller]
    fn failed(self, status: i32) -> String {
        assert_eq!(
            (self.status, self.stdout.as_str()),
            (Some(status), ""),
            "{self:?}"
        );
        self.stderr
    }
}
