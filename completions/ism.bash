# Options of the iSM commands, for bash-completion.
_iSMsc_create() {
  local words
  case "${COMP_WORDS[COMP_CWORD-1]}" in
    -bvflg) words="ld" ;;
    -svflg) words="ld relgen absgen ld.relgen ld.absgen" ;;
    -bv|-sv) words="" ;;
    *) words="-bv -bvflg -sv -svflg -cyclic" ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}"))
}
complete -F _iSMsc_create iSMsc_create
_iSMsc_delete() {
  local words
  case "${COMP_WORDS[COMP_CWORD-1]}" in
    -bvflg) words="ld" ;;
    -svflg) words="ld relgen absgen ld.relgen ld.absgen" ;;
    -bv|-sv) words="" ;;
    *) words="-bv -bvflg -sv -svflg -auto" ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}"))
}
complete -F _iSMsc_delete iSMsc_delete
_iSMsc_restore() {
  local words
  case "${COMP_WORDS[COMP_CWORD-1]}" in
    -bvflg) words="ld" ;;
    -svflg) words="ld relgen absgen ld.relgen ld.absgen" ;;
    -derivsv) words="keep del" ;;
    -bv|-sv) words="" ;;
    *) words="-bv -bvflg -sv -svflg -derivsv -nowait" ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}"))
}
complete -F _iSMsc_restore iSMsc_restore
_iSMsc_link() {
  local words
  case "${COMP_WORDS[COMP_CWORD-1]}" in
    -lvflg) words="ld" ;;
    -svflg) words="ld ld.relgen ld.absgen" ;;
    -bvflg) words="ld" ;;
    -lvacc) words="rw ro nr na" ;;
    -lv|-sv|-bv) words="" ;;
    *) words="-lv -lvflg -sv -svflg -bv -bvflg -lvacc" ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}"))
}
complete -F _iSMsc_link iSMsc_link
_iSMsc_unlink() {
  local words
  case "${COMP_WORDS[COMP_CWORD-1]}" in
    -lvflg) words="ld" ;;
    -svflg) words="ld ld.relgen ld.absgen" ;;
    -lv|-sv) words="" ;;
    *) words="-lv -lvflg -sv -svflg" ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}"))
}
complete -F _iSMsc_unlink iSMsc_unlink
_iSMsc_linkinfo() {
  local words
  case "${COMP_WORDS[COMP_CWORD-1]}" in
    -volflg) words="ld ld.relgen ld.absgen" ;;
    -vol) words="" ;;
    *) words="-vol -volflg -lcl" ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}"))
}
complete -F _iSMsc_linkinfo iSMsc_linkinfo
_iSMsc_query() {
  local words
  case "${COMP_WORDS[COMP_CWORD-1]}" in
    -bvflg) words="ld" ;;
    -svflg) words="ld relgen absgen ld.relgen ld.absgen" ;;
    -bv|-sv) words="" ;;
    *) words="-bv -bvflg -sv -svflg -summary -detail" ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}"))
}
complete -F _iSMsc_query iSMsc_query
_iSMsc_wait() {
  local words
  case "${COMP_WORDS[COMP_CWORD-1]}" in
    -cond) words="active deleted" ;;
    -bvflg) words="ld" ;;
    -svflg) words="ld relgen absgen ld.relgen ld.absgen" ;;
    -bv|-sv|-time) words="" ;;
    *) words="-cond -bv -bvflg -sv -svflg -time" ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}"))
}
complete -F _iSMsc_wait iSMsc_wait
_iSMsc_svguard() {
  local words
  case "${COMP_WORDS[COMP_CWORD-1]}" in
    -bvflg) words="ld" ;;
    -svflg) words="ld relgen absgen ld.relgen ld.absgen" ;;
    -mode) words="set cancel" ;;
    -bv|-sv) words="" ;;
    *) words="-bv -bvflg -sv -svflg -mode" ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}"))
}
complete -F _iSMsc_svguard iSMsc_svguard
_iSMrc_pair() {
  local words
  case "${COMP_WORDS[COMP_CWORD-1]}" in
    -mvflg) words="ld" ;;
    -rvflg) words="ld" ;;
    -force) words="all" ;;
    -mv|-rv) words="" ;;
    *) words="-pair -unpair -mv -mvflg -rv -rvflg -force" ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}"))
}
complete -F _iSMrc_pair iSMrc_pair
_iSMrc_replicate() {
  local words
  case "${COMP_WORDS[COMP_CWORD-1]}" in
    -mvflg) words="ld" ;;
    -rvflg) words="ld" ;;
    -cprange) words="full diff" ;;
    -cpmode) words="fg bg" ;;
    -mv|-rv) words="" ;;
    *) words="-mv -mvflg -rv -rvflg -cprange -cpmode -nowait" ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}"))
}
complete -F _iSMrc_replicate iSMrc_replicate
_iSMrc_separate() {
  local words
  case "${COMP_WORDS[COMP_CWORD-1]}" in
    -mvflg) words="ld" ;;
    -rvflg) words="ld" ;;
    -rvacc) words="rw ro nr na" ;;
    -rvuse) words="immediate complete" ;;
    -force) words="all" ;;
    -mv|-rv) words="" ;;
    *) words="-mv -mvflg -rv -rvflg -rvacc -rvuse -force -nowait" ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}"))
}
complete -F _iSMrc_separate iSMrc_separate
_iSMrc_restore() {
  local words
  case "${COMP_WORDS[COMP_CWORD-1]}" in
    -mvflg) words="ld" ;;
    -rvflg) words="ld" ;;
    -mode) words="update protect" ;;
    -cprange) words="full diff" ;;
    -mv|-rv) words="" ;;
    *) words="-mv -mvflg -rv -rvflg -mode -cprange -nowait" ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}"))
}
complete -F _iSMrc_restore iSMrc_restore
_iSMrc_change() {
  local words
  case "${COMP_WORDS[COMP_CWORD-1]}" in
    -mvflg) words="ld" ;;
    -rvflg) words="ld" ;;
    -cpmode) words="fg bg" ;;
    -rvacc) words="rw ro nr na" ;;
    -mv|-rv) words="" ;;
    *) words="-mv -mvflg -rv -rvflg -cpmode -rvacc" ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}"))
}
complete -F _iSMrc_change iSMrc_change
_iSMrc_wait() {
  local words
  case "${COMP_WORDS[COMP_CWORD-1]}" in
    -cond) words="sync sep" ;;
    -mvflg) words="ld" ;;
    -rvflg) words="ld" ;;
    -mv|-rv|-time) words="" ;;
    *) words="-cond -mv -mvflg -rv -rvflg -time" ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}"))
}
complete -F _iSMrc_wait iSMrc_wait
_iSMrc_query() {
  local words
  case "${COMP_WORDS[COMP_CWORD-1]}" in
    -mvflg) words="ld" ;;
    -rvflg) words="ld" ;;
    -mv|-rv) words="" ;;
    *) words="-mv -mvflg -rv -rvflg" ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}"))
}
complete -F _iSMrc_query iSMrc_query
_iSMrc_ldlist() {
  local words
  case "${COMP_WORDS[COMP_CWORD-1]}" in
    *) words="" ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}"))
}
complete -F _iSMrc_ldlist iSMrc_ldlist
_iSMrc_arrayinfo() {
  local words
  case "${COMP_WORDS[COMP_CWORD-1]}" in
    *) words="-dinfo" ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}"))
}
complete -F _iSMrc_arrayinfo iSMrc_arrayinfo
_iSMcfg() {
  local words
  case "${COMP_WORDS[COMP_CWORD-1]}" in
    iSMcfg|*/iSMcfg) words="poolbind poolunbind poolexpand srabind sraexpand sraunbind ldbind ldunbind ldexpand nickname generationadd generationdel lvbind lvunbind addldset delldset addldsetinitiator delldsetinitiator addldsetpath delldsetpath addldsetport delldsetport addldsetclient delldsetclient addldsetld delldsetld setiscsiport portname arrayname startacc licenserelease" ;;
    -poolattr) words="basic dynamic" ;;
    -unit) words="mb gb tb" ;;
    -ldattr) words="cv" ;;
    -type) words="iscsi fc" ;;
    -targetmode) words="normal multitarget" ;;
    -poolnumber|-poolname|-file|-capacity|-device|-ldn|-ldname|-newname|-bvname|-count|-svname|-lvn|-lvname|-ldset|-initiatorname|-path|-port|-client|-lun|-ipaddress|-tcpport|-key) words="" ;;
    *) case "${COMP_WORDS[1]}" in
        poolbind) words="-poolnumber -poolname -poolattr -file -capacity -unit -sparse -device" ;;
        poolunbind) words="-poolnumber" ;;
        poolexpand) words="-poolnumber -file -capacity -unit -sparse -device" ;;
        srabind) words="-poolnumber -capacity -unit" ;;
        sraexpand) words="-poolnumber -capacity -unit" ;;
        sraunbind) words="-poolnumber" ;;
        ldbind) words="-poolnumber -ldn -capacity -unit -ldattr -immediate" ;;
        ldunbind) words="-ldname -ldn" ;;
        ldexpand) words="-ldname -ldn -capacity -unit" ;;
        nickname) words="-ldname -ldn -newname -immediate" ;;
        generationadd) words="-bvname -poolnumber -count -svname" ;;
        generationdel) words="-bvname -count" ;;
        lvbind) words="-bvname -lvn -lvname" ;;
        lvunbind) words="-ldname -ldn" ;;
        addldset) words="-ldset -type -targetmode" ;;
        delldset) words="-ldset" ;;
        addldsetinitiator) words="-ldset -initiatorname" ;;
        delldsetinitiator) words="-ldset -initiatorname" ;;
        addldsetpath) words="-ldset -path" ;;
        delldsetpath) words="-ldset -path" ;;
        addldsetport) words="-ldset -port" ;;
        delldsetport) words="-ldset -port" ;;
        addldsetclient) words="-ldset -client" ;;
        delldsetclient) words="-ldset -client" ;;
        addldsetld) words="-ldset -ldname -lun" ;;
        delldsetld) words="-ldset -ldname" ;;
        setiscsiport) words="-port -ipaddress -tcpport" ;;
        portname) words="-port -newname" ;;
        arrayname) words="-newname" ;;
        startacc) words="" ;;
        licenserelease) words="-key" ;;
      esac ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}"))
}
complete -F _iSMcfg iSMcfg
_iSMioc() {
  local words
  case "${COMP_WORDS[COMP_CWORD-1]}" in
    iSMioc|*/iSMioc) words="setlimit" ;;
    -upperreport) words="on off" ;;
    -ldname|-upperlimit|-lowerlimit) words="" ;;
    *) case "${COMP_WORDS[1]}" in
        setlimit) words="-ldname -upperlimit -lowerlimit -upperreport" ;;
      esac ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}"))
}
complete -F _iSMioc iSMioc
_iSMview() {
  local words
  case "${COMP_WORDS[COMP_CWORD-1]}" in
    *) words="-d -all --alloptimize -ld -pool -port -ldset -license" ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}"))
}
complete -F _iSMview iSMview
_iSMcc_view() {
  local words
  case "${COMP_WORDS[COMP_CWORD-1]}" in
    *) words="-d -all --alloptimize -ld -pool -port -ldset -license" ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}"))
}
complete -F _iSMcc_view iSMcc_view
_iSMquery() {
  local words
  case "${COMP_WORDS[COMP_CWORD-1]}" in
    *) words="-cinder -xml -all" ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}"))
}
complete -F _iSMquery iSMquery
_clioutmsg() {
  local words
  case "${COMP_WORDS[COMP_CWORD-1]}" in
    *) words="text xml" ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}"))
}
complete -F _clioutmsg clioutmsg
_iSMvollist() {
  local words
  case "${COMP_WORDS[COMP_CWORD-1]}" in
    *) words="-cr -r -a -l -d -ctl --json" ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}"))
}
complete -F _iSMvollist iSMvollist
_iSMrc_flush() {
  local words
  case "${COMP_WORDS[COMP_CWORD-1]}" in
    -volflg) words="ld" ;;
    -drv|-mvol|-path|-vol) words="" ;;
    *) words="-drv -mvol -path -vol -volflg" ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}"))
}
complete -F _iSMrc_flush iSMrc_flush
_iSMrc_umount() {
  local words
  case "${COMP_WORDS[COMP_CWORD-1]}" in
    -volflg) words="ld" ;;
    -drv|-mvol|-path|-vol) words="" ;;
    *) words="-drv -mvol -path -vol -volflg -force -offline" ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}"))
}
complete -F _iSMrc_umount iSMrc_umount
_iSMrc_mount() {
  local words
  case "${COMP_WORDS[COMP_CWORD-1]}" in
    -volflg) words="ld" ;;
    -mvol|-vol|-drv|-path|-o) words="" ;;
    *) words="-mvol -vol -volflg -drv -path -o" ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}"))
}
complete -F _iSMrc_mount iSMrc_mount
_iSMrc_scan() {
  local words
  case "${COMP_WORDS[COMP_CWORD-1]}" in
    *) words="" ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}"))
}
complete -F _iSMrc_scan iSMrc_scan
_iSMrc_signature() {
  local words
  case "${COMP_WORDS[COMP_CWORD-1]}" in
    -volflg) words="ld" ;;
    -vol|-disk|-export|-import) words="" ;;
    *) words="-vol -volflg -disk -export -import" ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}"))
}
complete -F _iSMrc_signature iSMrc_signature
