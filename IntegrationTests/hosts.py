#!/usr/bin/env python3
"""Linux's own iSCSI initiator, multipath and file systems on two virtual hosts against the daemon.

Host `alpha` reaches every disk by two portals under dm-multipath, host `beta` by one path.

    hosts.py [ROUNDS]    the array is killed and stopped under load so many times (1)
"""
import os
import re
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import hostimage
from checks import Checks, LeftOut, free_port, scratch
from sedaiarray import LocalArray
from virtualhost import HostError, VirtualHost

MIB = 1 << 20
# The LUNs of the set that both hosts belong to.
EXT4, XFS, SHARED, LINK = range(4)
VOLUMES = {"ext4": 128 * MIB, "xfs": 320 * MIB, "shared": 16 * MIB}
ROUNDS = int(sys.argv[1]) if len(sys.argv) > 1 else 1
RECOVERY = 120      # seconds until a host goes on after a path or the array has come back
OUTAGE = 4          # seconds that the array is away
# Load: files of 64 KiB, each forced to the disk before the next; ends when told.
LOAD = """cd %(folder)s && rm -f /run/load.end && n=0
while [ ! -e /run/load.end ]; do
  n=$((n + 1))
  head -c 65536 /dev/urandom >/run/load.data
  dd if=/run/load.data of=load.$((n %% 200)) bs=64k conv=fsync status=none || exit 1
  echo "$(sha256sum </run/load.data | cut -d' ' -f1)  load.$((n %% 200))" >>/run/load.sums
  echo $n >/run/load.count
done"""


class Site:
    """A running array with four disks for both hosts, and the hosts."""

    def __init__(self, folder):
        self.hosts = self.alpha, self.beta = VirtualHost("alpha"), VirtualHost("beta")
        self.portals = ["127.0.0.1:%d" % free_port(), "127.0.0.2:%d" % free_port()]
        self.array = LocalArray(folder + "/array", ["--iscsi", "127.0.0.1:%d" % free_port()])
        self.array.start()
        run = self.array.run
        for number, portal in enumerate(self.portals):
            address, port = portal.split(":")
            run("iSMcfg", "setiscsiport", "-port", "00-%02d" % number, "-ipaddress", address,
                "-tcpport", port)
        self.array.make(VOLUMES, 0, 192 * MIB)
        run("sedai", "generation", "build", "shared", "--count", 2, "--name", "sv")
        run("sedai", "lv", "create", "link", "--base", "shared")
        run("iSMcfg", "addldset", "-ldset", "LX:hosts", "-type", "iscsi")
        for host in self.hosts:
            run("iSMcfg", "addldsetinitiator", "-ldset", "LX:hosts",
                "-initiatorname", host.initiator)
        for lun, name in enumerate(("ext4", "xfs", "shared", "link")):
            run("iSMcfg", "addldsetld", "-ldset", "LX:hosts", "-ldname", "LX:" + name, "-lun", lun)
        self.target = None

    def path(self, lun, portal=0):
        """The device of one path."""
        return "/dev/disk/by-path/ip-%s-iscsi-%s-lun-%d" % (
            self.portals[portal], self.target, lun)

    def disk(self, host, lun):
        """The device that a host uses: the multipath device on alpha."""
        if host is self.beta:
            return self.path(lun)
        name = host.run("udevadm info -q property -n %s | sed -n 's/^ID_SERIAL=//p'"
                        % self.path(lun)).output.strip()
        return "/dev/mapper/" + name

    def link(self, source, access):
        self.array.run("iSMsc_link", "-lv", "link", "-lvflg", "ld", "-lvacc", access, *source)

    def unlink(self):
        self.array.run("iSMsc_unlink", "-lv", "link", "-lvflg", "ld")

    def end(self):
        for host in self.hosts:
            host.cut()
        self.array.remove()


