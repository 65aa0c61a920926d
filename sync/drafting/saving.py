"""The check at Save: settings that would book money twice are refused (rules.md section 1)."""

from collections.abc import Collection, Mapping

from documents import N_, ChargeKind, Problem, say
from sync.drafting.charges import label
from sync.drafting.rules import Matching, Preset, Settings

PAYMENTS = "payments"
NOTHING_MATCHED = Matching()


def check_settings(
    settings: Settings,
    presets: Mapping[ChargeKind, Preset],
    statement_books: Collection[str],
    matching: Matching = NOTHING_MATCHED,
) -> tuple[Problem, ...]:
    """Every reason not to save; empty = save. `statement_books` names what the channels' statements book: kinds of
    charges, and 'payments'. Of `matching` the shipping rows are read."""
    doubled = [kind for kind, preset in presets.items() if preset.on and kind in statement_books]
    problems = [_twice(kind, "settings/presets") for kind in doubled]
    if ChargeKind.SHIPPING in statement_books and any(row.on for row in matching.shipping.values()):
        problems.append(_twice(ChargeKind.SHIPPING, "matching/shipping"))
    if settings.send_payments and PAYMENTS in statement_books:
        sentence = N_("Payments would come twice, with the order and from the statement: switch one of them off.")
        problems.append(Problem("setting", "settings", say(sentence), PAYMENTS))
    return tuple(problems)


def _twice(kind: ChargeKind, mend: str) -> Problem:
    sentence = N_("{charge} would be booked twice, with the order and from the statement: switch one of them off.")
    return Problem("setting", mend, say(sentence, charge=label(kind)), kind)
