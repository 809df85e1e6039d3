# Options of the iSM commands, for bash-completion.
_iSMsc_create() {
  local words
  case "${COMP_WORDS[COMP_CWORD-1]}" in
    -bvflg) words="ld" ;;
    -svflg) words="ld relgen absgen ld.relgen ld.absgen" ;;
    -bv|-sv|-lv|-vol|-time) words="" ;;
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
    -bv|-sv|-lv|-vol|-time) words="" ;;
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
    -bv|-sv|-lv|-vol|-time) words="" ;;
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
    -bv|-sv|-lv|-vol|-time) words="" ;;
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
    -bv|-sv|-lv|-vol|-time) words="" ;;
    *) words="-lv -lvflg -sv -svflg" ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}"))
}
complete -F _iSMsc_unlink iSMsc_unlink
_iSMsc_linkinfo() {
  local words
  case "${COMP_WORDS[COMP_CWORD-1]}" in
    -volflg) words="ld ld.relgen ld.absgen" ;;
    -bv|-sv|-lv|-vol|-time) words="" ;;
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
    -bv|-sv|-lv|-vol|-time) words="" ;;
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
    -bv|-sv|-lv|-vol|-time) words="" ;;
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
    -bv|-sv|-lv|-vol|-time) words="" ;;
    *) words="-bv -bvflg -sv -svflg -mode" ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}"))
}
complete -F _iSMsc_svguard iSMsc_svguard
