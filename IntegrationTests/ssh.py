#!/usr/bin/env python3
"""Management software over a real OpenSSH server: what it needs works, and nothing else does."""
import os
import re
import subprocess
import sys
import threading
import xml.etree.ElementTree as ElementTree

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from checks import Checks, LeftOut, scratch
from ssharray import Site, enter_namespace

SESSIONS = 24
STATES = ("iSMsc_query -sv snap -svflg ld -summary | while builtin read line;do "
          'if [[ "$line" =~ "LX:snap" ]]; then builtin echo "$line";fi;done')


def lines_with_pipes_and_semicolons_run(site):
    site.array.run("sedai", "pool", "create", "pool0", "--file",
                   site.array.folder + "/pool0.data:1GiB", "--sparse")
    site.array.run("sedai", "sra", "create", "pool0", "128MiB")
    for line in ("iSMcfg ldbind -poolnumber 0 -ldn 0 -capacity 64 -unit mb -immediate",
                 "iSMcfg nickname -ldn 0 -newname LX:base -immediate",
                 "iSMcfg generationadd -bvname LX:base -poolnumber 0 -count 1 -svname snap",
                 "iSMsc_create -bv base -bvflg ld -sv snap -svflg ld"):
        site.order(line)
    row = site.order(STATES)
    assert re.match(r"LX:snap +\( *-1\) snap/active ", row), row
    assert site.order("iSMview -d; iSMview -d | while read a b c; do echo ${b:0:5}; done")
    events = site.array.run("sedai", "event", "list")
    assert site.user in events, events


def status_output_and_errors_come_back_apart(site):
    status, output, errors = site.ssh("iSMcfg ldunbind -ldname LX:nothing")
    assert status == 1 and output == "" and "iSM31" in errors, (status, output, errors)
    assert site.ssh("iSMview -all nothing")[0] == 1
    assert site.ssh("iSMview -nonsense")[0] == 2


def the_output_form_belongs_to_one_session(site):
    chosen = site.order("clioutmsg xml; iSMview -all")
    assert ElementTree.fromstring(chosen).tag == "REQUEST"
    assert ElementTree.fromstring(site.order("clioutmsg xml; iSMview --alloptimize")) is not None
    assert ElementTree.fromstring(site.order("iSMquery -cinder -xml -all")) is not None
    assert site.order("iSMview -all").lstrip().startswith("---")
    assert site.order("clioutmsg xml") == ""


def the_array_knows_who_it_is(site):
    """An operator over its own user, and no more than that."""
    status, _, errors = site.ssh("iSMcfg srabind -poolnumber 0 -capacity 1")
    assert status == 1 and "iSM19490" in errors, errors
    log = site.array.run("sedai", "audit", "--limit", "1000")
    assert re.search(r"%s +operator +local user \d+ +403 +iSM19490 +POST " % site.user, log), log


