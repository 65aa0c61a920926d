"""Who may come in: the owner's account, passwords, signing in and out."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import delete, exists, or_, select, update
from sqlalchemy.orm import Session, contains_eager

from documents import N_, Message, say
from models import Profile, ProfileMember, SignIn, User, db, end_reading, writing
from sync import tries

IDLE = timedelta(hours=12)
"""A browser that was not used for so long must sign in again."""
LONGEST = timedelta(days=14)
"""So must one that signed in so long ago."""
SEEN_EVERY = timedelta(minutes=1)
SHORTEST_PASSWORD, LONGEST_PASSWORD = 8, 200
HASHER = PasswordHasher()
"""argon2id, RFC 9106's second choice: 64 MiB, three passes (`security.md` 4)."""


class AccountRefused(Exception):
    """The account cannot be made or changed like this."""

    def __init__(self, field: str, message: Message) -> None:
        super().__init__(str(message))
        self.field, self.message = field, message


class WrongPassword(Exception):
    """Name and password do not belong together; it is not said which of them is wrong."""


# --- accounts ---------------------------------------------------------------------------------------------------


def has_owner() -> bool:
    """False on a fresh installation, until somebody with the set-up code makes the owner's account."""
    found = db.session.scalar(select(exists().where(User.is_owner.is_(True))))
    end_reading()
    return bool(found)


def make_owner(name: str, password: str, now: datetime) -> User:
    """The first account; raises AccountRefused where there is an owner already."""
    password_hash = _checked_hash(name, password)
    with writing() as session:
        if session.scalar(select(User.id).where(User.is_owner.is_(True))):
            raise AccountRefused("name", say(N_("There is an owner already. Log in instead.")))
        return _add(session, name, password_hash, now, is_owner=True)


def check_setup_code(typed: str, code: str, address: str, now: datetime) -> None:
    """Raises AccountRefused for a wrong set-up code, TooManyTries for guessing; without a code nobody comes in."""
    keys = tries.keys_of_setup(address)
    tries.take(keys, now)
    if not code or not hmac.compare_digest(typed.strip().casefold().encode(), code.casefold().encode()):
        raise AccountRefused("code", say(N_("This is not the set-up code. `./run` prints it where it was started.")))
    tries.forgive(keys)


def make_user(name: str, password: str, profile_ids: Sequence[int], now: datetime) -> User:
    """Somebody who works with some of the profiles."""
    password_hash = _checked_hash(name, password)
    with writing() as session:
        user = _add(session, name, password_hash, now, is_owner=False)
        _set_members(session, user.id, profile_ids)
        return user


def change_user(user_id: int, is_active: bool, profile_ids: Sequence[int]) -> None:
    """What somebody may see; who may not come in any more is signed out everywhere. The owner stays as the owner is."""
    with writing() as session:
        user = session.get_one(User, user_id, populate_existing=True)
        if user.is_owner:
            return
        user.is_active = is_active
        _set_members(session, user_id, profile_ids)
        if not is_active:
            session.execute(delete(SignIn).where(SignIn.user_id == user_id))


def _set_members(session: Session, user_id: int, profile_ids: Sequence[int]) -> None:
    session.execute(delete(ProfileMember).where(ProfileMember.user_id == user_id))
    known = session.scalars(select(Profile.id).where(Profile.id.in_(profile_ids))).all()
    session.add_all(ProfileMember(user_id=user_id, profile_id=each) for each in known)


def change_password(user_id: int, password: str) -> None:
    """A new password; every browser is signed out."""
    user = db.session.get_one(User, user_id)
    end_reading()
    password_hash = _checked_hash(user.name, password)
    with writing() as session:
        session.execute(update(User).where(User.id == user_id).values(password_hash=password_hash))
        session.execute(delete(SignIn).where(SignIn.user_id == user_id))


def reset_password(name: str) -> tuple[str, str] | None:
    """A password that nobody chose, for the named person or the owner; the name and it, or None for nobody."""
    who = User.folded_name == folded(name) if name else User.is_owner.is_(True)
    user = db.session.scalar(select(User).where(who))
    end_reading()
    if user is None:
        return None
    password = "-".join(secrets.token_hex(3) for _ in range(3))
    change_password(user.id, password)
    return user.name, password


def _add(session: Session, name: str, password_hash: str, now: datetime, is_owner: bool) -> User:
    name = name.strip()
    if session.scalar(select(User.id).where(User.folded_name == folded(name))):
        raise AccountRefused("name", say(N_("There is an account {name} already."), name=name))
    user = User(
        name=name,
        folded_name=folded(name),
        password_hash=password_hash,
        is_owner=is_owner,
        created_at=now,
        is_active=True,
        language="",
        choices={},
    )
    session.add(user)
    session.flush()
    return user


def folded(name: str) -> str:
    """How a name is compared."""
    return name.strip().casefold()[:80]


