#!/usr/bin/env python3
"""Host commands on real disks: attachments, the volume list, and what is done to file systems.

Each check works in a mount namespace and below a root folder of its own; disks come by FUSE and
loop devices, so no kernel module is needed.
"""
import json
import os
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from checks import Checks, need_block_devices, need_programs, run, scratch
from sedaiarray import LocalArray

MIB = 1 << 20
VOLUMES = {"ext": 64 * MIB, "xfs": 320 * MIB, "raw": 32 * MIB}


class Host:
    """A host of its own as far as configuration, list and drives go."""

    def __init__(self, array, folder, name):
        self.array, self.root = array, "%s/%s" % (folder, name)
        self.drives = self.root + "/drives"
        for part in ("etc/sedai", "drives"):
            os.makedirs(self.root + "/" + part)
        self.configure("[host]\ntransport = fuse\ndrive_directory = %s\n" % self.drives)

    def configure(self, text, file="host.conf"):
        with open(self.root + "/etc/sedai/" + file, "w") as settings:
            settings.write(text)

    def environment(self):
        return dict(self.array.environment(), SEDAI_HOST_ROOT=self.root)

    def call(self, *words):
        """(status, standard output, standard error)"""
        done = subprocess.run([str(w) for w in words], env=self.environment(),
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=180)
        return done.returncode, done.stdout, done.stderr

    def run(self, *words):
        status, output, errors = self.call(*words)
        assert status == 0, "%s ended with %d: %s%s" % (words, status, output, errors)
        return output

    def refused(self, *words):
        status, output, errors = self.call(*words)
        assert status == 1, "%s ended with %d: %s%s" % (words, status, output, errors)
        return errors

    def attach(self, name, *options):
        return json.loads(self.run("sedai", "attach", name, "--json", *options))["items"][0].get("device")

    def list(self):
        return json.loads(self.run("iSMvollist", "-a", "--json"))

    def disk(self, name):
        return next(d for d in self.list()["disks"] if d["name"] == name)

    def stale(self):
        """What iSMvollist says is no longer as listed."""
        return self.call("iSMvollist", "-l")[2]

    def clean(self):
        with open("/proc/self/mounts") as mounts:
            places = [line.split()[1] for line in mounts if self.root in line.split()[1]]
        for place in reversed(places):
            if "/connections/" not in place:
                subprocess.run(["umount", "-l", place], capture_output=True)
        status, output, _ = self.call("sedai", "host", "attachments", "--json")
        for record in json.loads(output)["items"] if status == 0 else []:
            self.call("sedai", "detach", record["name"])


class Site:
    def __init__(self, folder):
        self.folder = folder
        self.array = LocalArray(folder + "/array")
        self.array.start()
        self.array.make(VOLUMES, 3, 256 * MIB)
        self.business = Host(self.array, folder, "business")
        self.backup = Host(self.array, folder, "backup")

    def snapshot(self, volume):
        self.array.run("iSMsc_create", "-bv", volume, "-bvflg", "ld", "-cyclic")

    def link(self, volume, generation="-1"):
        self.array.run("iSMsc_link", "-lv", "lv_" + volume, "-lvflg", "ld",
                       "-sv", "%s.%s" % (volume, generation), "-svflg", "ld.relgen")

    def unlink(self, volume):
        self.array.run("iSMsc_unlink", "-lv", "lv_" + volume, "-lvflg", "ld")

    def clean(self):
        self.business.clean()
        self.backup.clean()
        self.array.remove()


def attached_disks_are_those_of_the_array(site):
    host = site.business
    device = host.attach("ext")
    assert int(run("blockdev", "--getsize64", device)) == VOLUMES["ext"]
    assert "iSM13606" in host.refused("sedai", "attach", "ext")
    assert "iSM13607" in host.refused("sedai", "detach", "raw")
    run("mkfs.ext4", "-q", device)
    holder = subprocess.Popen(["sleep", "60"], stdin=open(device))
    try:
        refusal = host.refused("sedai", "detach", "ext")
        assert "iSM13609" in refusal and "%d sleep (open device)" % holder.pid in refusal, refusal
    finally:
        holder.kill()
        holder.wait()
    os.makedirs(host.drives + "/G")
    run("mount", device, host.drives + "/G")
    assert "mounted at " + host.drives + "/G" in host.refused("sedai", "detach", "ext")


def an_unlinked_link_volume_is_recorded_only(site):
    host = site.backup
    assert host.attach("lv_ext") is None
    assert "not ready" in host.run("sedai", "host", "attachments")


