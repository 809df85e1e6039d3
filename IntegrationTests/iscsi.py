#!/usr/bin/env python3
"""Real iSCSI initiators against the daemon: libiscsi's programs, its conformance suite, and qemu."""
import os
import random
import re
import resource
import socket
import struct
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import rawiscsi
from checks import (
    Checks, LeftOut, free_port, need_block_devices, need_programs, refused, run, scratch)
from sedaiarray import ROOT, LocalArray

MIB = 1 << 20
INITIATOR = "iqn.2026-11.test:host"
# The suite's own names.
SUITE = "iqn.2007-10.com.github:sahlberg:libiscsi:iscsi-test"
VOLUMES = {"disk": 128 * MIB, "other": 16 * MIB}
# Cases that ask for what the standard does not say; docs/protocols/iscsi tells why.
UNFOUNDED = {"GetLBAStatus.UnmapSingle", "WriteSame10.UnmapUntilEnd"}
# A disk with blocks of 4 KiB, and families whose answers depend on that.
NATIVE_LUN = 2
NATIVE_FAMILIES = [
    "ReadCapacity10", "ReadCapacity16", "Inquiry", "ModeSense6", "GetLBAStatus", "Unmap",
    "ExtendedCopy", "ReceiveCopyResults"]
SUITE_PATIENCE = 600
# Logins at once, other hostile peers of each kind, and what all may take of the daemon's memory:
# answers to large reads have 512 MiB together, twice that while they are made ready to be sent,
# and a connection has some hundred KiB of its own.
LOGINS = 900
HOSTILE_EACH = 50
HOSTILE_MIB = 1536


class Site:
    """A running array with a target for each volume, and the folder everything is in."""

    def __init__(self, folder):
        self.folder = folder
        self.port = free_port()
        self.array = LocalArray(folder + "/array", ["--iscsi", "127.0.0.1:%d" % self.port])
        self.array.start()
        self.array.make(VOLUMES, 2, 128 * MIB)
        for name in (INITIATOR, SUITE, SUITE + "-2"):
            self.array.run("iSMcfg", "addldsetinitiator", "-ldset", "LX:disk",
                           "-initiatorname", name)
        self.array.run("iSMcfg", "addldsetld", "-ldset", "LX:disk", "-ldname", "LX:lv_disk")
        self.array.run("sedai", "ld", "create", "native", "64MiB", "--pool", "pool0", "--type", "LX",
                       "--block-size", 4096)
        self.array.run("sedai", "ldset", "assign", "disk", "native", "--lun", NATIVE_LUN)

    @property
    def portal(self):
        return "iscsi://127.0.0.1:%d" % self.port

    def target(self):
        listed = run("iscsi-ls", "-i", INITIATOR, self.portal + "/")
        return re.search(r"Target:(\S+)", listed).group(1)

    def url(self, lun=0):
        return "%s/%s/%d" % (self.portal, self.target(), lun)

    def image(self, lun=0):
        """The options that make qemu's programs use a disk of the target."""
        return ("driver=raw,file.driver=iscsi,file.transport=tcp,file.portal=127.0.0.1:%d,"
                "file.target=%s,file.lun=%d,file.initiator-name=%s"
                % (self.port, self.target(), lun, INITIATOR))


def only_the_own_set_is_listed(site):
    need_programs("iscsi-ls")
    listed = run("iscsi-ls", "-i", INITIATOR, site.portal + "/")
    assert len(re.findall(r"^Target:", listed, re.M)) == 1, listed
    stranger = run("iscsi-ls", "-i", "iqn.2026-11.test:stranger", site.portal + "/")
    assert "Target:" not in stranger, stranger


def inquiry_tells_the_disk(site):
    need_programs("iscsi-inq", "iscsi-readcapacity16")
    assert "Vendor:SEDAI" in run("iscsi-inq", "-i", INITIATOR, site.url())
    capacity = run("iscsi-readcapacity16", "-i", INITIATOR, site.url())
    assert "Total size:%d" % VOLUMES["disk"] in capacity, capacity


def qemu_reads_what_it_wrote(site):
    need_qemu()
    output = run("qemu-io", "--image-opts", "-c", "write -P 0x5a 513 70000", "-c", "flush",
                 "-c", "read -P 0x5a 513 70000", "-c", "write -z 4096 8192",
                 "-c", "read -P 0 4096 8192", "-c", "discard 0 65536", "-c", "read -P 0 0 65536",
                 "-c", "write -f -P 0x21 1M 9M", "-c", "read -P 0x21 1M 9M", site.image())
    assert "verification failed" not in output, output


