#!/bin/bash

__sedai_cursor_index_in_current_word() {
    local remaining="${COMP_LINE}"

    local word
    for word in "${COMP_WORDS[@]::COMP_CWORD}"; do
        remaining="${remaining##*([[:space:]])"${word}"*([[:space:]])}"
    done

    local -ir index="$((COMP_POINT - ${#COMP_LINE} + ${#remaining}))"
    if [[ "${index}" -le 0 ]]; then
        printf 0
    else
        printf %s "${index}"
    fi
}

# positional arguments:
#
# - 1: the current (sub)command's count of positional arguments
#
# required variables:
#
# - repeating_flags: the repeating flags that the current (sub)command can accept
# - non_repeating_flags: the non-repeating flags that the current (sub)command can accept
# - repeating_options: the repeating options that the current (sub)command can accept
# - non_repeating_options: the non-repeating options that the current (sub)command can accept
# - positional_number: value ignored
# - unparsed_words: unparsed words from the current command line
#
# modified variables:
#
# - non_repeating_flags: remove flags for this (sub)command that are already on the command line
# - non_repeating_options: remove options for this (sub)command that are already on the command line
# - positional_number: set to the current positional number
# - unparsed_words: remove all flags, options, and option values for this (sub)command
__sedai_offer_flags_options() {
    local -ir positional_count="${1}"
    positional_number=0

    local was_flag_option_terminator_seen=false
    local is_parsing_option_value=false

    local -ar unparsed_word_indices=("${!unparsed_words[@]}")
    local -i word_index
    for word_index in "${unparsed_word_indices[@]}"; do
        if "${is_parsing_option_value}"; then
            # This word is an option value:
            # Reset marker for next word iff not currently the last word
            [[ "${word_index}" -ne "${unparsed_word_indices[${#unparsed_word_indices[@]} - 1]}" ]] && is_parsing_option_value=false
            unset "unparsed_words[${word_index}]"
            # Do not process this word as a flag or an option
            continue
        fi

        local word="${unparsed_words["${word_index}"]}"
        if ! "${was_flag_option_terminator_seen}"; then
            case "${word}" in
            --)
                unset "unparsed_words[${word_index}]"
                # by itself -- is a flag/option terminator, but if it is the last word, it is the start of a completion
                if [[ "${word_index}" -ne "${unparsed_word_indices[${#unparsed_word_indices[@]} - 1]}" ]]; then
                    was_flag_option_terminator_seen=true
                fi
                continue
                ;;
            -*)
                # ${word} is a flag or an option
                # If ${word} is an option, mark that the next word to be parsed is an option value
                local option
                for option in "${repeating_options[@]}" "${non_repeating_options[@]}"; do
                    [[ "${word}" = "${option}" ]] && is_parsing_option_value=true && break
                done

                # Remove ${word} from ${non_repeating_flags} or ${non_repeating_options} so it isn't offered again
                local not_found=true
                local -i index
                for index in "${!non_repeating_flags[@]}"; do
                    if [[ "${non_repeating_flags[${index}]}" = "${word}" ]]; then
                        unset "non_repeating_flags[${index}]"
                        non_repeating_flags=("${non_repeating_flags[@]}")
                        not_found=false
                        break
                    fi
                done
                if "${not_found}"; then
                    for index in "${!non_repeating_flags[@]}"; do
                        if [[ "${non_repeating_flags[${index}]}" = "${word}" ]]; then
                            unset "non_repeating_flags[${index}]"
                            non_repeating_flags=("${non_repeating_flags[@]}")
                            break
                        fi
                    done
                fi
                unset "unparsed_words[${word_index}]"
                continue
                ;;
            esac
        fi

        # ${word} is neither a flag, nor an option, nor an option value
        if [[ "${positional_number}" -lt "${positional_count}" || "${positional_count}" -lt 0 ]]; then
            # ${word} is a positional
            ((positional_number++))
            unset "unparsed_words[${word_index}]"
        else
            if [[ -z "${word}" ]]; then
                # Could be completing a flag, option, or subcommand
                positional_number=-1
            else
                # ${word} is a subcommand or invalid, so stop processing this (sub)command
                positional_number=-2
            fi
            break
        fi
    done

    unparsed_words=("${unparsed_words[@]}")

    if\
        ! "${was_flag_option_terminator_seen}"\
        && ! "${is_parsing_option_value}"\
        && [[ ("${cur}" = -* && "${positional_number}" -ge 0) || "${positional_number}" -eq -1 ]]
    then
        COMPREPLY+=($(compgen -W "${repeating_flags[*]} ${non_repeating_flags[*]} ${repeating_options[*]} ${non_repeating_options[*]}" -- "${cur}"))
    fi
}

