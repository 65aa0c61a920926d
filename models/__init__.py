"""The tables, one module per aggregate."""

from models.base import Base, abandon, db, end_reading, is_in_transaction, writing
from models.books import BooksConnection, BooksRow, ConnectionStatus
from models.ledger import AuditRow, Document, DocumentState, Operation, OperationState
from models.matching import CurrencyMatch, CustomerMatch, ItemMatch, PaymentMatch, Preset, ShippingMatch, TaxMatch
from models.orders import StoredOrder
from models.profiles import Profile, ProfileChannel, ProfileOrder, Tick
from models.runs import Run, RunKind, RunState
from models.search import SearchToken
from models.secrets import Secret
from models.stores import StoreChannel, StoreConnection, StoredItem
from models.tasks import Task, TaskOrder, TaskOrderState
from models.write_backs import WriteBack, WriteBackState

__all__ = [
    "AuditRow",
    "Base",
    "BooksConnection",
    "BooksRow",
    "ConnectionStatus",
    "CurrencyMatch",
    "CustomerMatch",
    "Document",
    "DocumentState",
    "ItemMatch",
    "Operation",
    "OperationState",
    "PaymentMatch",
    "Preset",
    "Profile",
    "ProfileChannel",
    "ProfileOrder",
    "Run",
    "RunKind",
    "RunState",
    "SearchToken",
    "Secret",
    "ShippingMatch",
    "StoreChannel",
    "StoreConnection",
    "StoredItem",
    "StoredOrder",
    "Task",
    "TaskOrder",
    "TaskOrderState",
    "TaxMatch",
    "Tick",
    "WriteBack",
    "WriteBackState",
    "abandon",
    "db",
    "end_reading",
    "is_in_transaction",
    "writing",
]
