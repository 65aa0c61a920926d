"""`./run`, `./run demo`, `./run practice`, and commands for the owner: see README."""

import argparse
import os
import socket
import sys
import time
from pathlib import Path

from config import LOCAL_HOSTS
from supervisor.places import InUse, Places, empty_demo_folder
from supervisor.practice_books import PRACTICE, STORE_KINDS, pairs_of
from supervisor.serving import Stopping, Supervisor, Wanted, stop_on_signals

NAMES_NEEDED = "Others may come in with --host: name the addresses that they type, as in --names shop.lan"
PLAIN_HTTP = "Warning: others come in over plain http, and whoever listens on the network reads their passwords."
EVERYWHERE = ("0.0.0.0", "::", "")  # noqa: S104  (words that are typed)


def main() -> int:
    """Run one of the commands; returns the exit status."""
    given = _arguments()
    stop_on_signals()
    try:
        return int(given.command(given))
    except Stopping:
        return 0
    except InUse as error:
        return _complain(f"Another Tillbridge runs on this data folder, or it is no demo folder: {error}")
    except TimeoutError as error:
        return _complain(f"Tillbridge could not be started: {error}")


def _complain(sentence: str) -> int:
    print(sentence, file=sys.stderr, flush=True)
    return 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./run", description="Runs Tillbridge. Ctrl-C stops it.")
    parser.set_defaults(command=serve)
    _serving_options(parser)
    commands = parser.add_subparsers(title="commands")
    demo = commands.add_parser("demo", help="Tillbridge with practice systems and sample orders, synced and proven")
    demo.set_defaults(command=run_demo)
    _serving_options(demo)
    demo.add_argument("--exit", action="store_true", help="stop after the proof; status 0 if everything agrees")
    demo.add_argument("--store", choices=(*STORE_KINDS, "all"), default=STORE_KINDS[0], help="which practice store")
    demo.add_argument("--books", choices=(*PRACTICE, "all"), default="", help="which practice books")
    demo.add_argument("--all", action="store_true", help="every practice store with all books that it goes with")
    demo.add_argument("--orders", type=int, default=500)
    demo.add_argument("--seed", type=int, default=1)
    reset = commands.add_parser("reset-password", help="a new password for an owner who is locked out")
    reset.set_defaults(command=reset_password)
    reset.add_argument("name", nargs="?", default="", help="whose (default: the owner's)")
    reset.add_argument("--data", type=Path, default=Path("data"), help="the data folder (default: data)")
    rotate = commands.add_parser("rotate-key", help="a new key for the keys of your systems; stop Tillbridge first")
    rotate.set_defaults(command=rotate_key)
    rotate.add_argument("--data", type=Path, default=Path("data"), help="the data folder (default: data)")
    practice = commands.add_parser("practice", help="the practice systems alone")
    practice.set_defaults(command=run_practice)
    practice.add_argument("--port", type=int, default=8090)
    practice.add_argument("--orders", type=int, default=500)
    practice.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def _serving_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (default: this machine only)")
    parser.add_argument("--names", default="", help="the names by which other machines ask for pages, by comma")
    parser.add_argument("--data", type=Path, default=Path("data"), help="the data folder (default: data)")


def serve(given: argparse.Namespace) -> int:
    """Tillbridge itself, until Ctrl-C."""
    if not _is_reachable_as_wished(given):
        return _complain(NAMES_NEEDED)
    places = Places(given.data.absolute())
    places.make()
    with places.own():
        supervisor = Supervisor(Wanted(places, given.host, given.port, _names(given)))
        try:
            start(supervisor)
            _say_where(supervisor)
            warn_of_plain_http(given.host)
            watch(supervisor)
        finally:
            supervisor.stop()


def warn_of_plain_http(host: str) -> None:
    """Where others come in, and not by https."""
    is_https = os.environ.get("TILLBRIDGE_HTTPS", "").lower() == "true"
    if host not in LOCAL_HOSTS and not is_https:
        print(PLAIN_HTTP, file=sys.stderr, flush=True)


def _is_reachable_as_wished(given: argparse.Namespace) -> bool:
    """This machine alone, or names by which others come: a page never answers to a name that was not set."""
    return given.host in LOCAL_HOSTS or bool(given.names) or bool(os.environ.get("TILLBRIDGE_HOSTS"))


def _names(given: argparse.Namespace) -> dict[str, str]:
    """The names that others type, and the address that is listened on, as far as it is one."""
    known = [given.names, os.environ.get("TILLBRIDGE_HOSTS", ""), "" if given.host in EVERYWHERE else given.host]
    return {"TILLBRIDGE_HOSTS": ",".join(name for name in known if name)}


