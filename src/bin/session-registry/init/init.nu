# To projects and back, by session-registry.
def "nu-complete @CMD@" [context: string] {
    let words = ($context | split row --regex '\s+')
    let answer = (do --ignore-errors { ^session-registry completions nushell --jump -- ...$words | from json })
    { options: { sort: false }, completions: ($answer | default []) }
}
def --env --wrapped @CMD@ [...words: string@"nu-complete @CMD@"] {
    if ($words | get 0? | default "") == "run" {
        ^session-registry resume ...($words | skip 1)
        return
    }
    let place = (if ($words | is-empty) {
        ^session-registry ui --print path
    } else {
        ^session-registry show --print path ...$words
    } | str trim --right --char (char newline))
    if ($place | is-empty) { return }
    if ($place | path type) not-in [dir symlink] {
        error make { msg: $"@CMD@: not a directory here: ($place)" }
    }
    cd $place
}
def sr_prompt [] {
    let session = (do { ^session-registry which -q } | complete)
    if $session.exit_code == 0 { $"[($session.stdout | str trim --right)] " } else { "" }
}
#-- key
$env.config.keybindings = ($env.config.keybindings? | default [] | where name? != session_registry | append {
    name: session_registry
    modifier: alt
    keycode: char_j
    mode: [emacs vi_normal vi_insert]
    event: { send: executehostcommand cmd: "@CMD@" }
})
#-- end
#-- prompt
let session_registry_prompt = $env.PROMPT_COMMAND?
$env.PROMPT_COMMAND = {||
    let rest = (match ($session_registry_prompt | describe) {
        "closure" => (do $session_registry_prompt)
        "string" => $session_registry_prompt
        _ => ""
    })
    $"(sr_prompt)($rest)"
}
#-- end
