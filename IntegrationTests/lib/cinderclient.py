"""OpenStack's Cinder driver for the original array, unmodified, against the array behind SSH.

Run with the driver's packages on PYTHONPATH and a JSON file of settings as its argument. Nothing
of the driver is replaced; of Cinder itself, the database that the driver asks for types of
volumes, of which there are none.
"""
import contextlib
import json
import logging
import os
import sys
import threading
import uuid
import xml.etree.ElementTree as ElementTree

import eventlet
import eventlet.debug

eventlet.monkey_patch()
# Connections of several green threads come and go, and a descriptor that one of them has closed
# is soon another's: the hub takes that for two readers of one socket.
eventlet.debug.hub_prevent_multiple_readers(False)

import cinder.objects  # noqa: E402

cinder.objects.register_all()

from cinder import coordination  # noqa: E402
from cinder.volume import configuration, driver, volume_types  # noqa: E402
from cinder.volume.drivers.nec import volume as nec  # noqa: E402
from cinder.volume.drivers.nec import volume_common  # noqa: E402
from cinder.volume.drivers.san import san  # noqa: E402
from oslo_config import cfg  # noqa: E402

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from checks import Checks, LeftOut, run  # noqa: E402

CONF = cfg.CONF
GIB = 1 << 30


class Record(dict):
    """What Cinder's objects are to the driver."""

    __getattr__ = dict.get


def new_volume(size=1):
    name = str(uuid.uuid4())
    return Record(id=name, name_id=name, name="volume-" + name, size=size, status="available",
                  migration_status=None, volume_type_id=None, volume_attachment=[],
                  host="host@nec#pool", display_name="test")


def new_snapshot(volume):
    name = str(uuid.uuid4())
    return Record(id=name, name="snapshot-" + name, volume_id=volume.id, volume=volume,
                  volume_size=volume.size, size=volume.size, status="available")


class Cloud:
    def __init__(self, settings):
        self.settings = settings
        CONF([], project="cinder", default_config_files=[])
        CONF.set_override("state_path", settings["folder"])
        CONF.set_override("backend_url", "file://" + settings["folder"], group="coordination")
        coordination.COORDINATOR.start()
        volume_types.get_volume_type_extra_specs = lambda *_, **__: {}

    def driver(self, kind=nec.MStorageISCSIDriver, **more):
        group = "nec" + uuid.uuid4().hex[:6]
        made = configuration.Configuration(driver.volume_opts, config_group=group)
        made.append_config_values(volume_common.mstorage_opts)
        made.append_config_values(san.san_opts)
        values = dict(
            nec_ismcli_fip="127.0.0.1", nec_ssh_pool_port_number=self.settings["port"],
            nec_ismcli_user=self.settings["user"], nec_ismcli_privkey=self.settings["key"],
            nec_pools=["0"], nec_backup_pools=["0"], nec_diskarray_name="sedai",
            volume_backend_name="nec", nec_auto_accesscontrol=True,
            nec_ismview_dir=self.settings["folder"] + "/view")
        for name, value in dict(values, **more).items():
            CONF.set_override(name, value, group=group)
        made = kind(configuration=made, host="host@nec#pool", db=None)
        made.do_setup(None)
        made.check_for_setup_error()
        return made

    def connector(self):
        return {"initiator": "iqn.2026-11.test:" + uuid.uuid4().hex[:12], "host": "host",
                "multipath": False, "wwpns": ["10000090fa" + uuid.uuid4().hex[:6]]}

    def needs(self, command):
        if command not in self.settings["commands"]:
            raise LeftOut("no " + command)


@contextlib.contextmanager
def existing(cloud, driver, size=1):
    volume = new_volume(size)
    driver.create_volume(volume)
    try:
        yield volume
    finally:
        driver.delete_volume(volume)


def capacity(cloud, properties, connector):
    """Bytes of the disk behind a connection, asked of the array by a real initiator."""
    data = properties["data"]
    url = "iscsi://%s/%s/%d" % (data["target_portal"], data["target_iqn"], data["target_lun"])
    listed = run("iscsi-readcapacity16", "-i", connector["initiator"], url)
    fields = dict(line.split(":", 1) for line in listed.splitlines() if ":" in line)
    return int(fields["Total size"].strip())


def volumes_are_made_grown_attached_and_deleted(cloud):
    driver = cloud.driver()
    connector = cloud.connector()
    with existing(cloud, driver) as volume:
        driver.extend_volume(volume, 2)
        volume["size"] = 2
        found = driver.initialize_connection(volume, connector)
        assert found["driver_volume_type"] == "iscsi", found
        assert capacity(cloud, found, connector) == 2 * GIB
        driver.terminate_connection(volume, connector)
        again = driver.initialize_connection(volume, connector)
        assert capacity(cloud, again, connector) == 2 * GIB
        driver.terminate_connection(volume, connector)


def the_pools_capacity_is_told(cloud):
    driver = cloud.driver()
    before = driver.get_volume_stats(True)
    pool = (before.get("pools") or [before])[0]
    assert pool["total_capacity_gb"] >= pool["free_capacity_gb"] > 0, before
    with existing(cloud, driver, 3):
        now = driver.get_volume_stats(True)
        now = (now.get("pools") or [now])[0]
        assert pool["free_capacity_gb"] - now["free_capacity_gb"] == 3, (pool, now)


