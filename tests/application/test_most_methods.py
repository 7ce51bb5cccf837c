"""An account keeps so many ways to pay and no more, through whatever door they come."""

from __future__ import annotations

import pytest
from attrs import evolve

from automate_store.adapters.memory import MemoryShop
from automate_store.application.access import Actor
from automate_store.application.payments import (
    FinishSetup,
    begin_setup,
    finish_setup,
    keep_method,
    list_methods,
)
from automate_store.application.reactions import REACTIONS
from automate_store.domain.kernel.ids import MethodId
from automate_store.domain.payments import (
    MOST_METHODS,
    MethodReport,
    SavedMethod,
    SetupRefused,
    SetupReport,
    SetupState,
    TooManyMethods,
)
from tests.application.shopping import Street
from tests.application.test_saved_methods import Wallet
from tests.contracts.shops import open_shop


@pytest.fixture
def shop() -> MemoryShop:
    return open_shop()


@pytest.fixture
async def wallet(shop: MemoryShop) -> Wallet:
    return Wallet.at(await Street.open(shop.ports))


async def test_none_is_asked_to_be_saved_beyond_that(wallet: Wallet) -> None:
    ann = await wallet.street.customer("ann")
    bought = await wallet.order(ann)
    await _full(wallet, ann)

    with pytest.raises(TooManyMethods):
        await wallet.intend(bought, ann, save_method=True)
    with pytest.raises(TooManyMethods):
        await begin_setup("keeper", actor=ann, ports=wallet.ports)

    assert (await wallet.intend(bought, ann)).payment.terms.keep_method is False


async def test_what_the_gateway_saved_beyond_that_is_forgotten_there(
    wallet: Wallet, shop: MemoryShop
) -> None:
    ann = await wallet.street.customer("ann")
    bought = await wallet.order(ann)
    paid = await wallet.confirm(await wallet.intend(bought, ann, save_method=True), ann)
    customer = paid.payment.terms.customer
    assert customer is not None
    own = await _full(wallet, ann)
    assert len(await wallet.gateway.methods(customer)) == 2

    await shop.store.react(REACTIONS, wallet.ports)

    assert await list_methods(actor=ann, ports=wallet.ports) == own
    (left,) = await wallet.gateway.methods(customer)
    assert left.method_id in {each.token for each in own}


async def test_so_is_one_that_was_set_up_meanwhile(wallet: Wallet) -> None:
    ann = await wallet.street.customer("ann")
    begun = await begin_setup("keeper", actor=ann, ports=wallet.ports)
    token = wallet.gateway.hand_over(begun.report)
    await _full(wallet, ann)

    command = FinishSetup(gateway="keeper", setup_id=begun.setup_id, token=token)
    with pytest.raises(SetupRefused):
        await finish_setup(command, actor=ann, ports=wallet.ports)

    assert len(await list_methods(actor=ann, ports=wallet.ports)) == MOST_METHODS


async def test_what_is_known_is_told_again_however_many_there_are(wallet: Wallet) -> None:
    ann = await wallet.street.customer("ann")
    card = (await _full(wallet, ann))[-1]
    told = MethodReport(method_id=card.token, brand="amex", last_four="0005")
    report = SetupReport(
        setup_id="seti_1",
        state=SetupState.SUCCEEDED,
        customer=f"cus_{card.user_id.hex}",
        method=told,
    )

    kept = await keep_method(report, gateway="keeper", ports=wallet.ports)

    assert kept is not None
    assert (kept.id, kept.brand) == (card.id, "amex")


async def _full(wallet: Wallet, actor: Actor) -> tuple[SavedMethod, ...]:
    """As many cards of theirs as may be."""
    card = await wallet.save(actor)
    async with wallet.ports.unit_of_work() as work:
        for number in range(MOST_METHODS - 1):
            fresh = MethodId(wallet.ports.ids.uuid())
            await work.methods.add(evolve(card, id=fresh, token=f"pm_{card.id.hex}_{number}"))
    own = await list_methods(actor=actor, ports=wallet.ports)
    assert len(own) == MOST_METHODS
    return own