def need_qemu():
    need_programs("qemu-io", "qemu-img")
    if "iscsi" not in run("qemu-img", "--help"):
        raise LeftOut("qemu has no iSCSI; qemu-block-extra brings it")


def attach_makes_a_block_device(site):
    need_block_devices()
    need_programs("qemu-nbd")
    need_qemu()
    attach = [ROOT + "/scripts/attach"]
    environment = dict(os.environ, SEDAI_INITIATOR=INITIATOR,
                       SEDAI_ATTACH_STATE=site.folder + "/attached")
    for options, writable in (([], True), (["--read-only"], False)):
        device = run(*attach, *options, site.url(), env=environment).strip()
        try:
            assert (run("blockdev", "--getro", device).strip() == "0") == writable
            if writable:
                run("mkfs.ext4", "-q", device)
            run("fsck.ext4", "-fn", device)
        finally:
            done = subprocess.run(attach + ["--detach", device], env=environment)
        # 3: still open in another mount namespace; it goes with its last user.
        assert done.returncode in (0, 3), done


def a_linked_generation_keeps_what_was_copied(site):
    need_qemu()
    first, second, back = (site.folder + "/" + name for name in ("first", "second", "back"))
    for seed, path in ((1, first), (2, second)):
        with open(path, "wb") as file:
            file.write(random.Random(seed).randbytes(VOLUMES["disk"]))

    def fill(path):
        run("qemu-img", "convert", "-n", "-f", "raw", path, "--target-image-opts", site.image())

    fill(first)
    site.array.run("iSMsc_create", "-bv", "disk", "-bvflg", "ld", "-cyclic")
    fill(second)
    refused("qemu-io", "--image-opts", "-r", "-c", "read 0 4096", site.image(1))
    site.array.run("iSMsc_link", "-lv", "lv_disk", "-lvflg", "ld", "-sv", "disk.-1",
                   "-svflg", "ld.relgen", "-lvacc", "ro")
    run("qemu-img", "convert", "--image-opts", site.image(1), "-O", "raw", back)
    run("cmp", first, back)
    run("qemu-img", "convert", "--image-opts", site.image(), "-O", "raw", back)
    run("cmp", second, back)
    site.array.run("iSMsc_unlink", "-lv", "lv_disk", "-lvflg", "ld")
    refused("qemu-io", "--image-opts", "-r", "-c", "read 0 4096", site.image(1))


def conformance(site, lun, families, unfounded):
    """Cases of libiscsi's suite, over two sessions as over two paths."""
    need_programs("iscsi-test-cu")
    url = site.url(lun)
    done = subprocess.run(
        ["iscsi-test-cu", "--dataloss", "--allow-sanitize", "-i", SUITE, "-I", SUITE + "-2",
         "--test=" + families, "-v", url, url],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace",
        timeout=SUITE_PATIENCE)
    totals = re.search(r"^\s*tests\s+(\d+)\s+(\d+)\s+(\d+)\s+(\d+)", done.stdout, re.M)
    assert totals, "the suite did not end: " + (done.stdout + done.stderr)[-1500:]
    total, ran, passed, failed = map(int, totals.groups())
    failures, suite, case = set(), "", ""
    for line in done.stdout.splitlines():
        if found := re.match(r"Suite: (\S+)", line):
            suite = found.group(1)
        elif found := re.match(r"\s*Test: (\S+) \.\.\.", line):
            case = found.group(1)
        if re.match(r"\s+\d+\. \S+\.c:\d+", line):
            failures.add("%s.%s" % (suite, case))
    assert failures <= unfounded and failed == len(failures), sorted(failures)
    assert ran == total and passed + failed == ran, totals.group(0)
    print("  %d cases: %d passed, %d unfounded" % (total, passed, failed))


def fails(words, **environment):
    done = subprocess.run(words, env=dict(os.environ, **environment), stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=60)
    return done.returncode != 0