def snapshots_are_taken_shown_reverted_and_deleted(cloud):
    driver = cloud.driver()
    connector = cloud.connector()
    with existing(cloud, driver) as volume:
        older, newer = new_snapshot(volume), new_snapshot(volume)
        driver.create_snapshot(older)
        driver.create_snapshot(newer)
        driver.revert_to_snapshot(None, volume, newer)
        shown = driver.initialize_connection_snapshot(older, connector)
        assert shown["data"]["target_lun"] > 0, "a link volume is never at LUN 0"
        assert capacity(cloud, shown, connector) == GIB
        driver.terminate_connection_snapshot(older, connector)
        driver.delete_snapshot(older)
        driver.delete_snapshot(newer)


def volumes_are_made_of_snapshots(cloud):
    cloud.needs("iSMrc_pair")
    driver = cloud.driver()
    with existing(cloud, driver) as volume:
        snapshot, copy = new_snapshot(volume), new_volume(2)
        driver.create_snapshot(snapshot)
        driver.create_volume_from_snapshot(copy, snapshot)
        wait_until_unpaired(driver, copy)
        driver.delete_volume(copy)
        driver.delete_snapshot(snapshot)


def volumes_are_cloned(cloud):
    cloud.needs("iSMrc_pair")
    driver = cloud.driver()
    with existing(cloud, driver) as volume:
        copy = new_volume(1)
        driver.create_cloned_volume(copy, volume)
        wait_until_unpaired(driver, copy)
        driver.delete_volume(copy)


def wait_until_unpaired(driver, volume):
    """The driver goes on copying in a thread of its own."""
    for _ in range(300):
        view = ElementTree.fromstring(driver._cli.view_all(None, cmd_lock=False))
        for section in view.iter("SECTION"):
            units = {unit.get("name"): unit.text for unit in section.iter("UNIT")}
            if units.get("LD Name") == driver.get_ldname(volume.id, "%s"):
                if units["RPL Attribute"] == "IV":
                    return
        eventlet.sleep(0.2)
    raise AssertionError("the pair of %s stays" % volume.id)


def foreign_volumes_and_snapshots_are_taken_over(cloud):
    driver = cloud.driver()
    for line in ("iSMcfg ldbind -poolnumber 0 -ldn 700 -capacity 1",
                 "iSMcfg nickname -ldn 700 -newname LX:foreign"):
        driver._cli._execute(line)
    volume = new_volume()
    listed = driver.get_manageable_volumes([], None, 100, 0, ["size"], ["asc"])
    assert [entry["size"] for entry in listed
            if entry["reference"]["source-name"] == "LX:foreign"] == [1], listed
    reference = {"source-name": "LX:foreign"}
    assert driver.manage_existing_get_size(volume, reference) == 1
    driver.manage_existing(volume, reference)
    snapshot = new_snapshot(volume)
    driver.create_snapshot(snapshot)
    driver._cli._execute("iSMcfg nickname -ldname LX:%s -newname LX:theirs" %
                         driver.get_ldname(snapshot.id, "%s"))
    reference = {"source-name": "LX:theirs"}
    assert driver.manage_existing_snapshot_get_size(snapshot, reference) == 1
    driver.manage_existing_snapshot(snapshot, reference)
    driver.delete_snapshot(snapshot)
    driver.delete_volume(volume)


def fibre_channel_sets_are_recorded(cloud):
    driver = cloud.driver(kind=nec.MStorageFCDriver)
    connector = cloud.connector()
    with existing(cloud, driver) as volume:
        found = driver.initialize_connection(volume, connector)
        assert found["driver_volume_type"] == "fibre_channel", found
        driver.terminate_connection(volume, connector)


def each_form_of_the_view_will_do(cloud):
    for more in (dict(nec_queryconfig_view=True),
                 dict(nec_queryconfig_view=True, nec_ismview_alloptimize=True)):
        driver = cloud.driver(**more)
        with existing(cloud, driver):
            pass


def many_at_once(cloud):
    driver = cloud.driver()
    failures, volumes = [], [new_volume() for _ in range(8)]

    def work(volume):
        connector = cloud.connector()
        try:
            driver.create_volume(volume)
            driver.initialize_connection(volume, connector)
            snapshot = new_snapshot(volume)
            driver.create_snapshot(snapshot)
            driver.delete_snapshot(snapshot)
            driver.terminate_connection(volume, connector)
            driver.delete_volume(volume)
        except Exception as failure:  # told by the thread that waits
            failures.append(repr(failure))

    threads = [threading.Thread(target=work, args=(volume,)) for volume in volumes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures, failures


def main():
    with open(sys.argv[1]) as file:
        settings = json.load(file)
    logging.disable(logging.CRITICAL)
    cloud, checks = Cloud(settings), Checks()
    for check in (volumes_are_made_grown_attached_and_deleted, the_pools_capacity_is_told,
                  snapshots_are_taken_shown_reverted_and_deleted, volumes_are_made_of_snapshots,
                  volumes_are_cloned, foreign_volumes_and_snapshots_are_taken_over,
                  fibre_channel_sets_are_recorded, each_form_of_the_view_will_do, many_at_once):
        checks("Cinder: " + check.__name__.replace("_", " "), check, cloud)
    checks.end()


if __name__ == "__main__":
    main()
