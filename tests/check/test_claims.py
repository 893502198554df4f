"""Claims: what a sentence says of spans and counts is read as it is meant, and what it does not say is not."""

from __future__ import annotations

import pytest

from workbench.check.claims import Claim, claims, counts


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("It was resolved in 20 minutes.", [("time_to_resolve", 20, "")]),
        ("The outage lasted 1h 20m.", [("duration", 80, "")]),
        ("A 30-minute outage hit checkout.", [("duration", 30, "")]),
        ("The database was unavailable for about half an hour.", [("duration", 30, "about")]),
        ("It took us over two hours to recover.", [("recovery", 120, "over")]),
        ("The page was acknowledged 90 seconds later.", [("time_to_acknowledge", 1.5, "")]),
        ("Mitigated after 25 min, resolved after 38 min.", [("time_to_mitigate", 25, ""), ("time_to_resolve", 38, "")]),
        ("We retried every 5 minutes until it was fixed.", []),
        ("Service was restored within 15 minutes of detection.", []),
        ("Each request timed out after 3 seconds and failed.", []),
        ("The fix was live as soon as the pipeline was done.", []),
        ("The rollback took 3 minutes and the error rate dropped.", []),
        ("Mitigated in twenty-two minutes.", [("time_to_mitigate", 22, "")]),
        ("The outage lasted an hour and a half.", [("duration", 90, "")]),
        ("Between 20 and 30 minutes after the start it was resolved.", []),
        ("The file handle was closed after 10 seconds.", []),
        ("Backups were restored in 3 hours.", []),
        ("The dashboard was down for 3 minutes.", []),
        ("Mitigation itself took 4 minutes to roll out.", []),
        ("The site was not down for 60 minutes.", []),
        ("The outage of 0:35 h was short.", []),
    ],
)
def test_spans_are_read_with_what_they_are_of(sentence, found) -> None:
    """Detection, mitigation, resolution or the whole; what is measured from another moment is none."""
    assert [(one.name, one.minutes, one.how) for one in claims(sentence)] == found


@pytest.mark.parametrize(
    ("how", "low", "high", "wrong"),
    [
        ("", 20, 20.5, False), ("", 38, 38, True), ("about", 24, 24, False), ("within", 12, 12, False),
        ("within", 30, 30, True), ("over", 30, 30, False), ("over", 10, 10, True), ("", 10, 40, False),
    ],
)  # fmt: skip
def test_a_claim_is_wrong_only_where_no_reading_of_it_fits(how, low, high, wrong) -> None:
    """A range that meets it is enough; so is a tenth, or a quarter where it is said loosely."""
    assert Claim(name="duration", minutes=20, how=how, words="").contradicts(low, high) is wrong


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("About 1,300 requests failed.", [("requests", 1300, "about")]),
        ("10 000 requests failed.", [("requests", 10_000, "")]),
        ("1.2 million requests failed.", [("requests", 1_200_000, "")]),
        ("201 customers were affected.", [("customers", 201, "")]),
        ("More than 12 support tickets came in.", [("tickets", 12, "more than")]),
        ("We lost 250 orders.", [("orders", 250, "")]),
        ("4.2 million requests were served.", []),
        ("10,000 customers had signed up for the mail.", []),
        ("0.5% of requests failed.", []),
        ("1,093 failed requests were of orders-api.", []),
        ("Of 9,264 requests 1,386 failed.", []),
        ("7,878 requests did not fail.", []),
        ("In the first minute 56 requests failed.", []),
        ("10 enterprise customers were affected.", []),
        ("2 in 3 customers were affected.", []),
        ("On November 17 customers were affected.", []),
        ("In 2024 customers were affected.", []),
        ("By 14:20 customers were affected.", []),
        ("HTTP 503 requests failed.", []),
        ("At 14:10 120 requests failed.", [("requests", 120, "")]),
        ("SEV-2 customers were affected.", []),
    ],
)
def test_counts_are_read_where_the_clause_is_about_the_harm(sentence, found) -> None:
    """Requests that were served and customers who signed up are other figures."""
    assert [one[:3] for one in counts(sentence)] == found
