#!/usr/bin/env python3
"""The sequences that management software runs, the traps it falls into, and many clients at once.

Numbers and names are those of the interface description: section 6 has the sequences, section 8
the traps. Each line runs as a remote request does: bash in a session of its own, no input.
"""
import os
import re
import subprocess
import sys
import threading
import time
import xml.etree.ElementTree as ElementTree

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from checks import Checks, LeftOut, scratch
from sedaiarray import LocalArray

GIB = 1 << 30
BUSY = ("iSM31005", "iSM31015", "iSM42408", "iSM42412", "iSM19411")
CLIENTS = 50
PATIENCE = 120


class View:
    """One XML view, checked in itself as it is read."""

    def __init__(self, text):
        assert not re.match(r"\s*<\?xml[^>]*encoding", text), "a declaration with an encoding"
        lines = [line for line in text.splitlines(True) if "ExitStatus" not in line]
        root = ElementTree.fromstring("".join(lines))
        assert root.find(".//RETURN_CODE").text == "0"
        self.version = root.find("CMD_REQUEST").get("version")
        self.disks, self.sets, self.pools, numbers = {}, {}, {}, set()
        for entry in self.objects(root, "Pool"):
            pool = self.units(entry)
            self.pools[pool["Pool No.(h)"]] = pool
        for entry in self.objects(root, "Logical Disk"):
            disk = self.units(entry)
            assert disk["LD Name"], "a disk without a name"
            assert disk["Pool No.(h)"] in self.pools, disk
            assert disk["LDN(h)"] not in numbers, "a number twice"
            numbers.add(disk["LDN(h)"])
            self.disks[disk["OS Type"] + ":" + disk["LD Name"]] = disk
        for kind in ("LD Set(iSCSI)", "LD Set(FC)"):
            for entry in self.objects(root, kind):
                units = self.units(entry)
                luns = {}
                for section in entry.iter("SECTION"):
                    found = {unit.get("name"): unit.text for unit in section.iter("UNIT")}
                    if "LUN(h)" in found and not found["LDN(h)"].startswith("-"):
                        assert found["LDN(h)"] in numbers, "a set holds a disk that is not there"
                        luns[found["LDN(h)"]] = (found["LUN(h)"], found.get("Target Name"))
                self.sets[units["Platform"] + ":" + units["LD Set Name"]] = dict(
                    units, luns=luns, portals=[unit.text for unit in entry.iter("UNIT")
                                               if unit.get("name") == "Portal"])

    @staticmethod
    def objects(root, name):
        return [found for found in root.iter("OBJECT") if found.get("name") == name]

    @staticmethod
    def units(entry):
        return {unit.get("name"): unit.text or "" for unit in entry.iter("UNIT")}

    def free_number(self):
        taken = {int(disk["LDN(h)"], 16) for disk in self.disks.values()}
        return min(set(range(len(taken) + 1)) - taken)

    def lun(self, ld_set, disk):
        return self.sets[ld_set]["luns"].get(self.disks[disk]["LDN(h)"], (None, None))


