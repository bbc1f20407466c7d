"""`assessment-engine demo`: a whole deployment on one machine with an exam in it, and a recorded candidate who is already sitting."""

import sys
from dataclasses import replace

from rich.console import Console
from rich.table import Table

from assessment_engine.assets.fetch import console_progress, fetch
from assessment_engine.demo.seed import ACCOUNTS, PASSWORD, Demonstration, Pictures, seed
from assessment_engine.play import DEMO
from assessment_engine.runtime import Services, build_engine, serve
from assessment_engine.runtime.serve import LOG, prepare
from assessment_engine.runtime.supervisor import Child
from assessment_engine.settings import DEMO_MARK, Settings

_TRY = """Open {url}/login and try, in three browser windows or profiles:
  1. meera   the live wall: a recorded candidate leaves her seat after 45 seconds, and the flag comes up
  2. asha    sit the exam with your own camera; meera lets you in
  3. kavita  results, certificates, audit
  4. arjun   a question waits for his review; kavita approves it once two have accepted it
Ctrl-C stops everything. The data stays in {data}, and what the processes say in its {log}."""


def run(settings: Settings) -> None:
    """Set up the demonstration and run it until told to stop; raises AlreadyRunning when its data folder is in use."""
    with console_progress() as progress:
        fetch(settings.assets_dir, progress=progress)
    Console().print("Starting; this takes a few seconds.")
    made: list[Demonstration] = []

    def before(filled: Settings) -> None:
        made.append(furnish(filled))

    serve(replace(settings, demo=True), before=before, ready=lambda services: _open(services, made[0]))


def furnish(settings: Settings) -> Demonstration:
    """Migrate the database and put the demonstration into it, unless it is there."""
    from proctoring.vision import demo_footage  # OpenCV is loaded when it is needed, and not by --help

    prepare(settings)
    (settings.data_dir / DEMO_MARK).touch()
    engine = build_engine(settings)
    demonstration = seed(engine, Pictures(portrait=demo_footage.portrait(), document=demo_footage.document))
    engine.store.engine.dispose()
    return demonstration


def _open(services: Services, demonstration: Demonstration) -> None:
    services.supervisor.start(_player(services.settings, demonstration))
    _announce(services.settings)


def _player(settings: Settings, demonstration: Demonstration) -> Child:
    how = ["--sitting", demonstration.sitting_id, "--repeat", "--answers-challenges"]
    command = [sys.executable, "-m", "assessment_engine", "play", DEMO, *how]
    return Child(name="player", command=command, environ=settings.as_environ(), restart=False)


def _announce(settings: Settings) -> None:
    console = Console()
    table = Table(title=f"Log in with any of these; the password is always {PASSWORD}", title_justify="left")
    for heading in ("log-in", "name", "role", ""):
        table.add_column(heading)
    for account in ACCOUNTS:
        table.add_row(account.login, account.name, account.role.replace("_", " "), account.note)
    console.print(table)
    console.print(_TRY.format(url=settings.public_url, data=settings.data_dir, log=LOG), soft_wrap=True, highlight=False)
