"""`./triview answers …`: similar past answers of an opening."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.console import out, print_json
from cli.options import Json
from cli.session import local_stores
from include.interview.answer_index.records import SimilarAnswers

answers_app = typer.Typer(no_args_is_help=True, help="Similar past answers, within retention and consent.")


@answers_app.command("search")
def search(
    text: Annotated[str, typer.Argument(help="The answer, or what it is about, in Korean or English.")],
    opening: Annotated[str, typer.Option("--opening", help="Id of the opening whose answers are searched.")],
    criterion: Annotated[
        str | None, typer.Option("--criterion", help="Only answers that are evidence for this criterion.")
    ] = None,
    least: Annotated[
        float | None, typer.Option("--least-similarity", help="Cosine from 0 to 1 from which answers are alike.")
    ] = None,
    details: Annotated[
        bool, typer.Option("--details", help="Also print the answers in full. This is audited as reading them.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Say how often an opening's candidates answered like TEXT, and what such answers usually lack.

    Numbers only: nothing is said of fewer than five people.
    """
    from tasks.evaluation.answers import LEAST_SIMILARITY, search_answers

    with local_stores() as (stores, _):
        found = search_answers(
            stores,
            text,
            opening,
            criterion=criterion,
            least_similarity=LEAST_SIMILARITY if least is None else least,
            with_details=details,
        )
    if as_json:
        print_json(found)
    else:
        _show(found)


@answers_app.command("reindex")
def reindex(as_json: Json = False) -> None:
    """Make the vector index again from the sealed rows, without everybody who may no longer be looked for."""
    from tasks.evaluation.answers import rebuild_index

    with local_stores() as (stores, _):
        put_in, taken_out = rebuild_index(stores)
    if as_json:
        print_json({"interviews": put_in, "removed": taken_out})
    else:
        out.print(f"{put_in} interviews indexed, {taken_out} removed", highlight=False)


def _show(found: SimilarAnswers) -> None:
    if found.suppressed:
        out.print("Fewer than five people answered like this: nothing is said of them.", highlight=False)
    else:
        more = "at least " if found.at_least else ""
        lacking = ", ".join(found.usually_missing) or "nothing in particular"
        out.print(f"answered {more}{found.answers} times by {found.people} people", highlight=False)
        if found.judged is not None:
            out.print(f"usually missing: {lacking}", highlight=False)
        for part in found.missing:
            count = "not shown (few people)" if part.count is None else f"missing in {part.count} of {found.judged}"
            out.print(f"  {part.part:<10} {count}", highlight=False)
    for one in found.details or ():
        out.print(
            f"{one.similarity:.2f}  {one.interview_id}  {one.answer_id}\n      {one.text}",
            highlight=False,
            markup=False,
        )