__sedai_add_completions() {
    local completion
    while IFS='' read -r completion; do
        COMPREPLY+=("${completion}")
    done < <(IFS=$'\n' compgen "${@}" -- "${cur}")
}

__sedai_custom_complete() {
    if [[ -n "${cur}" || -z ${COMP_WORDS[${COMP_CWORD}]} || "${COMP_LINE:${COMP_POINT}:1}" != ' ' ]]; then
        local -ar words=("${COMP_WORDS[@]}")
    else
        local -ar words=("${COMP_WORDS[@]::${COMP_CWORD}}" '' "${COMP_WORDS[@]:${COMP_CWORD}}")
    fi

    "${COMP_WORDS[0]}" "${@}" "${words[@]}"
}

_sedai() {
    local state
    state="$(shopt -p;shopt -po)"
    trap "${state//$'\n'/;}" RETURN
    shopt -s extglob
    set +o history +o posix

    local -xr SAP_SHELL=bash
    local -x SAP_SHELL_VERSION
    SAP_SHELL_VERSION="$(IFS='.';printf %s "${BASH_VERSINFO[*]}")"
    local -r SAP_SHELL_VERSION

    local -r cur="${2}"
    local -r prev="${3}"

    local -i positional_number
    local -a unparsed_words=("${COMP_WORDS[@]:1:${COMP_CWORD}}")

    local -a repeating_flags=()
    local -a non_repeating_flags=(--version -h --help)
    local -a repeating_options=()
    local -a non_repeating_options=()
    __sedai_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    status|pool|sra|ld|generation|lv|pair|ldset|port|job|attach|detach|host|operator|audit|event|message|help)
        # Offer subcommand argument completions
        "_sedai_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'status pool sra ld generation lv pair ldset port job attach detach host operator audit event message help' -- "${cur}"))
        ;;
    esac
}

_sedai_status() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=()
    __sedai_offer_flags_options 0
}

_sedai_pool() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=()
    __sedai_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    list|show|create|expand|delete)
        # Offer subcommand argument completions
        "_sedai_pool_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'list show create expand delete' -- "${cur}"))
        ;;
    esac
}

_sedai_pool_list() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=()
    __sedai_offer_flags_options 0
}

_sedai_pool_show() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=()
    __sedai_offer_flags_options 1
}

_sedai_pool_create() {
    repeating_flags=()
    non_repeating_flags=(--sparse --json --version -h --help)
    repeating_options=(--file --device)
    non_repeating_options=(--number)
    __sedai_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--number')
        return
        ;;
    '--file')
        return
        ;;
    '--device')
        return
        ;;
    esac
}

_sedai_pool_expand() {
    repeating_flags=()
    non_repeating_flags=(--sparse --json --version -h --help)
    repeating_options=(--file --device)
    non_repeating_options=()
    __sedai_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--file')
        return
        ;;
    '--device')
        return
        ;;
    esac
}

_sedai_pool_delete() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=()
    __sedai_offer_flags_options 1
}

_sedai_sra() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=()
    __sedai_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    list|show|usage|create|expand|set|delete)
        # Offer subcommand argument completions
        "_sedai_sra_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'list show usage create expand set delete' -- "${cur}"))
        ;;
    esac
}

_sedai_sra_list() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=()
    __sedai_offer_flags_options 0
}

_sedai_sra_show() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=()
    __sedai_offer_flags_options 1
}

_sedai_sra_usage() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=()
    __sedai_offer_flags_options 1
}

_sedai_sra_create() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=()
    __sedai_offer_flags_options 2
}

_sedai_sra_expand() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=()
    __sedai_offer_flags_options 2
}

_sedai_sra_set() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=(--policy --warning --critical)
    __sedai_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--policy')
        __sedai_add_completions -W 'give-up-generations'$'\n''keep-generations'
        return
        ;;
    '--warning')
        return
        ;;
    '--critical')
        return
        ;;
    esac
}

_sedai_sra_delete() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=()
    __sedai_offer_flags_options 1
}

_sedai_ld() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=()
    __sedai_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    list|show|create|delete|rename|expand|limit|diff|space|merge)
        # Offer subcommand argument completions
        "_sedai_ld_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'list show create delete rename expand limit diff space merge' -- "${cur}"))
        ;;
    esac
}

_sedai_ld_list() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=()
    __sedai_offer_flags_options 0
}

