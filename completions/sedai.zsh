#compdef sedai

__sedai_complete() {
    local -ar non_empty_completions=("${@:#(|:*)}")
    local -ar empty_completions=("${(M)@:#(|:*)}")
    _describe -V '' non_empty_completions -- empty_completions -P $'\'\''
}

__sedai_custom_complete() {
    local -a completions
    completions=("${(@f)"$("${command_name}" "${@}" "${command_line[@]}")"}")
    if [[ "${#completions[@]}" -gt 1 ]]; then
        __sedai_complete "${completions[@]:0:-1}"
    fi
}

__sedai_cursor_index_in_current_word() {
    if [[ -z "${QIPREFIX}${IPREFIX}${PREFIX}" ]]; then
        printf 0
    else
        printf %s "${#${(z)LBUFFER}[-1]}"
    fi
}

_sedai() {
    emulate -RL zsh -G
    setopt extendedglob nullglob numericglobsort
    unsetopt aliases banghist

    local -xr SAP_SHELL=zsh
    local -x SAP_SHELL_VERSION
    SAP_SHELL_VERSION="$(builtin emulate zsh -c 'printf %s "${ZSH_VERSION}"')"
    local -r SAP_SHELL_VERSION

    local context state state_descr line
    local -A opt_args

    local -r command_name="${words[1]}"
    local -ar command_line=("${words[@]}")
    local -ir current_word_index="$((CURRENT - 1))"

    local -i ret=1
    local -ar arg_specs=(
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
        '(-): :->command'
        '(-)*:: :->arg'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0
    case "${state}" in
    command)
        local -ar subcommands=(
            'status:Show the array as a whole.'
            'pool:Pools: files and devices that hold data.'
            'sra:Snapshot reserve areas: space that generations share.'
            'ld:Logical disks.'
            'generation:Generations: snapshots of base volumes.'
            'lv:Link volumes: windows on generations.'
            'pair:Pairs: master volumes and their replication volumes.'
            'ldset:LD sets: which hosts see which logical disks.'
            'port:iSCSI host ports: the portals of LD sets.'
            'job:Long work in the background.'
            'attach:Connect a logical disk to this host.'
            'detach:Take an attached logical disk away from this host.'
            'host:Hosts: who operates the disks of which LD sets, and this machine as one of them.'
            'operator:Operators: people and programs that manage the array.'
            'audit:Show who changed what, and what was refused; for administrators.'
            'event:What happened on the array.'
            'message:Explain a message by its id; needs no array.'
            'help:Show subcommand help information.'
        )
        _describe -V subcommand subcommands && ret=0
        ;;
    arg)
        case "${words[1]}" in
        status|pool|sra|ld|generation|lv|pair|ldset|port|job|attach|detach|host|operator|audit|event|message|help)
            "_sedai_${words[1]}" && ret=0
            ;;
        esac
        ;;
    esac

    return "${ret}"
}

_sedai_status() {
    local -i ret=1
    local -ar arg_specs=(
        '--json[Print JSON, for programs.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_pool() {
    local -i ret=1
    local -ar arg_specs=(
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
        '(-): :->command'
        '(-)*:: :->arg'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0
    case "${state}" in
    command)
        local -ar subcommands=(
            'list:List pools.'
            'show:Show a pool.'
            'create:Make a pool.'
            'expand:Add files or devices to a pool.'
            'delete:Delete an empty pool.'
        )
        _describe -V subcommand subcommands && ret=0
        ;;
    arg)
        case "${words[1]}" in
        list|show|create|expand|delete)
            "_sedai_pool_${words[1]}" && ret=0
            ;;
        esac
        ;;
    esac

    return "${ret}"
}

