//! Changes of the registry in an async program: tokio waits for the watch's descriptor, beside whatever else the
//! program waits for. No thread is kept waiting, and nothing is asked again and again.
//!
//! Linux only; elsewhere run a `Watch` on a thread of its own.
//!
//! `cargo run --example async_watch` uses a registry that goes with the program, in which another task makes
//! changes.
#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use std::error::Error as StdError;

#[cfg(target_os = "linux")]
mod watched {
    use std::error::Error as StdError;

    use session_registry::{Changes, PollableWatch, ProjectPath, Session, SessionRegistry};
    use tokio::io::Interest;
    use tokio::io::unix::AsyncFd;

    /// A watch in an async program.
    struct Feed(AsyncFd<PollableWatch>);

    impl Feed {
        #[allow(
            deprecated,
            reason = "its successor is unsafe; a watch keeps its descriptor for as long as it lives"
        )]
        fn of(registry: &SessionRegistry) -> Result<Self, Box<dyn StdError>> {
            let watch = registry.watch()?.pollable()?;
            Ok(Self(AsyncFd::with_interest(watch, Interest::READABLE)?))
        }

        /// Waits for what happens next.
        async fn next(&mut self) -> Result<Changes, Box<dyn StdError>> {
            loop {
                let mut ready = self.0.readable_mut().await?;
                // A look takes microseconds, and never waits.
                if let Some(happened) = ready.get_inner_mut().try_next()? {
                    return Ok(happened);
                }
                // Nothing is left to be told: from here on the next change makes it ready.
                ready.clear_ready();
            }
        }
    }

    pub(crate) async fn run() -> Result<(), Box<dyn StdError>> {
        let directory = tempfile::tempdir()?;
        let registry = SessionRegistry::open(directory.path().join("sessions.redb"))?;
        let mut feed = Feed::of(&registry)?;
        let work = tokio::task::spawn_blocking(move || {
            for number in 1..=3 {
                let path = ProjectPath::new(format!("/work/{number}"))?;
                registry.register(Session::builder(path).build())?;
            }
            Ok::<_, session_registry::Error>(())
        });
        let mut told = 0;
        while told < 3 {
            for change in feed.next().await?.changes {
                println!("{change}");
                told += 1;
            }
        }
        Ok(work.await??)
    }
}

#[cfg(target_os = "linux")]
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn StdError>> {
    watched::run().await
}

#[cfg(not(target_os = "linux"))]
fn main() -> Result<(), Box<dyn StdError>> {
    println!("this system has no such descriptor");
    Ok(())
}
