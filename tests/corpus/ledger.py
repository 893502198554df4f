"""What was checked: figures that are printed as they come, and gates that decide the exit status."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Ledger:
    """Collects gates; a failing one is printed at once and again at the end."""

    passed: int = 0
    failed: list[str] = field(default_factory=list)

    def title(self, text: str) -> None:
        """Begins a section."""
        print(f"\n== {text}")

    def note(self, text: str) -> None:
        """A figure that decides nothing."""
        print(f"   {text}")

    def gate(self, text: str, *, met: bool, detail: str = "") -> None:
        """A figure that must hold."""
        line = f"{text}: {detail}" if detail else text
        if met:
            self.passed += 1
            print(f"ok {line}")
        else:
            self.failed.append(line)
            print(f"NO {line}")

    def same(self, text: str, found: object, expected: object) -> None:
        """A gate on equality."""
        detail = f"{found}" if found == expected else f"found {found}, expected {expected}"
        self.gate(text, met=found == expected, detail=detail)

    def close(self) -> int:
        """Prints the verdict and returns the exit status."""
        print(f"\n{self.passed} gates passed, {len(self.failed)} failed")
        for line in self.failed:
            print(f"NO {line}")
        return 1 if self.failed else 0