def another_disk_of_the_same_name_is_not_taken(site):
    array, host = site.array, site.business
    array.run("sedai", "ld", "create", "twin", "8MiB", "--pool", "pool0")
    array.run("sedai", "ldset", "create", "twin", "--type", "LX")
    array.run("sedai", "ldset", "assign", "twin", "twin")
    host.attach("twin", "--persist")
    with open(host.root + "/etc/sedai/attachments/twin.json") as file:
        kept = file.read()
    host.run("sedai", "detach", "twin")
    array.run("sedai", "ldset", "unassign", "twin", "twin")
    array.run("sedai", "ld", "delete", "twin")
    array.run("sedai", "ld", "create", "twin", "8MiB", "--pool", "pool0")
    array.run("sedai", "ldset", "assign", "twin", "twin")
    with open(host.root + "/etc/sedai/attachments/twin.json", "w") as file:
        file.write(kept)
    try:
        assert "iSM13608" in host.refused("sedai", "attach", "--all")
    finally:
        host.run("sedai", "detach", "twin")
    host.attach("twin", "--persist")
    os.unlink(host.root + "/run/sedai-host/attachments/twin.json")
    host.run("sedai", "attach", "--all")
    host.run("sedai", "detach", "twin")
    assert not os.path.exists(host.root + "/etc/sedai/attachments/twin.json")


def the_list_is_needed_and_made_by_root_only(site):
    host = site.business
    assert "iSM11711" in host.refused("iSMvollist", "-a")
    os.chmod(site.folder, 0o755)
    nobody = ["setpriv", "--reuid", "65534", "--clear-groups"]
    need_programs("setpriv")
    assert "iSM11715" in host.refused(*nobody, "iSMvollist", "-cr")
    assert host.run("iSMvollist", "-cr") == (
        "iSMvollist:Info: iSM11701: Volume list is created successfully.\n")


def the_list_ties_names_to_devices_volumes_and_drives(site):
    disk = site.business.disk("ext")
    volume = disk["volumes"][0]
    assert volume["content"]["kind"] == "ext4" and volume["drive"] == "G:", volume
    assert volume["mountPoints"] == [site.business.drives + "/G"], volume
    text = site.business.run("iSMvollist", "-a")
    assert volume["name"] in text and "G: " + site.business.drives + "/G" in text, text
    assert disk["paths"][0]["device"] in text, text
    assert "--- Control Volume List ---\nSpecial File            LDN" in site.business.run(
        "iSMvollist", "-ctl")


def a_control_volume_is_found_by_itself_or_by_definition(site):
    array, host = site.array, site.backup
    array.run("iSMcfg", "ldbind", "-poolnumber", "0", "-ldattr", "cv", "-ldn", "90")
    array.run("iSMcfg", "nickname", "-ldn", "90", "-newname", "LX:cv090")
    array.run("sedai", "ld", "create", "iv091", "8MiB", "--pool", "pool0", "--number", "91")
    array.run("sedai", "ldset", "create", "cvs", "--type", "LX")
    for name in ("cv090", "iv091"):
        array.run("sedai", "ldset", "assign", "cvs", name)
    devices = {name: host.attach(name) for name in ("cv090", "iv091")}
    host.run("iSMvollist", "-cr")
    shown = host.run("iSMvollist", "-ctl")
    assert devices["cv090"] in shown and devices["iv091"] not in shown, shown
    host.configure("[host]\ntransport = fuse\ncontrol_volume = iv091\n")
    host.run("iSMvollist", "-cr")
    shown = host.run("iSMvollist", "-ctl")
    assert "%-24s005bh" % devices["iv091"] in shown, shown
    for name in devices:
        host.run("sedai", "detach", name)
    host.configure("[host]\ntransport = fuse\ndrive_directory = %s\n" % host.drives)


def what_cannot_be_read_keeps_its_entry(site):
    host = site.backup
    site.snapshot("ext")
    site.link("ext")
    host.run("sedai", "detach", "lv_ext")
    host.attach("lv_ext")
    host.run("iSMvollist", "-cr")
    assert host.disk("lv_ext")["volumes"][0]["content"]["kind"] == "ext4"
    host.run("sedai", "detach", "lv_ext")
    site.unlink("ext")
    host.attach("lv_ext")
    status, _, errors = host.call("iSMvollist", "-cr")
    assert status == 0 and "iSM11714" in errors and "lv_ext" in errors, errors
    entry = host.disk("lv_ext")
    assert entry["volumes"][0]["content"]["kind"] == "ext4" and "not linked" in entry["keptBecause"]
    host.run("iSMvollist", "-r")
    assert host.disk("lv_ext")["volumes"][0]["content"]["kind"] == "unknown"


