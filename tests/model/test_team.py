"""The team's facts: who a spelling stands for, and which zone a source is in."""

from __future__ import annotations

import pytest

from workbench.model import Person, Service, Slo, Team

TEAM = Team(
    people=(
        Person(
            key="priya", name="Priya Nair", names=("Priya",), emails=("priya@shop.example",), logins={"slack": ("U1",)}
        ),
        Person(key="jonas", name="Jonas Weber", names=("Jonas",), logins={"github": ("jweber",)}),
        Person(key="jonas2", name="Jonas Berg", names=("Jonas",)),
    ),
    services=(Service(name="orders-api", team="Orders", aliases=("orders",)),),
    zones={"*": "UTC", "db-*": "Europe/Berlin", "db-1": "-02:00", "*/access.log": "Asia/Tokyo"},
)


@pytest.mark.parametrize(
    ("spelling", "key"),
    [
        ("priya nair", "priya"),
        ("@Priya", "priya"),
        ("PRIYA@shop.example", "priya"),
        ("U1", "priya"),
        ("jweber", "jonas"),
    ],
)
def test_every_spelling_of_a_person(spelling, key):
    """Name, e-mail and login lead to the same person, whatever the case."""
    person = TEAM.person(spelling)
    assert person is not None
    assert person.key == key


@pytest.mark.parametrize("spelling", ["Jonas", "nobody"])
def test_an_ambiguous_spelling_is_nobody(spelling):
    """A name that two people share, or nobody has, stands for nobody."""
    assert TEAM.person(spelling) is None


def test_a_service_by_its_alias():
    """An alias leads to the service and its team."""
    service = TEAM.service("Orders")
    assert service is not None
    assert service.team == "Orders"


@pytest.mark.parametrize(
    ("path", "host", "zone"),
    [("db-1/syslog", "", "-02:00"), ("db-2/syslog", "", "Europe/Berlin"), ("app.log", "", "UTC"),
     ("app.log", "db-7", "Europe/Berlin"), ("web-1/access.log", "", "Asia/Tokyo")],
)  # fmt: skip
def test_the_most_specific_zone_wins(path, host, zone):
    """An exact name wins over a pattern, a longer pattern over a shorter, in whatever order they were written."""
    assert TEAM.zone(path, host) == zone


def test_no_pattern_no_zone():
    """Without a matching pattern the zone is not known."""
    assert Team().zone("app.log") is None


@pytest.mark.parametrize("target", [99.9, 0.999])
def test_an_objective_in_percent_or_as_a_share(target):
    """99.9 and 0.999 are the same objective."""
    assert Slo(target=target).share == pytest.approx(0.999)