class Orchestrator:
    """Says lines to the array and knows what came back."""

    def __init__(self, array):
        self.array = array

    def attempt(self, line):
        done = subprocess.run(["setsid", "-w", "bash", "-c", line], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=PATIENCE,
                              env=self.array.environment())
        return done.returncode, done.stdout, done.stderr

    def say(self, *lines):
        for line in lines:
            status, output, errors = self.attempt(line)
            assert status == 0, "%s ended with %d: %s%s" % (line, status, output, errors)
        return output

    def refused(self, line, expected=None):
        """The message id is on standard error, and nothing is on standard output."""
        status, output, errors = self.attempt(line)
        assert status != 0, "%s was not refused" % line
        assert re.search(r"iSM\d{5}", errors) and not re.search(r"iSM\d{5}", output), (line, output)
        assert not any(name in errors for name in BUSY), errors
        assert expected is None or expected in errors, (line, errors)

    def view(self):
        return View(self.say("iSMquery -cinder -xml -all"))

    def needs(self, *commands):
        for command in commands:
            if not os.path.exists(self.array.programs + "/" + command):
                raise LeftOut("no " + command)

    # What several sequences have in common.

    def new_volume(self, name, gib=1):
        number = self.view().free_number()
        self.say("iSMcfg ldbind -poolnumber 0 -ldn %d -capacity %d -immediate" % (number, gib),
                 "iSMcfg nickname -ldn %d -newname LX:%s -immediate" % (number, name))
        return number

    def delete_volume(self, name):
        for ld_set, facts in self.view().sets.items():
            if self.view().disks["LX:" + name]["LDN(h)"] in facts["luns"]:
                self.say("iSMcfg delldsetld -ldset %s -ldname LX:%s" % (ld_set, name))
        self.say("iSMcfg ldunbind -ldname LX:" + name)

    def new_snapshot(self, base, name):
        self.say("iSMcfg generationadd -bvname LX:%s -poolnumber 0 -count 1 -svname %s"
                 % (base, name),
                 "iSMsc_create -bv %s -bvflg ld -sv %s -svflg ld" % (base, name))

    def delete_snapshot(self, base, name):
        self.say("iSMsc_delete -bv %s -bvflg ld -sv %s -svflg ld" % (base, name))
        self.wait(lambda: self.snapshot_state(name) != "snap/deleting")
        self.say("iSMcfg generationdel -bvname LX:%s -count 1" % base)

    def snapshot_state(self, name):
        rows = self.say("iSMsc_query -sv %s -svflg ld -summary | while builtin read line;do "
                        'if [[ "$line" =~ "LX:%s" ]]; then builtin echo "$line";fi;done'
                        % (name, name))
        return rows[rows.index(") ") + 2:].split(" ")[0] if rows else None

    def pair_state(self, option, name):
        lines = self.say("iSMrc_query -%s %s -%sflg ld | while builtin read line;do "
                         'if [[ "$line" =~ "Sync State" ]]; then builtin echo ${line:10};fi;done'
                         % (option, name, option)).split("\n")
        return lines[0].strip()

    def copy(self, source, target, use):
        """What a clone is: paired, copied, separated; then the pair ends."""
        words = "-mv %s -mvflg ld -rv %s -rvflg ld" % (source, target)
        self.say("iSMrc_pair -pair " + words,
                 "iSMrc_replicate %s -nowait -cprange full -cpmode bg" % words,
                 "iSMrc_separate %s -rvacc rw -rvuse %s -nowait" % (words, use))
        assert self.pair_state("rv", target) in ("sep/exec", "separated"), "trap 2"
        self.wait(lambda: self.pair_state("rv", target) == "separated")
        self.say("iSMrc_pair -unpair " + words)
        assert self.view().disks["LX:" + target]["RPL Attribute"] == "IV"

    def new_set(self, name, kind="iscsi"):
        self.say("iSMcfg addldset -ldset LX:%s -type %s" % (name, kind))
        return "LX:" + name

    @staticmethod
    def wait(condition):
        end = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < end, "it never came"
            time.sleep(0.05)


# MARK: Section 6


def new_volume(site):
    site.new_volume("made", 2)
    disk = site.view().disks["LX:made"]
    assert 2 * GIB <= int(disk["LD Capacity"]) < 3 * GIB
    assert disk["RPL Attribute"] == "IV" and disk["Purpose"] == "---"


def delete_volume(site):
    site.say("iSMcfg addldsetld -ldset LX:first -ldname LX:made")
    site.delete_volume("made")
    assert "LX:made" not in site.view().disks
    site.refused("iSMcfg ldunbind -ldname LX:made")


def extend(site):
    number = site.new_volume("grown")
    site.say("iSMcfg ldexpand -ldn %d -capacity 3 -unit gb" % number)
    assert int(site.view().disks["LX:grown"]["LD Capacity"]) == 3 * GIB
    site.delete_volume("grown")


def clone(site):
    site.needs("iSMrc_pair", "iSMrc_replicate", "iSMrc_separate", "iSMrc_query")
    site.new_volume("source")
    number = site.new_volume("clone")
    site.copy("source", "clone", "immediate")
    site.say("iSMcfg ldexpand -ldn %d -capacity 2 -unit gb" % number)
    site.delete_volume("clone")
    site.delete_volume("source")


def snapshot(site):
    site.new_volume("base")
    site.new_snapshot("base", "snap")
    disks = site.view().disks
    assert "BV" in disks["LX:base"]["RPL Attribute"] and "SV" in disks["LX:snap"]["RPL Attribute"]
    assert site.snapshot_state("snap") == "snap/active"


