from __future__ import annotations

import asyncio
import contextlib
import inspect
import logging
import multiprocessing
import pickle
import re
import signal
import subprocess
import sys
import threading
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

from om_secret_exec import Failure, SecretExecError, _strict
from om_secret_exec.openmetadata import UnresolvedReferenceError, install, strict, uninstall

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from openmetadata_doubles import OpenMetadata

pytest_plugins = ("openmetadata_doubles",)

ARN = "secret:arn:aws:secretsmanager:eu-west-1:111122223333:secret:/good"


def test_a_reference_is_looked_up_once(om: OpenMetadata, runs: Any) -> None:
    install()
    assert [om.ask("secret:/good"), om.ask("secret:/good")] == ["va$lue", "va$lue"]
    assert len(runs()) == 1


def test_nothing_is_run_when_nothing_is_asked(om: OpenMetadata, runs: Any) -> None:
    install()
    assert [om.ask("plain"), om.ask(""), om.secret(None).get_secret_value()] == ["plain", "", None]
    assert om.secret("secret:/good").get_secret_value(skip_secret_manager=True) == "secret:/good"
    assert om.secret("secret:/good").get_secret_value(True) == "secret:/good"  # noqa: FBT003
    assert runs() == []


def test_a_failure_passes_handlers_of_exception(om: OpenMetadata, runs: Any) -> None:
    install()
    with pytest.raises(UnresolvedReferenceError) as caught:
        om.ask("secret:/bad")
    error = caught.value.error
    assert not isinstance(caught.value, Exception)
    assert (error.code, error.exit_status, error.retryable) == ("NOT_FOUND", 3, False)
    assert (error.failures[0].where.split(":")[0], error.failures[0].path) == ("openmetadata_doubles", "")
    assert "look again" in str(caught.value)
    assert caught.value.__context__ is None
    with pytest.raises(UnresolvedReferenceError):
        om.ask("secret:/bad")  # who asks again wants to try again
    assert len(runs()) == 2


def test_an_unforeseen_error_is_a_failure_as_well(om: OpenMetadata, monkeypatch: pytest.MonkeyPatch) -> None:
    def loads(*_: object, **__: object) -> None:
        raise LookupError("holds va$lue")

    monkeypatch.setattr(_strict, "loads", loads)
    install()
    with pytest.raises(
        UnresolvedReferenceError, match="INTERNAL: the look-up ended with LookupError"
    ) as caught:
        om.ask("secret:/good")
    assert "va$lue" not in str(caught.value)
    assert caught.value.__context__ is None


