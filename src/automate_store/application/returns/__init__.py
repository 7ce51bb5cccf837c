"""Use cases of returns: asking, deciding, receiving, paying back, and reading them."""

from automate_store.application.returns.deciding import approve_return, reject_return
from automate_store.application.returns.reading import ReturnView, list_returns, page_returns
from automate_store.application.returns.receiving import (
    ReceiveReturn,
    ReplaceReturn,
    receive_return,
    refund_return,
    replace_return,
)
from automate_store.application.returns.requesting import (
    RequestReturn,
    preview_return,
    request_return,
    withdraw_return,
)

__all__ = [
    "ReceiveReturn",
    "ReplaceReturn",
    "RequestReturn",
    "ReturnView",
    "approve_return",
    "list_returns",
    "page_returns",
    "preview_return",
    "receive_return",
    "refund_return",
    "reject_return",
    "replace_return",
    "request_return",
    "withdraw_return",
]