class Load:
    """Writes on a host until told to stop, then checks every file behind the host's cache."""

    def __init__(self, host, folder):
        self.host, self.folder = host, folder
        host.run("rm -f /run/load.*")
        self.problem = None
        self.thread = threading.Thread(target=self._write)
        self.thread.start()
        self.go_on()

    def _write(self):
        try:
            self.host.run(LOAD % {"folder": self.folder}, patience=600 * ROUNDS)
        except HostError as problem:
            self.problem = problem

    def count(self):
        return int(self.host.run("cat /run/load.count 2>/dev/null || echo 0").output)

    def go_on(self, patience=RECOVERY):
        """Waits until three more files are on the disk."""
        wanted = self.count() + 3
        self.host.wait("test -e /run/load.count && test $(cat /run/load.count) -ge %d" % wanted,
                       patience)

    def end(self):
        self.host.run("touch /run/load.end")
        self.thread.join()
        if self.problem:
            raise self.problem
        self.host.run("sync && echo 3 >/proc/sys/vm/drop_caches && cd %s && "
                      "tac /run/load.sums | awk '!seen[$2]++' | sha256sum -c --quiet" % self.folder)
        return self.count()


def no_errors(host, device, since):
    """Since its message of that number the kernel has reported no failed request to the device
    of a file system, and no trouble of a file system. A path under a multipath device may fail."""
    name = host.run("basename $(readlink -f %s)" % device).output.strip()
    text = host.run("dmesg | tail -n +%d" % (since + 1)).output
    bad = [line for line in text.splitlines()
           if re.search(r"error,? (on )?dev %s\b" % name, line)
           or re.search(r"EXT4-fs.*error|XFS.*(error|[Ss]hut)", line)]
    assert not bad, "\n".join(bad)


def messages(host):
    return int(host.run("dmesg | wc -l").output)


def disks_appear(site):
    """Discovery shows the set's target at both portals; every path is one disk with one name."""
    for host in site.hosts:
        host.run("sed -i 's/^node.session.timeo.replacement_timeout.*/"
                 "node.session.timeo.replacement_timeout = %d/;"
                 "s/^node.conn\\[0\\].timeo.noop_out_\\(interval\\|timeout\\).*/"
                 "node.conn[0].timeo.noop_out_\\1 = 2/' /etc/iscsi/iscsid.conf"
                 % (5 if host is site.alpha else 120))
        listed = host.run("iscsiadm -m discovery -t sendtargets -p " + site.portals[1]).output
        found = dict(line.split() for line in listed.splitlines())
        assert sorted(each.split(",")[0] for each in found) == site.portals, listed
        assert len(set(found.values())) == 1, listed
        site.target = found.popitem()[1]
    site.alpha.run("multipathd")
    site.alpha.run("iscsiadm -m node -T %s --login" % site.target)
    site.beta.run("iscsiadm -m node -T %s -p %s --login" % (site.target, site.portals[0]))
    for lun in (EXT4, XFS, SHARED, LINK):
        for host in site.hosts:
            host.wait("test -b " + site.path(lun))
    serials = set()
    for lun in (EXT4, XFS, SHARED):
        names = {site.alpha.run("udevadm info -q property -n %s | grep -E '^ID_(SERIAL|WWN)='"
                                % site.path(lun, portal)).output for portal in (0, 1)}
        assert len(names) == 1, names
        serials |= names
        site.alpha.wait("test $(multipath -ll %s | grep -c 'active ready') = 2"
                        % site.disk(site.alpha, lun).rsplit("/", 1)[1])
    assert len(serials) == 3, serials
    size = int(site.beta.run("blockdev --getsize64 " + site.path(XFS)).output)
    assert size == VOLUMES["xfs"], size


