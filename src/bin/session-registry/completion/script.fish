# Completion of session-registry for fish: what can be typed is asked of the program itself.
function __session_registry_complete
    set -l program (command -s session-registry)
    or set program @PROGRAM@
    set -l before (commandline -opc)
    set -l current (commandline -ct)
    set -l answer ($program completions fish $argv -- $before "$current" 2>/dev/null)
    switch "$answer[1]"
        case values
            if set -q answer[2]
                printf '%s\n' $answer[2..-1]
            end
        case files
            for path in (__fish_complete_path "$answer[3]")
                printf '%s\n' "$answer[2]$path"
            end
        case directories
            for path in (__fish_complete_directories "$answer[3]" '')
                printf '%s\n' "$answer[2]$path"
            end
        case command
            set -l first (math $answer[2] + 1)
            set -l words
            if test $first -le (count $before)
                set words (string escape -- $before[$first..-1])
            end
            complete -C (string join ' ' -- $words "$current")
    end
end
complete -c session-registry -f -k -a '(__session_registry_complete)'
