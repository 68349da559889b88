"""The root of all commands: nouns are stubs until one is used, so that help imports none of them."""

from __future__ import annotations

import functools
import importlib
import importlib.util
import inspect
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import typer
import typer.core
import typer.main

from firebreak import __version__
from firebreak.cli import DEBUG, NOUNS
from firebreak.errors import InvalidValue, Misuse

EPILOG = (
    "Exit codes: 0 done; 1 refused, or verification failed; 2 wrong usage; 3 not delivered."
    f" FIREBREAK_DIR names the node's directory; {DEBUG}=1 shows faults in full."
)

DirectoryOption = Annotated[
    Path | None,
    typer.Option(
        "--dir",
        metavar="DIR",
        help="The node's directory. Without it: FIREBREAK_DIR, or here if a node is here.",
        show_default=False,
    ),
]
"""`--dir`, the same at every command; `store.directory.find_directory` resolves it."""


class Nouns(typer.core.TyperGroup):
    """A group whose members are known by name and one line of help until one is resolved."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        for name, line in NOUNS.items():
            self.add_command(typer.core.TyperCommand(name, help=line, rich_markup_mode=None))

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The noun itself, in place of its stub. Raises Misuse for one that was left out here."""
        name, stub, rest = super().resolve_command(ctx, args)
        return name, stub and load(str(name)), rest


def load(name: str) -> Any:
    """The commands of one noun. Raises Misuse if this installation lacks it."""
    module = f"firebreak.cli.{name}"
    if importlib.util.find_spec(module) is None:
        raise Misuse(f"This version has no `firebreak {name}`. See: firebreak --help")
    app: typer.Typer = importlib.import_module(module).app
    group: Any = typer.main.get_command(app)
    group.name = name
    _check_values(group)
    if app.registered_callback is not None:  # a noun that does something by itself says what
        group.help = inspect.getdoc(app.registered_callback.callback) or group.help
    return group


def _check_values(command: Any) -> None:
    """Have values that cannot be read refused as wrong usage, at every command below this one."""
    for inner in getattr(command, "commands", {}).values():
        _check_values(inner)
    for param in command.params:
        if param.callback is None:
            param.callback = _check_value


def _check_value(ctx: Any, param: Any, value: Any) -> Any:
    """The value as it is. Raises BadParameter, which is wrong usage."""
    texts = value if isinstance(value, list | tuple) else [value]
    if param.metavar is not None and all(isinstance(text, str) for text in texts):
        from firebreak.cli.inputs import check

        try:
            for text in texts:
                check(param.opts[0], param.metavar, text)
        except InvalidValue as error:
            raise typer.BadParameter(str(error), ctx=ctx, param=param) from error
    return value


def noun(name: str, detail: str = "") -> typer.Typer:
    """The app of one noun's file: its line of help, then `detail`."""
    return typer.Typer(
        name=name,
        help="\n\n".join(filter(None, (NOUNS[name], detail))),
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )


def taking(options: type[Any], name: str, command: Callable[..., None]) -> Callable[..., None]:
    """A command with the options of a dataclass, which it takes gathered in its argument `name`.

    options: each field is an option, as typer reads its annotation; the argument is the last one.
    """
    own = inspect.signature(command, eval_str=True).parameters
    hints = get_type_hints(options, include_extras=True)
    common = [
        inspect.Parameter(
            field.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=field.default,
            annotation=hints[field.name],
        )
        for field in fields(options)
    ]
    names = {field.name for field in fields(options)}

    @functools.wraps(command)
    def wrapped(**given: Any) -> None:
        gathered = options(**{key: given.pop(key) for key in names})
        command(**given, **{name: gathered})

    kept = [
        parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY)
        for key, parameter in own.items()
        if key != name
    ]
    wrapped.__signature__ = inspect.Signature([*kept, *common])  # type: ignore[attr-defined]  # ours
    wrapped.__annotations__ = {p.name: p.annotation for p in (*kept, *common)}
    return wrapped


def command() -> Any:
    """The root command."""
    root = typer.Typer(
        cls=Nouns,
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        epilog=EPILOG,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    root.callback()(_root)
    return typer.main.get_command(root)


def _say_version(asked: bool) -> None:
    if asked:
        typer.echo(f"firebreak {__version__}")
        raise typer.Exit


def _root(
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Say which version this is.", callback=_say_version, is_eager=True
        ),
    ] = False,
) -> None:
    """The line between parties that do not trust each other and must not misread each other.

    Not missile warning, targeting, navigation or collision avoidance. A signature proves who said
    it, not that it is true. A notice is neither permission nor protection. Silence proves nothing
    about intent. Exercises only, until a state has made its own review.
    """