def _say_where(supervisor: Supervisor) -> None:
    print(f"Tillbridge runs at {supervisor.url}  (Ctrl-C stops it)", flush=True)
    if not has_owner():
        print(
            f"Set-up code: {supervisor.environment['TILLBRIDGE_SETUP_CODE']}  (the first page asks for it)", flush=True
        )


def has_owner() -> bool:
    """Whether the first account was made."""
    from app import create_app
    from config import read_config
    from sync import accounts

    with create_app(read_config()).app_context():
        return accounts.has_owner()


def reset_password(given: argparse.Namespace) -> int:
    """A new password, printed once; every browser of that person is logged out. Works while Tillbridge runs."""
    os.environ.setdefault("TILLBRIDGE_DATA", str(given.data.absolute()))
    from app import create_app
    from config import read_config
    from sync import accounts

    with create_app(read_config()).app_context():
        made = accounts.reset_password(given.name)
    if made is None:
        return _complain(f"There is no account {given.name or 'yet'}.")
    print(f"{made[0]} logs in with this password now, and should change it: {made[1]}", flush=True)
    return 0


def rotate_key(given: argparse.Namespace) -> int:
    """A new key for what lies encrypted in the database. Not while Tillbridge runs: its parts hold the old one."""
    os.environ.setdefault("TILLBRIDGE_DATA", str(given.data.absolute()))
    from config import read_config
    from supervisor import keys
    from sync.vault import KEY_FILE, VaultClosed

    config = read_config()
    if not config.key and not (config.data / KEY_FILE).exists():
        return _complain(f"There is no {KEY_FILE} in {config.data}: nothing is encrypted yet.")
    places = Places(config.data)
    places.run.mkdir(parents=True, exist_ok=True, mode=0o700)
    with places.own():
        try:
            print(keys.rotate(config), flush=True)
        except VaultClosed as error:
            return _complain(f"Nothing was changed: {error}. Enter that key again in Tillbridge, then try again.")
    return 0


def start(supervisor: Supervisor) -> None:
    """Key, schema, Redis, and all parts."""
    from app import create_app
    from config import read_config
    from supervisor.schema import bring_up_to_date

    _refuse_taken(supervisor.wanted.host, supervisor.wanted.port)
    os.environ.update(supervisor.environment)
    supervisor.start_redis()
    if bring_up_to_date(create_app(read_config()), supervisor.wanted.places.data):
        print("The database's schema was brought up to date.", flush=True)
    supervisor.start_app()


def _refuse_taken(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise TimeoutError(f"port {port} cannot be used ({error.strerror}); choose another with --port") from None


def watch(supervisor: Supervisor) -> None:
    """Keep everything alive until we are asked to stop."""
    while True:
        supervisor.keep_alive()
        supervisor.practice_on_demand()
        time.sleep(0.5)


def run_demo(given: argparse.Namespace) -> int:
    """Tillbridge with practice systems: everything is pulled, drafted, synced and proven."""
    from supervisor.demo import NAME, Demo

    if not _is_reachable_as_wished(given):
        return _complain(NAMES_NEEDED)
    pairs = pairs_of("all", "all") if given.all else pairs_of(given.store, given.books)
    if not pairs:
        return _complain(f"Orders of {given.store} do not go into {given.books}.")
    data = given.data.absolute()
    empty_demo_folder(data / "demo")
    empty_demo_folder(data / "demo-practice")
    places = Places(data / "demo")
    places.make()
    with places.own():
        supervisor = Supervisor(Wanted(places, given.host, given.port, {**_own_storage(places), **_names(given)}))
        try:
            demo = Demo(supervisor)
            is_proven = demo.play(given.orders, given.seed, pairs)
            if not given.exit:
                print(f"Tillbridge runs at {supervisor.url}  (Ctrl-C stops it)", flush=True)
                warn_of_plain_http(given.host)
                print(f"Log in as {NAME} with the password: {demo.password}", flush=True)
                watch(supervisor)
            return 0 if is_proven else 1
        finally:
            supervisor.stop()


def _own_storage(places: Places) -> dict[str, str]:
    """A demo never touches a database or a Redis that the environment names."""
    return {"DATABASE_URL": f"sqlite:///{places.data / 'tillbridge.db'}", "REDIS_URL": f"unix://{places.socket}"}


def run_practice(given: argparse.Namespace) -> int:
    """The practice systems alone; they print their addresses and credentials."""
    command = ["-m", "practice", "--port", str(given.port), "--orders", str(given.orders), "--seed", str(given.seed)]
    os.execv(sys.executable, [sys.executable, *command])


if __name__ == "__main__":
    sys.exit(main())
