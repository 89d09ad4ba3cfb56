//! What is here.

use std::path::{self, Path, PathBuf};
use std::process::ExitCode;

use session_registry::{Error, ProjectPath, Session, SessionRegistry, SessionStatus};

use crate::current_dir;
use crate::describe;
use crate::escape::Escaped;
use crate::failure::Failure;
use crate::locate::Locator;
use crate::output::Output;
use crate::place::elsewhere;
use crate::same_directory;
use crate::sign;

/// Tell in which open session's project a path is
///
/// Of projects inside each other, the innermost.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  session-registry which
  session-registry which ~/app/src/main.rs --json | jq -r .id
  session-registry which -q")]
pub(crate) struct Which {
    /// A file or directory, or a URI
    #[arg(default_value = ".")]
    path: PathBuf,

    /// For prompts: its name and a sign for what it does, at once or not at all; says nothing if there is none,
    /// whatever the reason, and the exit status is 1
    #[arg(long, short)]
    quiet: bool,
}

impl Which {
    pub(super) fn run(self, locator: &Locator, output: &mut Output) -> Result<ExitCode, Failure> {
        if !self.quiet {
            self.tell(locator, output)?;
            return Ok(ExitCode::SUCCESS);
        }
        let Some(status) = self.glance(locator) else {
            return Ok(ExitCode::FAILURE);
        };
        output.answer(&status.session, |out| {
            let name = Escaped(status.session.name());
            writeln!(out, "{name} {}", sign::of(&status))
        })?;
        Ok(ExitCode::SUCCESS)
    }

    /// What a prompt tells, which waits for nobody and looks at no session that does not lie on the way up.
    fn glance(&self, locator: &Locator) -> Option<SessionStatus> {
        let registry = locator.glance()?;
        let session = match elsewhere(&self.path) {
            Some(place) => registry.lookup_containing(&place.ok()?).ok()?,
            None => {
                let real = current_dir::absolute(&self.path).ok()?;
                self.by_path(&registry, &real)
                    .ok()?
                    .map(|(_, session)| session)
            }
        };
        registry.status(session?.id()).ok()
    }

    fn tell(&self, locator: &Locator, output: &mut Output) -> Result<(), Failure> {
        let (path, place) = match elsewhere(&self.path) {
            Some(place) => (self.path.clone(), Some(place.map_err(Error::from)?)),
            None => (current_dir::absolute(&self.path)?, None),
        };
        let found = match locator.look_at_existing()? {
            Some(registry) => match &place {
                Some(place) => registry.lookup_containing(place)?,
                None => self.nearest(&registry, &path)?,
            },
            None => None,
        };
        let session = found.ok_or(Failure::Outside { path })?;
        output.answer(&session, |out| {
            writeln!(out, "{}", describe::line(&session))
        })
    }

    /// The session whose project is the fewest directories above the path: the real path, or the one by which
    /// the shell or the caller came here through a link.
    fn nearest(&self, registry: &SessionRegistry, real: &Path) -> Result<Option<Session>, Failure> {
        let mut nearest = self.by_path(registry, real)?;
        if nearest.is_none() {
            nearest = same_directory::session_around(registry, real)?;
        }
        Ok(nearest.map(|(_, session)| session))
    }

    /// As [`nearest`](Self::nearest), by the paths alone; and how many directories lie between.
    fn by_path(
        &self,
        registry: &SessionRegistry,
        real: &Path,
    ) -> Result<Option<(usize, Session)>, Failure> {
        ProjectPath::new(real).map_err(Error::from)?;
        let typed = path::absolute(&self.path).ok();
        let readings = [
            Some(real.to_path_buf()),
            current_dir::logical(&self.path),
            typed,
        ];
        let mut nearest: Option<(usize, Session)> = None;
        for reading in readings.into_iter().flatten() {
            let Ok(inside) = ProjectPath::new(&reading) else {
                continue;
            };
            if let Some(session) = registry.lookup_containing(&inside)? {
                let below = depth(inside.as_str()) - depth(session.project_path().as_str());
                if nearest.as_ref().is_none_or(|(least, _)| below < *least) {
                    nearest = Some((below, session));
                }
            }
        }
        Ok(nearest)
    }
}

fn depth(path: &str) -> usize {
    Path::new(path).components().count()
}