_sedai_pool_list() {
    local -i ret=1
    local -ar arg_specs=(
        '--json[Print JSON, for programs.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_pool_show() {
    local -i ret=1
    local -ar arg_specs=(
        ':pool:'
        '--json[Print JSON, for programs.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_pool_create() {
    local -i ret=1
    local -ar arg_specs=(
        ':name:'
        '--number[Its number; the lowest free one unless told.]:number:'
        '*--file[Make a file of this size.]:path\:size:'
        '*--device[Take a block device whole.]:path:'
        '--sparse[Let files take their space only as they fill.]'
        '--json[Print JSON, for programs.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_pool_expand() {
    local -i ret=1
    local -ar arg_specs=(
        ':pool:'
        '*--file[Make a file of this size.]:path\:size:'
        '*--device[Take a block device whole.]:path:'
        '--sparse[Let files take their space only as they fill.]'
        '--json[Print JSON, for programs.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_pool_delete() {
    local -i ret=1
    local -ar arg_specs=(
        ':pool:'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_sra() {
    local -i ret=1
    local -ar arg_specs=(
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
        '(-): :->command'
        '(-)*:: :->arg'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0
    case "${state}" in
    command)
        local -ar subcommands=(
            'list:List reserves.'
            'show:Show a pool'\''s reserve.'
            'usage:Show which base volumes'\'' generations use a reserve.'
            'create:Set a reserve up in a pool.'
            'expand:Make a reserve larger.'
            'set:Set what happens as a reserve fills.'
            'delete:Remove the reserve of a pool that holds no generations.'
        )
        _describe -V subcommand subcommands && ret=0
        ;;
    arg)
        case "${words[1]}" in
        list|show|usage|create|expand|set|delete)
            "_sedai_sra_${words[1]}" && ret=0
            ;;
        esac
        ;;
    esac

    return "${ret}"
}

_sedai_sra_list() {
    local -i ret=1
    local -ar arg_specs=(
        '--json[Print JSON, for programs.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_sra_show() {
    local -i ret=1
    local -ar arg_specs=(
        ':pool:'
        '--json[Print JSON, for programs.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_sra_usage() {
    local -i ret=1
    local -ar arg_specs=(
        ':pool:'
        '--json[Print JSON, for programs.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_sra_create() {
    local -i ret=1
    local -ar arg_specs=(
        ':pool:'
        ':size:'
        '--json[Print JSON, for programs.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_sra_expand() {
    local -i ret=1
    local -ar arg_specs=(
        ':pool:'
        ':size:'
        '--json[Print JSON, for programs.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_sra_set() {
    local -i ret=1
    local -ar ___policy=('give-up-generations' 'keep-generations')
    local -ar arg_specs=(
        ':pool:'
        '--policy[When a write needs space and there is none\: give generations up, or fail the write.]:policy:{__sedai_complete "${___policy[@]}"}'
        '--warning[Warn at this per cent of use.]:warning:'
        '--critical[Warn again at this per cent of use.]:critical:'
        '--json[Print JSON, for programs.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_sra_delete() {
    local -i ret=1
    local -ar arg_specs=(
        ':pool:'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_ld() {
    local -i ret=1
    local -ar arg_specs=(
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
        '(-): :->command'
        '(-)*:: :->arg'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0
    case "${state}" in
    command)
        local -ar subcommands=(
            'list:List logical disks.'
            'show:Show a logical disk.'
            'create:Bind a logical disk, or a control volume.'
            'delete:Unbind a logical disk.'
            'rename:Give a logical disk another name or type.'
            'expand:Make a logical disk larger.'
            'limit:Set how many requests a second its hosts get.'
            'diff:List the ranges in which two volumes of a family differ.'
            'space:Show what deleting generations together would free.'
            'merge:Start a job that gives back the second chunks of partly overwritten ones.'
        )
        _describe -V subcommand subcommands && ret=0
        ;;
    arg)
        case "${words[1]}" in
        list|show|create|delete|rename|expand|limit|diff|space|merge)
            "_sedai_ld_${words[1]}" && ret=0
            ;;
        esac
        ;;
    esac

    return "${ret}"
}

_sedai_ld_list() {
    local -i ret=1
    local -ar arg_specs=(
        '--json[Print JSON, for programs.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_ld_show() {
    local -i ret=1
    local -ar arg_specs=(
        ':name:'
        '--json[Print JSON, for programs.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_ld_create() {
    local -i ret=1
    local -ar arg_specs=(
        ':name:'
        ':size:'
        '--pool[Name or number of the pool.]:pool:'
        '--number[Its number; the lowest free one unless told.]:number:'
        '--type[OS type\: LX, WN, WG, AX, CX, NX, SX, A2 or A4.]:type:'
        '--block-size[Bytes of its logical blocks over iSCSI\: 512 (the default) or 4096.]:block-size:'
        '--control[Bind a control volume.]'
        '--json[Print JSON, for programs.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_ld_delete() {
    local -i ret=1
    local -ar arg_specs=(
        ':name:'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_ld_rename() {
    local -i ret=1
    local -ar arg_specs=(
        ':name:'
        ':new-name:'
        '--type[The new OS type; it stays unless told.]:type:'
        '--json[Print JSON, for programs.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_ld_expand() {
    local -i ret=1
    local -ar arg_specs=(
        ':name:'
        ':size:'
        '--json[Print JSON, for programs.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_ld_limit() {
    local -i ret=1
    local -ar arg_specs=(
        ':name:'
        '--upper[Requests a second at most, 10 to 1000000.]:upper:'
        '--lower[Requests a second that other disks leave it.]:lower:'
        '--report[Tell an event when the upper limit is reached.]'
        '--no-report[Tell an event when the upper limit is reached.]'
        '--json[Print JSON, for programs.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_ld_diff() {
    local -i ret=1
    local -ar arg_specs=(
        ':from:'
        ':to:'
        '--json[Print JSON, for programs.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_ld_space() {
    local -i ret=1
    local -ar arg_specs=(
        '*:generations:'
        '--json[Print JSON, for programs.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_ld_merge() {
    local -i ret=1
    local -ar arg_specs=(
        ':name:'
        '--json[Print JSON, for programs.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_generation() {
    local -i ret=1
    local -ar arg_specs=(
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
        '(-): :->command'
        '(-)*:: :->arg'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0
    case "${state}" in
    command)
        local -ar subcommands=(
            'list:List a base volume'\''s generations, the newest snapshot first.'
            'show:Show a generation.'
            'build:Build generations: snapshot volumes that hold nothing yet.'
            'remove:Remove generations that hold no snapshot.'
            'create:Take a snapshot of base volumes, all of one moment.'
            'delete:Delete a snapshot; its generation can be used again.'
            'restore:Bring a base volume back to a generation.'
            'undo:Bring back what a base volume held before its last restore.'
            'guard:Protect a generation from being overwritten or deleted.'
            'unguard:End that protection.'
            'size:Show what generations alone hold: what deleting them would free.'
        )
        _describe -V subcommand subcommands && ret=0
        ;;
    arg)
        case "${words[1]}" in
        list|show|build|remove|create|delete|restore|undo|guard|unguard|size)
            "_sedai_generation_${words[1]}" && ret=0
            ;;
        esac
        ;;
    esac

    return "${ret}"
}

_sedai_generation_list() {
    local -i ret=1
    local -ar arg_specs=(
        ':volume:'
        '--json[Print JSON, for programs.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_generation_show() {
    local -i ret=1
    local -ar arg_specs=(
        ':generation:'
        '--json[Print JSON, for programs.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_generation_build() {
    local -i ret=1
    local -ar arg_specs=(
        ':base:'
        '--count[How many.]:count:'
        '--name[Name of the one, or what the names of several begin with.]:name:'
        '--pool[Name or number of their pool; the base volume'\''s unless told.]:pool:'
        '--json[Print JSON, for programs.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_generation_remove() {
    local -i ret=1
    local -ar arg_specs=(
        ':base:'
        '--count[How many.]:count:'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_generation_create() {
    local -i ret=1
    local -ar arg_specs=(
        '*:bases:'
        '--into[The generation to take, for a single base volume.]:into:'
        '--json[Print JSON, for programs.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_generation_delete() {
    local -i ret=1
    local -ar arg_specs=(
        ':base:'
        '*:generations:'
        '--auto[The generation that the next snapshot would overwrite, if it holds one.]'
        '--json[Print JSON, for programs.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_generation_restore() {
    local -i ret=1
    local -ar ___newer=('keep' 'del')
    local -ar arg_specs=(
        ':base:'
        ':generation:'
        '--newer[What becomes of newer generations\: keep or del.]:newer:{__sedai_complete "${___newer[@]}"}'
        '--without-undo[Do not keep the state before for sedai generation undo.]'
        '--json[Print JSON, for programs.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_generation_undo() {
    local -i ret=1
    local -ar arg_specs=(
        ':base:'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_generation_guard() {
    local -i ret=1
    local -ar arg_specs=(
        ':generation:'
        '--json[Print JSON, for programs.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_generation_unguard() {
    local -i ret=1
    local -ar arg_specs=(
        ':generation:'
        '--json[Print JSON, for programs.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_generation_size() {
    local -i ret=1
    local -ar arg_specs=(
        '*:generations:'
        '--json[Print JSON, for programs.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_lv() {
    local -i ret=1
    local -ar arg_specs=(
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
        '(-): :->command'
        '(-)*:: :->arg'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0
    case "${state}" in
    command)
        local -ar subcommands=(
            'list:List link volumes.'
            'show:Show a link volume.'
            'create:Build a link volume.'
            'delete:Delete an unlinked link volume.'
            'link:Make a link volume show a generation, or the base volume itself.'
            'unlink:End a link.'
        )
        _describe -V subcommand subcommands && ret=0
        ;;
    arg)
        case "${words[1]}" in
        list|show|create|delete|link|unlink)
            "_sedai_lv_${words[1]}" && ret=0
            ;;
        esac
        ;;
    esac

    return "${ret}"
}

_sedai_lv_list() {
    local -i ret=1
    local -ar arg_specs=(
        '--json[Print JSON, for programs.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_lv_show() {
    local -i ret=1
    local -ar arg_specs=(
        ':name:'
        '--json[Print JSON, for programs.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_lv_create() {
    local -i ret=1
    local -ar arg_specs=(
        ':name:'
        '--base[The base volume whose generations it will show.]:base:'
        '--number[Its number; the lowest free one unless told.]:number:'
        '--json[Print JSON, for programs.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_lv_delete() {
    local -i ret=1
    local -ar arg_specs=(
        ':name:'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_lv_link() {
    local -i ret=1
    local -ar ___access=('rw' 'ro' 'nr' 'na')
    local -ar arg_specs=(
        ':name:'
        ':source:'
        '--access[What a host may do with it\: rw, ro, nr or na.]:access:{__sedai_complete "${___access[@]}"}'
        '--json[Print JSON, for programs.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_lv_unlink() {
    local -i ret=1
    local -ar arg_specs=(
        ':name:'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_pair() {
    local -i ret=1
    local -ar arg_specs=(
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
        '(-): :->command'
        '(-)*:: :->arg'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0
    case "${state}" in
    command)
        local -ar subcommands=(
            'list:List pairs.'
            'show:Show a pair, with how much its volumes differ.'
            'create:Make two volumes of one size a pair; nothing is copied yet.'
            'delete:End a pair; both volumes stay what they are.'
            'replicate:Make a replication volume what its master is, until it is separated.'
            'separate:Give a replication volume to its hosts, as its master is at this moment.'
            'restore:Bring a master volume back to what its replication volume is.'
            'change:Change how a pair copies and who may use the copy.'
            'wait:Wait for a pair: sync (both the same) or sep (separated).'
        )
        _describe -V subcommand subcommands && ret=0
        ;;
    arg)
        case "${words[1]}" in
        list|show|create|delete|replicate|separate|restore|change|wait)
            "_sedai_pair_${words[1]}" && ret=0
            ;;
        esac
        ;;
    esac

    return "${ret}"
}

_sedai_pair_list() {
    local -i ret=1
    local -ar arg_specs=(
        '--master[Those of this master volume only.]:master:'
        '--json[Print JSON, for programs.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_pair_show() {
    local -i ret=1
    local -ar arg_specs=(
        ':replica:'
        '--json[Print JSON, for programs.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_pair_create() {
    local -i ret=1
    local -ar arg_specs=(
        ':master:'
        ':replica:'
        '--json[Print JSON, for programs.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_pair_delete() {
    local -i ret=1
    local -ar arg_specs=(
        ':master:'
        ':replica:'
        '--force[Also while it is not separated.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_pair_replicate() {
    local -i ret=1
    local -ar ___range=('full' 'diff')
    local -ar ___mode=('fg' 'bg')
    local -ar arg_specs=(
        ':master:'
        ':replica:'
        '--range[What to copy between pools\: full or diff.]:range:{__sedai_complete "${___range[@]}"}'
        '--mode[How to copy\: fg or bg; as it is unless told.]:mode:{__sedai_complete "${___mode[@]}"}'
        '--json[Print JSON, for programs.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_pair_separate() {
    local -i ret=1
    local -ar ___access=('rw' 'ro' 'nr' 'na')
    local -ar ___use=('immediate' 'complete')
    local -ar arg_specs=(
        ':master:'
        ':replica:'
        '--access[What hosts may do with it\: rw, ro, nr or na.]:access:{__sedai_complete "${___access[@]}"}'
        '--use[When they may\: immediate, or complete.]:use:{__sedai_complete "${___use[@]}"}'
        '--force[Stop the copy where it is instead; what was copied is of no use.]'
        '--json[Print JSON, for programs.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_pair_restore() {
    local -i ret=1
    local -ar ___mode=('update' 'protect')
    local -ar ___range=('full' 'diff')
    local -ar arg_specs=(
        ':master:'
        ':replica:'
        '--mode[Whether the replication volume follows it then\: update, or protect.]:mode:{__sedai_complete "${___mode[@]}"}'
        '--range[What to copy between pools\: full or diff.]:range:{__sedai_complete "${___range[@]}"}'
        '--json[Print JSON, for programs.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_pair_change() {
    local -i ret=1
    local -ar ___mode=('fg' 'bg')
    local -ar ___access=('rw' 'ro' 'nr' 'na')
    local -ar arg_specs=(
        ':master:'
        ':replica:'
        '--mode[How to copy\: fg or bg.]:mode:{__sedai_complete "${___mode[@]}"}'
        '--access[What hosts may do while it is separated\: rw, ro, nr or na.]:access:{__sedai_complete "${___access[@]}"}'
        '--json[Print JSON, for programs.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_pair_wait() {
    local -i ret=1
    local -ar _condition=('sync' 'sep')
    local -ar arg_specs=(
        ':replica:'
        ':condition:{__sedai_complete "${_condition[@]}"}'
        '--time[Seconds to wait at most.]:time:'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_ldset() {
    local -i ret=1
    local -ar arg_specs=(
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
        '(-): :->command'
        '(-)*:: :->arg'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0
    case "${state}" in
    command)
        local -ar subcommands=(
            'list:List LD sets.'
            'show:Show an LD set.'
            'create:Make an LD set.'
            'delete:Delete an LD set.'
            'assign:Let the hosts of an LD set see a logical disk.'
            'unassign:Take a logical disk out of an LD set.'
            'allow:Let the bearer of a TLS client certificate in.'
            'deny:Do not let the bearer of a TLS client certificate in any more.'
            'admit:Let an iSCSI initiator in.'
            'expel:Do not let an iSCSI initiator in any more.'
            'chap:Have iSCSI initiators prove who they are when they log in.'
        )
        _describe -V subcommand subcommands && ret=0
        ;;
    arg)
        case "${words[1]}" in
        list|show|create|delete|assign|unassign|allow|deny|admit|expel|chap)
            "_sedai_ldset_${words[1]}" && ret=0
            ;;
        esac
        ;;
    esac

    return "${ret}"
}

_sedai_ldset_list() {
    local -i ret=1
    local -ar arg_specs=(
        '--json[Print JSON, for programs.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_ldset_show() {
    local -i ret=1
    local -ar arg_specs=(
        ':name:'
        '--json[Print JSON, for programs.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_ldset_create() {
    local -i ret=1
    local -ar ___kind=('iscsi' 'fc')
    local -ar ___target_mode=('normal' 'multi-target')
    local -ar arg_specs=(
        ':name:'
        '--type[OS type of its hosts.]:type:'
        '--kind[What its hosts connect with; fc is recorded only. NBD serves both.]:kind:{__sedai_complete "${___kind[@]}"}'
        '--target-mode[One iSCSI target for all disks (the default), or one for each.]:target-mode:{__sedai_complete "${___target_mode[@]}"}'
        '--json[Print JSON, for programs.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_ldset_delete() {
    local -i ret=1
    local -ar arg_specs=(
        ':name:'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_ldset_assign() {
    local -i ret=1
    local -ar arg_specs=(
        ':name:'
        ':disk:'
        '--lun[Its LUN; the lowest free one unless told.]:lun:'
        '--json[Print JSON, for programs.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_ldset_unassign() {
    local -i ret=1
    local -ar arg_specs=(
        ':name:'
        ':disk:'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_ldset_allow() {
    local -i ret=1
    local -ar arg_specs=(
        ':name:'
        ':client:'
        '--json[Print JSON, for programs.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_ldset_deny() {
    local -i ret=1
    local -ar arg_specs=(
        ':name:'
        ':client:'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_ldset_admit() {
    local -i ret=1
    local -ar arg_specs=(
        ':name:'
        ':initiator:'
        '--json[Print JSON, for programs.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_ldset_expel() {
    local -i ret=1
    local -ar arg_specs=(
        ':name:'
        ':initiator:'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_ldset_chap() {
    local -i ret=1
    local -ar arg_specs=(
        ':name:'
        '--user[The name that initiators log in with.]:user:'
        '--secret-file[Where the secret is; - is standard input.]:secret-file:'
        '--target-user[The name that the target proves to have, if an initiator asks for it.]:target-user:'
        '--target-secret-file[Where the target'\''s secret is; - is standard input.]:target-secret-file:'
        '--initiator[For this initiator of the set only, in place of what all have to prove.]:initiator:'
        '--off[Nothing has to be proven any more.]'
        '--json[Print JSON, for programs.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_port() {
    local -i ret=1
    local -ar arg_specs=(
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
        '(-): :->command'
        '(-)*:: :->arg'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0
    case "${state}" in
    command)
        local -ar subcommands=(
            'list:List host ports.'
            'set:Give a host port an address.'
            'name:Name a host port.'
        )
        _describe -V subcommand subcommands && ret=0
        ;;
    arg)
        case "${words[1]}" in
        list|set|name)
            "_sedai_port_${words[1]}" && ret=0
            ;;
        esac
        ;;
    esac

    return "${ret}"
}

_sedai_port_list() {
    local -i ret=1
    local -ar arg_specs=(
        '--json[Print JSON, for programs.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_port_set() {
    local -i ret=1
    local -ar arg_specs=(
        ':port:'
        ':address:'
        '--tcp-port[The TCP port; 3260 unless told.]:tcp-port:'
        '--json[Print JSON, for programs.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_port_name() {
    local -i ret=1
    local -ar arg_specs=(
        ':port:'
        ':name:'
        '--json[Print JSON, for programs.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_job() {
    local -i ret=1
    local -ar arg_specs=(
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
        '(-): :->command'
        '(-)*:: :->arg'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0
    case "${state}" in
    command)
        local -ar subcommands=(
            'list:List jobs.'
            'show:Show a job.'
            'watch:Show how a job gets on until it is over; all jobs that run unless one is named.'
            'pause:Stop a job for a while.'
            'resume:Let a job go on.'
            'limit:Limit how fast a job works.'
        )
        _describe -V subcommand subcommands && ret=0
        ;;
    arg)
        case "${words[1]}" in
        list|show|watch|pause|resume|limit)
            "_sedai_job_${words[1]}" && ret=0
            ;;
        esac
        ;;
    esac

    return "${ret}"
}

_sedai_job_list() {
    local -i ret=1
    local -ar arg_specs=(
        '--json[Print JSON, for programs.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_job_show() {
    local -i ret=1
    local -ar arg_specs=(
        ':job:'
        '--json[Print JSON, for programs.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_job_watch() {
    local -i ret=1
    local -ar arg_specs=(
        ':job:'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_job_pause() {
    local -i ret=1
    local -ar arg_specs=(
        ':job:'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_job_resume() {
    local -i ret=1
    local -ar arg_specs=(
        ':job:'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_job_limit() {
    local -i ret=1
    local -ar arg_specs=(
        ':job:'
        ':rate:'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_attach() {
    local -i ret=1
    local -ar ___by=('iscsi' 'nbd' 'fuse')
    local -ar arg_specs=(
        ':name:'
        '--all[Connect everything again that was attached persistently.]'
        '--by[The only means to try\: iscsi, nbd or fuse.]:by:{__sedai_complete "${___by[@]}"}'
        '--set[The LD set to connect as.]:set:'
        '--persist[Connect it again after a start of the host.]'
        '--read-only[The device takes no writes.]'
        '--json[Print JSON, for programs.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_detach() {
    local -i ret=1
    local -ar arg_specs=(
        ':name:'
        '--json[Print JSON, for programs.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_host() {
    local -i ret=1
    local -ar arg_specs=(
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
        '(-): :->command'
        '(-)*:: :->arg'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0
    case "${state}" in
    command)
        local -ar subcommands=(
            'list:List hosts.'
            'create:Make a host. Its token is printed, this one time.'
            'change:Change a host.'
            'rotate:Print a new token; the one before is worth nothing from now on.'
            'remove:Remove a host.'
            'attachments:List the logical disks that are attached to this host.'
            'export:Write this host'\''s settings and drives to a file, for standby nodes.'
            'import:Take over settings and drives that another node exported.'
        )
        _describe -V subcommand subcommands && ret=0
        ;;
    arg)
        case "${words[1]}" in
        list|create|change|rotate|remove|attachments|export|import)
            "_sedai_host_${words[1]}" && ret=0
            ;;
        esac
        ;;
    esac

    return "${ret}"
}

_sedai_host_list() {
    local -i ret=1
    local -ar arg_specs=(
        '--json[Print JSON, for programs.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_host_create() {
    local -i ret=1
    local -ar arg_specs=(
        ':name:'
        '*--ldset[An LD set of it; may be repeated.]:ldset:'
        '*--uid[A local user that is this account, by number; may be repeated.]:uid:'
        '--token[Make a token although there are local users.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_host_change() {
    local -i ret=1
    local -ar arg_specs=(
        ':name:'
        '*--ldset[The LD sets that it has from now on, each.]:ldset:'
        '--no-sets[It has no LD set from now on.]'
        '*--uid[The local users that it has from now on, by number; none for nobody.]:uid:'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_host_rotate() {
    local -i ret=1
    local -ar arg_specs=(
        ':name:'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_host_remove() {
    local -i ret=1
    local -ar arg_specs=(
        ':name:'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_host_attachments() {
    local -i ret=1
    local -ar arg_specs=(
        '--json[Print JSON, for programs.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_host_export() {
    local -i ret=1
    local -ar arg_specs=(
        ':file:'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_host_import() {
    local -i ret=1
    local -ar arg_specs=(
        ':file:'
        '--replace[Put the settings in the place of those that are there.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_operator() {
    local -i ret=1
    local -ar arg_specs=(
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
        '(-): :->command'
        '(-)*:: :->arg'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0
    case "${state}" in
    command)
        local -ar subcommands=(
            'list:List operators.'
            'create:Make an operator. Its token is printed, this one time.'
            'change:Change an operator.'
            'rotate:Print a new token; the one before is worth nothing from now on.'
            'remove:Remove an operator.'
        )
        _describe -V subcommand subcommands && ret=0
        ;;
    arg)
        case "${words[1]}" in
        list|create|change|rotate|remove)
            "_sedai_operator_${words[1]}" && ret=0
            ;;
        esac
        ;;
    esac

    return "${ret}"
}

_sedai_operator_list() {
    local -i ret=1
    local -ar arg_specs=(
        '--json[Print JSON, for programs.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_operator_create() {
    local -i ret=1
    local -ar ___role=('viewer' 'operator' 'administrator')
    local -ar arg_specs=(
        ':name:'
        '--role[viewer looks, operator works with volumes, administrator does everything.]:role:{__sedai_complete "${___role[@]}"}'
        '*--uid[A local user that is this account, by number; may be repeated.]:uid:'
        '--token[Make a token although there are local users.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_operator_change() {
    local -i ret=1
    local -ar ___role=('viewer' 'operator' 'administrator')
    local -ar arg_specs=(
        ':name:'
        '--role[viewer, operator or administrator.]:role:{__sedai_complete "${___role[@]}"}'
        '*--uid[The local users that it has from now on, by number; none for nobody.]:uid:'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_operator_rotate() {
    local -i ret=1
    local -ar arg_specs=(
        ':name:'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_operator_remove() {
    local -i ret=1
    local -ar arg_specs=(
        ':name:'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_audit() {
    local -i ret=1
    local -ar arg_specs=(
        '--after[Entries with a higher number than this only.]:after:'
        '--limit[At most so many, 1 to 1000.]:limit:'
        '--json[Print JSON, for programs.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_event() {
    local -i ret=1
    local -ar arg_specs=(
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
        '(-): :->command'
        '(-)*:: :->arg'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0
    case "${state}" in
    command)
        local -ar subcommands=(
            'list:List events, the oldest first.'
            'follow:Print events as they happen, until interrupted.'
        )
        _describe -V subcommand subcommands && ret=0
        ;;
    arg)
        case "${words[1]}" in
        list|follow)
            "_sedai_event_${words[1]}" && ret=0
            ;;
        esac
        ;;
    esac

    return "${ret}"
}

_sedai_event_list() {
    local -i ret=1
    local -ar arg_specs=(
        '--after[Only events with a higher number.]:after:'
        '--limit[At most this many.]:limit:'
        '--json[Print JSON, for programs.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_event_follow() {
    local -i ret=1
    local -ar arg_specs=(
        '--after[Begin after this one; with the next that happens unless told.]:after:'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_message() {
    local -i ret=1
    local -ar arg_specs=(
        ':id:'
        '--json[Print JSON, for programs.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_sedai_help() {
    local -i ret=1
    local -ar arg_specs=(
        '*:subcommands:'
        '--version[Show the version.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

if [[ "${funcstack[1]}" = _sedai ]]; then
    _sedai "${@}"
else
    compdef _sedai sedai
fi
