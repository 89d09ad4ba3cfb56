#!/bin/sh
# Keeps the registry in step with Codex, which runs this at the end of each turn and tells it about that in JSON as
# the last argument. docs/hooks.md says how to install it.
#
# Codex tells nothing of the end of a session: its claim ends when Codex does, and `session-registry interrupted`
# lists the session then, to be resumed.
exec >/dev/null 2>&1

for event; do :; done
event=$(printf '%s' "$event" | tr '\n' ' ')

# A field of the event that is a text; up to the first character in it that JSON escapes.
field() {
    printf '%s' "$event" | sed -n "s/.*\"$1\" *: *\"\([^\"\\\\]*\).*/\1/p"
}

[ "$(field type)" = agent-turn-complete ] || exit 0
thread=$(field thread-id)
[ -n "$thread" ] || exit 0
alias=codex:$thread
project=$(field cwd)

session-registry show --exact "$alias" ||
    session-registry register "${project:-$PWD}" --alias "$alias" --tag codex ||
    session-registry set --exact "${project:-$PWD}" --alias "$alias" --tag codex
# Refused where another agent has it: what is said then would be said of that one.
session-registry hold --exact --program codex --pid "$PPID" "$alias" &&
    session-registry report --exact "$alias" idle
exit 0
