#compdef session-registry
# Completion of session-registry for zsh: what can be typed is asked of the program itself.
_session-registry() {
    local program kind line
    program=$(whence -p session-registry) || program=@PROGRAM@
    local -a answer values abouts
    answer=("${(@f)$("$program" completions zsh ${=_session_registry_jump-} -- "${(@Q)words[1,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)}")
    kind=$answer[1]
    case $kind in
        values)
            for line in "${(@)answer[2,-1]}"; do
                values+=("${line%%$'\t'*}")
                abouts+=("${line%%$'\t'*}  -- ${line#*$'\t'}")
            done
            (( $#values )) || return 1
            compadd -l -V session-registry -d abouts -a -- values
            ;;
        files | directories)
            [[ -n $answer[2] ]] && compset -P '*='
            if [[ $kind == files ]]; then _files; else _files -/; fi
            ;;
        command)
            (( CURRENT -= answer[2] ))
            words=("${(@)words[answer[2]+1,-1]}")
            _normal
            ;;
        *)
            return 1
            ;;
    esac
}
if [[ $funcstack[1] == _session-registry ]]; then
    _session-registry "$@"
elif (( $+functions[compdef] )); then
    compdef _session-registry session-registry
fi
