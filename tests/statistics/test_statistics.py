"""Statistics of few incidents: intervals hold what they promise, and nothing is said that the numbers do not."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.statistics.comparison import Verdict, compared, corrected
from workbench.statistics.mix import mix
from workbench.statistics.proportion import share
from workbench.statistics.rate import dispersion, rate, ratio
from workbench.statistics.survival import survival
from workbench.statistics.typical import mean, typical

DURATIONS = st.lists(st.floats(0.01, 1e5), min_size=0, max_size=40)


def test_below_six_values_there_is_no_interval_of_the_median() -> None:
    """Five tosses are all heads or all tails too often; with six, the interval is from the least to the greatest."""
    assert (typical([1, 2, 3, 4, 9]).median, typical([1, 2, 3, 4, 9]).low) == (3, None)
    six = typical([5, 1, 2, 3, 4, 9])
    assert (six.n, six.median, six.low, six.high) == (6, 3.5, 1, 9)
    assert typical([]).median is None


@pytest.mark.parametrize(("n", "ranks"), [(8, (1, 8)), (15, (4, 12)), (30, (10, 21)), (60, (22, 39))])
def test_the_interval_of_the_median_has_the_ranks_of_the_tables(n, ranks) -> None:
    """The ranks that Hahn and Meeker's tables give for 95 %."""
    found = typical(list(range(1, n + 1)))
    assert (found.low, found.high) == ranks


@given(values=DURATIONS)
def test_the_median_lies_in_its_interval(values) -> None:
    """Whatever the values are."""
    found = typical(values)
    if found.low is not None and found.high is not None:
        assert found.low <= (found.median or 0) <= found.high


def test_a_mean_says_how_much_the_longest_one_weighs() -> None:
    """One incident of a day among nine of ten minutes is most of the mean."""
    found = mean([10] * 9 + [1440])
    assert found is not None
    assert (found.value, round(found.top_share, 2)) == (153, 0.94)
    assert mean([]) is None


def test_wilsons_interval_is_that_of_the_paper() -> None:
    """Ten of ten are not surely all; nothing of nothing has no share."""
    found = share(8, 10)
    assert [round(each or 0, 1) for each in (found.percent, found.low, found.high)] == [80.0, 49.0, 94.3]
    assert (share(10, 10).high, round(share(10, 10).low or 0, 1)) == (100.0, 72.2)
    assert share(0, 0).percent is None
    with pytest.raises(ValueError, match="no share"):
        share(3, 2)


def test_a_rate_has_garwoods_interval() -> None:
    """Ten in thirteen weeks; none at all still leaves 3.7 possible."""
    found = rate(10, 13)
    assert [round(13 * each, 2) for each in (found.low, found.high)] == [4.8, 18.39]
    assert round(rate(0, 1).high, 2) == 3.69


def test_a_ratio_of_rates_counts_the_exposure() -> None:
    """Ten in ten weeks and five in five are the same rate; twenty to two is another one."""
    same = ratio(rate(10, 10), rate(5, 5))
    assert same is not None
    assert (same.value, same.p) == (1, 1)
    more = ratio(rate(20, 13), rate(2, 13))
    assert more is not None
    assert more.low > 1
    assert more.p < 0.001
    assert ratio(rate(0, 1), rate(0, 1)) is None
    none = ratio(rate(4, 1), rate(0, 1))
    assert none is not None
    assert (none.value, none.high) == (None, None)


def test_clusters_are_told_from_chance() -> None:
    """Twelve in one of twelve weeks are a cluster; one in each is none."""
    clustered, even = dispersion([12] + [0] * 11), dispersion([1] * 12)
    assert clustered is not None
    assert even is not None
    assert clustered[1] < 0.01
    assert even[1] > 0.5
    assert dispersion([1, 2]) is None