def test_a_logging_filter_that_raises_is_a_failure_as_well(
    om: OpenMetadata, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(logging.getLogger("om_secret_exec"), "info", refuse)
    install()
    with pytest.raises(UnresolvedReferenceError, match="INTERNAL: the look-up ended with RuntimeError"):
        om.ask("secret:/good")


def test_warnings_name_the_reference(om: OpenMetadata, runs: Any, caplog: pytest.LogCaptureFixture) -> None:
    install()
    assert om.ask("secret:/empty?default=va$lue") == ""
    assert caplog.messages == ["secret:/empty: <stdin>:1:1: the value is empty"]
    logging.getLogger("om_secret_exec").warning("afterwards")
    assert caplog.messages[1:] == ["afterwards"]
    assert len(runs()) == 1


def test_arns_stay_whole(om: OpenMetadata, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def loads(text: str, **_: object) -> dict[str, str]:
        asked.append(text)
        return {"secret": "x"}

    monkeypatch.setattr(_strict, "loads", loads)
    install()
    om.ask(ARN)
    assert om.factory().get_secrets_manager().get_string_value("/by-id") == "x"
    assert asked == [f'{{"secret": "{ARN}"}}', '{"secret": "secret:/by-id"}']


def test_the_workflow_chooses_provider_and_loader(om: OpenMetadata, runs: Any, enum: Any) -> None:
    install()
    om.factory(enum("managed-aws"), enum("env"))
    om.ask("secret:/good")
    assert "--provider=managed-aws --loader=env" in runs()[0]


def test_without_a_provider_the_workflow_leaves_it_open(om: OpenMetadata, runs: Any) -> None:
    install()
    om.ask("secret:/good")
    assert "--provider" not in runs()[0]


@pytest.mark.parametrize("by", ["variable", "option"])
def test_the_operator_chooses_before_the_workflow(
    by: str, om: OpenMetadata, runs: Any, enum: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    om.factory(enum("db"), enum("noop"))
    if by == "variable":
        monkeypatch.setenv("OM_SECRET_EXEC_PROVIDER", "openbao")
        install()
    else:
        install(provider="openbao", timeout=7)
    om.ask("secret:/good")
    assert "--provider=db" not in runs()[0]
    assert "--loader=noop" in runs()[0]
    assert ("--provider=openbao" in runs()[0]) == ("--timeout=7000ms" in runs()[0]) == (by == "option")


def test_installing_again_takes_the_new_options(om: OpenMetadata, runs: Any) -> None:
    install()
    install()
    assert om.ask("secret:/good") == "va$lue"
    install(provider="aws")
    assert om.ask("secret:/good") == "va$lue"
    assert ["--provider=aws" in run for run in runs()] == [False, True]


def test_a_factory_that_exists_is_taken_over_and_given_back(om: OpenMetadata, runs: Any) -> None:
    former = om.factory().get_secrets_manager()
    install()
    assert om.ask("secret:/good") == "va$lue"
    uninstall()
    assert om.factory().get_secrets_manager() is former
    assert om.ask("secret:/good") == "/good"
    assert len(runs()) == 1


def test_a_factory_that_was_made_since_is_made_again(om: OpenMetadata, runs: Any) -> None:
    methods = [
        (om.factory, "_get_secrets_manager"),
        (type(om.secret("")), "get_secret_value"),
        (om.workflow, "set_ingestion_pipeline_status"),
    ]
    before = [owner.__dict__[name] for owner, name in methods]
    install()
    assert om.ask("secret:/good") == "va$lue"
    uninstall()
    uninstall()
    assert [owner.__dict__[name] for owner, name in methods] == before
    assert om.ask("secret:/good") == "/good"
    assert len(runs()) == 1


def test_what_somebody_put_in_place_later_stays(om: OpenMetadata, runs: Any) -> None:
    install()

    class Own:
        def get_string_value(self, secret_id: str) -> str:
            return f"own {secret_id}"

    om.factory().secrets_manager = Own()
    assert om.ask("secret:/good") == "own /good"
    kind = type(om.secret(""))
    kind.get_secret_value = theirs = lambda self: f"their {self.text}"
    uninstall()
    assert kind.get_secret_value is theirs
    assert om.factory().get_secrets_manager().get_string_value("x") == "own x"
    assert runs() == []


def test_a_failed_workflow_is_reported_as_failed(om: OpenMetadata, runs: Any) -> None:
    install()
    good = om.workflow(lambda: om.ask("secret:/good"))
    good.execute()
    bad = om.workflow(lambda: om.ask("secret:/bad"))
    with pytest.raises(UnresolvedReferenceError):
        bad.execute()
    assert (good.told, bad.told) == ([("success", "summary")], [("failed", "summary")])
    assert len(runs()) == 2


def test_threads_share_one_look_up(om: OpenMetadata, runs: Any) -> None:
    install()
    values: list[Any] = []
    threads = [threading.Thread(target=lambda: values.append(om.ask("secret:/good"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert values == ["va$lue"] * 8
    assert len(runs()) == 1


@pytest.fixture
def asking(om: OpenMetadata, runs: Any, tmp_path: Path) -> Iterator[None]:
    """Have a thread wait for an answer, which it gets at the end."""
    install()
    values: list[Any] = []
    thread = threading.Thread(target=lambda: values.append(om.ask("secret:/slow")))
    thread.start()
    pipe = (tmp_path / "pipe").open("w", encoding="utf-8")  # when the program reads
    yield
    with pipe:
        pipe.write("late\n")
    thread.join()
    assert values == ["late"]
    assert len(runs()) == 2


def ask_or_die(om: OpenMetadata) -> None:
    signal.alarm(30)
    assert om.ask("secret:/good") == "va$lue"
    signal.alarm(0)


@pytest.mark.usefixtures("asking")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_after_a_fork_while_a_thread_asks(om: OpenMetadata) -> None:
    child = multiprocessing.get_context("fork").Process(target=ask_or_die, args=(om,))
    child.start()
    child.join()
    assert child.exitcode == 0


@pytest.mark.usefixtures("asking")
def test_in_what_looks_like_a_fork(om: OpenMetadata, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.getpid", lambda: -1)
    ask_or_die(om)


def test_the_exceptions_cross_processes() -> None:
    error = UnresolvedReferenceError(SecretExecError(Failure("NOT_FOUND", "none"), exit_status=3))
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - made here
    assert (str(again), again.error.exit_status) == (str(error), 3)


def test_strict_raises_an_ordinary_error(om: OpenMetadata, runs: Any) -> None:
    with pytest.raises(SecretExecError, match="NOT_FOUND") as caught, strict():
        om.ask("secret:/bad")
    assert (caught.value.exit_status, caught.value.__suppress_context__) == (3, True)
    assert om.ask("secret:/bad") == "/bad"  # nothing is installed any more
    assert len(runs()) == 1


def test_strict_decorates(om: OpenMetadata, runs: Any) -> None:
    @strict(provider="aws")
    def task(name: str) -> Any:
        return om.ask(name)

    assert (task("secret:/good"), task("secret:/good"), task.__name__) == ("va$lue", "va$lue", "task")
    assert len(runs()) == 2


def test_strict_decorates_coroutines_and_generators(om: OpenMetadata, runs: Any) -> None:
    @strict()
    async def waits(name: str) -> Any:
        return om.ask(name)

    @strict()
    def yields(name: str) -> Any:
        yield om.ask(name)

    assert inspect.iscoroutinefunction(waits)
    assert inspect.isgeneratorfunction(yields)
    assert (asyncio.run(waits("secret:/good")), *yields("secret:/good")) == ("va$lue", "va$lue")
    with pytest.raises(SecretExecError, match="NOT_FOUND"):
        asyncio.run(waits("secret:/bad"))
    with pytest.raises(SecretExecError, match="NOT_FOUND"):
        next(yields("secret:/bad"))
    assert om.ask("secret:/bad") == "/bad"
    assert len(runs()) == 4


def test_strict_is_one_block(om: OpenMetadata, runs: Any) -> None:
    assert runs() == []
    block = strict()
    with block:
        om.ask("secret:/good")
    with pytest.raises(RuntimeError, match="one block"), block:
        pass


def swallowed(om: OpenMetadata) -> None:
    thread = threading.Thread(target=pytest.raises, args=(UnresolvedReferenceError, om.ask, "secret:/bad"))
    thread.start()
    thread.join()


@pytest.mark.parametrize("end", [None, RuntimeError(), SystemExit(1)])
def test_a_failure_that_was_swallowed_counts(end: BaseException | None, om: OpenMetadata, runs: Any) -> None:
    @strict()
    def block() -> None:
        swallowed(om)
        if end:
            raise end

    with pytest.raises(SecretExecError, match="NOT_FOUND"):
        block()
    with strict():  # it is the earlier block's
        om.ask("secret:/good")
    assert len(runs()) == 2


@pytest.mark.parametrize("end", [RuntimeError, SystemExit, KeyboardInterrupt])
def test_other_ends_of_a_block_pass(end: type[BaseException], om: OpenMetadata, runs: Any) -> None:
    @strict()
    def block(reference: str) -> None:
        with contextlib.suppress(UnresolvedReferenceError):
            om.ask(reference)
        raise end

    with pytest.raises(end):
        block("secret:/good")
    if end is KeyboardInterrupt:
        with pytest.raises(end):
            block("secret:/bad")
    else:
        with pytest.raises(SecretExecError):
            block("secret:/bad")
    assert len(runs()) == 2


def test_blocks_nest_and_leave_what_was_installed(om: OpenMetadata, runs: Any) -> None:
    with strict(provider="aws"):
        with strict():
            om.ask("secret:/good")
        om.ask("secret:/good")
        install(provider="gcp")
        om.ask("secret:/good")
    om.ask("secret:/good")
    assert ["--provider=gcp" in run for run in runs()] == [False, True]
    with strict():
        uninstall()
        om.ask("secret:/good")
    assert om.ask("secret:/good") == "/good"


def test_options_last_as_long_as_their_block(om: OpenMetadata, runs: Any) -> None:
    install(provider="gcp")
    with strict(provider="aws"):
        with strict(provider="azure"):
            om.ask("secret:/good")
        om.ask("secret:/good")
    om.ask("secret:/good")
    assert [re.findall("--provider=([a-z]+)", run) for run in runs()] == [["azure"], ["aws"], ["gcp"]]


def test_a_failure_is_told_to_the_blocks_of_its_own_thread(om: OpenMetadata, runs: Any) -> None:
    def fails() -> None:
        with pytest.raises(SecretExecError), strict(provider="aws"):
            om.ask("secret:/bad")

    with strict(provider="gcp"):
        thread = threading.Thread(target=fails)
        thread.start()
        thread.join()
        om.ask("secret:/good")
    assert ["--provider=gcp" in run for run in runs()] == [False, True]


def test_airflow_decides_on_retries_and_masks(
    om: OpenMetadata, runs: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    masked: list[str] = []

    class FailError(Exception):
        pass

    airflow, exceptions = ModuleType("airflow"), ModuleType("airflow.exceptions")
    exceptions.AirflowFailException = FailError  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "airflow", airflow)
    monkeypatch.setitem(sys.modules, "airflow.exceptions", exceptions)
    monkeypatch.setattr("om_secret_exec.airflow._mask.mask", masked.extend)
    with strict():
        om.ask("secret:/good")
    with pytest.raises(SecretExecError, match="THROTTLED"), strict():
        om.ask("secret:/busy")
    with pytest.raises(FailError, match="NOT_FOUND"), strict():
        om.ask("secret:/bad")
    assert masked == ["va$lue"]
    assert len(runs()) == 3


def replace(tmp_path: Path, name: str, old: str, new: str) -> None:
    path = tmp_path / "lib" / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


FACTORY = "metadata/utils/secrets/secrets_manager_factory.py"
MODEL = "metadata/ingestion/models/custom_pydantic.py"
STATUS = "metadata/workflow/workflow_status_mixin.py"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (
            (FACTORY, "_get_secrets_manager(self, ", "_get_secrets_manager(self, more, "),
            "other parameters: self, more",
        ),
        ((FACTORY, "_get_secrets_manager", "_make"), "has no SecretsManagerFactory._get_secrets_manager"),
        ((FACTORY, "SecretsManagerFactory", "Factory"), "has no SecretsManagerFactory"),
        ((FACTORY, " get_secrets_manager", " give"), "is no singleton"),
        ((FACTORY, "_instances", "_made"), "is no singleton"),
        ((MODEL, "skip_secret_manager", "skip"), "takes other parameters"),
        ((STATUS, "import enum", "import metadata.enums"), "no module metadata.enums"),
        ((STATUS, "import enum", "import absent_package"), "no module absent_package"),
        ((STATUS, "import enum", "from enum import Absent"), "importing .*: cannot import name 'Absent'"),
        (
            (STATUS, "import enum", "import enum; enum.Absent"),
            "importing .*: module 'enum' has no attribute 'Absent'",
        ),
        ((STATUS, "class WorkflowStatusMixin", "class Mixin"), "has no WorkflowStatusMixin"),
    ],
)
def test_another_openmetadata_is_refused(
    change: tuple[str, str, str], says: str, om: OpenMetadata, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, old, new = change
    monkeypatch.setattr("importlib.metadata.version", lambda _: "9.9")
    replace(tmp_path, name, old, new)
    with pytest.raises(SecretExecError, match=says) as caught:
        install()
    assert (caught.value.code, caught.value.exit_status) == ("CONFIG", None)
    if not name.startswith(FACTORY):  # nothing has changed
        assert om.factory().get_secrets_manager().get_string_value("x") == "x"


def test_without_openmetadata_it_says_so(om: OpenMetadata, monkeypatch: pytest.MonkeyPatch) -> None:
    del om
    monkeypatch.setattr(sys, "path", [p for p in sys.path if not p.endswith("/lib")])
    with pytest.raises(SecretExecError, match=r"no module metadata\n.*install openmetadata-ingestion"):
        install()


def test_importing_it_imports_nothing_of_others(environ: dict[str, str]) -> None:
    code = "import sys, om_secret_exec.openmetadata, om_secret_exec.run; print({'metadata', 'airflow', 'yaml'} & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], env=environ, check=True, stdout=subprocess.PIPE, text=True
    )
    assert done.stdout == "set()\n"
