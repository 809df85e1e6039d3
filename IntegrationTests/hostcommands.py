#!/usr/bin/env python3
"""Host commands on real disks: attachments, the volume list, and what is done to file systems.

Each check works in a mount namespace and below a root folder of its own; disks come by FUSE and
loop devices, so no kernel module is needed.
"""
import json
import os
import shutil
import signal
import socket
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
    with open(host.root + "/etc/sedai/attachments/twin.json") as file:
        kept = file.read()
    host.run("sedai", "detach", "twin")
    with open(host.root + "/etc/sedai/attachments/twin.json", "w") as file:
        file.write(kept)
    assert "twin" in host.run("sedai", "attach", "--all")
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


class Program:
    """A process that uses a volume; ends with the check."""

    def __init__(self, *words, **options):
        self.process = subprocess.Popen(words, start_new_session=True, **options)
        self.pid = self.process.pid

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            os.killpg(self.pid, signal.SIGKILL)
        self.process.wait()


def written(path, text):
    with open(path, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def read(path):
    with open(path) as file:
        return file.read()


def name_of(host, disk, partition=0):
    return next(v["name"] for v in host.disk(disk)["volumes"] if v["partition"] == partition)


def a_drive_is_flushed_unmounted_and_mounted(site):
    host = site.business
    place = host.drives + "/G"
    output = host.run("iSMrc_flush", "-drv", "g:")
    lines = output.splitlines()
    assert lines[0].startswith("Flush Start               20") and len(lines[0]) == 45, output
    assert lines[1].startswith(" " * 14 + "loop") and lines[1].endswith(" LX"), output
    assert lines[2] == "       " + name_of(host, "ext") and lines[3] == " " * 14 + "G:", output
    assert lines[4].startswith("Flush Normal End          20"), output
    written(place + "/file", "kept")
    host.run("iSMrc_umount", "-drv", "G:")
    assert not os.path.ismount(place)
    assert "iSM13616" in host.refused("iSMrc_umount", "-vol", "ext", "-volflg", "ld")
    host.run("iSMrc_mount", "-drv", "G:")
    assert read(place + "/file") == "kept"
    assert "iSM13617" in host.refused("iSMrc_mount", "-drv", "G:")
    bare = name_of(host, "ext").strip("\\").replace("?\\", "")
    host.run("iSMrc_umount", "-path", place)
    host.run("iSMrc_mount", "-mvol", bare, "-path", host.root + "/folder")
    assert read(host.root + "/folder/file") == "kept"
    host.run("iSMrc_umount", "-vol", "ext", "-volflg", "ld")
    status, _, errors = host.call("iSMrc_mount", "-mvol", "\\?" + bare + " -drv", "G:")
    assert status == 2 and "'\\\\?\\%s\\'" % bare in errors, errors
    host.run("iSMrc_mount", "-mvol", "\\\\?\\%s\\" % bare, "-drv", "G:")
    assert "iSM11718" in host.refused("iSMrc_flush", "-drv", "Q:")
    assert host.stale() == "", host.stale()


def who_uses_a_volume_is_named(site):
    host = site.business
    place = host.drives + "/G"
    for flag in ([], ["-force"]):
        with Program("sleep", "60", cwd=place) as program:
            refusal = host.refused("iSMrc_umount", "-drv", "G:", *flag)
            assert "iSM13609: Access of specified disk was refused." in refusal, refusal
            assert "%d sleep (working directory)" % program.pid in refusal, refusal
        with open(place + "/open", "w") as file, Program("sleep", "60", stdout=file) as program:
            refusal = host.refused("iSMrc_umount", "-drv", "G:", *flag)
            assert "%d sleep (open file)" % program.pid in refusal, refusal
    with Program("unshare", "-m", "sleep", "60"):
        time.sleep(0.5)
        refusal = host.refused("iSMrc_umount", "-drv", "G:")
        assert "mounted at %s in another mount namespace" % place in refusal, refusal
        assert os.path.ismount(place)
    os.makedirs(place + "/below")
    run("mount", "-t", "tmpfs", "none", place + "/below")
    refusal = host.refused("iSMrc_umount", "-drv", "G:", "-force")
    assert "mounted at %s/below" % place in refusal, refusal
    run("umount", place + "/below")
    host.run("iSMrc_umount", "-drv", "G:", "-force")
    host.run("iSMrc_mount", "-drv", "G:")


def a_link_volume_is_not_ready_after_its_unmount(site):
    business, host = site.business, site.backup
    written(business.drives + "/G/file", "snapshot")
    business.run("iSMrc_umount", "-drv", "G:")
    site.snapshot("ext")
    business.run("iSMrc_mount", "-drv", "G:")
    written(business.drives + "/G/file", "later")
    site.link("ext")
    host.run("iSMrc_scan")
    host.run("iSMvollist", "-cr")
    volume = name_of(host, "lv_ext")
    host.run("iSMrc_mount", "-mvol", volume, "-drv", "H:")
    assert read(host.drives + "/H/file") == "snapshot"
    host.run("iSMrc_flush", "-mvol", volume)
    device = host.disk("lv_ext")["paths"][0]["device"]
    host.run("iSMrc_umount", "-mvol", volume)
    assert not os.path.exists("/sys/block/%s/loop/backing_file" % os.path.basename(device))
    assert "iSM13610" in host.refused("iSMrc_flush", "-mvol", volume)
    assert "iSM11718" in host.refused("iSMrc_mount", "-drv", "H:")
    assert host.disk("lv_ext")["volumes"][0]["drive"] == "H:"
    host.run("iSMrc_mount", "-mvol", volume, "-drv", "H:")
    second = host.root + "/second"
    os.makedirs(second)
    run("mount", "--bind", host.drives + "/H", second)
    assert "iSM13615" in host.refused("iSMrc_umount", "-drv", "H:")
    run("umount", second)
    host.run("iSMrc_umount", "-drv", "H:")
    site.unlink("ext")
    assert "lv_ext                   not linked" in host.run("iSMrc_scan")


def a_snapshot_made_again_under_a_mount_is_noticed(site):
    host = site.backup
    site.link("ext")
    volume = name_of(host, "lv_ext")
    host.run("iSMrc_mount", "-mvol", volume, "-drv", "H:")
    site.unlink("ext")
    site.snapshot("ext")
    site.link("ext")
    refusal = host.refused("iSMrc_umount", "-drv", "H:")
    assert "iSM13639: Specified path is not normal status." in refusal, refusal
    host.run("iSMrc_umount", "-drv", "H:", "-force")
    host.run("iSMrc_mount", "-mvol", volume, "-drv", "H:")
    assert read(host.drives + "/H/file") == "later"
    host.run("iSMrc_umount", "-drv", "H:")
    site.unlink("ext")


def offline_cuts_off_who_uses_it(site):
    host = site.business
    place = host.drives + "/G"
    # By the folder it is in: at the drive's path there is no file system afterwards.
    with Program("sh", "-c", "while :; do date >>log 2>/dev/null || exit 7; sleep 0.1; done",
                 cwd=place) as program:
        host.run("iSMrc_umount", "-drv", "G:", "-offline")
        assert program.process.wait(timeout=20) == 7
    assert "iSM11718" in host.refused("iSMrc_mount", "-drv", "G:")
    host.run("iSMrc_mount", "-mvol", name_of(host, "ext"), "-drv", "G:")
    assert read(place + "/file") == "later"


def twins_are_refused_with_advice(site):
    need_programs("mkfs.xfs")
    business, host = site.business, site.backup
    device = business.attach("xfs")
    run("mkfs.xfs", "-q", "-f", device)
    business.run("iSMvollist", "-cr")
    business.run("iSMrc_mount", "-vol", "xfs", "-volflg", "ld", "-drv", "X:")
    written(business.drives + "/X/file", "xfs")
    business.run("iSMrc_flush", "-drv", "X:")
    site.snapshot("xfs")
    site.link("xfs")
    host.attach("lv_xfs")
    host.run("iSMvollist", "-cr")
    volume = name_of(host, "lv_xfs")
    refusal = host.refused("iSMrc_mount", "-mvol", volume, "-drv", "Y:")
    assert "iSM13619" in refusal and "-o nouuid" in refusal and device in refusal, refusal
    host.run("iSMrc_mount", "-mvol", volume, "-drv", "Y:", "-o", "nouuid")
    assert read(host.drives + "/Y/file") == "xfs"
    host.run("iSMrc_umount", "-drv", "Y:")
    business.run("iSMrc_umount", "-drv", "X:")
    site.unlink("xfs")


def a_restore_unmounts_and_mounts_again(site):
    host = site.business
    place = host.drives + "/G"
    restore = ["iSMsc_restore", "-bv", "ext", "-bvflg", "ld", "-sv", ".-1", "-svflg", "relgen"]
    written(place + "/file", "before")
    host.run("iSMrc_flush", "-drv", "G:")
    site.snapshot("ext")
    written(place + "/file", "after")
    with Program("sleep", "60", cwd=place) as program:
        assert "%d sleep" % program.pid in host.refused(*restore)
        assert read(place + "/file") == "after"
    status, output, errors = host.call(*restore, "-nowait")
    assert status == 0 and "iSM19031" in output and "iSM13622" in errors, output + errors
    assert os.path.ismount(place) and read(place + "/file") == "before"
    device = host.disk("ext")["paths"][0]["device"]
    assert "Special File : %s\n" % device in host.run("iSMsc_query", "-bv", "ext", "-bvflg", "ld")
    assert "iSM19416" in host.refused(*restore[:5], "-sv", ".-99", "-svflg", "relgen")
    assert os.path.ismount(place)


def a_restore_that_is_killed_can_be_continued(site):
    host = site.business
    place = host.drives + "/G"
    mute = host.root + "/mute.sock"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(mute)
        server.listen()
        environment = dict(host.environment(), SEDAI_URL="unix://" + mute)
        with Program("iSMsc_restore", "-bv", "ext", "-bvflg", "ld", "-sv", ".-1", "-svflg", "relgen",
                     env=environment, stderr=subprocess.DEVNULL):
            deadline = time.monotonic() + 200
            while os.path.ismount(place):
                assert time.monotonic() < deadline, "it was not unmounted"
                time.sleep(0.05)
    trace = json.loads(read(host.root + "/var/lib/sedai-host/restores/ext.json"))
    assert trace[0]["mountPoints"] == [place] and trace[0]["drive"] == "G:", trace
    host.run("iSMrc_mount", "-drv", "G:")
    assert read(place + "/file") == "before"


def every_file_system_goes_round(site):
    host = site.business
    device = host.attach("xfs") if not host.disk("xfs")["paths"] else host.disk("xfs")["paths"][0]["device"]
    kinds = {"btrfs": ["mkfs.btrfs", "-q", "-f"], "vfat": ["mkfs.vfat"],
             "ntfs": ["mkntfs", "-Q", "-q", "-F"]}
    known = read("/proc/filesystems")
    for kind, words in kinds.items():
        if not shutil.which(words[0]) or (kind != "ntfs" and kind not in known):
            print("  without " + kind)
            continue
        run("wipefs", "-q", "-a", device)
        run(*words, device)
        host.run("iSMvollist", "-cr")
        assert host.disk("xfs")["volumes"][0]["content"]["kind"] == kind
        host.run("iSMrc_mount", "-vol", "xfs", "-volflg", "ld", "-drv", "X:")
        written(host.drives + "/X/file", kind)
        host.run("iSMrc_flush", "-drv", "X:")
        with open(host.drives + "/X/file") as file, Program("sleep", "60", stdin=file) as program:
            assert "%d sleep" % program.pid in host.refused("iSMrc_umount", "-drv", "X:"), kind
        host.run("iSMrc_umount", "-drv", "X:")
        host.run("iSMrc_mount", "-drv", "X:")
        assert read(host.drives + "/X/file") == kind
        host.run("iSMrc_umount", "-drv", "X:")
    run("mkswap", device)
    refusal = host.refused("iSMrc_mount", "-drv", "X:")
    assert "iSM13618" in refusal and "swap" in refusal, refusal


def several_partitions_need_permission(site):
    host = site.business
    device = host.disk("xfs")["paths"][0]["device"]
    run("wipefs", "-q", "-a", device)
    subprocess.run(["sfdisk", "-q", "--no-reread", device], input="label: dos\n,32M\n,\n",
                   text=True, check=True, capture_output=True)
    host.run("iSMrc_scan")
    run("partx", "--update", device)
    host.run("iSMvollist", "-cr")
    assert [v["partition"] for v in host.disk("xfs")["volumes"]] == [1, 2]
    run("mkfs.ext4", "-q", device + "p1")
    second = name_of(host, "xfs", 2)
    assert "iSM13612" in host.refused("iSMrc_mount", "-vol", "xfs", "-volflg", "ld", "-drv", "X:")
    first = name_of(host, "xfs", 1)
    assert "iSM13612" in host.refused("iSMrc_mount", "-mvol", first, "-drv", "X:")
    host.configure("permit_partitions = on\n", "iSMrpl.ini")
    host.run("iSMrc_mount", "-mvol", first, "-drv", "X:")
    host.run("iSMrc_umount", "-drv", "X:")
    assert "iSM13618" in host.refused("iSMrc_mount", "-mvol", second, "-drv", "Z:")
    host.configure("", "iSMrpl.ini")
    subprocess.run(["sfdisk", "-q", "--no-reread", device], input="label: dos\n,32M,8e\n",
                   text=True, check=True, capture_output=True)
    host.run("iSMvollist", "-cr")
    assert "iSM13614" in host.refused("iSMrc_mount", "-vol", "xfs", "-volflg", "ld", "-drv", "X:")


def a_standby_node_takes_over_signatures_and_drives(site):
    host = site.business
    device = host.disk("xfs")["paths"][0]["device"]
    subprocess.run(["sfdisk", "-q", "--no-reread", device],
                   input="label: dos\nlabel-id: 0xdeadbeef\n,32M\n", text=True, check=True,
                   capture_output=True)
    host.run("iSMvollist", "-cr")
    assert "deadbeef" in host.run("iSMrc_signature", "-vol", "xfs", "-volflg", "ld")
    assert "deadbeef" in host.run("iSMrc_signature", "-disk", device)
    saved = host.root + "/signatures"
    assert "iSM13011" in host.run("iSMrc_signature", "-export", saved)
    run("sfdisk", "-q", "--no-reread", "--disk-id", device, "0x1")
    assert "deadbeef" not in host.run("iSMrc_signature", "-disk", device)
    assert "written" in host.run("iSMrc_signature", "-import", saved)
    assert "deadbeef" in host.run("iSMrc_signature", "-disk", device)
    assert "iSM13623" in host.refused("iSMrc_signature", "-vol", "ext", "-volflg", "ld")
    exported = host.root + "/settlement"
    host.run("sedai", "host", "export", exported)
    before = next(v["drive"] for v in host.disk("ext")["volumes"])
    host.run("iSMrc_umount", "-drv", "G:")
    host.run("iSMvollist", "-r")
    assert host.disk("ext")["volumes"][0].get("drive") is None
    host.run("sedai", "host", "import", exported)
    assert host.disk("ext")["volumes"][0]["drive"] == before == "G:"
    host.run("iSMrc_mount", "-drv", "G:")
    other = Host(site.array, site.folder, "standby")
    other.configure("[host]\ntransport = nbd\n")
    assert "is kept" in other.call("sedai", "host", "import", exported)[2]
    other.run("sedai", "host", "import", exported, "--replace")
    assert read(other.root + "/etc/sedai/host.conf") == read(host.root + "/etc/sedai/host.conf")


def a_host_without_a_list_is_told(site):
    other = Host(site.array, site.folder, "fresh")
    assert "iSM11711" in other.refused("iSMsc_query", "-bv", "ext", "-bvflg", "ld")
    os.unlink(other.root + "/etc/sedai/host.conf")
    other.run("iSMsc_query", "-bv", "ext", "-bvflg", "ld")


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
                     a_change_is_noticed_with_its_cause),
                    ("a drive is flushed, unmounted and mounted, by every name it has",
                     a_drive_is_flushed_unmounted_and_mounted),
                    ("who uses a volume is named, also in another mount namespace",
                     who_uses_a_volume_is_named),
                    ("a link volume is not ready after its unmount",
                     a_link_volume_is_not_ready_after_its_unmount),
                    ("a snapshot made again under a mount is noticed",
                     a_snapshot_made_again_under_a_mount_is_noticed),
                    ("-offline cuts off who uses the volume", offline_cuts_off_who_uses_it),
                    ("a restore unmounts the base volume and mounts it again",
                     a_restore_unmounts_and_mounts_again),
                    ("a restore that is killed is continued with iSMrc_mount",
                     a_restore_that_is_killed_can_be_continued),
                    ("two XFS of one identifier are refused with advice",
                     twins_are_refused_with_advice),
                    ("btrfs, vfat and NTFS go round, and swap is told",
                     every_file_system_goes_round),
                    ("several partitions need permission", several_partitions_need_permission),
                    ("a standby node takes over signatures and drives",
                     a_standby_node_takes_over_signatures_and_drives),
                    ("a configured host needs a list, any other machine does not",
                     a_host_without_a_list_is_told)):
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
