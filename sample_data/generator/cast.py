"""Who takes part in the sample incident, with their names in each tool; nobody of them exists."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One responder: `login` is the name in GitHub and Jira and the front of the e-mail."""

    name: str
    login: str
    slack: str
    pagerduty: str
    zone: str
    title: str

    @property
    def email(self) -> str:
        """The address at the shop's example domain."""
        return f"{self.login}@shop.example"


PRIYA = Person(name="Priya Nair", login="priya.nair", slack="U04PRIYANA", pagerduty="PPN4R1A",
               zone="America/Toronto", title="Orders on-call")  # fmt: skip
MAREK = Person(name="Marek Novák", login="marek.novak", slack="U04MAREKNO", pagerduty="PMN7K22",
               zone="Europe/Prague", title="Orders engineer")  # fmt: skip
HELEN = Person(name="Helen Osei", login="helen.osei", slack="U04HELENOS", pagerduty="PHO9E51",
               zone="America/New_York", title="Engineering manager")  # fmt: skip
JONAS = Person(name="Jonas Weber", login="jonas.weber", slack="U04JONASWE", pagerduty="PJW3B08",
               zone="Europe/Berlin", title="Communications")  # fmt: skip
AIKO = Person(name="Aiko Tanaka", login="aiko.tanaka", slack="U04AIKOTAN", pagerduty="PAT6T40",
              zone="America/Los_Angeles", title="Platform engineer")  # fmt: skip
LUIS = Person(name="Luis Ortega", login="luis.ortega", slack="U04LUISORT", pagerduty="PLO2L17",
              zone="America/New_York", title="Customer support")  # fmt: skip

EVERYONE = (PRIYA, MAREK, HELEN, JONAS, AIKO, LUIS)
