# Completion of session-registry for bash: what can be typed is asked of the program itself.
_session_registry() {
    local program line kind word
    program=$(type -P session-registry) || program=@PROGRAM@
    local -a words=("${COMP_WORDS[@]:0:COMP_CWORD+1}") answer=() options=()
    COMPREPLY=()
    if [[ -n ${COMP_LINE-} ]]; then
        options=("--line=${COMP_LINE:0:${COMP_POINT:-${#COMP_LINE}}}")
    fi
    while IFS= read -r line; do
        answer+=("$line")
    done < <("$program" completions bash ${_session_registry_jump-} --breaks="${COMP_WORDBREAKS-}" "${options[@]}" -- "${words[@]}" 2>/dev/null)
    kind=${answer[0]-}
    case $kind in
        values)
            COMPREPLY=("${answer[@]:1}")
            ;;
        files | directories)
            word=${answer[2]-}
            compopt -o filenames 2>/dev/null
            while IFS= read -r line; do
                COMPREPLY+=("$line")
            done < <(compgen -"$([[ $kind == files ]] && echo f || echo d)" -- "$word" 2>/dev/null)
            ;;
        command)
            if declare -F _comp_command_offset >/dev/null; then
                _comp_command_offset "${answer[1]}"
            elif declare -F _command_offset >/dev/null; then
                _command_offset "${answer[1]}"
            else
                word=${COMP_WORDS[COMP_CWORD]}
                local action=f
                ((COMP_CWORD > answer[1])) || action=c
                [[ $action == c ]] || compopt -o filenames 2>/dev/null
                while IFS= read -r line; do
                    COMPREPLY+=("$line")
                done < <(compgen -"$action" -- "$word" 2>/dev/null)
            fi
            ;;
    esac
}
if ((BASH_VERSINFO[0] > 4 || (BASH_VERSINFO[0] == 4 && BASH_VERSINFO[1] >= 4))); then
    complete -o nosort -F _session_registry session-registry
else
    complete -F _session_registry session-registry
fi