def readers_wait_and_are_told(site):
    host = site.business
    host.configure("list_wait = 1\nno_such = 1\n", "iSMrpl.ini")
    lock = host.root + "/run/sedai-host/volumes.lock"
    holder = subprocess.Popen(["flock", lock, "sleep", "60"], start_new_session=True)
    try:
        time.sleep(0.3)
        errors = host.refused("iSMvollist", "-a")
        assert "iSM11712" in errors and "iSM11716" in errors and "no_such" in errors, errors
    finally:
        os.killpg(holder.pid, signal.SIGKILL)
        holder.wait()
    host.configure("", "iSMrpl.ini")


def a_change_is_noticed_with_its_cause(site):
    host, array = site.business, site.array
    other = host.root + "/other"
    os.makedirs(other)

    def moved(place):
        run("umount", host.drives + "/G")
        run("mount", host.disk("ext")["paths"][0]["device"], place)

    def divided():
        device = host.attach("raw")
        host.run("iSMvollist", "-cr")
        need_programs("sfdisk")
        subprocess.run(["sfdisk", "-q", "--no-reread", device], input="label: dos\n,16M\n,\n",
                       text=True, check=True, capture_output=True)

    causes = [
        ("the array is called T2", lambda: array.run("iSMcfg", "arrayname", "-newname", "T2")),
        ("logical disk xfs is called ext2", lambda: array.run(
            "iSMcfg", "nickname", "-ldname", "LX:xfs", "-newname", "LX:ext2")),
        ("the type of logical disk raw2", lambda: (
            array.run("sedai", "ld", "create", "raw2", "8MiB", "--pool", "pool0"),
            host.run("iSMvollist", "-cr"),
            array.run("iSMcfg", "nickname", "-ldname", ":raw2", "-newname", "LX:raw2"))),
        ("raw3 is new", lambda: array.run(
            "sedai", "ld", "create", "raw3", "8MiB", "--pool", "pool0")),
        ("raw3 no longer exists", lambda: array.run("sedai", "ld", "delete", "raw3")),
        ("raw2 has another capacity", lambda: array.run("sedai", "ld", "expand", "raw2", "16MiB")),
        ("was added to its base volume", lambda: array.run(
            "iSMcfg", "lvbind", "-bvname", "LX:raw", "-lvname", "lv9")),
        ("lv9 no longer exists", lambda: array.run("iSMcfg", "lvunbind", "-ldname", "LX:lv9")),
        ("LD set ext changed", lambda: array.run("sedai", "ldset", "assign", "ext", "raw2")),
        ("is mounted at " + other, lambda: moved(other)),
        ("the partitions of raw", divided),
        ("the paths to raw", lambda: host.run("sedai", "detach", "raw")),
        ("the definition of the control volume", lambda: host.configure(
            "[host]\ntransport = fuse\ndrive_directory = %s\ncontrol_volume = raw2\n" % host.drives)),
    ]
    for cause, change in causes:
        host.run("iSMvollist", "-cr")
        assert host.stale() == "", host.stale()
        change()
        said = host.stale()
        assert "iSM11713" in said and cause in said, (cause, said)
    run("umount", other)
    run("mount", host.disk("ext")["paths"][0]["device"], host.drives + "/G")
    array.run("iSMcfg", "nickname", "-ldname", "LX:ext2", "-newname", "LX:xfs")
    host.run("iSMvollist", "-r")


def main():
    check = Checks()
    need = lambda body: lambda site: (need_block_devices(), body(site))
    with scratch("host") as folder:
        site = Site(folder)
        try:
            for name, body in (
                    ("an attached disk is that of the array, and is kept while it is used",
                     attached_disks_are_those_of_the_array),
                    ("a link volume that is not linked is recorded only",
                     an_unlinked_link_volume_is_recorded_only),
                    ("another disk of the same name is not taken for the attached one",
                     another_disk_of_the_same_name_is_not_taken),
                    ("the volume list is needed, and only root makes it",
                     the_list_is_needed_and_made_by_root_only),
                    ("the volume list ties names to devices, volumes and drives",
                     the_list_ties_names_to_devices_volumes_and_drives),
                    ("a control volume is found by itself or by definition",
                     a_control_volume_is_found_by_itself_or_by_definition),
                    ("what cannot be read keeps its entry", what_cannot_be_read_keeps_its_entry),
                    ("readers of a list that is made wait and are told",
                     readers_wait_and_are_told),
                    ("each change of 2.4.1 is noticed with its cause",
                     a_change_is_noticed_with_its_cause)):
                check(name, need(body), site)
        finally:
            site.clean()
    check.end()


if __name__ == "__main__":
    # A mount namespace of its own: what is mounted here is nobody else's.
    if "SEDAI_HOST_TEST" not in os.environ and os.getuid() == 0:
        os.environ["SEDAI_HOST_TEST"] = "1"
        os.execvp("unshare", ["unshare", "-m", "--propagation", "private", *sys.argv])
    main()
