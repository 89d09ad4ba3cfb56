# To projects and back, by session-registry.
@CMD@() {
    local place
    case ${1-} in
        run)
            shift
            command session-registry resume "$@"
            return
            ;;
        '') place=$(command session-registry ui --print path) || return ;;
        *) place=$(command session-registry show --print path "$@") || return ;;
    esac
    [[ -n $place ]] || return
    if [[ ! -d $place ]]; then
        printf '%s\n' "@CMD@: not a directory here: $place" >&2
        return 1
    fi
    builtin cd -- "$place" || return
}
sr_prompt() {
    local session
    session=$(command session-registry which -q 2>/dev/null) && printf '[%s] ' "$session"
}
_session_registry_go() {
    local _session_registry_jump=--jump
    _session_registry "$@"
}
complete -F _session_registry_go @CMD@
#-- key
if [[ $- == *i* ]]; then
    # What was typed is in the kill ring then: Ctrl-Y brings it back.
    bind '"\ej": "\C-e\C-u @CMD@\C-m"' 2>/dev/null
fi
#-- end
#-- prompt
# Read twice, it is there once.
[[ $PS1 == *'$(sr_prompt)'* ]] || PS1='$(sr_prompt)'$PS1
#-- end
