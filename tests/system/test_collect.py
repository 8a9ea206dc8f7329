# SPDX-License-Identifier: GPL-2.0-only
"""cellctl-collect writes as root where others may write, and what only root may see."""

from __future__ import annotations

from cells import Root


def test_only_root_reads_the_result(root: Root) -> None:
    machine = root.machine
    said = machine.check("rm -rf /tmp/c /tmp/c.tgz; cellctl-collect /tmp/c.tgz 2>&1 && cellctl-collect /tmp/c 2>&1")
    assert said.count("look through it before you give it to others") == 2
    assert machine.check("stat -c %a /tmp/c.tgz /tmp/c /tmp/c/dmesg /tmp/c/proc/iomem").split() == [
        "600", "700", "600", "600"]
    assert not machine.check("ls /tmp | grep cellctl-collect || true").strip(), "nothing is left beside it"
    machine.check("rm -rf /tmp/c /tmp/c.tgz")


def test_places_of_others_are_not_used(root: Root) -> None:
    """A directory that somebody has made, or a link to one, would have root write where they like."""
    machine = root.machine
    machine.check("rm -rf /tmp/c /tmp/victim; mkdir /tmp/c /tmp/victim; ln -s /tmp/victim /tmp/link")
    machine.check("ln -s /tmp/victim /tmp/link.tgz; ln -s /tmp/none /tmp/dangling")
    for place in ("c", "link", "link.tgz", "dangling", "none/c", "none/c.tgz"):
        status, said = machine.run(f"cellctl-collect /tmp/{place} 2>&1")
        assert status == 3, (place, said)
    assert not machine.check("ls /tmp/victim /tmp/c | grep -v :").strip()
    machine.check("rm -rf /tmp/c /tmp/victim /tmp/link /tmp/link.tgz /tmp/dangling")


def test_archive_replaces_a_file_and_not_what_a_link_names(root: Root) -> None:
    machine = root.machine
    machine.check("echo precious >/tmp/precious; ln -sf /tmp/precious /tmp/c.tgz; cellctl-collect /tmp/c.tgz")
    assert machine.check("cat /tmp/precious").strip() == "precious"
    machine.check("test ! -L /tmp/c.tgz && tar -tzf /tmp/c.tgz >/dev/null && rm /tmp/c.tgz /tmp/precious")
