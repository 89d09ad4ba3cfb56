# Completion of session-registry for Nushell: what can be typed is asked of the program itself.
let session_registry_others = $env.config?.completions?.external?.completer?
$env.config.completions.external.enable = true
$env.config.completions.external.completer = {|spans|
    if $spans.0 == "session-registry" {
        let program = (if (which session-registry | is-empty) { @PROGRAM@ } else { "session-registry" })
        do --ignore-errors { ^$program completions nushell -- ...$spans | from json }
    } else if $session_registry_others != null {
        do $session_registry_others $spans
    }
}