def file_systems_keep_what_was_forced(site):
    """fio's random writes with fsync on ext4 (two paths) and XFS (one), read back and compared."""
    job = "fio --name=a --directory=/mnt --size=16m --io_size=8m --rw=randwrite --bs=4k " \
        "--fsync=16 --verify=crc32c --randseed=7 --output=/dev/null "

    def body(host, kind, device):
        host.run("mkfs.%s -q %s && mount %s /mnt" % (kind, device, device))
        host.run(job + "--do_verify=0", patience=300)
        host.run("umount /mnt && mount %s /mnt" % device)
        host.run(job + "--verify_only", patience=300)

    together([lambda: body(site.alpha, "ext4", site.disk(site.alpha, EXT4)),
              lambda: body(site.beta, "xfs", site.disk(site.beta, XFS))])


def together(bodies):
    """Runs the functions at the same time; the first problem is raised."""
    problems = []

    def guarded(body):
        try:
            body()
        except Exception as problem:
            problems.append(problem)

    threads = [threading.Thread(target=guarded, args=(body,)) for body in bodies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if problems:
        raise problems[0]


def a_disk_grows_while_it_is_used(site):
    device = site.disk(site.alpha, EXT4)
    load = Load(site.alpha, "/mnt")
    site.array.run("iSMcfg", "ldexpand", "-ldname", "LX:ext4", "-capacity", 192, "-unit", "mb")
    site.alpha.wait("dmesg | grep -i 'capacity data has changed'")
    site.alpha.run("iscsiadm -m session --rescan && multipathd resize map %s && resize2fs %s"
                   % (device.rsplit("/", 1)[1], device))
    assert int(site.alpha.run("blockdev --getsize64 " + device).output) == 192 * MIB
    load.go_on()
    load.end()
    blocks = int(site.alpha.run("stat -f -c '%b * %S' /mnt | xargs expr").output)
    assert blocks > 160 * MIB, blocks


def a_lost_path_costs_no_request(site):
    since = messages(site.alpha)
    load = Load(site.alpha, "/mnt")
    try:
        for link in ("link1", "link0"):
            site.alpha.unplug(link)
            site.alpha.wait("multipath -ll | grep -E 'failed (faulty|ready|ghost|undef)'", RECOVERY)
            load.go_on()
            site.alpha.plug(link)
            site.alpha.wait("test $(multipath -ll | grep -c 'active ready') -ge 6", RECOVERY)
            load.go_on()
    finally:
        site.alpha.plug("link0")
        site.alpha.plug("link1")
        load.end()
    no_errors(site.alpha, site.disk(site.alpha, EXT4), since)


def the_array_restarts_under_load(site):
    since = [messages(host) for host in site.hosts]
    loads = [Load(host, "/mnt") for host in site.hosts]
    try:
        for end in [site.array.kill, site.array.stop] * ROUNDS:
            end()
            time.sleep(OUTAGE)
            site.array.start()
            for load in loads:
                load.go_on()
    finally:
        together([load.end for load in loads])
    for host, lun, number in zip(site.hosts, (EXT4, XFS), since):
        no_errors(host, site.disk(host, lun), number)


def names_outlive_logins_and_restarts(site):
    def names():
        text = site.beta.run("for n in /dev/disk/by-id/wwn-* /dev/disk/by-id/scsi-*; do "
                             "echo $n $(udevadm info -q property -n $n | "
                             "sed -n 's/^ID_PATH=//p'); done | sort").output
        assert text.count("lun-%d\n" % SHARED) >= 2, text
        return text


    site.beta.run("umount /mnt")
    before = names()
    site.beta.run("iscsiadm -m node -T %s --logout" % site.target)
    site.beta.wait("! test -e " + site.path(SHARED))
    site.array.stop()
    site.array.start()
    site.beta.run("iscsiadm -m node -T %s -p %s --login" % (site.target, site.portals[0]))
    for lun in (EXT4, XFS, SHARED, LINK):
        site.beta.wait("test -b " + site.path(lun))
    site.beta.run("udevadm settle")
    assert names() == before, (names(), before)


def write_byte(site, host, text):
    """One block of that byte over the whole first MiB of the shared disk, past the caches."""
    host.run("head -c 1048576 /dev/zero | tr '\\0' '%s' | "
             "dd of=%s bs=64k oflag=direct iflag=fullblock conv=fsync status=none"
             % (text, site.disk(host, SHARED)))


def first_byte(host, device):
    return host.run("blockdev --flushbufs %s; head -c 1 %s" % (device, device)).output


def a_relinked_volume_shows_its_new_content(site):
    device = site.path(LINK)
    for text in ("A", "B"):
        write_byte(site, site.beta, text)
        site.array.run("iSMsc_create", "-bv", "shared", "-bvflg", "ld", "-cyclic")
    write_byte(site, site.beta, "C")
    since = messages(site.beta)
    for age, text in ((2, "A"), (1, "B")):
        site.link(["-sv", "shared.-%d" % age, "-svflg", "ld.relgen"], "ro")
        # The unit was not ready, and had no size, when the host looked at it.
        site.beta.run("echo 1 >/sys/block/$(basename $(readlink -f %s))/device/rescan" % device)
        assert first_byte(site.beta, device) == text
        assert site.beta.run("blockdev --getro " + device).output.strip() == "1"
        # Past the kernel, which knows by now: the array refuses by itself.
        done = site.beta.run("sg_dd if=/dev/zero bs=512 count=1 of=/dev/sg$(basename "
                             "/sys/block/$(basename $(readlink -f %s))/device/scsi_generic/sg* | "
                             "tr -d a-z)" % device, check=False)
        assert done.status and "rotect" in done.output + done.errors, done
        site.unlink()
    sessions = site.beta.run("iscsiadm -m session").output
    assert len(sessions.splitlines()) == 1, sessions
    assert "session recovery timed out" not in site.beta.run(
        "dmesg | tail -n +%d" % (since + 1)).output


def a_base_volume_is_not_ready_while_linked(site):
    site.link(["-bv", "shared", "-bvflg", "ld"], "rw")
    done = site.beta.run("sg_turs -v " + site.path(SHARED), check=False)
    done = site.beta.run("sg_turs -v " + site.path(SHARED), check=False)
    assert done.status == 2, done
    assert site.beta.run("dd if=%s of=/dev/null bs=4k count=1 iflag=direct"
                         % site.path(SHARED), check=False).status
    site.unlink()
    site.beta.run("sg_turs %s; dd if=%s of=/dev/null bs=4k count=1 iflag=direct"
                  % (site.path(SHARED), site.path(SHARED)))


def a_fenced_host_gets_conflicts(site):
    mine, theirs = site.disk(site.alpha, SHARED), site.path(SHARED)
    # What the array has to say about the step before comes first.
    for host, path in ((site.alpha, site.path(SHARED)), (site.alpha, site.path(SHARED, 1)),
                       (site.beta, theirs)):
        host.wait("sg_turs " + path)
    for portal in (0, 1):
        site.alpha.run("sg_persist --out --register --param-sark=0xa " + site.path(SHARED, portal))
    site.alpha.run("sg_persist --out --reserve --param-rk=0xa --prout-type=5 " + site.path(SHARED))
    write_byte(site, site.alpha, "D")

    def refused(host, device):
        done = host.run("dd if=/dev/zero of=%s bs=4k count=1 oflag=direct" % device, check=False)
        assert done.status and "Invalid exchange" in done.errors, done

    refused(site.beta, theirs)
    site.beta.run("sg_persist --out --register --param-sark=0xb " + theirs)
    write_byte(site, site.beta, "E")
    site.beta.run("sg_persist --out --preempt --param-rk=0xb --param-sark=0xa --prout-type=5 "
                  + theirs)
    refused(site.alpha, mine)
    # Exclusive to those registered, but everybody may read.
    write_byte(site, site.beta, "F")
    assert first_byte(site.alpha, mine) == "F"
    site.beta.run("sg_persist --out --clear --param-rk=0xb " + theirs)
    write_byte(site, site.alpha, "G")


def hosts_log_in_by_chap(site):
    """open-iscsi proves who it is, and has the target do so, for discovery and for sessions."""
    secrets = {"password": "alpha and beta", "password_in": "the array itself"}
    files = []
    for name, secret in secrets.items():
        files.append(site.array.folder + "." + name)
        with open(files[-1], "w") as file:
            file.write(secret + "\n")
    site.array.run("sedai", "ldset", "chap", "hosts", "--user", "hosts", "--secret-file", files[0],
                   "--target-user", "array", "--target-secret-file", files[1])
    discover = "iscsiadm -m discovery -t sendtargets -p " + site.portals[0]
    login = "iscsiadm -m node -T %s -p %s --login" % (site.target, site.portals[0])

    def prove(values):
        names = dict(values, authmethod="CHAP", username="hosts", username_in="array")
        lines = ["%s.auth.%s = %s\n" % (kind, name, value) for name, value in names.items()
                 for kind in ("discovery.sendtargets", "node.session")]
        site.beta.run("sed -i '/\\.auth\\./d' /etc/iscsi/iscsid.conf && "
                      "cat >>/etc/iscsi/iscsid.conf", input="".join(lines).encode())

    try:
        site.beta.run("iscsiadm -m node -T %s --logout" % site.target)
        assert site.beta.run(login, check=False).status, "logged in without a proof"
        assert site.beta.run(discover, check=False).status, "discovered without a proof"
        prove(dict(secrets, password="beta and alpha"))
        assert site.beta.run(discover, check=False).status, "discovered with a wrong secret"
        prove(dict(secrets, password_in="another array"))
        assert site.beta.run(discover, check=False).status, "took any target for the array"
        prove(secrets)
        site.beta.run(discover + " && " + login)
        site.beta.wait("test -b " + site.path(XFS))
    finally:
        site.array.run("sedai", "ldset", "chap", "hosts", "--off")


def hosts_end_in_order(site):
    site.alpha.run("umount /mnt && fsck.ext4 -fn %s" % site.disk(site.alpha, EXT4))
    site.beta.run("mount %s /mnt && umount /mnt && xfs_repair -n %s" % (
        site.path(XFS), site.path(XFS)))
    for host in site.hosts:
        host.stop()
    assert site.array.stop() == 0
    clean, text = site.array.check()
    assert clean, text


STEPS = {
    "kernel initiators discover both portals; a disk has one name by all paths": disks_appear,
    "ext4 and XFS under fsync load keep what they wrote": file_systems_keep_what_was_forced,
    "a disk in use grows, and the file system on it": a_disk_grows_while_it_is_used,
    "under multipath either path may be lost and come back": a_lost_path_costs_no_request,
    "the array is killed, then stopped under load: no error reaches a file system":
        the_array_restarts_under_load,
    "disk names outlive logins and restarts of the array": names_outlive_logins_and_restarts,
    "a relinked volume shows its new content without a new login; ro is write protected":
        a_relinked_volume_shows_its_new_content,
    "a base volume is not ready while a link volume shows it":
        a_base_volume_is_not_ready_while_linked,
    "a host whose reservation was preempted is fenced off": a_fenced_host_gets_conflicts,
    "open-iscsi discovers and logs in by CHAP, mutual": hosts_log_in_by_chap,
    "hosts and array end in order, everything is clean": hosts_end_in_order,
}


def needs_hosts():
    if reason := hostimage.lacking():
        raise LeftOut(reason)
    try:
        hostimage.image()
    except hostimage.ImageError as problem:
        raise LeftOut(str(problem)) from problem


def main():
    check = Checks()
    if check("virtual hosts can be had", needs_hosts):
        with scratch("hosts") as folder:
            site = Site(folder)
            try:
                for name, body in STEPS.items():
                    # Each step finds the disks as the one before left them.
                    if not check(name, body, site):
                        break
            finally:
                site.end()
    check.end()


main()
