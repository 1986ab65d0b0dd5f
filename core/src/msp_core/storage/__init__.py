"""Tables, blobs, queues and secrets: the only place that knows Azure.

Importing it is cheap: the heavy parts of the Azure SDKs are imported when their first client is built.
"""

from msp_core.storage.blobs import BlobContainer
from msp_core.storage.file_blobs import FileBlob, FileContainer
from msp_core.storage.partitions import Partition
from msp_core.storage.queues import Queue, QueueMessage
from msp_core.storage.results import (
    ComponentStatus,
    Delete,
    Insert,
    Page,
    Replace,
    Stored,
    Upsert,
)
from msp_core.storage.settings import Bounds, StorageSettings, TableName
from msp_core.storage.storage import Storage
from msp_core.storage.tables import Table
from msp_core.storage.vault import SecretVault
from msp_core.storage.where import Where

__all__ = [
    "BlobContainer",
    "Bounds",
    "ComponentStatus",
    "Delete",
    "FileBlob",
    "FileContainer",
    "Insert",
    "Page",
    "Partition",
    "Queue",
    "QueueMessage",
    "Replace",
    "SecretVault",
    "Storage",
    "StorageSettings",
    "Stored",
    "Table",
    "TableName",
    "Upsert",
    "Where",
]
