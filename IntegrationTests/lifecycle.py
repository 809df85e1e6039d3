#!/usr/bin/env python3
"""The daemon's life: start, second start, stop, what a kill leaves, damage.

Damaged or missing files end in an error that names the file and what to do, with an exit status,
never a signal, and nothing is written to what is damaged.
"""
import glob
import hashlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import nbd
from checks import Checks, run, scratch
from oracle import content, identify
from sedaiarray import PROGRAMS, ROOT, LocalArray

MIB = 1 << 20
VOLUME = "bv0"
BLOCKS = 256
WORDS_OF_ADVICE = ("restore", "repair", "check", "recreate", "replace", "bring", "put", "move",
                   "newer", "use ", "run ", "start ", "copy")


class Life:
    def __init__(self, folder):
        self.folder = folder
        self.array = LocalArray(folder + "/array")

    def write(self, generation):
        client = nbd.Client(self.array.socket(VOLUME), VOLUME)
        for block in range(BLOCKS):
            client.write(block * 4096, content(block, generation))
        client.flush()
        client.close()

    def expect(self, generation):
        client = nbd.Client(self.array.socket(VOLUME), VOLUME)
        for block in range(BLOCKS):
            found = identify(block, client.read(block * 4096, 4096))
            assert found == generation, "block %d shows %s" % (block, found)
        client.close()

    def start_fails(self, *options):
        """The status and words of a start that must fail, and must not hang or crash."""
        done = subprocess.run(
            [PROGRAMS + "/sedaid", "--data", self.array.folder, "--no-pool", *options],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
        assert done.returncode != 0, "it started"
        assert done.returncode > 0, "it died of signal %d: %s" % (-done.returncode, done.stderr)
        return done.returncode, done.stdout + done.stderr


def starts_from_nothing_and_serves(life):
    life.array.start()
    life.array.make({VOLUME: 64 * MIB}, 2, 128 * MIB)
    life.write(1)
    life.expect(1)


def a_second_daemon_is_refused(life):
    status, words = life.start_fails()
    assert life.array.folder in words, words
    life.expect(1)


def tcp_without_a_token_is_refused(life):
    """Nothing listens on TCP unless it is asked for."""
    listening = subprocess.run(["ss", "-Hltnp"], capture_output=True, text=True).stdout
    assert "pid=%d," % life.array.process.pid not in listening, listening


def sigterm_ends_it_cleanly(life):
    life.write(2)
    began = time.monotonic()
    status = life.array.stop()
    assert status == 0, status
    assert time.monotonic() - began < 20
    clean, text = life.array.check()
    assert clean, text
    life.array.start()
    life.expect(2)


def sigterm_under_load_ends_it_cleanly(life):
    load = subprocess.Popen(
        ["fio", "--name=l", "--ioengine=nbd", "--rw=randwrite", "--bs=4k", "--iodepth=32",
         "--uri=nbd+unix:///%s?socket=%s" % (VOLUME, life.array.socket(VOLUME)), "--size=64m",
         "--time_based", "--runtime=30"], cwd=life.folder, stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(1)
    try:
        assert life.array.stop() == 0
    finally:
        load.kill()
        load.wait()
    clean, text = life.array.check()
    assert clean, text
    life.array.start()
    life.write(3)


def stale_sockets_of_a_killed_daemon_do_not_matter(life):
    life.array.kill()
    left = glob.glob(life.array.folder + "/**/*.sock", recursive=True)
    assert left, "no socket was left: the check would prove nothing"
    life.array.start()
    life.expect(3)


def systemd_is_told_when_it_is_ready_and_when_it_stops(life):
    life.array.stop()
    path = life.folder + "/notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(path)
        listener.settimeout(30)
        daemon = subprocess.Popen(
            [PROGRAMS + "/sedaid", "--data", life.array.folder, "--no-pool"],
            env=dict(os.environ, NOTIFY_SOCKET=path), stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            assert b"READY=1" in listener.recv(4096).split(b"\n")
            run(PROGRAMS + "/sedai", "status", env=life.array.environment())
            daemon.send_signal(signal.SIGTERM)
            assert b"STOPPING=1" in listener.recv(4096).split(b"\n")
            assert daemon.wait(timeout=30) == 0
        finally:
            daemon.kill()
            daemon.wait()
    life.array.start()


def fingerprint(folder):
    """Every file that holds state, by content: what a refused start must leave alone."""
    result = {}
    for path in glob.glob(folder + "/**", recursive=True):
        if os.path.isfile(path) and not path.endswith((".lock", ".pid", ".log")):
            with open(path, "rb") as file:
                result[path] = hashlib.file_digest(file, "sha256").hexdigest()
    return result


def flip(path, offset, count=1):
    with open(path, "r+b") as file:
        file.seek(offset)
        old = file.read(count)
        file.seek(offset)
        file.write(bytes(b ^ 0xFF for b in old))


def refuses_and_names(life, path, damage):
    """Damages a stopped array's file, expects a refusal that names it, and heals it again."""
    saved = life.folder + "/saved"
    shutil.copyfile(path, saved) if os.path.exists(path) else None
    try:
        damage(path)
        before = fingerprint(life.array.folder)
        status, words = life.start_fails()
        assert path in words or os.path.basename(path) in words, "not named: " + words
        assert any(word in words.lower() for word in WORDS_OF_ADVICE), "no advice: " + words
        assert fingerprint(life.array.folder) == before, "the refused start wrote something"
        clean, text = life.array.check()
        assert not clean, "sedai-check finds it clean"
    finally:
        shutil.copyfile(saved, path)
        os.unlink(saved)


def serves_without_the_pool_and_says_so(life, path, damage):
    """A pool that is damaged or gone takes its own volumes down; the array says which and why."""
    saved = life.folder + "/saved"
    shutil.copyfile(path, saved)
    log = life.array.folder + ".log"
    try:
        damage(path)
        before = fingerprint(life.array.folder).get(path)
        spoken = os.path.getsize(log)
        life.array.start()
        with open(log, errors="replace") as file:
            file.seek(spoken)
            words = file.read()
        assert path in words, "the log does not name %s: %s" % (path, words)
        assert any(word in words.lower() for word in WORDS_OF_ADVICE), "no advice: " + words
        state = life.array.json("sedai", "pool", "show", "pool0")["state"]
        assert state != "ready", "the pool shows as " + state
        try:
            client = nbd.Client(life.array.socket(VOLUME), VOLUME)
            client.read(0, 4096)
            raise AssertionError("a volume without its pool was read")
        except (nbd.Refused, nbd.Gone):
            pass
        assert life.array.stop() == 0
        assert fingerprint(life.array.folder).get(path) == before, "the file was written to"
    finally:
        if life.array.alive():
            life.array.kill()
        shutil.copyfile(saved, path)
        os.unlink(saved)
    life.array.start()
    life.expect(3)
    life.array.stop()


def an_installation_runs_without_a_toolchain(folder):
    """What `make install` puts down runs with nothing of Swift within reach, page and all."""
    prefix = folder + "/installed"
    run(ROOT + "/scripts/install", prefix)
    programs = [prefix + "/bin/" + name for name in ("sedaid", "sedai", "sedai-check", "ism")]
    for program in programs:
        libraries = run("ldd", program)
        assert "swift" not in libraries.lower() and "not found" not in libraries, libraries
    commands = glob.glob(prefix + "/bin/iSM*")
    assert "iSMsc_create" in [os.path.basename(c) for c in commands], commands
    for command in programs + commands:
        page = glob.glob("%s/share/man/man*/%s.[18]" % (prefix, os.path.basename(command)))
        assert page, command + " has no manual page"
    array = LocalArray(folder + "/elsewhere", programs=prefix + "/bin", path="/usr/bin:/bin")
    try:
        array.start()
        array.make({VOLUME: 16 * MIB}, 2, 64 * MIB)
        array.run("iSMsc_create", "-bv", VOLUME, "-bvflg", "ld", "-sv", "sv_bv0_01", "-svflg", "ld")
        array.stop()
        clean, words = array.check()
        assert clean, words
    finally:
        array.remove()


def truncate_to(size):
    return lambda path: os.truncate(path, size)


def main():
    check = Checks()
    with scratch("lifecycle") as folder:
        life = Life(folder)
        try:
            check("sedaid starts from nothing and serves", starts_from_nothing_and_serves, life)
            check("a second daemon on the same folder is refused", a_second_daemon_is_refused, life)
            check("nothing listens on TCP unless asked", tcp_without_a_token_is_refused, life)
            check("SIGTERM ends it with everything flushed", sigterm_ends_it_cleanly, life)
            check("SIGTERM under load ends it cleanly", sigterm_under_load_ends_it_cleanly, life)
            check("stale sockets of a killed daemon do not matter",
                  stale_sockets_of_a_killed_daemon_do_not_matter, life)
            check("systemd is told of readiness and stop",
                  systemd_is_told_when_it_is_ready_and_when_it_stops, life)
            damaged_files(check, life)
            check("an installation runs without a toolchain",
                  an_installation_runs_without_a_toolchain, folder)
        finally:
            life.array.remove()
    check.end()


def damaged_files(check, life):
    life.array.stop()
    system = system_area(life.array.folder)
    pool = life.array.folder + "/pool0.data"
    cases = [
        ("a truncated system area is refused", system, truncate_to(MIB)),
        ("an empty system area is refused", system, truncate_to(0)),
        ("a system area of another version is refused", system, lambda p: flip(p, 8, 4)),
        ("bit flips at the start of the system area are refused", system,
         lambda p: flip(p, 0, 8192)),
    ]
    pools = [
        ("a missing pool file is named, its volumes answer with errors", pool, os.unlink),
        ("a pool file with a damaged label is named", pool, lambda p: flip(p, 0, 4096)),
        ("a truncated pool file is named", pool, truncate_to(32 * MIB)),
    ]
    for name, path, damage in cases:
        check(name, refuses_and_names, life, path, damage)
    for name, path, damage in pools:
        check(name, serves_without_the_pool_and_says_so, life, path, damage)
    life.array.start()
    check("the healed array serves what it held", life.expect, 3)


def system_area(folder):
    found = [p for p in glob.glob(folder + "/*") if "system" in os.path.basename(p)]
    assert len(found) == 1, (found, os.listdir(folder))
    return found[0]


main()
