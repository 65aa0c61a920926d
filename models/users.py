"""The people who work with Tillbridge, where they are signed in, and what they may see."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Instant


class User(Base):
    """A person. The owner sees everything; the others see the profiles that they are a member of.

    `language` is empty while the browser decides; `choices` are the person's own views: columns of a list, ..."""

    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    folded_name: Mapped[str] = mapped_column(String(80), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    is_owner: Mapped[bool] = mapped_column(default=False)
    is_active: Mapped[bool] = mapped_column(default=True)
    language: Mapped[str] = mapped_column(String(20), default="")
    choices: Mapped[dict[str, object]] = mapped_column(JSON, default=dict)
    created_at: Mapped[datetime] = mapped_column(Instant)


class ProfileMember(Base):
    """A person who is not the owner, and a profile that this person works with."""

    __tablename__ = "profile_members"
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    profile_id: Mapped[int] = mapped_column(ForeignKey("profiles.id"), primary_key=True)


class SignIn(Base):
    """A browser in which somebody is signed in; only the hash of its secret is kept."""

    __tablename__ = "sign_ins"
    id: Mapped[int] = mapped_column(primary_key=True)
    token_sha256: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    browser: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(Instant)
    seen_at: Mapped[datetime] = mapped_column(Instant)
    user: Mapped[User] = relationship()


class WrongTries(Base):
    """How often a password was wrong in a row, by who was meant and where it came from."""

    __tablename__ = "wrong_tries"
    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    count: Mapped[int]
    not_before: Mapped[datetime] = mapped_column(Instant)
