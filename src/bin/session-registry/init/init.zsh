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
        print -ru2 -- "@CMD@: not a directory here: $place"
        return 1
    fi
    builtin cd -- "$place"
}
sr_prompt() {
    local session
    # A percent sign would mean something in a prompt.
    session=$(command session-registry which -q 2>/dev/null) && print -rn -- "[${session//\%/%%}] "
}
_session_registry_go() {
    local _session_registry_jump=--jump
    _session-registry "$@"
}
(( $+functions[compdef] )) && compdef _session_registry_go @CMD@
#-- key
if [[ -o interactive ]]; then
    _session_registry_key() {
        zle push-line
        BUFFER=' @CMD@'
        zle accept-line
    }
    zle -N _session_registry_key
    bindkey '\ej' _session_registry_key
fi
#-- end
#-- prompt
setopt prompt_subst
# Read twice, it is there once.
[[ $PROMPT == *'$(sr_prompt)'* ]] || PROMPT='$(sr_prompt)'$PROMPT
#-- end
