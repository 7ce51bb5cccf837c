"""
Contract suites: what the ports promise, as tests for any adapter, yours and ours.

Subclass a suite in a test module, give it the fixture it names, and pytest runs it::

    class TestMyStock(StockContract):
        @pytest_asyncio.fixture
        async def store(self) -> AsyncIterator[Ports]:
            async with a_fresh_empty_store() as ports:
                yield ports

Each test needs a store with nothing in it; ``ids``, ``clock`` and ``policy`` of the ports
are used as they are. Up to twelve works of one test run at once, two of them side by
side to their end: whoever has fewer connections lets the others wait.
"""

from pkgutil import iter_modules

import pytest

# Before the suites are imported, so that their failures show the values.
pytest.register_assert_rewrite(*(f"{__name__}.{suite.name}" for suite in iter_modules(__path__)))

from automate_store.entrypoints.properties.contracts.audit import (  # noqa: E402
    AuditorContract,
    Books,
)
from automate_store.entrypoints.properties.contracts.carts import CartsContract  # noqa: E402
from automate_store.entrypoints.properties.contracts.catalog import (  # noqa: E402
    CatalogQueriesContract,
    ProductsContract,
    ShelfContract,
)
from automate_store.entrypoints.properties.contracts.catalog_files import (  # noqa: E402
    CatalogFile,
    CatalogFilesContract,
)
from automate_store.entrypoints.properties.contracts.coupons import CouponsContract  # noqa: E402
from automate_store.entrypoints.properties.contracts.credentials import (  # noqa: E402
    AccessTokensContract,
    Owner,
    PasswordHasherContract,
    PasswordPolicyContract,
    Safe,
    SecondFactorContract,
)
from automate_store.entrypoints.properties.contracts.gateways import (  # noqa: E402
    CaptureInPartsContract,
    GatewayEventsContract,
    KeepingGatewayContract,
    PaymentGatewayContract,
    SavingGatewayContract,
    Teller,
    Told,
    ToldGatewayContract,
)
from automate_store.entrypoints.properties.contracts.history import (  # noqa: E402
    OrderHistoryContract,
)
from automate_store.entrypoints.properties.contracts.identity import (  # noqa: E402
    AccountsContract,
    AddressBooksContract,
    LinksContract,
    SessionsContract,
    SigningKeysContract,
    TrailContract,
)
from automate_store.entrypoints.properties.contracts.inventory import StockContract  # noqa: E402
from automate_store.entrypoints.properties.contracts.keys import KeysContract  # noqa: E402
from automate_store.entrypoints.properties.contracts.limits import (  # noqa: E402
    Gate,
    LimitsContract,
)
from automate_store.entrypoints.properties.contracts.media import (  # noqa: E402
    MediaStoreContract,
    PicturesContract,
)
from automate_store.entrypoints.properties.contracts.messages import (  # noqa: E402
    MailerContract,
    Post,
)
from automate_store.entrypoints.properties.contracts.methods import SavedMethodsContract  # noqa: E402
from automate_store.entrypoints.properties.contracts.notices import NoticesContract  # noqa: E402
from automate_store.entrypoints.properties.contracts.order_lists import (  # noqa: E402
    OrderListsContract,
)
from automate_store.entrypoints.properties.contracts.orders import OrdersContract  # noqa: E402
from automate_store.entrypoints.properties.contracts.payments import (  # noqa: E402
    PaymentsContract,
    RefundsContract,
)
from automate_store.entrypoints.properties.contracts.pricing import RulesContract  # noqa: E402
from automate_store.entrypoints.properties.contracts.returns import (  # noqa: E402
    ReturnsContract,
)
from automate_store.entrypoints.properties.contracts.session_cache import (  # noqa: E402
    KeptSessions,
    SessionCacheContract,
)
from automate_store.entrypoints.properties.contracts.settling import (  # noqa: E402
    PaymentsToSettleContract,
    RefundsToSettleContract,
)
from automate_store.entrypoints.properties.contracts.shipping import (  # noqa: E402
    Board,
    CarriersContract,
)
from automate_store.entrypoints.properties.contracts.sources import (  # noqa: E402
    ClockContract,
    IdsContract,
)
from automate_store.entrypoints.properties.contracts.texts import TextsContract  # noqa: E402
from automate_store.entrypoints.properties.contracts.told import (  # noqa: E402
    DisputesContract,
    ToldEventsContract,
)
from automate_store.entrypoints.properties.contracts.unit_of_work import (  # noqa: E402
    UnitOfWorkContract,
)

__all__ = [
    "AccessTokensContract",
    "AccountsContract",
    "AddressBooksContract",
    "AuditorContract",
    "Board",
    "Books",
    "CaptureInPartsContract",
    "CarriersContract",
    "CartsContract",
    "CatalogFile",
    "CatalogFilesContract",
    "CatalogQueriesContract",
    "ClockContract",
    "CouponsContract",
    "DisputesContract",
    "Gate",
    "GatewayEventsContract",
    "IdsContract",
    "KeepingGatewayContract",
    "KeptSessions",
    "KeysContract",
    "LimitsContract",
    "LinksContract",
    "MailerContract",
    "MediaStoreContract",
    "NoticesContract",
    "OrderHistoryContract",
    "OrderListsContract",
    "OrdersContract",
    "Owner",
    "PasswordHasherContract",
    "PasswordPolicyContract",
    "PaymentGatewayContract",
    "PaymentsContract",
    "PaymentsToSettleContract",
    "PicturesContract",
    "Post",
    "ProductsContract",
    "RefundsContract",
    "RefundsToSettleContract",
    "ReturnsContract",
    "RulesContract",
    "Safe",
    "SavedMethodsContract",
    "SavingGatewayContract",
    "SecondFactorContract",
    "SessionCacheContract",
    "SessionsContract",
    "ShelfContract",
    "SigningKeysContract",
    "StockContract",
    "Teller",
    "TextsContract",
    "Told",
    "ToldEventsContract",
    "ToldGatewayContract",
    "TrailContract",
    "UnitOfWorkContract",
]
