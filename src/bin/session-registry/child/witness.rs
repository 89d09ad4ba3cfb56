//! A second process in our group, which tells whether a signal was sent to us or to the whole group. A
//! terminal signals the group, as does a shell that ends a job, and then the command has got the signal by
//! itself; a supervisor signals us, and then it has not. Nothing that the system tells about a signal says
//! which it was.

use std::io::{self, Read, Write};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, ExitCode, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use super::signals::PASSED;

/// The name under which this program bears witness.
const NAME: &str = "session-registry-witness";
/// Longer than an answer takes; one that is stopped gives none.
const PATIENCE: Duration = Duration::from_millis(250);

/// The witness, seen by whom it serves. It ends when nobody can ask it any more.
#[derive(Debug)]
pub(super) struct Witness {
    process: Child,
    questions: Option<ChildStdin>,
    answers: Receiver<u8>,
}

impl Witness {
    pub(super) fn start() -> io::Result<Self> {
        let mut process = Command::new(own_program()?)
            .arg0(NAME)
            .current_dir("/")
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let questions = process.stdin.take();
        let stdout = process.stdout.take();
        let (sender, answers) = mpsc::channel();
        let mut witness = Self {
            process,
            questions,
            answers,
        };
        thread::Builder::new().spawn(move || {
            for byte in stdout
                .into_iter()
                .flat_map(Read::bytes)
                .map_while(Result::ok)
            {
                if sender.send(byte).is_err() {
                    break;
                }
            }
        })?;
        // From now on it sees whatever comes.
        witness.ask(0).ok_or(io::ErrorKind::UnexpectedEof)?;
        Ok(witness)
    }

    /// Whether the whole group has got the signal since the last time.
    pub(super) fn has_seen(&mut self, signal: i32) -> bool {
        let question = u8::try_from(signal).unwrap_or(0);
        self.ask(question) == Some(1)
    }

    fn ask(&mut self, question: u8) -> Option<u8> {
        // An answer that came too late is not the next one's.
        while self.answers.try_recv().is_ok() {}
        self.questions.as_mut()?.write_all(&[question]).ok()?;
        self.answers.recv_timeout(PATIENCE).ok()
    }
}

impl Drop for Witness {
    fn drop(&mut self) {
        drop(self.questions.take());
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// This program, also when its file was replaced meanwhile.
pub(crate) fn own_program() -> io::Result<PathBuf> {
    let running = PathBuf::from("/proc/self/exe");
    if running.exists() {
        return Ok(running);
    }
    std::env::current_exe()
}

/// Whether this process was started to bear witness.
pub(crate) fn is_witness() -> bool {
    let mut arguments = std::env::args_os();
    arguments.next().is_some_and(|name| name == NAME) && arguments.next().is_none()
}

/// Answers, for every number of a signal that is read, whether that signal has come since it was last asked
/// for: 1 or 0. A signal that came before the question is seen before the answer.
pub(crate) fn bear_witness() -> ExitCode {
    match testify() {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn testify() -> io::Result<()> {
    let mut seen = Vec::new();
    for signal in PASSED {
        let flag = Arc::new(AtomicBool::new(false));
        signal_hook::flag::register(signal, Arc::clone(&flag))?;
        seen.push((signal, flag));
    }
    let (mut questions, mut answers) = (io::stdin(), io::stdout());
    let mut question = [0];
    while questions.read_exact(&mut question).is_ok() {
        let [asked] = question;
        let has_come = seen.iter().any(|(signal, flag)| {
            *signal == i32::from(asked) && flag.swap(false, Ordering::SeqCst)
        });
        answers.write_all(&[u8::from(has_come)])?;
        answers.flush()?;
    }
    Ok(())
}
