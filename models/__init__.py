"""The tables, one module per aggregate."""

from models.alignments import Aligned, Alignment, AlignmentRow, Side, Start
from models.base import Base, abandon, db, end_reading, is_in_transaction, is_row_id, row_id, writing
from models.books import BooksConnection, BooksRow, ConnectionStatus, Known
from models.exchange import ExchangeFile, ExchangeLink, ExchangePush, ExchangeRecord, ExchangeUpload, FilesState, Via
from models.gaps import MissingOrder, OrderCount
from models.hooks import StoreHook
from models.ledger import AuditRow, Document, DocumentState, Operation, OperationState
from models.matching import (
    ContactMatch,
    CurrencyMatch,
    CustomerMatch,
    ItemMatch,
    PaymentMatch,
    Preset,
    ShippingMatch,
    TaxMatch,
)
from models.orders import StoredOrder
from models.profiles import Profile, ProfileChannel, ProfileOrder, Tick
from models.proofs import ProofFault, ProofRow
from models.reviews import Review, ReviewOrder
from models.runs import Run, RunKind, RunState
from models.search import SearchToken
from models.secrets import Secret
from models.stores import StoreChannel, StoreConnection, StoredCustomer, StoredItem, StoreWord, WordKind
from models.tasks import Task, TaskOrder, TaskOrderState
from models.tokens import BooksTokens, Consent
from models.uploads import FileLayout, Upload, UploadFile, UploadPack, UploadRow, UploadState, UploadTrouble
from models.users import ProfileMember, SignIn, User, WrongTries
from models.write_backs import WriteBack, WriteBackState

__all__ = [
    "Aligned",
    "Alignment",
    "AlignmentRow",
    "AuditRow",
    "Base",
    "BooksConnection",
    "BooksRow",
    "BooksTokens",
    "ConnectionStatus",
    "Consent",
    "ContactMatch",
    "CurrencyMatch",
    "CustomerMatch",
    "Document",
    "DocumentState",
    "ExchangeFile",
    "ExchangeLink",
    "ExchangePush",
    "ExchangeRecord",
    "ExchangeUpload",
    "FileLayout",
    "FilesState",
    "ItemMatch",
    "Known",
    "MissingOrder",
    "Operation",
    "OperationState",
    "OrderCount",
    "PaymentMatch",
    "Preset",
    "Profile",
    "ProfileChannel",
    "ProfileMember",
    "ProfileOrder",
    "ProofFault",
    "ProofRow",
    "Review",
    "ReviewOrder",
    "Run",
    "RunKind",
    "RunState",
    "SearchToken",
    "Secret",
    "ShippingMatch",
    "Side",
    "SignIn",
    "Start",
    "StoreChannel",
    "StoreConnection",
    "StoreHook",
    "StoreWord",
    "StoredCustomer",
    "StoredItem",
    "StoredOrder",
    "Task",
    "TaskOrder",
    "TaskOrderState",
    "TaxMatch",
    "Tick",
    "Upload",
    "UploadFile",
    "UploadPack",
    "UploadRow",
    "UploadState",
    "UploadTrouble",
    "User",
    "Via",
    "WordKind",
    "WriteBack",
    "WriteBackState",
    "WrongTries",
    "abandon",
    "db",
    "end_reading",
    "is_in_transaction",
    "is_row_id",
    "row_id",
    "writing",
]