def volume_from_snapshot(site):
    site.needs("iSMrc_pair", "iSMrc_replicate", "iSMrc_separate", "iSMrc_query")
    site.new_volume("copied")
    site.copy("snap", "copied", "complete")
    assert site.snapshot_state("snap") == "snap/active"
    site.delete_volume("copied")


def revert(site):
    site.say("iSMsc_restore -bv base -bvflg ld -sv snap -svflg ld -derivsv keep -nowait")
    site.wait(lambda: site.snapshot_state("snap") == "snap/active")


def delete_snapshot(site):
    site.delete_snapshot("base", "snap")
    disks = site.view().disks
    assert "LX:snap" not in disks and disks["LX:base"]["RPL Attribute"] == "IV"
    site.delete_volume("base")


def attach(site):
    site.new_volume("attached")
    name = site.new_set("11deadbeef")
    site.say("iSMcfg addldsetinitiator -ldset %s -initiatorname iqn.2026-11.test:11deadbeef" % name)
    assert name in site.view().sets
    site.say("iSMcfg addldsetld -ldset %s -ldname LX:attached -lun 0" % name)
    view = site.view()
    assert view.lun(name, "LX:attached")[0] == "0000"
    assert view.sets[name]["portals"] == ["192.0.2.10:3260"] and view.sets[name]["Target Name"]


def detach(site):
    site.say("iSMcfg delldsetld -ldset LX:11deadbeef -ldname LX:attached")
    assert not site.view().sets["LX:11deadbeef"]["luns"]
    site.refused("iSMcfg delldsetld -ldset LX:11deadbeef -ldname LX:attached", "iSM31065")
    site.delete_volume("attached")


def attach_snapshot(site):
    site.new_volume("base")
    site.new_snapshot("base", "snap")
    number = site.view().free_number()
    control = "__ControlVolume_%xh" % number
    site.say("iSMcfg ldbind -poolnumber 0 -ldattr cv -ldn %d" % number,
             "iSMcfg nickname -ldn %d -newname LX:%s -immediate" % (number, control),
             "iSMcfg addldsetld -ldset LX:11deadbeef -ldname LX:%s -lun 0" % control)
    number = site.view().free_number()
    site.say("iSMcfg lvbind -bvname LX:base -lvn %d -lvname snap_l" % number,
             "iSMsc_link -lv snap_l -lvflg ld -sv snap -svflg ld -lvacc ro",
             "iSMcfg addldsetld -ldset LX:11deadbeef -ldname LX:snap_l -lun 1")
    assert site.view().lun("LX:11deadbeef", "LX:snap_l")[0] == "0001"


def detach_snapshot(site):
    site.say("iSMcfg delldsetld -ldset LX:11deadbeef -ldname LX:snap_l",
             "iSMsc_unlink -lv snap_l -lvflg ld", "iSMcfg lvunbind -ldname LX:snap_l")
    assert "LX:snap_l" not in site.view().disks
    site.delete_snapshot("base", "snap")
    site.delete_volume("base")


def migrate_to_another_pool(site):
    site.needs("iSMrc_pair", "iSMrc_replicate", "iSMrc_separate", "iSMrc_query")
    site.new_volume("moving")
    number = site.view().free_number()
    site.say("iSMcfg ldbind -poolnumber 1 -ldn %d -capacity 1 -immediate" % number,
             "iSMcfg nickname -ldn %d -newname LX:moving_m -immediate" % number)
    status, _, errors = site.attempt("iSMrc_pair -pair -mv moving -mvflg ld -rv moving_m -rvflg ld")
    if status and "iSM31118" in errors:
        site.delete_volume("moving")
        site.delete_volume("moving_m")
        raise LeftOut("no pairs across pools")
    site.say("iSMrc_pair -unpair -mv moving -mvflg ld -rv moving_m -rvflg ld")
    site.copy("moving", "moving_m", "complete")
    site.say("iSMcfg ldunbind -ldname LX:moving",
             "iSMcfg nickname -ldname LX:moving_m -newname LX:moving")
    assert site.view().disks["LX:moving"]["Pool No.(h)"] == "0001"
    site.delete_volume("moving")