_sedai_ld_show() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=()
    __sedai_offer_flags_options 1
}

_sedai_ld_create() {
    repeating_flags=()
    non_repeating_flags=(--control --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--pool --number --type --block-size)
    __sedai_offer_flags_options 2

    # Offer option value completions
    case "${prev}" in
    '--pool')
        return
        ;;
    '--number')
        return
        ;;
    '--type')
        return
        ;;
    '--block-size')
        return
        ;;
    esac
}

_sedai_ld_delete() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=()
    __sedai_offer_flags_options 1
}

_sedai_ld_rename() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=(--type)
    __sedai_offer_flags_options 2

    # Offer option value completions
    case "${prev}" in
    '--type')
        return
        ;;
    esac
}

_sedai_ld_expand() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=()
    __sedai_offer_flags_options 2
}

_sedai_ld_limit() {
    repeating_flags=()
    non_repeating_flags=(--report --no-report --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--upper --lower)
    __sedai_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--upper')
        return
        ;;
    '--lower')
        return
        ;;
    esac
}

_sedai_ld_diff() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=()
    __sedai_offer_flags_options 2
}

_sedai_ld_space() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=()
    __sedai_offer_flags_options -1
}

_sedai_ld_merge() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=()
    __sedai_offer_flags_options 1
}

_sedai_generation() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=()
    __sedai_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    list|show|build|remove|create|delete|restore|undo|guard|unguard|size)
        # Offer subcommand argument completions
        "_sedai_generation_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'list show build remove create delete restore undo guard unguard size' -- "${cur}"))
        ;;
    esac
}

_sedai_generation_list() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=()
    __sedai_offer_flags_options 1
}

_sedai_generation_show() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=()
    __sedai_offer_flags_options 1
}

_sedai_generation_build() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=(--count --name --pool)
    __sedai_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--count')
        return
        ;;
    '--name')
        return
        ;;
    '--pool')
        return
        ;;
    esac
}

_sedai_generation_remove() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=(--count)
    __sedai_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--count')
        return
        ;;
    esac
}

_sedai_generation_create() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=(--into)
    __sedai_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '--into')
        return
        ;;
    esac
}

_sedai_generation_delete() {
    repeating_flags=()
    non_repeating_flags=(--auto --json --version -h --help)
    repeating_options=()
    non_repeating_options=()
    __sedai_offer_flags_options -1
}

_sedai_generation_restore() {
    repeating_flags=()
    non_repeating_flags=(--without-undo --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--newer)
    __sedai_offer_flags_options 2

    # Offer option value completions
    case "${prev}" in
    '--newer')
        __sedai_add_completions -W 'keep'$'\n''del'
        return
        ;;
    esac
}

_sedai_generation_undo() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=()
    __sedai_offer_flags_options 1
}

_sedai_generation_guard() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=()
    __sedai_offer_flags_options 1
}

_sedai_generation_unguard() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=()
    __sedai_offer_flags_options 1
}

_sedai_generation_size() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=()
    __sedai_offer_flags_options -1
}

_sedai_lv() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=()
    __sedai_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    list|show|create|delete|link|unlink)
        # Offer subcommand argument completions
        "_sedai_lv_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'list show create delete link unlink' -- "${cur}"))
        ;;
    esac
}

_sedai_lv_list() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=()
    __sedai_offer_flags_options 0
}

_sedai_lv_show() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=()
    __sedai_offer_flags_options 1
}

_sedai_lv_create() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=(--base --number)
    __sedai_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--base')
        return
        ;;
    '--number')
        return
        ;;
    esac
}

_sedai_lv_delete() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=()
    __sedai_offer_flags_options 1
}

_sedai_lv_link() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=(--access)
    __sedai_offer_flags_options 2

    # Offer option value completions
    case "${prev}" in
    '--access')
        __sedai_add_completions -W 'rw'$'\n''ro'$'\n''nr'$'\n''na'
        return
        ;;
    esac
}

_sedai_lv_unlink() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=()
    __sedai_offer_flags_options 1
}

_sedai_pair() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=()
    __sedai_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    list|show|create|delete|replicate|separate|restore|change|wait)
        # Offer subcommand argument completions
        "_sedai_pair_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'list show create delete replicate separate restore change wait' -- "${cur}"))
        ;;
    esac
}

_sedai_pair_list() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=(--master)
    __sedai_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--master')
        return
        ;;
    esac
}

_sedai_pair_show() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=()
    __sedai_offer_flags_options 1
}

_sedai_pair_create() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=()
    __sedai_offer_flags_options 2
}

