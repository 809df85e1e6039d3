"""Crash rounds: load with an oracle, a crash at a random moment, a check of all that must be there.

One round: random writes on a volume, and now and then a snapshot, a delete or a restore of it;
the crash comes at any moment, also inside such an operation. Then sedai-check must find the array
clean, the volume must show what was acknowledged, and so must every generation.
"""
import random
import threading
import time

import nbd
from sedaiarray import CommandFailed
from oracle import Oracle

VOLUME = "bv0"
LINK = "lv_bv0"
GENERATIONS = 3


class Rounds:
    """`connect(ld_set, volume)` gives an NBD client; `crash()` ends the array abruptly."""

    def __init__(self, array, connect, blocks, seed, power_cut):
        self.array, self.connect, self.power_cut = array, connect, power_cut
        self.random = random.Random(seed)
        self.oracle = Oracle(blocks, seed)
        # Operations under way at the crash: what else the volume or a generation may show.
        self.unsure_restore = None
        self.unsure = {}
        self.counts = {"writes": 0, "snapshots": 0, "deletes": 0, "restores": 0, "cut short": 0}
        self.crashed = threading.Event()

    def load(self, seconds):
        """Works until the array is gone; a crash is expected, anything else is an error."""
        end = time.monotonic() + seconds
        client = self.connect(VOLUME, VOLUME)
        while True:
            pause = time.monotonic() + self.random.uniform(0.05, 0.4)
            # Past `end` only the crash stops the load.
            if self.oracle.run(client, lambda: time.monotonic() > pause, self.power_cut):
                break
            if time.monotonic() > end + 30:
                raise AssertionError("the crash never came")
            try:
                client = self._operate(client)
            except (nbd.Gone, CommandFailed, ConnectionError, OSError) as problem:
                if not self.crashed.wait(20):
                    raise AssertionError("failed without a crash: %s" % problem) from problem
                self.counts["cut short"] += 1
                break
        self.counts["writes"] = self.oracle.acknowledged

    def _operate(self, client):
        choice = self.random.random()
        if choice < 0.55:
            self._snapshot()
        elif choice < 0.75 and self.oracle.generations:
            self._delete(self.random.choice(sorted(self.oracle.generations)))
        elif choice < 0.85 and self.oracle.generations:
            client.close()
            self._restore(self.random.choice(sorted(self.oracle.generations)))
            client = self.connect(VOLUME, VOLUME)
        return client

    def _snapshot(self):
        held = self.array.snapshots(VOLUME)
        empty = [name for name in self.names() if name not in held]
        target = empty[0] if empty else held[-1]
        before = self.oracle.generations.pop(target, None)
        image = {b: shown[-1] for b, shown in self.oracle.may_show.items()}
        self.unsure[target] = [before, image]
        self.array.run("iSMsc_create", "-bv", VOLUME, "-bvflg", "ld", "-sv", target, "-svflg", "ld")
        del self.unsure[target]
        self.oracle.generations[target] = image
        self.counts["snapshots"] += 1

    def names(self):
        """The SV names, as the array gave them when the generations were built."""
        if not hasattr(self, "_names"):
            listing = self.array.json("sedai", "generation", "list", VOLUME)
            self._names = sorted(item["name"] for item in listing["items"])
        return self._names

    def _delete(self, target):
        self.unsure[target] = [self.oracle.generations.pop(target), None]
        self.array.run("iSMsc_delete", "-bv", VOLUME, "-bvflg", "ld", "-sv", target, "-svflg", "ld")
        self.array.run("iSMsc_wait", "-cond", "deleted", "-bv", VOLUME, "-bvflg", "ld",
                       "-sv", target, "-svflg", "ld", "-time", "60")
        del self.unsure[target]
        self.counts["deletes"] += 1

    def _restore(self, target):
        image = self.oracle.generations[target]
        self.unsure_restore = image
        self.array.run("iSMsc_restore", "-bv", VOLUME, "-bvflg", "ld", "-sv", target, "-svflg", "ld",
                       "-derivsv", "keep")
        self.unsure_restore = None
        self._adopt(image)
        self.counts["restores"] += 1

    def _adopt(self, image):
        blocks = set(self.oracle.may_show) | set(image)
        self.oracle.may_show = {block: [image.get(block, 0)] for block in blocks}

    def verify(self):
        """What is wrong after the restart, as a list of sentences."""
        client = self.connect(VOLUME, VOLUME)
        wrong = self.oracle.verify_against(client, self.unsure_restore)
        client.close()
        self.unsure_restore = None
        held = self.array.snapshots(VOLUME)
        for name, candidates in self.unsure.items():
            images = [image for image in candidates if image is not None]
            if name in held:
                if not images:
                    wrong.append("%s holds a snapshot that was deleted" % name)
                self.oracle.generations[name] = images
            elif None not in candidates:
                # One commit takes the new snapshot in the place of the old one.
                wrong.append("generation %s is lost" % name)
        self.unsure = {}
        for name in sorted(self.oracle.generations):
            if name not in held:
                wrong.append("generation %s is lost" % name)
                del self.oracle.generations[name]
                continue
            wrong += self._verify_generation(name)
        for name in held:
            if name not in self.oracle.generations:
                wrong.append("generation %s holds a snapshot nobody took" % name)
        return wrong

    def _verify_generation(self, name):
        known = self.oracle.generations[name]
        images = known if isinstance(known, list) else [known]
        self.array.run("iSMsc_link", "-lv", LINK, "-lvflg", "ld", "-sv", name, "-svflg", "ld",
                       "-lvacc", "ro")
        client = self.connect(LINK, LINK)
        wrong = []
        for image in images:
            wrong = self.oracle.verify_image(client, image)
            if not wrong:
                self.oracle.generations[name] = image
                break
        client.close()
        self.array.run("iSMsc_unlink", "-lv", LINK, "-lvflg", "ld")
        return ["generation %s: %s" % (name, text) for text in wrong[:4]]
