#!/usr/bin/env python3
"""Real NBD clients and real file systems against the daemon.

nbdinfo, nbdcopy, qemu-img, qemu-io and fio over the sockets of LD sets; ext4 and XFS on block
devices (nbdfuse and a loop device), with snapshots, links and restores in between.
"""
import hashlib
import json
import os
import random
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import nbd
from checks import Checks, need_block_devices, need_programs, refused, run, scratch
from sedaiarray import ROOT, LocalArray

MIB = 1 << 20
VOLUMES = {"plain": 64 * MIB, "ext": 256 * MIB, "xfs": 512 * MIB}


class Site:
    """A running array and the folder everything is in."""

    def __init__(self, folder):
        self.folder = folder
        self.array = LocalArray(folder + "/array")
        self.array.start()
        self.array.make(VOLUMES, 3, 512 * MIB)

    def uri(self, ld_set, volume=None):
        return "nbd+unix:///%s?socket=%s" % (volume or ld_set, self.array.socket(ld_set))

    def attach(self, volume):
        environment = dict(os.environ, SEDAI_ATTACH_STATE=self.folder + "/attached")
        return run(ROOT + "/scripts/attach", self.uri(volume), env=environment).strip()

    def detach(self, device):
        environment = dict(os.environ, SEDAI_ATTACH_STATE=self.folder + "/attached")
        done = subprocess.run([ROOT + "/scripts/attach", "--detach", device], env=environment)
        # 3: unmounted, but still open in another mount namespace; it goes with its last user.
        assert done.returncode in (0, 3), done

    def detach_all(self):
        environment = dict(os.environ, SEDAI_ATTACH_STATE=self.folder + "/attached")
        for mount in ("mnt", "lnk"):
            subprocess.run(["umount", self.folder + "/" + mount], capture_output=True)
        subprocess.run([ROOT + "/scripts/attach", "--detach-all"], env=environment)

    def snapshot(self, volume):
        self.array.run("iSMsc_create", "-bv", volume, "-bvflg", "ld", "-cyclic")

    def link(self, volume, generation="-1", access="rw"):
        self.array.run("iSMsc_link", "-lv", "lv_" + volume, "-lvflg", "ld", "-sv",
                       "%s.%s" % (volume, generation), "-svflg", "ld.relgen", "-lvacc", access)

    def unlink(self, volume):
        self.array.run("iSMsc_unlink", "-lv", "lv_" + volume, "-lvflg", "ld")


def random_file(path, size, seed):
    with open(path, "wb") as file:
        file.write(random.Random(seed).randbytes(size))


