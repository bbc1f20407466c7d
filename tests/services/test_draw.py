"""The secret draw: fixed before a session opens, told after its audit, as large as it says; the candidate's own wish beside it."""

import secrets
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from assessment_engine.delivery.sitting import SittingState
from assessment_engine.evidence import draw as rule
from assessment_engine.kernel.errors import Conflict, EvidenceKeyUnreadable, HashMismatch, NotFound
from assessment_engine.kernel.ids import SessionId, SittingId, new_id
from assessment_engine.kernel.signing import Purpose, SigningKey
from assessment_engine.people import Role
from assessment_engine.services import audit, draw, evidence
from assessment_engine.services.draw import KeptFor
from assessment_engine.services.engine import Engine
from assessment_engine.storage.draws import SessionDraw
from tests.builders import NOON, World, a_person, a_world, steer

JPEG = b"\xff\xd8\xff a clean frame"


def log_about(engine: Engine, subject: str) -> list[tuple[str, Any]]:
    with engine.store.read() as tx:
        return [(one.kind, one.payload) for one in tx.audit.about(subject) if one.kind.startswith("draw_")]


def with_share(engine: Engine, world: World, share: float) -> SessionId:
    """A session of the world's exam that opens tomorrow, of which so much is drawn."""
    with engine.store.begin() as tx:
        exam = tx.exams.get(world.exam_id)
        tx.exams.save_policy(replace(exam, policy=replace(exam.policy, draw_share=share)))
        before = tx.exams.session(tx.sittings.get(world.sitting_id).session_id)
        later = replace(before, id=SessionId(new_id("ses", NOON)), opens_at=NOON + timedelta(days=1), closes_at=NOON + timedelta(days=2))
        tx.exams.add_session(later)
        tx.sittings.save(replace(tx.sittings.get(world.sitting_id), session_id=later.id))
    return later.id


def a_drawn_world(engine: Engine, share: float = 0.0) -> tuple[World, SessionId]:
    """A sitting in progress in a session whose draw was fixed the day before; all of its sittings are drawn."""
    world = a_world(engine)
    return world, with_share(engine, world, share)


def draw_all(engine: Engine, session_id: SessionId) -> None:
    """Fix a draw of everybody, which no exam may ask for."""
    secret = secrets.token_bytes(32)
    with engine.store.begin() as tx:
        sealed = evidence.seal_secret(engine, f"draw/{session_id}", secret)
        fixed = rule.commitment(session_id, 1.0, secret)
        tx.draws.commit(SessionDraw(session_id=session_id, commitment=fixed, sealed_secret=sealed, share=1.0, committed_at=NOON))


def test_about_the_share_is_drawn_and_who_is_cannot_be_told_without_the_secret() -> None:
    secret, other = b"1" * 32, b"2" * 32
    everybody = [new_id("sit", NOON) for _ in range(20_000)]

    drawn = {one for one in everybody if rule.is_drawn(secret, one, 0.02)}
    by_another = {one for one in everybody if rule.is_drawn(other, one, 0.02)}
    assert 320 <= len(drawn) <= 480
    assert len(drawn & by_another) < 30
    assert not any(rule.is_drawn(secret, one, 0.0) for one in everybody)
    assert all(rule.is_drawn(secret, one, 1.0) for one in everybody[:100])


def test_the_draw_is_fixed_before_the_session_opens_and_once(any_engine: Engine) -> None:
    _, session_id = a_drawn_world(any_engine, 0.02)

    assert [draw.commit_missing(any_engine) for _ in range(2)] == [1, 0]
    ((kind, about),) = log_about(any_engine, session_id)
    assert (kind, about["share"], len(about["commitment"])) == ("draw_committed", "0.02", 64)


def test_an_exam_without_a_draw_has_none_and_a_session_that_is_open_gets_none_any_more(any_engine: Engine) -> None:
    _, session_id = a_drawn_world(any_engine, 0.0)
    draw.commit_missing(any_engine)
    assert draw.drawn(any_engine, session_id) == ()

    _, late = a_drawn_world(any_engine, 0.02)
    steer(any_engine).moment = NOON + timedelta(days=1, minutes=1)
    draw.commit_missing(any_engine)
    assert log_about(any_engine, late) == []


def test_frames_of_a_drawn_sitting_are_kept_encrypted_until_they_are_audited(any_engine: Engine) -> None:
    world, session_id = a_drawn_world(any_engine)
    draw_all(any_engine, session_id)
    assert draw.drawn(any_engine, session_id) == (world.sitting_id,)
    assert draw.keeps(any_engine, world.sitting_id) is KeptFor.DRAW

    for number in range(3):
        draw.keep_frame(any_engine, world.sitting_id, number * 10, NOON + timedelta(seconds=5 * number), JPEG)
    draw.keep_frame(any_engine, world.sitting_id, 20, NOON + timedelta(seconds=10), JPEG)
    kept = draw.frames_of(any_engine, world.sitting_id)
    assert [(one.seq, one.at) for one in kept] == [(0, NOON), (10, NOON + timedelta(seconds=5)), (20, NOON + timedelta(seconds=10))]
    assert draw.frame(any_engine, world.sitting_id, 10) == JPEG
    assert JPEG not in any_engine.blobs.get(kept[0].blob)

    by = a_person(any_engine, world.organisation_id, Role.INVIGILATOR).person_id
    for _ in range(2):
        draw.audited(any_engine, world.sitting_id, by)
    assert draw.frames_of(any_engine, world.sitting_id) == []
    assert draw.keeps(any_engine, world.sitting_id) is None
    assert [one.key for one in any_engine.blobs.under(f"{world.sitting_id}/clean")] == []