def many_sessions_at_once(site):
    outcomes = [None] * SESSIONS

    def work(number):
        ldn = 100 + number
        outcomes[number] = site.ssh(
            "iSMcfg ldbind -poolnumber 0 -ldn %d -capacity 1 -unit mb -immediate; "
            "iSMcfg nickname -ldn %d -newname LX:many%d -immediate; clioutmsg xml; iSMview -all; "
            "iSMcfg ldunbind -ldname LX:many%d" % (ldn, ldn, number, number), patience=300)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(SESSIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number, (status, output, errors) in enumerate(outcomes):
        assert status == 0, (number, errors)
        view = output[output.index("<REQUEST"):output.rindex("</REQUEST>") + len("</REQUEST>")]
        names = [unit.text for unit in ElementTree.fromstring(view).iter("UNIT")
                 if unit.get("name") == "LD Name"]
        assert "many%d" % number in names, (number, names)


# Each tries to run a program, write the file %(mark)s, or show what `id` prints.
BREAKOUTS = [
    "id", "/usr/bin/id", "bash", "bash -c id", "sh", "exec id", "exec /bin/bash", "command id",
    "command -p id", "builtin exec id", "builtin command -p id", "env id", "python3 -c 1",
    "iSMview -d; id", "iSMview -d | id", "iSMview -d && /usr/bin/id", "$(id)", "`id`", "(id)",
    "PATH=/usr/bin; id", "PATH=/usr/bin id", "export PATH=/usr/bin; id", "unset PATH; id",
    "set +r; /usr/bin/id", "set +o restricted; /usr/bin/id", "shopt -u restricted_shell; /bin/id",
    "hash -p /usr/bin/id id; id", "BASH_CMDS[id]=/usr/bin/id; id",
    "builtin hash -p /usr/bin/id id; id", "alias x=/usr/bin/id; x",
    "enable -f /usr/lib/bash/mkdir mkdir", "enable hash; hash -p /usr/bin/id id; id",
    "source /etc/profile; id", ". /etc/profile; id", "eval /usr/bin/id", "trap /usr/bin/id EXIT",
    "trap 'id' DEBUG; echo", "coproc id", "coproc /usr/bin/id; wait", "fc -e /usr/bin/id",
    "BASH_ENV=/etc/profile iSMview -d; id", "PROMPT_COMMAND=id; echo",
    "compgen -C /usr/bin/id x", "complete -C id x", "mapfile -C /usr/bin/id -c 1 x",
    "cd /usr/bin; id", "pushd /usr/bin; ./id", "iSMview() { /usr/bin/id; }; iSMview",
    "echo x > %(mark)s", "echo x >> %(mark)s", "echo x >| %(mark)s", "echo x &> %(mark)s",
    "read x <> %(mark)s", "iSMview -all > %(mark)s", "history -w %(mark)s",
    "history -a %(mark)s", "builtin history -w %(mark)s", "declare -p >&2",
    "exec 3<>%(mark)s", "LD_DEBUG=all LD_DEBUG_OUTPUT=%(mark)s iSMview -d",
    "LD_PRELOAD=%(mark)s iSMview -d", "LD_PROFILE=ism LD_PROFILE_OUTPUT=%(mark)s iSMview -d",
    "SWIFT_BACKTRACE=enable=yes,output-to=%(mark)s iSMview -d",
    "XDG_RUNTIME_DIR=%(place)s clioutmsg xml", "umask 000; echo x | tee %(mark)s",
    "read x < /etc/passwd; echo uid=$x", "read x < /dev/tcp/127.0.0.1/22; echo uid=$x",
    "x='a[$(id)]'; echo $((x))", "echo ${x@P}; x='$(/usr/bin/id)'; echo ${x@P}",
    "iSMview -d\nid", "iSMview -d\n/usr/bin/id", "}; id; {", "fi; id", "'; id; '", "\\\nid",
    "/usr/lib/openssh/sftp-server", "scp -t %(mark)s", "rsync --server . %(mark)s",
]


def nothing_else_runs(site):
    place = site.folder + "/open"
    os.makedirs(place)
    os.chmod(place, 0o777)
    told = []
    for line in BREAKOUTS:
        line = line.replace("%(mark)s", place + "/mark").replace("%(place)s", place)
        _, output, errors = site.ssh(line)
        if "uid=" in output + errors or os.listdir(place):
            told.append((line, output, errors, os.listdir(place)))
            for name in os.listdir(place):
                subprocess.run(["rm", "-rf", place + "/" + name], check=True)
    assert not told, told


def no_terminal_files_or_forwarding(site):
    status, output, errors = site.ssh(None)
    assert status != 0 and "no terminal here" in errors, (status, output, errors)
    status, output, errors = site.ssh(None, "-tt")
    assert status != 0, output
    batch = site.folder + "/batch"
    with open(batch, "w") as out:
        out.write("ls /\n")
    for words in (["sftp", "-b", batch], ["scp", "/etc/hostname"], ["scp", "-O", "/etc/hostname"]):
        target = site.user + "@127.0.0.1" + (":/tmp/sedai-mark" if words[0] == "scp" else "")
        done = subprocess.run(
            [words[0], "-P", str(site.port), *site.options(), *words[1:], target],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
        assert done.returncode != 0, (words, done.stdout)
    assert not os.path.exists("/tmp/sedai-mark")
    # To a port of the array's machine: its own sshd would answer.
    done = subprocess.run(
        ["ssh", "-p", str(site.port), *site.options(), "-W", "127.0.0.1:%d" % site.port,
         site.user + "@127.0.0.1"],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
    assert done.returncode != 0 and "SSH-2.0" not in done.stdout, done.stdout
    status, output, errors = site.ssh(
        "iSMview -d", "-o", "ExitOnForwardFailure=yes", "-R", "0:127.0.0.1:%d" % site.port)
    assert status != 0, errors


def the_environment_is_the_shells_own(site):
    sent = subprocess.run(
        ["ssh", "-p", str(site.port), *site.options(), "-o", "SetEnv=LC_ALL=xx LANG=yy",
         "-o", "SendEnv=LC_* SEDAI_URL", site.user + "@127.0.0.1",
         'echo "$LC_ALL|$LANG|$SEDAI_URL|$HOME|$PATH"'],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
        env=dict(os.environ, LC_TEST="1", SEDAI_URL="unix:///nowhere"))
    expected = "|C.UTF-8|||%s/lib/sedai/commands\n" % site.prefix
    assert sent.stdout == expected, (sent.stdout, sent.stderr)


def it_may_be_set_up_again(site):
    again = subprocess.run(
        [site.prefix + "/bin/sedai-ssh-operator", site.user, site.key + ".pub"],
        env=site.array.environment(), capture_output=True, text=True, timeout=60)
    assert again.returncode == 0, again.stderr
    for words in (["root"], ["Bad Name"]):
        done = subprocess.run(
            [site.prefix + "/bin/sedai-ssh-operator", *words, site.key + ".pub"],
            env=site.array.environment(), capture_output=True, text=True, timeout=60)
        assert done.returncode != 0, words


def main():
    checks = Checks()
    try:
        enter_namespace()
    except LeftOut as reason:
        print("left out: management over SSH (%s)" % reason)
        checks.end()
    with scratch("ssh") as folder:
        site = None
        try:
            site = Site(folder)
            for check in (lines_with_pipes_and_semicolons_run,
                          status_output_and_errors_come_back_apart,
                          the_output_form_belongs_to_one_session, the_array_knows_who_it_is,
                          many_sessions_at_once, nothing_else_runs,
                          no_terminal_files_or_forwarding, the_environment_is_the_shells_own,
                          it_may_be_set_up_again):
                checks("ssh: " + check.__name__.replace("_", " "), check, site)
        finally:
            if site:
                site.end()
    checks.end()


if __name__ == "__main__":
    main()
