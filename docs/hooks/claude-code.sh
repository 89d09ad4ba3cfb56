#!/bin/sh
# Keeps the registry in step with Claude Code, which runs this for each event of a session and tells it about that
# in JSON on standard input. docs/hooks.md says how to install it.
#
# It prints nothing, since what a hook prints may be read as instructions, and never fails, so that a registry that
# is full or busy does not keep anybody from working.
exec >/dev/null 2>&1

event=$(tr '\n' ' ')

# A field of the event that is a text; up to the first character in it that JSON escapes.
field() {
    printf '%s' "$event" | sed -n "s/.*\"$1\" *: *\"\([^\"\\\\]*\).*/\1/p"
}

# The process that runs Claude Code: the nearest above this one that is no shell.
agent() {
    pid=$PPID
    while name=$(ps -o comm= -p "$pid"); do
        case ${name##*/} in
        sh | -sh | bash | -bash | dash | -dash | zsh | -zsh) ;;
        *) break ;;
        esac
        pid=$(ps -o ppid= -p "$pid" | tr -d ' ')
    done
    echo "$pid"
}

# Claims the session for that process. Changes nothing where it has it already, and fails where another agent has it:
# what is said then would be said of that one.
hold() {
    session-registry hold --exact --program claude --pid "$(agent)" "$alias"
}

session=$(field session_id)
[ -n "$session" ] || exit 0
alias=claude:$session

case $(field hook_event_name) in
SessionStart)
    project=${CLAUDE_PROJECT_DIR:-$PWD}
    # A session that goes on has its record. A new one gets its own where there is room, else that of its project.
    session-registry show --exact "$alias" ||
        session-registry register "$project" --alias "$alias" --tag claude ||
        session-registry set --exact "$project" --alias "$alias" --tag claude
    hold
    ;;
UserPromptSubmit)
    hold && session-registry report --exact "$alias" working
    ;;
Notification)
    hold && session-registry report --exact "$alias" waiting --note "$(field message)"
    ;;
Stop)
    hold && session-registry report --exact "$alias" idle
    ;;
SessionEnd)
    session-registry close --exact --pid "$(agent)" "$alias"
    ;;
esac
exit 0
