"""The scenarios of requests for a speaker whose histories are kept, each once."""

from collections.abc import Awaitable, Callable

from services.contracts.ids import SpeakerRequestId
from services.contracts.speaking.codes import CancelReason
from services.contracts.speaking.lifecycle import SpeakerState
from services.referral.speaking import orders
from tests.unit.scenes import BKKBN_KAB, TKSK
from tests.workflow.speaking import Asking

SpeakerScenario = Callable[[Asking], Awaitable[SpeakerRequestId]]


async def agreed_after_other_times_and_held(asking: Asking) -> SpeakerRequestId:
    request = await asking.asked(asking.in_days(20))
    await asking.acts(request, BKKBN_KAB, orders.Propose(speaker=asking.speaker))
    await asking.acts(request, TKSK, orders.Counter(when=orders.Wanted(times=(asking.in_days(24),))))
    await asking.acts(request, BKKBN_KAB, orders.Agree())
    await asking.play.sleep(days=25)
    await asking.acts(request, TKSK, orders.Report(session=1, attendance={"15_19": 30}))
    await asking.acts(request, BKKBN_KAB, orders.Feedback(text="Peserta aktif."))
    await asking.handle(request).result()
    return request


async def nobody_answers_until_its_days_are_past(asking: Asking) -> SpeakerRequestId:
    request = await asking.asked(asking.in_days(12))
    await asking.play.sleep(days=13)
    await asking.until(request, lambda now: now.state is SpeakerState.SEEKING)
    return request


async def a_series_with_one_session_moved_and_the_rest_cancelled(asking: Asking) -> SpeakerRequestId:
    series = orders.Series(first=asking.in_days(10), every_days=14, times=3)
    request = await asking.agreed(series=series)
    await asking.acts(request, BKKBN_KAB, orders.AskMove(session=1, time=asking.in_days(12)))
    await asking.acts(request, TKSK, orders.AgreeMove())
    await asking.play.sleep(days=13)
    await asking.acts(request, TKSK, orders.Cancel(reason=CancelReason.GROUP_AWAY))
    await asking.acts(request, TKSK, orders.Report(session=1, attendance={"15_19": 25}))
    await asking.play.sleep(days=12)
    await asking.handle(request).result()
    return request


SPEAKER_SCENARIOS: tuple[SpeakerScenario, ...] = (
    agreed_after_other_times_and_held,
    nobody_answers_until_its_days_are_past,
    a_series_with_one_session_moved_and_the_rest_cancelled,
)