def test_the_curve_of_kaplan_and_meier_is_that_of_the_textbook() -> None:
    """The leukaemia trial (Freireich 1963), as printed in every textbook: 6-MP, 9 of 21 relapsed, median 23 weeks."""
    closed = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    censored = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    found = survival(closed, censored)
    assert [round(step.open, 3) for step in found.steps] == [0.857, 0.807, 0.753, 0.69, 0.627, 0.538, 0.448]
    assert found.quantile(0.5)[:2] == (23, 13)
    assert [round(each, 3) for each in (found.steps[0].low, found.steps[0].high)] == [0.620, 0.952]


def test_an_open_incident_is_never_dropped() -> None:
    """Where most are open the median cannot be told: it is not the median of those that are over."""
    assert survival([10, 20], [30, 40, 50]).quantile(0.5) == (None, 10.0, None)
    assert survival([], [5]).steps == ()


def test_the_same_durations_are_not_distinguishable() -> None:
    """Ratio 1, with the smallest change that could have been seen beside it."""
    values = [10.0, 20, 40, 80, 160, 320, 640, 30]
    found = compared({"SEV-2": values}, {"SEV-2": values})
    assert found.verdict is Verdict.SAME
    assert round(found.ratio or 0, 9) == 1
    assert 0 < (found.smallest_visible or 0) < 1


def test_five_are_too_few_to_say() -> None:
    """Whatever the difference is."""
    found = compared({"SEV-2": [1.0] * 5}, {"SEV-2": [100.0] * 50})
    assert (found.verdict, found.ratio) == (Verdict.FEW, None)


def test_a_tenfold_change_is_seen() -> None:
    """The ratio and its interval are on the same side."""
    rng = np.random.default_rng(1)
    before = rng.lognormal(4, 1, 30)
    found = compared({"SEV-2": (before / 10).tolist()}, {"SEV-2": before.tolist()})
    assert found.verdict is Verdict.CHANGED
    assert round(found.ratio or 0, 3) == 0.1
    assert (found.high or 9) < 1


def test_a_changed_mix_alone_is_no_change_of_the_durations() -> None:
    """Each severity is as long as before; there are only more of the long ones."""
    short, long = [10.0, 12, 14, 16, 18], [1000.0, 1200, 1400, 1600, 1800]
    found = compared({"SEV-1": short, "SEV-4": long * 4}, {"SEV-1": short * 4, "SEV-4": long})
    assert found.verdict is Verdict.SAME
    assert math.isclose(found.ratio or 0, 1, rel_tol=0.02)


def test_without_a_change_few_comparisons_say_changed() -> None:
    """Of 400 pairs of quarters from the same law, at most about one in twenty."""
    rng = np.random.default_rng(7)

    def quarter() -> dict[str, list[float]]:
        return {name: rng.lognormal(mu, 1, n).tolist() for name, mu, n in (("1", 4.3, 3), ("2", 4.5, 6), ("3", 5, 11))}

    changed = sum(compared(quarter(), quarter()).verdict is Verdict.CHANGED for _ in range(400))
    assert changed <= 26  # 20 expected at most; 26 is two standard deviations above


def test_everything_slower_and_the_median_shorter_is_a_reversal() -> None:
    """Fewer of the long ones hide that each severity takes longer."""
    before = {"SEV-1": [50.0, 60, 70], "SEV-4": [400.0, 420, 440] * 4}
    now = {"SEV-1": [75.0, 90, 105] * 4, "SEV-4": [600.0, 630, 660]}
    found = mix(now, before)
    assert (found.pooled or 9) < 1 < min(found.groups.values())
    assert found.reversed
    assert found.changed
    assert not mix(before, before).reversed


def test_many_comparisons_are_corrected() -> None:
    """Benjamini and Hochberg's own way: the chances grow, keep their order, and what is unknown stays so."""
    assert corrected([0.01, None, 0.04, 0.03]) == [pytest.approx(0.03), None, pytest.approx(0.04), pytest.approx(0.04)]
    assert corrected([]) == []