def take_over_a_foreign_disk(site):
    site.say("iSMcfg ldbind -poolnumber 0 -ldn 300 -capacity 1")
    name = next(name for name, disk in site.view().disks.items() if disk["LDN(h)"] == "012c")
    assert name.startswith("  :"), name
    site.say("iSMcfg nickname -ldname %s -newname LX:foreign" % name)
    assert "LX:foreign" in site.view().disks


def take_over_a_foreign_snapshot(site):
    site.new_snapshot("foreign", "theirs")
    assert "foreign" in site.say("iSMsc_query -sv theirs -svflg ld -summary")
    site.say("iSMcfg nickname -ldname LX:theirs -newname LX:ours")
    assert site.snapshot_state("ours") == "snap/active"
    site.delete_snapshot("foreign", "ours")
    site.delete_volume("foreign")


def agent_cycle(site):
    """A host agent runs the commands without a shell; it takes the snapshot again and again."""
    site.new_volume("base")
    site.new_snapshot("base", "snap")
    number = site.view().free_number()
    site.say("iSMcfg lvbind -bvname LX:base -lvn %d -lvname window" % number)
    run = site.array.run
    taken = set()
    for _ in range(3):
        listed = run("iSMsc_linkinfo", "-vol", "snap", "-volflg", "ld", "-lcl")
        row = re.search(r"^ +LV:window .*$", listed, re.M)
        if row and " link " in row.group():
            run("iSMsc_unlink", "-lv", "window", "-lvflg", "ld")
        run("iSMsc_query", "-sv", "snap", "-svflg", "ld")
        detail = run("iSMsc_query", "-bv", "base", "-bvflg", "ld", "-detail")
        assert re.search(r"^ +Snap State +: snap/active +\[", detail, re.M), detail
        time.sleep(1.1)
        run("iSMsc_create", "-bv", "base", "-sv", "snap", "-bvflg", "ld", "-svflg", "ld")
        run("iSMsc_linkinfo", "-vol", "snap", "-volflg", "ld", "-lcl")
        run("iSMsc_link", "-lv", "window", "-sv", "snap", "-lvflg", "ld", "-svflg", "ld")
        row = run("iSMsc_query", "-sv", "snap", "-svflg", "ld")
        taken.add(re.search(r"\[(\d{4}/\d\d/\d\d \d\d:\d\d:\d\d)\]", row).group(1))
    assert len(taken) == 3, taken


def agent_status(site):
    run = site.array.run
    row = run("iSMsc_query", "-sv", "snap", "-svflg", "ld")
    assert re.search(r"\] +link$", row, re.M), row
    listed = run("iSMsc_linkinfo", "-vol", "snap", "-volflg", "ld", "-lcl")
    assert re.search(r"^ +LV:window +LX link +\(snap\)", listed, re.M), listed
    run("iSMsc_unlink", "-lv", "window", "-lvflg", "ld")
    listed = run("iSMsc_linkinfo", "-vol", "snap", "-volflg", "ld", "-lcl")
    assert not re.search(r"LV:window.* link( |$)", listed), listed
    site.say("iSMcfg lvunbind -ldname LX:window")
    site.delete_snapshot("base", "snap")
    site.delete_volume("base")


# MARK: Section 8


def trap_1(site):
    """No declaration with an encoding; every disk has a name and the number of a listed pool."""
    site.new_volume("base")
    site.new_snapshot("base", "snap")
    site.say("iSMcfg lvbind -bvname LX:base -lvn 310 -lvname window",
             "iSMcfg ldbind -poolnumber 0 -ldattr cv -ldn 311")
    disks = site.view().disks
    assert disks["LX:window"]["Pool No.(h)"] == "0000"
    control = next(disk for disk in disks.values() if disk["LDN(h)"] == "0137")
    assert control["Pool No.(h)"] == "0000" and control["LD Name"]
    site.say("iSMcfg lvunbind -ldname LX:window",
             "iSMcfg ldunbind -ldname :%s" % control["LD Name"])
    site.delete_snapshot("base", "snap")


def trap_2(site):
    """After `separate -nowait` the next query shows sep/exec or separated."""
    site.needs("iSMrc_pair", "iSMrc_replicate", "iSMrc_separate", "iSMrc_query")
    site.new_volume("copied")
    for _ in range(5):
        site.copy("base", "copied", "complete")
    site.delete_volume("copied")


