"""`./triview`: one command for operators, HR and rubric authors. `./triview COMMAND --help` explains each."""

from __future__ import annotations

import logging
import os
import sys

import typer

from cli.accounts import accounts_app
from cli.answers import answers_app
from cli.audit import db_app
from cli.backup import backup, restore
from cli.calibrate import calibrate
from cli.console import complain
from cli.contests import contests_app
from cli.data import interviews_app, openings_app
from cli.doctor import doctor
from cli.evaluate import evaluate
from cli.fairness import fairness
from cli.insights import insights_app
from cli.invitations import invitations_app
from cli.judge import judge
from cli.keys import keys_app
from cli.live import live
from cli.measures import measures
from cli.model_files import models_app
from cli.privacy import candidates_app, retention
from cli.questions import questions
from cli.rank import rank
from cli.rankings import applications_app, rankings_app
from cli.severity import ratings_app, severity
from cli.system import bench, bench_live, compose_test, demo, docs, up

EXIT_BAD_INPUT = 2
EXIT_FAILURE = 1

app = typer.Typer(
    name="triview",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Evaluate job interviews with evidence. 근거가 있는 면접 평가.",
)
app.command()(demo)
app.command()(up)
app.command()(evaluate)
app.command()(live)
app.command()(judge)
app.command()(calibrate)
app.command()(measures)
app.command()(questions)
app.command()(rank)
app.command()(fairness)
app.command()(severity)
app.command()(retention)
app.command()(backup)
app.command()(restore)
app.command()(doctor)
app.command()(bench)
app.command("bench-live")(bench_live)
app.command("compose-test")(compose_test)
app.command()(docs)
app.add_typer(insights_app, name="insights")
app.add_typer(models_app, name="models")
app.add_typer(db_app, name="db")
app.add_typer(candidates_app, name="candidates")
app.add_typer(openings_app, name="openings")
app.add_typer(interviews_app, name="interviews")
app.add_typer(invitations_app, name="invitations")
app.add_typer(applications_app, name="applications")
app.add_typer(contests_app, name="contests")
app.add_typer(rankings_app, name="rankings")
app.add_typer(ratings_app, name="ratings")
app.add_typer(accounts_app, name="accounts")
app.add_typer(keys_app, name="keys")
app.add_typer(answers_app, name="answers")


def quiet_libraries() -> None:
    """Keep other people's start-up chatter off the terminal; their errors still show."""
    os.environ.setdefault("PYANNOTE_METRICS_ENABLED", "0")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    os.environ.setdefault("GLOG_minloglevel", "2")
    logging.getLogger().setLevel(logging.WARNING)


def main() -> None:
    """Run the command line; errors are sentences on standard error, with exit code 2 for bad input."""
    from cli.local.environment import loopback_direct
    from cli.local.process import LocalProcessError
    from include.interview.errors import BadInput, TriviewError
    from include.models import ModelError
    from include.settings import SettingsError

    quiet_libraries()
    os.environ.update(loopback_direct(os.environ))
    try:
        app(prog_name="triview")
    except (BadInput, SettingsError, ModelError) as error:
        complain(str(error))
        sys.exit(EXIT_BAD_INPUT)
    except (TriviewError, LocalProcessError) as error:
        complain(str(error))
        sys.exit(EXIT_FAILURE)
    except OSError as error:
        complain(f"{error.filename or 'A file'}: {error.strerror or error}.")
        sys.exit(EXIT_FAILURE)