def initiators_prove_who_they_are(site):
    need_programs("iscsi-ls", "iscsi-inq")
    host, array = "the host's secret", "the array's secret"
    secrets = site.folder + "/secrets"
    with open(secrets, "w") as file:
        file.write(host + "\n" + array + "\n")
    with open(secrets) as file:
        done = subprocess.run(
            ["sedai", "ldset", "chap", "disk", "--user", "host", "--target-user", "array"],
            stdin=file, env=site.array.environment(), capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and "secret" not in done.stdout, done.stdout + done.stderr
    try:
        ls, inq = ["iscsi-ls", "-i", INITIATOR], ["iscsi-inq", "-i", INITIATOR]
        plain = "iscsi://127.0.0.1:%d" % site.port
        target = site.array.json("sedai", "ldset", "show", "disk")["targetName"]
        url = "%s/%s/0" % (plain, target)
        mutual = {"LIBISCSI_CHAP_USERNAME": "host", "LIBISCSI_CHAP_PASSWORD": host,
                  "LIBISCSI_CHAP_TARGET_USERNAME": "array",
                  "LIBISCSI_CHAP_TARGET_PASSWORD": array}
        one_way = {name: mutual[name] for name in list(mutual)[:2]}
        assert fails(ls + [plain + "/"]) and fails(inq + [url]), "let in without a proof"
        wrong = dict(one_way, LIBISCSI_CHAP_PASSWORD="the host's Secret")
        assert fails(ls + [plain + "/"], **wrong) and fails(inq + [url], **wrong)
        for known in (one_way, mutual):
            assert not fails(ls + [plain + "/"], **known), "discovery refused"
            assert not fails(inq + [url], **known), "login refused"
        # An initiator that is told something else than the target's secret goes away.
        assert fails(inq + [url], **dict(mutual, LIBISCSI_CHAP_TARGET_PASSWORD="not the array's"))
        assert rawiscsi.login_with_proof(site.port, INITIATOR, target, "host", host) == 0
        assert rawiscsi.login_with_proof(site.port, INITIATOR, target, "host", host + "x") == 0x0201
        site.array.stop()
        shown = run("sedai-check", site.array.folder, "--dump", env=site.array.environment())
        assert "secret/ldset/disk" in shown
        with open(site.array.folder + ".log") as log:
            shown += log.read()
        assert host not in shown and array not in shown
        site.array.start()
        assert rawiscsi.login_with_proof(site.port, INITIATOR, target, "host", host) == 0
    finally:
        site.array.run("sedai", "ldset", "chap", "disk", "--off")


def reserve_out(action, kind, own, other=0, kept=False):
    """PERSISTENT RESERVE OUT: its command block and its parameters."""
    block = bytes([0x5F, action, kind, 0, 0, 0, 0, 0, 24, 0])
    return block, own.to_bytes(8, "big") + other.to_bytes(8, "big") + bytes(
        [0, 0, 0, 0, kept, 0, 0, 0])


def reservations_survive(site):
    read_keys = bytes([0x5E, 0, 0, 0, 0, 0, 0, 0, 255, 0])
    write = bytes([0x2A, 0, 0, 0, 0, 0, 0, 0, 1, 0])
    target = site.array.json("sedai", "ldset", "show", "disk")["targetName"]

    def sessions():
        return [rawiscsi.Session(site.port, INITIATOR, target, number) for number in (1001, 1002)]

    for kept in (True, False):
        one, two = sessions()
        for session, key in ((one, 1), (two, 2)):
            block, data = reserve_out(6, 0, 0, key, kept)
            assert session.run(block, data=data)[0] == 0
        block, data = reserve_out(1, 1, 1)
        assert one.run(block, data=data)[0] == 0
        site.array.kill()
        site.array.start()
        one, two = sessions()
        keys = one.run(read_keys, room=255)[2]
        assert len(keys) == (24 if kept else 8), keys
        assert one.run(write, data=bytes(512))[0] == 0
        assert two.run(write, data=bytes(512))[0] == (0x18 if kept else 0)
        if kept:
            block, data = reserve_out(3, 0, 1)
            assert one.run(block, data=data)[0] == 0
            assert two.run(write, data=bytes(512))[0] == 0


def resident_mib(process):
    with open("/proc/%d/status" % process) as status:
        return int(re.search(r"VmRSS:\s+(\d+) kB", status.read()).group(1)) >> 10


def hostile_peers_harm_nobody_else(site):
    """A thousand logins at once, peers that stop in the middle, and peers that ask for everything
    and take nothing, beside one session that must be served all the time."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, 4096), most))
    target = site.array.json("sedai", "ldset", "show", "disk")["targetName"]
    process = site.array.process.pid
    good = rawiscsi.Session(site.port, INITIATOR, target)
    pattern = b"unharmed" * 64

    def serve():
        assert good.run(bytes([0x2A, 0, 0, 0, 0, 9, 0, 0, 1, 0]), data=pattern)[0] == 0
        assert good.run(bytes([0x28, 0, 0, 0, 0, 9, 0, 0, 1, 0]), room=512)[2] == pattern

    serve()
    before = resident_mib(process)
    half_open, stopped, logins = [], [], []
    try:
        for _ in range(HOSTILE_EACH):
            half_open.append(socket.create_connection(("127.0.0.1", site.port), timeout=60))
            slow = socket.create_connection(("127.0.0.1", site.port), timeout=60)
            slow.sendall(rawiscsi.login_request(1, 3, rawiscsi.names(INITIATOR, target))[:40])
            stopped.append(slow)
        serve()
        for number in range(LOGINS):
            connection = socket.create_connection(("127.0.0.1", site.port), timeout=60)
            connection.sendall(rawiscsi.login_request(
                1, 3, rawiscsi.names(INITIATOR, target), 1 << 20 | number))
            logins.append(connection)
        serve()
        for connection in logins:
            header, _ = rawiscsi.receive_pdu(connection)
            assert header[0] == 0x23 and header[36:38] == b"\0\0", header.hex()
        serve()
        hungry = logins[:HOSTILE_EACH]
        for connection in hungry:
            connection.setblocking(False)
            for number in range(1, 129):
                # 16 MiB each, of which nothing is taken.
                command = struct.pack(">BBBBI8sIIII", 0x01, 0xC0, 0, 0, 0, bytes(8), number,
                                      16 << 20, number, 0)
                block = bytes([0x88] + [0] * 9 + [0, 0, 0x80, 0, 0, 0])
                try:
                    connection.sendall(command + block)
                except BlockingIOError:
                    break
        for _ in range(20):
            serve()
            time.sleep(0.1)
        grown = resident_mib(process) - before
        assert grown < HOSTILE_MIB, "%d MiB more" % grown
        print("  %d logins and %d idle connections, %d that take nothing: %d MiB more"
              % (LOGINS, 2 * HOSTILE_EACH, HOSTILE_EACH, grown))
    finally:
        for connection in half_open + stopped + logins:
            connection.close()
    serve()
    assert site.array.alive()


def everything_survives_a_clean_restart(site):
    need_qemu()
    run("qemu-io", "--image-opts", "-c", "write -P 0x77 0 1M", "-c", "flush", site.image())
    before = site.target()
    assert site.array.stop() == 0
    clean, text = site.array.check()
    assert clean, text
    site.array.start()
    assert site.target() == before
    output = run("qemu-io", "--image-opts", "-c", "read -P 0x77 0 1M", site.image())
    assert "verification failed" not in output, output


def main():
    check = Checks()
    with scratch("iscsi") as folder:
        site = Site(folder)
        try:
            check("iscsi-ls lists only the initiator's own target", only_the_own_set_is_listed, site)
            check("iscsi-inq tells the disk and its size", inquiry_tells_the_disk, site)
            check("qemu-io reads over iSCSI what it wrote", qemu_reads_what_it_wrote, site)
            check("attach makes a block device of an iSCSI disk",
                  attach_makes_a_block_device, site)
            check("a generation linked over iSCSI keeps what was copied",
                  a_linked_generation_keeps_what_was_copied, site)
            check("libiscsi's conformance suite", conformance, site, 0, "ALL", UNFOUNDED)
            for family in NATIVE_FAMILIES:
                check("libiscsi's %s on blocks of 4 KiB" % family, conformance, site, NATIVE_LUN,
                      "SCSI." + family, set())
            check("reservations survive kill -9 if they are to", reservations_survive, site)
            check("hostile peers harm nobody else", hostile_peers_harm_nobody_else, site)
            check("initiators prove who they are", initiators_prove_who_they_are, site)
            check("targets and data survive a clean restart", everything_survives_a_clean_restart,
                  site)
        finally:
            site.array.remove()
    check.end()


main()