def trap_3(site):
    """generationdel takes the emptied SV, whichever of two snapshots was deleted."""
    for gone, kept in (("one", "two"), ("two", "one")):
        site.new_snapshot("base", "one")
        site.new_snapshot("base", "two")
        site.delete_snapshot("base", gone)
        disks = site.view().disks
        assert "LX:" + gone not in disks and "LX:" + kept in disks
        assert site.snapshot_state(kept) == "snap/active"
        site.delete_snapshot("base", kept)


def trap_4(site):
    """A restore with -derivsv keep leaves the newer snapshot."""
    site.new_snapshot("base", "one")
    site.new_snapshot("base", "two")
    site.say("iSMsc_restore -bv base -bvflg ld -sv one -svflg ld -derivsv keep -nowait")
    site.wait(lambda: site.snapshot_state("one") == "snap/active")
    assert site.snapshot_state("two") == "snap/active"
    for name in ("one", "two"):
        site.delete_snapshot("base", name)


def trap_5(site):
    """iSMrc_query has no colon after a label, and its labels begin their lines."""
    site.needs("iSMrc_pair", "iSMrc_query")
    site.new_volume("copied")
    words = "-mv base -mvflg ld -rv copied -rvflg ld"
    site.say("iSMrc_pair -pair " + words)
    text = site.say("iSMrc_query -mv base -mvflg ld")
    for label in ("LD Name", "Sync State", "Separate Diff"):
        for line in (line.strip() for line in text.splitlines() if label in line):
            assert line.startswith(label) and line[len(label)] == " ", line
    site.say("iSMrc_pair -unpair %s -force all" % words)
    site.delete_volume("copied")


def trap_6(site):
    """An SV without a snapshot has no brackets in its row, and is answered."""
    site.say("iSMcfg generationadd -bvname LX:base -poolnumber 0 -count 1 -svname empty")
    text = site.say("iSMsc_query -sv empty -svflg ld")
    assert "LX:empty" in text and "[" not in text, text
    site.say("iSMcfg generationdel -bvname LX:base -count 1")


def trap_7(site):
    """clioutmsg xml holds for its session only, and for all of it."""
    assert View(site.say("clioutmsg xml; iSMview -all"))
    assert View(site.say("clioutmsg xml; iSMview --alloptimize"))
    stop = threading.Event()
    leaks = []

    def other():
        while not stop.is_set():
            if "<" in site.say("iSMview -d"):
                leaks.append("leaked")

    def choosing():
        for _ in range(4):
            if not site.say("clioutmsg xml; iSMview -d").startswith("<REQUEST>"):
                leaks.append("not chosen")

    watcher = threading.Thread(target=other)
    watcher.start()
    choosers = [threading.Thread(target=choosing) for _ in range(16)]
    for chooser in choosers:
        chooser.start()
    for chooser in choosers:
        chooser.join()
    stop.set()
    watcher.join()
    assert not leaks, leaks


def trap_8(site):
    """A new iSCSI LD set has portals at once."""
    name = site.new_set("portals")
    assert site.view().sets[name]["portals"], "a set without portals"


def trap_9(site):
    """Names that differ in case only are two disks."""
    site.new_volume("ab")
    site.new_volume("aB")
    disks = site.view().disks
    assert disks["LX:ab"]["LDN(h)"] != disks["LX:aB"]["LDN(h)"]
    site.delete_volume("ab")
    assert "LX:aB" in site.view().disks
    site.delete_volume("aB")


def trap_10(site):
    """Disks of an LD set keep LUN and target when another one leaves."""
    site.say("iSMcfg addldset -ldset LX:multi -type iscsi -targetmode multitarget")
    for name in ("d1", "d2", "d3"):
        site.new_volume(name)
        for ld_set in ("portals", "multi"):
            site.say("iSMcfg addldsetld -ldset LX:%s -ldname LX:%s" % (ld_set, name))
    before = site.view()
    for ld_set in ("LX:portals", "LX:multi"):
        site.say("iSMcfg delldsetld -ldset %s -ldname LX:d1" % ld_set)
        now = site.view()
        for name in ("LX:d2", "LX:d3"):
            assert now.lun(ld_set, name) == before.lun(ld_set, name), (ld_set, name)
            assert now.lun(ld_set, name)[0] is not None
    for name in ("d1", "d2", "d3"):
        site.delete_volume(name)


