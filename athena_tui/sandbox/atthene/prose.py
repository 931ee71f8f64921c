"""Long answers: a ledger's table and a research report, made from the question."""

from __future__ import annotations

from hashlib import sha256

_ACCOUNTS = ("Revenue", "Cost of sales", "Salaries", "Cloud", "Travel", "Legal")
_ASPECTS = (
    ("Where the question comes from", "history"),
    ("What is measured today", "measurement"),
    ("What the numbers leave out", "limits"),
    ("Three positions in the literature", "positions"),
    ("A worked example", "example"),
    ("What would change our mind", "falsification"),
    ("Costs and who bears them", "costs"),
    ("What to do next", "next steps"),
)


def ledger(question: str) -> str:
    """A quarter against its budget, with the line that is furthest off."""
    digest = sha256(question.encode()).digest()
    rows = []
    for index, account in enumerate(_ACCOUNTS):
        budget = 20_000 + digest[index] * 400
        actual = budget + (digest[index + 8] - 128) * 60
        rows.append((account, budget, actual, actual - budget))
    table = "\n".join(
        f"| {account} | {budget:,} | {actual:,} | {difference:+,} | {difference / budget:+.1%} |"
        for account, budget, actual, difference in rows
    )
    worst = max(rows, key=lambda row: abs(row[3]) / row[1])
    return (
        "### Third quarter against budget\n\n"
        "| Account | Budget € | Actual € | Difference € | % |\n| --- | ---: | ---: | ---: | ---: |\n"
        f"{table}\n\n"
        f"**{worst[0]}** is furthest from its budget ({worst[3]:+,} €). "
        "I would look at the postings above 5,000 € first:\n\n"
        "```sql\nSELECT posted_on, text, amount\n  FROM ledger\n"
        f" WHERE account = '{worst[0]}' AND abs(amount) > 5000\n ORDER BY posted_on;\n```\n"
    )


def report(question: str) -> str:
    """A report of about two thousand words with headings, lists, tables, code and quotations."""
    topic = " ".join(question.split())[:100].rstrip(".?!") or "the attached material"
    sections = [_section(number, title, aspect, topic) for number, (title, aspect) in enumerate(_ASPECTS, 1)]
    contents = "\n".join(f"{number}. {title}" for number, (title, _) in enumerate(_ASPECTS, 1))
    return f"# {topic[:1].upper()}{topic[1:]}\n\n*A report in {len(_ASPECTS)} parts.*\n\n{contents}\n\n" + "\n".join(
        sections
    )


def _section(number: int, title: str, aspect: str, topic: str) -> str:
    paragraphs = (
        (
            f"Any account of *{topic}* has to begin with its {aspect}. The sources disagree more about words than "
            "about observations: what one calls an exception another counts as the rule. We therefore fix terms first "
            "and keep every claim next to the observation it rests on. Where we could not check a number, we say so."
        ),
        (
            f"Seen from its {aspect}, the picture is less tidy than summaries suggest. Effects that look large in a "
            "single year shrink to a third over ten; effects that were dismissed as noise return in every independent "
            "sample. The honest reading is a range, not a point, and the range is narrower than five years ago."
        ),
        (
            "Two objections deserve an answer. The first holds that the samples are too small; pooling them widens "
            "the interval by less than expected. The second holds that the mechanism is unknown; that is true, and it "
            "limits what may be promised, but not what may be reported."
        ),
    )
    table = (
        "| Source | Year | Sample | Estimate |\n| --- | --- | ---: | ---: |\n"
        f"| Survey {number}A | 2021 | {1200 + number * 37:,} | {0.12 + number / 100:.2f} |\n"
        f"| Registry {number}B | 2023 | {18000 + number * 911:,} | {0.10 + number / 110:.2f} |\n"
        f"| Panel {number}C | 2025 | {640 + number * 13:,} | {0.15 + number / 90:.2f} |\n"
    )
    extra = (
        f"> “What we call {aspect} is mostly what we agreed to count.” — field notes, part {number}\n",
        (
            f"```python\nestimates = [{0.12 + number / 100:.2f}, {0.10 + number / 110:.2f}, {0.15 + number / 90:.2f}]\n"
            "print(sum(estimates) / len(estimates))\n```\n"
        ),
        "- [x] terms fixed\n- [x] sources dated\n- [ ] replication outside Europe\n",
    )[number % 3]
    return f"## {number}. {title}\n\n" + "\n\n".join(paragraphs) + f"\n\n{table}\n{extra}"