def test_the_secret_is_told_after_the_audit_and_anybody_can_draw_again(any_engine: Engine) -> None:
    world, session_id = a_drawn_world(any_engine)
    draw_all(any_engine, session_id)
    steer(any_engine).moment = NOON + timedelta(days=3)
    assert draw.reveal_due(any_engine) == 0, "a drawn sitting has not been audited"

    draw.audited(any_engine, world.sitting_id, None)
    assert [draw.reveal_due(any_engine) for _ in range(2)] == [1, 0]
    kind, about = log_about(any_engine, session_id)[-1]
    assert kind == "draw_revealed"
    secret = bytes.fromhex(about["secret"])
    assert rule.commitment(session_id, 1.0, secret) == about["commitment"]
    assert [one for one in (world.sitting_id,) if rule.is_drawn(secret, one, 1.0)] == about["drawn"]
    audit.sequence(any_engine)
    assert audit.verify_log(any_engine).is_whole


def test_a_candidates_own_wish_keeps_frames_and_outlives_the_audit(any_engine: Engine) -> None:
    world = a_world(any_engine, state=SittingState.ADMITTED)
    assert draw.keeps(any_engine, world.sitting_id) is None

    draw.wish(any_engine, world.candidate, world.sitting_id, kept=True)
    assert draw.wishes(any_engine, world.candidate, world.sitting_id)
    assert draw.keeps(any_engine, world.sitting_id) is KeptFor.WISH
    draw.keep_frame(any_engine, world.sitting_id, 1, NOON, JPEG)
    draw.audited(any_engine, world.sitting_id, None)
    assert draw.forget_audited(any_engine) == 0
    assert len(draw.frames_of(any_engine, world.sitting_id)) == 1
    draw.wish(any_engine, world.candidate, world.sitting_id, kept=False)
    assert draw.keeps(any_engine, world.sitting_id) is None


def test_the_wish_is_a_candidates_own_and_ends_with_the_start(any_engine: Engine) -> None:
    world = a_world(any_engine)
    stranger = a_person(any_engine, world.organisation_id, Role.CANDIDATE)

    with pytest.raises(NotFound):
        draw.wish(any_engine, stranger, world.sitting_id, kept=True)
    with any_engine.store.begin() as tx:
        tx.sittings.save(replace(tx.sittings.get(world.sitting_id), started_at=NOON))
    with pytest.raises(Conflict):
        draw.wish(any_engine, world.candidate, world.sitting_id, kept=True)
    draw.wish(any_engine, world.candidate, world.sitting_id, kept=False)


def test_frames_left_by_an_interrupted_deletion_are_deleted_later(any_engine: Engine) -> None:
    world = a_world(any_engine)
    draw.audited(any_engine, world.sitting_id, None)
    draw.keep_frame(any_engine, world.sitting_id, 1, NOON, JPEG)

    assert [draw.forget_audited(any_engine) for _ in range(2)] == [1, 0]


def test_erasing_the_key_takes_the_clean_frames_with_it(any_engine: Engine) -> None:
    world = a_world(any_engine)
    draw.keep_frame(any_engine, world.sitting_id, 1, NOON, JPEG)
    with any_engine.store.begin() as tx:
        tx.incidents.erase_key(world.sitting_id, NOON)

    assert draw.frames_of(any_engine, world.sitting_id) == []
    assert any_engine.blobs.under(f"{world.sitting_id}/clean"), "the bytes are there, and worth nothing"
    with pytest.raises(NotFound):
        draw.frame(any_engine, world.sitting_id, 1)


def test_a_frame_changed_behind_our_back_is_not_shown(any_engine: Engine) -> None:
    world = a_world(any_engine)
    draw.keep_frame(any_engine, world.sitting_id, 1, NOON, JPEG)
    (kept,) = draw.frames_of(any_engine, world.sitting_id)
    any_engine.blobs.put(kept.blob, any_engine.blobs.get(kept.blob)[:-1] + b"!")

    with pytest.raises(HashMismatch):
        draw.frame(any_engine, world.sitting_id, 1)


def test_with_another_key_installed_nothing_of_it_can_be_opened_and_it_says_so(any_engine: Engine) -> None:
    world, session_id = a_drawn_world(any_engine)
    draw_all(any_engine, session_id)
    draw.keep_frame(any_engine, world.sitting_id, 1, NOON, JPEG)
    wrong = replace(any_engine, signer=replace(any_engine.signer, evidence=SigningKey(purpose=Purpose.EVIDENCE, seed=b"9" * 32)))

    for act in (lambda: draw.drawn(wrong, session_id), lambda: draw.keeps(wrong, world.sitting_id), lambda: _keep(wrong, world.sitting_id)):
        with pytest.raises(EvidenceKeyUnreadable):
            act()


def _keep(engine: Engine, sitting_id: SittingId) -> None:
    draw.keep_frame(engine, sitting_id, 2, NOON, JPEG)