def trap_11(site):
    """nickname takes `:name` for a disk without an OS type."""
    site.say("iSMcfg ldbind -poolnumber 0 -ldn 320 -capacity 1")
    name = next(name for name, disk in site.view().disks.items() if disk["LDN(h)"] == "0140")
    site.say("iSMcfg nickname -ldname %s -newname LX:named" % name.strip())
    assert "LX:named" in site.view().disks
    site.delete_volume("named")


def trap_12(site):
    """Message ids of refusals are on standard error."""
    site.refused("iSMcfg ldbind -poolnumber 0 -ldn %d -capacity 1 -immediate" % int(
        site.view().disks["LX:base"]["LDN(h)"], 16), "iSM31077")
    site.refused("iSMcfg delldsetld -ldset LX:first -ldname LX:base", "iSM31065")
    for line in ("iSMcfg ldunbind -ldname LX:nothing", "iSMsc_query -sv nothing -svflg ld",
                 "iSMsc_create -bv nothing -bvflg ld -sv x -svflg ld", "iSMcfg nonsense",
                 "iSMsc_unlink -lv nothing -lvflg ld", "iSMview -all nothing"):
        site.refused(line)
    site.delete_volume("base")


# MARK: Many at once


def fifty_clients_at_once(site):
    """Each binds, names, looks and unbinds; what is refused is busy and passes by itself."""
    failures = []

    def persist(line):
        for _ in range(60):
            status, output, errors = site.attempt(line)
            if status == 0:
                return output
            assert any(name in errors for name in BUSY), (line, output, errors)
            time.sleep(0.2)
        raise AssertionError("busy for ever: " + line)

    def client(number):
        name = "client%d" % number
        try:
            persist("iSMcfg ldbind -poolnumber 0 -ldn %d -capacity 1 -unit mb -immediate"
                    % (1000 + number))
            persist("iSMcfg nickname -ldn %d -newname LX:%s -immediate" % (1000 + number, name))
            persist("iSMcfg addldsetld -ldset LX:first -ldname LX:" + name)
            view = View(persist("iSMquery -cinder -xml -all"))
            assert view.disks["LX:" + name]["LDN(h)"] == "%04x" % (1000 + number)
            assert view.lun("LX:first", "LX:" + name)[0] is not None
            persist("iSMcfg delldsetld -ldset LX:first -ldname LX:" + name)
            persist("iSMcfg ldunbind -ldname LX:" + name)
        except Exception as failure:  # told by the thread that waits
            failures.append((name, repr(failure)))

    threads = [threading.Thread(target=client, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures, failures
    left = [name for name in site.view().disks if name.startswith("LX:client")]
    assert not left and not site.view().sets["LX:first"]["luns"], left


SEQUENCES = (new_volume, delete_volume, extend, clone, snapshot, volume_from_snapshot, revert,
             delete_snapshot, attach, detach, attach_snapshot, detach_snapshot,
             migrate_to_another_pool, take_over_a_foreign_disk, take_over_a_foreign_snapshot,
             agent_cycle, agent_status)
TRAPS = (trap_1, trap_2, trap_3, trap_4, trap_5, trap_6, trap_7, trap_8, trap_9, trap_10, trap_11,
         trap_12)


def main():
    checks = Checks()
    with scratch("orchestrator") as folder:
        site = Orchestrator(LocalArray(folder + "/array"))
        site.array.start()
        try:
            for number in (0, 1):
                site.array.run("sedai", "pool", "create", "pool%d" % number, "--file",
                               "%s/pool%d.data:16GiB" % (site.array.folder, number), "--sparse")
                site.array.run("iSMcfg", "srabind", "-poolnumber", number, "-capacity", 4)
            site.array.run("iSMcfg", "setiscsiport", "-port", "00-01", "-ipaddress", "192.0.2.10")
            site.new_set("first")
            for sequence in SEQUENCES:
                checks("6 " + sequence.__name__.replace("_", " "), sequence, site)
            for trap in TRAPS:
                checks("8.%s %s" % (trap.__name__[5:], trap.__doc__.rstrip(".")), trap, site)
            checks(fifty_clients_at_once.__name__.replace("_", " "), fifty_clients_at_once, site)
            assert site.array.stop() == 0, site.array.last_words()
        finally:
            site.array.remove()
    checks.end()


if __name__ == "__main__":
    main()