def digest(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def nbdinfo_reads_the_export(site):
    need_programs("nbdinfo")
    info = json.loads(run("nbdinfo", "--json", site.uri("plain")))
    export = info["exports"][0]
    assert info["protocol"] == "newstyle-fixed", info
    assert export["export-size"] == VOLUMES["plain"], export
    for ability in ("can_flush", "can_fua", "can_trim", "can_zero", "can_multi_conn", "can_cache",
                    "can_df", "can_fast_zero"):
        assert export[ability], ability
    assert "base:allocation" in export["contexts"], export["contexts"]


def nbdinfo_lists_only_the_own_set(site):
    names = [e["export-name"] for e in json.loads(
        run("nbdinfo", "--list", "--json", site.uri("plain")))["exports"]]
    assert names == ["plain"], names


def foreign_export_is_unknown(site):
    _, foreign = refused("nbdinfo", site.uri("plain", "ext"))
    _, missing = refused("nbdinfo", site.uri("plain", "nosuch"))
    assert foreign.replace("ext", "X") == missing.replace("nosuch", "X"), (foreign, missing)


def nbdcopy_round_trip(site):
    need_programs("nbdcopy")
    source, back = site.folder + "/source", site.folder + "/back"
    random_file(source, VOLUMES["plain"], 1)
    run("nbdcopy", "--flush", source, site.uri("plain"))
    run("nbdcopy", site.uri("plain"), back)
    assert digest(source) == digest(back)


def a_generation_keeps_what_was_copied(site):
    source, back = site.folder + "/source", site.folder + "/back"
    site.snapshot("plain")
    other = site.folder + "/other"
    random_file(other, VOLUMES["plain"], 2)
    run("nbdcopy", "--flush", other, site.uri("plain"))
    site.link("plain", access="ro")
    run("nbdcopy", site.uri("lv_plain"), back)
    assert digest(back) == digest(source)
    client = nbd.Client(site.array.socket("lv_plain"), "lv_plain")
    try:
        client.write(0, bytes(4096))
        raise AssertionError("a link volume linked ro took a write")
    except nbd.Refused:
        pass
    finally:
        client.close()
    site.unlink("plain")
    run("nbdcopy", site.uri("plain"), back)
    assert digest(back) == digest(other)


def an_unlinked_link_volume_answers_with_errors(site):
    try:
        client = nbd.Client(site.array.socket("lv_plain"), "lv_plain")
    except nbd.Refused:
        return
    for request in (lambda: client.read(0, 4096), lambda: client.write(0, bytes(4096))):
        try:
            request()
            raise AssertionError("an unlinked link volume served a request")
        except nbd.Refused:
            pass
    client.close()


def qemu_img_converts_and_compares(site):
    need_programs("qemu-img")
    source = site.folder + "/source"
    run("qemu-img", "convert", "-n", "-f", "raw", "-O", "raw", source, site.uri("plain"))
    run("qemu-img", "compare", "-f", "raw", "-F", "raw", source, site.uri("plain"))
    copy = site.folder + "/copy.qcow2"
    run("qemu-img", "convert", "-f", "raw", "-O", "qcow2", site.uri("plain"), copy)
    run("qemu-img", "compare", "-f", "raw", "-F", "qcow2", site.uri("plain"), copy)
    os.unlink(copy)


def qemu_img_sees_holes(site):
    client = nbd.Client(site.array.socket("plain"), "plain")
    client.call(nbd.TRIM, 0, 32 * MIB)
    client.flush()
    assert client.read(MIB, 4096) == bytes(4096)
    client.close()
    extents = json.loads(run("qemu-img", "map", "--output=json", "-f", "raw", site.uri("plain")))
    holes = sum(e["length"] for e in extents if e["zero"])
    assert holes >= 32 * MIB, extents[:4]


def qemu_io_unaligned_and_zeroes(site):
    need_programs("qemu-io")
    output = run("qemu-io", "-f", "raw", "-c", "write -P 0x5a 513 70000", "-c", "flush",
                 "-c", "read -P 0x5a 513 70000", "-c", "write -z 4096 8192",
                 "-c", "read -P 0 4096 8192", "-c", "read -P 0x5a 12288 1000",
                 "-c", "discard 0 65536", "-c", "read -P 0 0 65536",
                 "-c", "write -f -P 0x21 1048576 1M", "-c", "read -P 0x21 1048576 1M",
                 site.uri("plain"))
    assert "verification failed" not in output, output


def fio_verifies(site):
    need_programs("fio")
    for mode in ("randwrite", "write"):
        run("fio", "--name=v", "--ioengine=nbd", "--uri=" + site.uri("plain"), "--rw=" + mode,
            "--bsrange=512-256k", "--bs_unaligned", "--iodepth=32", "--size=48m", "--verify=crc32c",
            "--verify_fatal=1", "--fsync=64", cwd=site.folder)


def requests_beyond_the_end_are_refused(site):
    client = nbd.Client(site.array.socket("plain"), "plain")
    for request in (lambda: client.read(VOLUMES["plain"], 512),
                    lambda: client.read(VOLUMES["plain"] - 512, 1024),
                    lambda: client.write(VOLUMES["plain"] - 512, bytes(1024)),
                    lambda: client.call(nbd.TRIM, 1 << 62, 4096)):
        try:
            request()
            raise AssertionError("a request beyond the end was served")
        except nbd.Refused:
            pass
    client.read(VOLUMES["plain"] - 512, 512)
    client.close()


def fill_tree(mount, seed):
    chance = random.Random(seed)
    for folder in range(12):
        os.makedirs("%s/d%d" % (mount, folder), exist_ok=True)
        for file in range(60):
            with open("%s/d%d/f%d" % (mount, folder, file), "wb") as out:
                out.write(chance.randbytes(chance.randrange(60000)))
    run("sync", "-f", mount)


def tree_digest(mount):
    total = hashlib.sha256()
    for folder, folders, files in os.walk(mount):
        folders.sort()
        for name in sorted(files):
            path = os.path.join(folder, name)
            mode = os.stat(path)
            total.update(("%s %o %d" % (os.path.relpath(path, mount), mode.st_mode, mode.st_uid)).encode())
            total.update(open(path, "rb").read())
    return total.hexdigest()


def file_system_cycle(site, volume, make, mount_options, check):
    """mkfs, fill, snapshot, change, read the snapshot through its link, restore, check."""
    need_block_devices()
    need_programs(make[0], check[0])
    mount, link = site.folder + "/mnt", site.folder + "/lnk"
    os.makedirs(mount, exist_ok=True)
    os.makedirs(link, exist_ok=True)
    try:
        device = site.attach(volume)
        run(*make, device)
        run("mount", device, mount)
        fill_tree(mount, 1)
        first = tree_digest(mount)
        run("umount", mount)
        site.snapshot(volume)
        run("mount", device, mount)
        fill_tree(mount, 2)
        run("rm", "-rf", mount + "/d3")
        run("fstrim", mount)
        second = tree_digest(mount)
        assert first != second
        site.link(volume)
        linked = site.attach("lv_" + volume)
        run("mount", *mount_options, linked, link)
        assert tree_digest(link) == first, "the link volume does not show the snapshot"
        with open(link + "/written-through-the-link", "w") as out:
            out.write("stays in the snapshot volume")
        run("umount", link)
        site.detach(linked)
        site.unlink(volume)
        run("umount", mount)
        run(*check, device)
        run("mount", device, mount)
        assert tree_digest(mount) == second, "writing through the link changed the base volume"
        run("umount", mount)
        site.snapshot(volume)
        site.detach(device)
        site.array.run("iSMsc_restore", "-bv", volume, "-bvflg", "ld", "-sv", ".-2", "-svflg",
                       "relgen", "-derivsv", "keep")
        device = site.attach(volume)
        run(*check, device)
        run("mount", device, mount)
        assert os.path.exists(mount + "/written-through-the-link")
        os.unlink(mount + "/written-through-the-link")
        assert tree_digest(mount) == first, "the restore did not bring the snapshot back"
        run("umount", mount)
        site.detach(device)
        site.array.run("iSMsc_restore", "-bv", volume, "-bvflg", "ld", "-sv", ".-1", "-svflg",
                       "relgen", "-derivsv", "keep")
        device = site.attach(volume)
        run("mount", device, mount)
        assert tree_digest(mount) == second, "the newer generation did not survive the restore"
        run("umount", mount)
        site.detach(device)
    finally:
        site.detach_all()


def everything_survives_a_clean_restart(site):
    before = run("nbdinfo", "--size", site.uri("ext")), digest_of(site, "plain")
    assert site.array.stop() == 0
    clean, text = site.array.check()
    assert clean, text
    site.array.start()
    assert (run("nbdinfo", "--size", site.uri("ext")), digest_of(site, "plain")) == before


def digest_of(site, volume):
    back = site.folder + "/back"
    run("nbdcopy", site.uri(volume), back)
    return digest(back)


def main():
    check = Checks()
    with scratch("clients") as folder:
        site = Site(folder)
        try:
            check("nbdinfo reads what the export can do", nbdinfo_reads_the_export, site)
            check("nbdinfo lists only the LD set's own disks", nbdinfo_lists_only_the_own_set, site)
            check("a foreign export answers as an unknown one", foreign_export_is_unknown, site)
            check("nbdcopy copies in and out", nbdcopy_round_trip, site)
            check("a generation keeps what was copied", a_generation_keeps_what_was_copied, site)
            check("an unlinked link volume answers with errors",
                  an_unlinked_link_volume_answers_with_errors, site)
            check("qemu-img converts and compares", qemu_img_converts_and_compares, site)
            check("qemu-img sees holes after a trim", qemu_img_sees_holes, site)
            check("qemu-io unaligned writes and zeroes", qemu_io_unaligned_and_zeroes, site)
            check("fio verifies unaligned requests", fio_verifies, site)
            check("requests beyond the end are refused", requests_beyond_the_end_are_refused, site)
            check("ext4 through snapshot, link and restore", file_system_cycle, site, "ext",
                  ["mkfs.ext4", "-q"], [], ["fsck.ext4", "-fn"])
            check("XFS through snapshot, link and restore", file_system_cycle, site, "xfs",
                  ["mkfs.xfs", "-q", "-f"], ["-o", "nouuid"], ["xfs_repair", "-n"])
            check("everything survives a clean restart", everything_survives_a_clean_restart, site)
        finally:
            site.array.remove()
    check.end()


main()