_sedai_pair_delete() {
    repeating_flags=()
    non_repeating_flags=(--force --version -h --help)
    repeating_options=()
    non_repeating_options=()
    __sedai_offer_flags_options 2
}

_sedai_pair_replicate() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=(--range --mode)
    __sedai_offer_flags_options 2

    # Offer option value completions
    case "${prev}" in
    '--range')
        __sedai_add_completions -W 'full'$'\n''diff'
        return
        ;;
    '--mode')
        __sedai_add_completions -W 'fg'$'\n''bg'
        return
        ;;
    esac
}

_sedai_pair_separate() {
    repeating_flags=()
    non_repeating_flags=(--force --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--access --use)
    __sedai_offer_flags_options 2

    # Offer option value completions
    case "${prev}" in
    '--access')
        __sedai_add_completions -W 'rw'$'\n''ro'$'\n''nr'$'\n''na'
        return
        ;;
    '--use')
        __sedai_add_completions -W 'immediate'$'\n''complete'
        return
        ;;
    esac
}

_sedai_pair_restore() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=(--mode --range)
    __sedai_offer_flags_options 2

    # Offer option value completions
    case "${prev}" in
    '--mode')
        __sedai_add_completions -W 'update'$'\n''protect'
        return
        ;;
    '--range')
        __sedai_add_completions -W 'full'$'\n''diff'
        return
        ;;
    esac
}

_sedai_pair_change() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=(--mode --access)
    __sedai_offer_flags_options 2

    # Offer option value completions
    case "${prev}" in
    '--mode')
        __sedai_add_completions -W 'fg'$'\n''bg'
        return
        ;;
    '--access')
        __sedai_add_completions -W 'rw'$'\n''ro'$'\n''nr'$'\n''na'
        return
        ;;
    esac
}

_sedai_pair_wait() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=(--time)
    __sedai_offer_flags_options 2

    # Offer option value completions
    case "${prev}" in
    '--time')
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    2)
        __sedai_add_completions -W 'sync'$'\n''sep'
        return
        ;;
    esac
}

_sedai_ldset() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=()
    __sedai_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    list|show|create|delete|assign|unassign|allow|deny|admit|expel|chap)
        # Offer subcommand argument completions
        "_sedai_ldset_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'list show create delete assign unassign allow deny admit expel chap' -- "${cur}"))
        ;;
    esac
}

_sedai_ldset_list() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=()
    __sedai_offer_flags_options 0
}

_sedai_ldset_show() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=()
    __sedai_offer_flags_options 1
}

_sedai_ldset_create() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=(--type --kind --target-mode)
    __sedai_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--type')
        return
        ;;
    '--kind')
        __sedai_add_completions -W 'iscsi'$'\n''fc'
        return
        ;;
    '--target-mode')
        __sedai_add_completions -W 'normal'$'\n''multi-target'
        return
        ;;
    esac
}

_sedai_ldset_delete() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=()
    __sedai_offer_flags_options 1
}

_sedai_ldset_assign() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=(--lun)
    __sedai_offer_flags_options 2

    # Offer option value completions
    case "${prev}" in
    '--lun')
        return
        ;;
    esac
}

_sedai_ldset_unassign() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=()
    __sedai_offer_flags_options 2
}

_sedai_ldset_allow() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=()
    __sedai_offer_flags_options 2
}

_sedai_ldset_deny() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=()
    __sedai_offer_flags_options 2
}

_sedai_ldset_admit() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=()
    __sedai_offer_flags_options 2
}

_sedai_ldset_expel() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=()
    __sedai_offer_flags_options 2
}

_sedai_ldset_chap() {
    repeating_flags=()
    non_repeating_flags=(--off --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--user --secret-file --target-user --target-secret-file --initiator)
    __sedai_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--user')
        return
        ;;
    '--secret-file')
        return
        ;;
    '--target-user')
        return
        ;;
    '--target-secret-file')
        return
        ;;
    '--initiator')
        return
        ;;
    esac
}

_sedai_port() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=()
    __sedai_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    list|set|name)
        # Offer subcommand argument completions
        "_sedai_port_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'list set name' -- "${cur}"))
        ;;
    esac
}

_sedai_port_list() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=()
    __sedai_offer_flags_options 0
}

_sedai_port_set() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=(--tcp-port)
    __sedai_offer_flags_options 2

    # Offer option value completions
    case "${prev}" in
    '--tcp-port')
        return
        ;;
    esac
}

_sedai_port_name() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=()
    __sedai_offer_flags_options 2
}

