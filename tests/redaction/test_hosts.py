"""Hosts: the known ones as whole words, internal names by their suffix, pods by their shape, private addresses."""

from __future__ import annotations

import pytest

from workbench.redaction.hosts import Hosts, spellings_of


def found(text, known=("web-1", "zeus")):
    """The hosts of a text."""
    return {text[one.start : one.end] for one in Hosts(known).found_in(text)}


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("web-1: connection refused", "web-1"), ("WEB-1 is down.", "WEB-1"), ("web-1/access.log", "web-1"), ("zeus:5432", "zeus"),
        ("orders.prod.svc.cluster.local:80", "orders.prod.svc.cluster.local"), ("ip-10-0-0-1.ec2.internal", "ip-10-0-0-1.ec2.internal"),
        ("vm3.eu-west-1.compute.internal", "vm3.eu-west-1.compute.internal"), ("nas.home.arpa", "nas.home.arpa"),
        ("pod orders-api-7d9f8b6c5d-x2x4z restarted", "orders-api-7d9f8b6c5d-x2x4z"), ("10.0.0.5", "10.0.0.5"),
        ("INC-7-web-1-down", "web-1"), ("my-web-1", "web-1"), ("web-1-old", "web-1"), ("ip-10-0-0-1 is down", "ip-10-0-0-1"),
        ("ec2-203-0-113-25.compute-1.amazonaws.com.", "ec2-203-0-113-25.compute-1.amazonaws.com"),
    ],
)  # fmt: skip
def test_hosts_are_found_whole(text, host):
    """In any case, with a port or a path behind them."""
    assert host in found(text)


@pytest.mark.parametrize(
    "text",
    ["web-10", "my-db", "db-old", "web-1a", "web-1_a", "dbs", "localhost:80", "host.docker.internal", "internal", "the .local suffix", "a.localized.b",
     "post-mortem-review-notes", "well-tested-thing", "203.0.113.9", "orders-api-0"],
)  # fmt: skip
def test_other_names_stay(text):
    """Parts of words, longer names, words with dashes, this machine."""
    assert found(text) == set()


def test_without_known_hosts_the_shapes_still_count():
    """Nothing has to be known."""
    assert found("a.corp and web-1", known=()) == {"a.corp"}


def test_a_machine_is_known_without_its_port_and_its_domain():
    """The export names it whole, people do not; a first word that is a word stays one."""
    assert spellings_of("node-7.prod.shop.example:9100") == {"node-7.prod.shop.example", "node-7"}
    assert spellings_of("orders.shop.example") == {"orders.shop.example"}
    assert spellings_of("2001:db8::1") == {"2001:db8::1"}


def test_a_part_of_a_system_is_no_name_of_a_machine():
    """Where a log calls its host `web`, the word stays in every sentence; `zeus` is a machine's name."""
    hosts = Hosts(["web", "db", "zeus"])
    assert [one.value for one in hosts.found_in("the web was slow, db calm, zeus down")] == ["zeus"]