def _checked_hash(name: str, password: str) -> str:
    if not name.strip() or len(name.strip()) > 80:
        raise AccountRefused("name", say(N_("Give a name of 1 to 80 characters.")))
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        sentence = N_("A password has {least} to {most} characters; 15 or more are better.")
        raise AccountRefused("password", say(sentence, least=SHORTEST_PASSWORD, most=LONGEST_PASSWORD))
    if password.casefold() in _known_passwords() | {folded(name), "tillbridge"}:
        raise AccountRefused("password", say(N_("This password is one of the first that anybody would try.")))
    return HASHER.hash(password)


@cache
def _known_passwords() -> frozenset[str]:
    """The 30,000 that are used most, from the lists of the zxcvbn library."""
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    return frozenset(FREQUENCY_LISTS["passwords"])


def may_see(user: User, profile_id: int) -> bool:
    """The owner sees every profile, others those they are a member of."""
    if user.is_owner:
        return True
    return db.session.get(ProfileMember, (user.id, profile_id)) is not None


def profiles_of(user: User) -> list[Profile]:
    """The profiles that somebody may see, by name."""
    query = select(Profile).order_by(Profile.name)
    if not user.is_owner:
        mine = select(ProfileMember.profile_id).where(ProfileMember.user_id == user.id)
        query = query.where(Profile.id.in_(mine))
    return list(db.session.scalars(query))


def choose(user_id: int, name: str, value: object) -> None:
    """Remember how somebody wants to see something."""
    with writing() as session:
        user = session.get_one(User, user_id, populate_existing=True)
        user.choices = {**user.choices, name: value}


def speak(user_id: int, language: str) -> None:
    """The language that somebody reads; empty: as the browser asks."""
    with writing() as session:
        session.execute(update(User).where(User.id == user_id).values(language=language))


# --- signing in -------------------------------------------------------------------------------------------------


def sign_in(name: str, password: str, address: str, browser: str, now: datetime) -> str:
    """The secret of a new sign-in; raises WrongPassword or TooManyTries, the same for an unknown name."""
    user = prove(name, password, address, now)
    better = HASHER.hash(password) if HASHER.check_needs_rehash(user.password_hash) else None
    with writing() as session:
        if better:
            same = update(User).where(User.id == user.id, User.password_hash == user.password_hash)
            session.execute(same.values(password_hash=better))
        return _open(session, user.id, browser, now)


def prove(name: str, password: str, address: str, now: datetime) -> User:
    """Whose name and password these are; raises as `sign_in` does. Who proves it has the wrong tries forgotten."""
    keys = tries.keys_of(folded(name), address)
    tries.take(keys, now)
    user = db.session.scalar(select(User).where(User.folded_name == folded(name), User.is_active.is_(True)))
    end_reading()
    if not _is_right(user, password) or user is None:
        raise WrongPassword
    tries.forgive(keys)
    return user


def _is_right(user: User | None, password: str) -> bool:
    """Takes as long for an unknown name as for a wrong password."""
    if user is None:
        HASHER.hash(password)
        return False
    try:
        return HASHER.verify(user.password_hash, password)
    except VerificationError:
        return False


def _open(session: Session, user_id: int, browser: str, now: datetime) -> str:
    token = secrets.token_urlsafe(32)
    session.add(
        SignIn(token_sha256=_digest(token), user_id=user_id, browser=browser[:200], created_at=now, seen_at=now)
    )
    session.execute(delete(SignIn).where(or_(SignIn.seen_at < now - IDLE, SignIn.created_at < now - LONGEST)))
    return token


def enter(user_id: int, browser: str, now: datetime) -> str:
    """A sign-in for somebody who has just proven who it is."""
    with writing() as session:
        return _open(session, user_id, browser, now)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def signed_in(token: str, now: datetime) -> SignIn | None:
    """Whose browser this is; None where it is not signed in any more. 'Last seen' is written once a minute at most."""
    query = select(SignIn).join(SignIn.user).options(contains_eager(SignIn.user))
    query = query.where(SignIn.token_sha256 == _digest(token), User.is_active.is_(True))
    found = db.session.scalar(query.where(SignIn.seen_at >= now - IDLE, SignIn.created_at >= now - LONGEST))
    if found is not None and now - found.seen_at > SEEN_EVERY:
        with writing() as session:
            session.execute(update(SignIn).where(SignIn.id == found.id).values(seen_at=now))
    return found


def sign_out(sign_in_id: int, user_id: int) -> None:
    """End one sign-in of somebody."""
    with writing() as session:
        session.execute(delete(SignIn).where(SignIn.id == sign_in_id, SignIn.user_id == user_id))


def sign_ins_of(user_id: int, now: datetime) -> Sequence[SignIn]:
    """Where somebody is signed in, the latest first."""
    query = select(SignIn).where(SignIn.user_id == user_id, SignIn.seen_at >= now - IDLE)
    return db.session.scalars(query.order_by(SignIn.seen_at.desc())).all()