_sedai_job() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=()
    __sedai_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    list|show|watch|pause|resume|limit)
        # Offer subcommand argument completions
        "_sedai_job_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'list show watch pause resume limit' -- "${cur}"))
        ;;
    esac
}

_sedai_job_list() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=()
    __sedai_offer_flags_options 0
}

_sedai_job_show() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=()
    __sedai_offer_flags_options 1
}

_sedai_job_watch() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=()
    __sedai_offer_flags_options 1
}

_sedai_job_pause() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=()
    __sedai_offer_flags_options 1
}

_sedai_job_resume() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=()
    __sedai_offer_flags_options 1
}

_sedai_job_limit() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=()
    __sedai_offer_flags_options 2
}

_sedai_attach() {
    repeating_flags=()
    non_repeating_flags=(--all --persist --read-only --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--by --set)
    __sedai_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--by')
        __sedai_add_completions -W 'iscsi'$'\n''nbd'$'\n''fuse'
        return
        ;;
    '--set')
        return
        ;;
    esac
}

_sedai_detach() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=()
    __sedai_offer_flags_options 1
}

_sedai_host() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=()
    __sedai_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    list|create|change|rotate|remove|attachments|export|import)
        # Offer subcommand argument completions
        "_sedai_host_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'list create change rotate remove attachments export import' -- "${cur}"))
        ;;
    esac
}

_sedai_host_list() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=()
    __sedai_offer_flags_options 0
}

_sedai_host_create() {
    repeating_flags=()
    non_repeating_flags=(--token --version -h --help)
    repeating_options=(--ldset --uid)
    non_repeating_options=()
    __sedai_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--ldset')
        return
        ;;
    '--uid')
        return
        ;;
    esac
}

_sedai_host_change() {
    repeating_flags=()
    non_repeating_flags=(--no-sets --version -h --help)
    repeating_options=(--ldset --uid)
    non_repeating_options=()
    __sedai_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--ldset')
        return
        ;;
    '--uid')
        return
        ;;
    esac
}

_sedai_host_rotate() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=()
    __sedai_offer_flags_options 1
}

_sedai_host_remove() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=()
    __sedai_offer_flags_options 1
}

_sedai_host_attachments() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=()
    __sedai_offer_flags_options 0
}

_sedai_host_export() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=()
    __sedai_offer_flags_options 1
}

_sedai_host_import() {
    repeating_flags=()
    non_repeating_flags=(--replace --version -h --help)
    repeating_options=()
    non_repeating_options=()
    __sedai_offer_flags_options 1
}

_sedai_operator() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=()
    __sedai_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    list|create|change|rotate|remove)
        # Offer subcommand argument completions
        "_sedai_operator_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'list create change rotate remove' -- "${cur}"))
        ;;
    esac
}

_sedai_operator_list() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=()
    __sedai_offer_flags_options 0
}

_sedai_operator_create() {
    repeating_flags=()
    non_repeating_flags=(--token --version -h --help)
    repeating_options=(--uid)
    non_repeating_options=(--role)
    __sedai_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--role')
        __sedai_add_completions -W 'viewer'$'\n''operator'$'\n''administrator'
        return
        ;;
    '--uid')
        return
        ;;
    esac
}

_sedai_operator_change() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=(--uid)
    non_repeating_options=(--role)
    __sedai_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--role')
        __sedai_add_completions -W 'viewer'$'\n''operator'$'\n''administrator'
        return
        ;;
    '--uid')
        return
        ;;
    esac
}

_sedai_operator_rotate() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=()
    __sedai_offer_flags_options 1
}

_sedai_operator_remove() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=()
    __sedai_offer_flags_options 1
}

_sedai_audit() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=(--after --limit)
    __sedai_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--after')
        return
        ;;
    '--limit')
        return
        ;;
    esac
}

_sedai_event() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=()
    __sedai_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    list|follow)
        # Offer subcommand argument completions
        "_sedai_event_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'list follow' -- "${cur}"))
        ;;
    esac
}

_sedai_event_list() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=(--after --limit)
    __sedai_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--after')
        return
        ;;
    '--limit')
        return
        ;;
    esac
}

_sedai_event_follow() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=(--after)
    __sedai_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--after')
        return
        ;;
    esac
}

_sedai_message() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=()
    __sedai_offer_flags_options 1
}

_sedai_help() {
    repeating_flags=()
    non_repeating_flags=(--version)
    repeating_options=()
    non_repeating_options=()
    __sedai_offer_flags_options -1
}

complete -o filenames -F _sedai sedai
