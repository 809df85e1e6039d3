"""See kill9.sh."""
import os
import random
import subprocess
import sys
import tempfile
import threading
import time

import nbd
from sedaiarray import LocalArray
from crash import LINK, VOLUME, Rounds
from oracle import BLOCK

FIO_VOLUME = "bvfio"
FIO_BYTES = 256 << 20
ORACLE_BLOCKS = 8192
LONGEST_LOAD = 1.5      # seconds before the kill
SNAPSHOT_PAUSE = 0.15   # seconds between snapshots of fio's volume


# Requests that fio keeps under way.
FIO_DEPTH = 16
DETAILS = bool(os.environ.get("DETAILS"))


def fio(array, folder, arguments):
    """fio on its volume; its notes of what it wrote are kept in the folder."""
    return subprocess.Popen(
        ["fio", "--name=load", "--ioengine=nbd", "--rw=randwrite", "--bs=4k", "--iodepth=%d" % FIO_DEPTH,
         "--uri=nbd+unix:///%s?socket=%s" % (FIO_VOLUME, array.socket(FIO_VOLUME)),
         "--size=%d" % FIO_BYTES, "--verify=crc32c", *arguments],
        cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True)


class Round:
    def __init__(self, array, rounds, folder, number, seed):
        self.array, self.rounds, self.folder = array, rounds, folder
        self.number, self.seed = number, seed
        self.random = random.Random("%s/%d" % (seed, number))
        self.problems = []

    def _note(self, what):
        """Where the time of a round goes, for who wonders: DETAILS=1."""
        if os.environ.get("DETAILS"):
            print("  %.2f %s" % (time.monotonic(), what), flush=True)

    def run(self):
        load = fio(self.array, self.folder, [
            "--randseed=%d" % (self.number + 1), "--verify_backlog=256", "--verify_state_save=1"])
        oracle = threading.Thread(target=self._oracle)
        churn = threading.Thread(target=self._churn)
        self.rounds.crashed.clear()
        oracle.start()
        churn.start()
        time.sleep(self.random.uniform(0.2, LONGEST_LOAD))
        self._note("kill")
        self.array.kill()
        self.rounds.crashed.set()
        oracle.join()
        churn.join()
        output, _ = load.communicate(timeout=60)
        if "verify:" in output and "bad" in output:
            self.problems.append("fio read back other data during the load: " + output[-400:])
        self._note("check")
        clean, text = self.array.check()
        if not clean:
            self.problems.append("sedai-check after the kill: " + text[-800:])
        self._note("start")
        self.array.start()
        self._note("verify")
        self.problems += self.rounds.verify()
        self._note("verify fio")
        self._verify_fio()
        self._note("end")
        return self.problems

    def _oracle(self):
        try:
            self.rounds.load(LONGEST_LOAD)
        except Exception as problem:  # a thread of its own: the round reports it
            self.problems.append("the load: %s" % problem)

    def _churn(self):
        """Snapshots of fio's volume under its writes, cyclic, so that old ones are given up."""
        while not self.rounds.crashed.is_set():
            status, output, errors = self.array.execute(
                ["iSMsc_create", "-bv", FIO_VOLUME, "-bvflg", "ld", "-cyclic"])
            if status and not self.rounds.crashed.wait(5):
                self.problems.append("iSMsc_create under load: " + output + errors)
                return
            self.rounds.crashed.wait(SNAPSHOT_PAUSE)

    def _verify_fio(self):
        if not os.path.exists(self.folder + "/local-load-0-verify.state"):
            # Killed before fio had one write acknowledged.
            return
        check = fio(self.array, self.folder, [
            "--randseed=%d" % (self.number + 1), "--verify_state_load=1", "--verify_only=1",
            "--verify_fatal=0", "--continue_on_error=verify"])
        output, _ = check.communicate(timeout=120)
        os.unlink(self.folder + "/local-load-0-verify.state")
        # fio's notes, saved when its connection broke, also hold the writes that were under way
        # and never answered: at most a queue of them. The oracle beside it counts exactly.
        missing = output.count("verify: bad")
        if DETAILS:
            print("  fio: %d of %d in doubt missing" % (missing, FIO_DEPTH), flush=True)
        if missing > FIO_DEPTH or "run=" not in output:
            self.problems.append(
                "fio misses %d writes, %d were under way: %s" % (missing, FIO_DEPTH, output[-600:]))


def main():
    count = int(sys.argv[1])
    seed = sys.argv[2] or "%d" % (time.time_ns() % 1_000_000_007)
    print("kill -9, %d rounds, seed %s" % (count, seed), flush=True)
    failures = 0
    scratch = os.environ.get("SEDAI_SCRATCH", "/var/tmp")
    with tempfile.TemporaryDirectory(prefix="sedai-kill9-", dir=scratch) as folder:
        array = LocalArray(folder + "/array")
        try:
            array.start()
            array.make({VOLUME: ORACLE_BLOCKS * BLOCK, FIO_VOLUME: FIO_BYTES}, 3, 2 << 30)

            def connect(ld_set, volume):
                return nbd.Client(array.socket(ld_set), volume)

            rounds = Rounds(array, connect, ORACLE_BLOCKS, seed, power_cut=False)
            for number in range(count):
                problems = Round(array, rounds, folder, number, seed).run()
                name = "kill -9 round %d" % (number + 1)
                print("%s: %s" % ("FAILED" if problems else "passed", name), flush=True)
                for problem in problems[:8]:
                    print("  " + problem, flush=True)
                failures += bool(problems)
            if array.stop() != 0:
                print("FAILED: clean stop after the rounds")
                failures += 1
            print("  in all: " + ", ".join("%d %s" % (n, k) for k, n in rounds.counts.items()))
        finally:
            if failures and os.environ.get("KEEP"):
                subprocess.run(["cp", "-a", folder, folder + "-failed"])
                print("  kept in %s-failed; run again with: kill9.sh %d %s" % (folder, count, seed))
            array.remove()
    sys.exit(failures != 0)


assert LINK == "lv_" + VOLUME
main()
