//! What can be typed, and the help about it.

use std::path::PathBuf;

use clap::Parser;

use crate::commands::Command;
use crate::help::GLOBAL;

/// Remembers which work sessions exist: their id, name, project directory, model settings and times.
///
/// The sessions are kept in one crash-safe file, the registry, which several processes may use at once.
#[derive(Debug, Parser)]
#[command(
    version,
    after_help = EXAMPLES,
    after_long_help = format!("{EXAMPLES}\n\n{REFERENCE}"),
    subcommand_required = true,
    arg_required_else_help = true
)]
pub(crate) struct Args {
    /// The registry file [default: $SESSION_REGISTRY, else a file in your data directory; see `path`]
    #[arg(long, global = true, value_name = "FILE", help_heading = GLOBAL)]
    pub(crate) registry: Option<PathBuf>,

    /// Answer in JSON, for programs; --help lists the fields
    #[arg(long, global = true, help_heading = GLOBAL)]
    pub(crate) json: bool,

    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXAMPLES: &str = "\
Examples:
  session-registry register                    the current directory, named after itself
  session-registry register ~/app --name api --model opus
  session-registry list
  session-registry show api
  session-registry set api --temperature 0.2 --meta branch=main
  session-registry resume api -- my-agent --continue
  session-registry close ~/app";

/// The JSON of every command; part of what a program may rely on.
const REFERENCE: &str = "\
Naming a session:
  SESSION is the first of these that fits any: an id; an alias, such as claude:7f3a; an exact name; the path
  of a project directory (absolute, or relative to the current directory); the value of an alias; the first 4 or
  more digits of an id; a name in another case; the beginning of a name. Open sessions come before closed ones. If several fit, they are
  listed and nothing is done. `resume`, `rename`, `set`, `reopen` and `default` tell on standard error which
  session they took unless all of an id, alias, name or path was given; --exact takes no less. `close` and
  `unregister` take no name or alias but the exact one, and of an id 8 digits, or 4 with both letters and decimal
  digits among them: no word can be that. What contains a
  slash, and . and .., is a path first, and never the beginning of a name.

Places elsewhere:
  A project may be a URI, such as ssh://dev1/work/app or scratch://notes, wherever a directory can be
  given; it is never looked for on the disk. (A directory of such a name is typed as ./ssh:.) A path of
  another system, such as C:\\work\\app on Unix, is one where the disk has nothing by that name.

The registry:
  --registry FILE, else the environment variable SESSION_REGISTRY (unless empty), else
  session-registry/registry.redb in your data directory. `register`, `import` and `limit N` create it
  when it does not exist, no other command does.

Output for programs (--json): one line of JSON, an object with the field `version`, which is 1, and those below.
(`list --ndjson` is a line for each session.) docs/schema/ describes each answer. A session has the fields
  id, name, project_path  strings
  config                  { provider, model: string or null; temperature, max_tokens: number }
  name_origin             \"given\" or \"automatic\"
  metadata                object of strings
  aliases, tags           arrays of strings
  pinned                  boolean
  parent                  null or { id, relation: strings }
  created_at, updated_at, last_active_at
                          strings: RFC 3339, UTC
  revision                number of changes since it was registered
  state                   { status: \"open\" or \"closed\"; if closed, at and reason: strings }
`list` and `show` add
  condition               what lists show as its state: \"open\", \"running\", \"working\", \"waiting\", \"idle\",
                          \"failed\", \"interrupted\", \"unknown\", \"gone\" or \"closed\"
  owner, activity         as of the command owner
and the commands print
  list                           {\"sessions\": array, \"next\": cursor for --after, or null,
                                 \"revision\": number of the registry, for watch --since}
  interrupted                    {\"sessions\": array}
  show, which, rename, set       a session
  register                       a session with the field \"outcome\": \"registered\" or \"found\"
  touch, close, reopen, unregister
                                 {\"sessions\": array of those for which it was done}
  hold                           {\"id\": string, \"epoch\", \"pid\": numbers, \"program\": string or null}
  prune                          {\"dry_run\": boolean, \"total\": number, \"sessions\": array};
                                 of --dry-run the first 100, else none
  clear                          {\"removed\": number}
  owner                          {\"owner\": null or { pid, epoch: numbers; host, claimed_at, liveness: strings;
                                 program: string or null; driver, pid_namespace: number or null },
                                 \"activity\": null or { activity, since: strings; note: string or null }};
                                 liveness is \"alive\", \"dead\" or \"unknown\"; activity is \"working\",
                                 \"waiting\", \"idle\" or \"failed\"
  status SESSION, report         {\"session\": a session, \"owner\", \"activity\": as of owner}
  status                         {\"statuses\": array of such objects}
  watch                          of each change one line at once: {\"revision\": number, \"kind\": string,
                                 \"id\": string or null, \"session_revision\": number or null,
                                 \"session\": a session or null, \"owner\", \"activity\": as of owner,
                                 \"host\": string}; the first kind is \"watching\", and of \"lost\" and
                                 \"everything\" the sessions are to be listed again
  wait                           {\"until\": string, \"session\": a session or null, \"owner\",
                                 \"activity\": as of owner}
  default                        {\"default_session\": id or null}
  limit                          {\"max_sessions\", \"max_sessions_per_project\": numbers}
  path                           {\"path\": string}
  stats                          {\"open_sessions\", \"closed_sessions\", \"claims\", \"max_sessions\",
                                 \"file_bytes\", \"schema_version\": numbers}
  check                          {\"clean\": boolean, \"sessions\": number, \"pages_checked\": boolean,
                                 \"found\": array of { kind, message: strings; what it is about: detail,
                                 index, id or key }, \"left\": the same after --repair}
  backup FILE                    {\"path\": string, \"bytes\": number}
  export FILE                    {\"exported\": number, \"path\": string}
  import                         {\"imported\": number, \"sessions\": array of ids}
  compact                        {\"bytes_before\", \"bytes_after\": numbers}
`export` to standard output, `completions` and `resume` print what they print without --json.
A refused request prints one object to standard error, wrong usage too, in the form that the library gives its
errors and with the version:
  {\"code\", \"message\": strings, \"details\": object of what the error is about, such as id, holder, path,
  \"causes\": array of strings, \"retryable\": boolean}
with `error`, the same as `code`, and where they apply `caused_by`, the same as `causes`, `candidates`
(array of sessions) and `owner`. What else is worth
knowing is {\"notice\": code, \"message\": string, \"sessions\": array} there: sessions of dead owners that
were closed by `register` (reaped), a claim that was lost during `resume` (ownership_lost), which session a
part of a name or id was taken for (inexact), which one `resume --last` took (last), a `resume` that could not be taken back (the code of the
error), a command that was killed and left something running (still_driven), how many wait before with
--wait (waiting), a registry of an older schema
that was brought up to date (migrated).

Exit status:
  0  done, also when the reader of the output went away
  1  refused; the reason and its code are on standard error. Also: `check` found something
  2  wrong usage
  `wait` answers 124 when its time is over, and 3 when what it waits for cannot come any more.
  `resume` answers the status of its command, and 125 where the others answer 1; 126 and 127 if the command
  cannot be run or is not there";

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_arguments_are_consistent() {
        Args::command().debug_assert();
    }
}
