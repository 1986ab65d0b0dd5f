import pytest

from workflow_engine.runners.channel import HEADER, BrokenChannel, Frame, FrameReader, encode


def test_frames_arrive_whole_however_the_bytes_are_cut() -> None:
    frames: list[Frame] = [
        {"op": "a", "text": "ü" * 40},
        {"op": "b"},
        {"op": "c", "list": [1, 2.5, None, True]},
    ]
    data = b"".join(encode(frame) for frame in frames)
    for size in range(1, 60):
        reader = FrameReader()
        pieces = [data[start : start + size] for start in range(0, len(data), size)]
        assert [frame for piece in pieces for frame in reader.feed(piece)] == frames


def test_a_frame_that_is_too_large_is_refused_before_it_is_sent() -> None:
    with pytest.raises(ValueError, match="is larger than"):
        encode({"op": "a", "text": "x" * 34_000_000})


@pytest.mark.parametrize("data", [HEADER.pack(2**31), HEADER.pack(3) + b"[1]", HEADER.pack(3) + b"{x}"])
def test_bytes_that_are_no_frame_are_told_from_frames(data: bytes) -> None:
    with pytest.raises(BrokenChannel):
        FrameReader().feed(data)


def test_text_without_a_utf8_form_does_not_break_the_channel() -> None:
    (frame,) = FrameReader().feed(encode({"op": "a", "text": "file-\udce4.txt"}))
    assert frame == {"op": "a", "text": "file-?.txt"}
