# To projects and back, by session-registry.
function @CMD@ --description 'Go to the project of a session'
    set -l place
    switch "$argv[1]"
        case run
            command session-registry resume $argv[2..-1]
            return
        case ''
            set place (command session-registry ui --print path)
            or return
        case '*'
            set place (command session-registry show --print path $argv)
            or return
    end
    test -n "$place"
    or return
    if not test -d "$place"
        printf '%s\n' "@CMD@: not a directory here: $place" >&2
        return 1
    end
    cd -- "$place"
end
function sr_prompt --description 'The session around the current directory, for a prompt'
    set -l session (command session-registry which -q 2>/dev/null)
    and printf '[%s] ' "$session"
end
complete -c @CMD@ -f -k -a '(__session_registry_complete --jump)'
#-- key
if status is-interactive
    bind \ej '@CMD@; commandline -f repaint'
end
#-- end
#-- prompt
# Read twice, it is there once.
if functions -q fish_prompt; and not functions -q __session_registry_prompt
    functions -c fish_prompt __session_registry_prompt
    function fish_prompt
        sr_prompt
        __session_registry_prompt
    end
end
#-- end
