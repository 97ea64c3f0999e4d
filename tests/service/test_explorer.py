"""The explorer in a browser: choose, change by pointer and keys, and the answer follows; nobody else is asked."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from attime import SeriesSet
from attime.service import make_app, serve

pytestmark = pytest.mark.filterwarnings("ignore::attime.errors.DataWarning")  # of series shorter than in fit


@pytest.fixture(scope="module")
def address(models, series):
    """The address of a service in a thread of this process; it ends with the process."""
    uvicorn = pytest.importorskip("uvicorn")
    examples = {"shapes": SeriesSet.of(series[:3], ["a", "b", "c"], source="cases.csv")}
    found, ready, servers = [], threading.Event(), []
    real = uvicorn.Server.startup

    async def noting(self, sockets=None):
        servers.append(self)
        await real(self, sockets)

    def told(place: str) -> None:
        found.append(place)
        ready.set()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(uvicorn.Server, "startup", noting)
        app = make_app(models, examples=examples)
        thread = threading.Thread(target=lambda: serve(app, port=0, ready=told, seconds=1))
        thread.start()
        assert ready.wait(60)
        yield found[0]
        servers[0].should_exit = True
        thread.join(60)


@pytest.fixture
def page(browser, address):
    """The page, ready; whatever it complains about or asks elsewhere fails the test in the end."""
    found: list[str] = []
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.on("console", lambda message: found.append(message.text))
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on("request", lambda request: None if request.url.startswith(address) else found.append(request.url))
    page.goto(address)
    page.wait_for_selector("#headline")
    yield page
    context.close()
    assert [text for text in found if not text.startswith("data:")] == []


def settled(page) -> str:
    """Return the answer once it is there."""
    page.wait_for_timeout(200)
    page.wait_for_selector("#answer[aria-busy=false] #headline")
    return page.text_content("#result")


def drag(page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Drag between places in the first panel, as shares of the figure's width and of 230 pixels."""
    box = page.locator("#figure svg").bounding_box()
    places = [(box["x"] + box["width"] * x, box["y"] + 12 + 230 * y) for x, y in (start, end)]
    page.mouse.move(*places[0])
    page.mouse.down()
    page.mouse.move(*places[1], steps=4)
    page.mouse.up()


def chosen(page) -> tuple[int, int]:
    return int(page.input_value("#from")), int(page.input_value("#to"))


def test_models_and_examples_are_offered(page):
    assert page.locator("#model option").count() == 5
    assert page.locator("#example option").all_text_contents() == ["series 0, a", "series 1, b", "series 2, c"]
    first = settled(page)
    page.select_option("#example", "1")
    assert page.text_content("#series-title") == "series 1, b"
    page.select_option("#model", "wave")
    assert settled(page) != first


def test_blanking_a_stretch_changes_the_answer_and_undo_brings_it_back(page):
    before = settled(page)
    headline = page.text_content("#headline")
    drag(page, (0.2, 0.3), (0.9, 0.5))
    first, last = chosen(page)
    assert first < 10
    assert last > 40
    page.click("#blank")
    after = settled(page)
    assert after != before
    assert "As it was" in after
    assert page.text_content("#changed").startswith(f"{last - first + 1} of")
    assert page.locator(".blank-area").count() == 1
    page.click("#undo")
    settled(page)
    assert page.text_content("#headline") == headline
    assert page.text_content("#changed") == ""
    page.click("#redo")
    assert settled(page) == after
    page.click("#reset")
    assert page.text_content("#before") == "The series as it is."


@pytest.mark.parametrize("edit", ["line", "mean"])
def test_a_stretch_can_be_flattened(page, edit):
    before = settled(page)
    drag(page, (0.2, 0.3), (0.9, 0.3))
    page.click(f"#{edit}")
    assert settled(page) != before
    values = page.evaluate("state.current[0].slice(state.stretch[0], state.stretch[1] + 1)")
    assert np.abs(np.diff(values, n=2 if edit == "line" else 1)).max() < 1e-5


def test_a_stretch_is_shifted_by_dragging_it_and_by_a_number(page):
    before = settled(page)
    drag(page, (0.3, 0.3), (0.7, 0.3))
    drag(page, (0.5, 0.6), (0.5, 0.3))
    moved = np.array(page.evaluate("state.current[0]")) - np.array(page.evaluate("state.original[0]"))
    first, last = chosen(page)
    assert (moved[first : last + 1] > 0).all()
    assert not moved[:first].any()
    assert settled(page) != before
    page.fill("#amount", "-2")
    page.click("#shift")
    again = np.array(page.evaluate("state.current[0]")) - np.array(page.evaluate("state.original[0]"))
    np.testing.assert_allclose(again[first : last + 1], moved[first : last + 1] - 2, atol=1e-4)
    settled(page)


def test_all_of_it_can_be_done_by_keys(page):
    before = settled(page)
    page.focus("#figure")
    page.keyboard.press("ArrowRight")
    first, last = chosen(page)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+PageDown")
    assert chosen(page) == (first + 1, min(last + 11, 49))
    page.keyboard.press("b")
    assert settled(page) != before
    page.keyboard.press("Control+z")
    assert page.text_content("#changed") == ""
    page.keyboard.press("ArrowUp")
    assert page.text_content("#changed") != ""
    page.keyboard.press("Escape")
    assert page.input_value("#from") == ""
    settled(page)


def test_blanking_everything_is_answered_in_words(page):
    page.fill("#from", "0")
    page.fill("#to", "49")
    page.press("#to", "Tab")
    page.click("#blank")
    page.wait_for_selector("#trouble:not([hidden])")
    assert "Nothing is left" in page.text_content("#trouble")
    assert page.text_content("#result") == "No answer."  # and not the one before
    page.click("#undo")
    page.wait_for_selector("#trouble", state="hidden")


def test_series_can_be_pasted_and_read_from_a_file(page, tmp_path):
    page.click("#paste summary")
    page.fill("#pasted", "value\n1\n2\n\nnan\n3\n")
    page.click("#take")
    settled(page)
    assert page.evaluate("state.current") == [[1, 2, None, None, 3]]
    (tmp_path / "wide.csv").write_text("1,2,,4\n")
    page.set_input_files("#file", tmp_path / "wide.csv")
    page.wait_for_selector("#series-title:has-text('wide.csv')")
    assert page.evaluate("state.current") == [[1, 2, None, 4]]
    page.fill("#pasted", "1;2\n3;four")
    page.click("#take")
    assert "“four” arrived in row 2" in page.text_content("#trouble")


@pytest.mark.parametrize(("written", "told"), [("1.o5\n2\n3", "“1.o5” arrived in row 1"), ("value\n\n1\nx", "row 4")])
def test_what_is_mistyped_is_found_where_it_stands(page, written, told):
    page.click("#paste summary")
    page.fill("#pasted", written)
    page.click("#take")
    assert told in page.text_content("#trouble")


def test_an_edit_leaves_other_values_as_they_are(page):
    drag(page, (0.3, 0.3), (0.7, 0.3))
    before = page.evaluate("state.current[0]")
    page.click("#mean")
    first, last = chosen(page)
    after = page.evaluate("state.current[0]")
    assert after[:first] + after[last + 1 :] == before[:first] + before[last + 1 :]
    np.testing.assert_allclose(after[first], np.mean(before[first : last + 1]), rtol=1e-12)
    settled(page)


def test_a_click_beside_a_forecast_is_for_its_last_step(page):
    page.select_option("#model", "wave")
    settled(page)
    box = page.locator("#figure svg").bounding_box()
    page.mouse.click(box["x"] + box["width"] - 2, box["y"] + 100)
    assert page.text_content("#ahead-words").startswith("+6:")
    assert page.evaluate("state.ahead") == 5
    page.evaluate("state.answer = null; show()")
    page.mouse.click(box["x"] + box["width"] - 2, box["y"] + 100)  # nothing is there, and nothing fails


def test_a_threshold_that_is_none_is_told_in_words(page):
    page.select_option("#model", "pump")
    settled(page)
    assert page.locator(".limit").count() == 1
    page.evaluate("state.answer.detections[0].threshold = null; show()")
    assert page.locator(".limit").count() == 0
    assert "no threshold" in page.text_content("#result")


def test_a_row_of_a_table_may_end_in_a_missing_value(page):
    read = page.evaluate(r"readSeries('a\tb\n1\t2\n3\t\n\t4\n\t\n5\t6\n', 2)")
    assert read == [[1, 3, None, None, 5], [2, None, 4, None, 6]]


def test_lines_of_long_series_keep_their_extremes(page):
    page.evaluate("values = Array.from({ length: 200000 }, (_, step) => Math.sin(step)); values[77777] = 9; void 0")
    points = page.evaluate("thinned([null, ...values], 500)")
    assert len(points) < 2000
    assert [77778, 9] in points
    assert page.evaluate("extremes(values, [null, -5])") == [-5, 9]
    assert page.evaluate("thinned([1, 2, 3], 500)") == [[0, 1], [1, 2], [2, 3]]


def test_a_stretch_is_drawn_over_the_channels_that_it_is_of(page):
    page.select_option("#model", "pump")
    settled(page)
    page.focus("#figure")
    page.keyboard.press("ArrowRight")
    assert page.locator(".stretch-area").count() == 2
    page.select_option("#channel", "1")
    assert page.locator(".stretch-area").count() == 1


def test_a_model_that_is_left_before_its_series_arrive_changes_nothing(page):
    slow = """() => { const real = window.fetch; window.fetch = async (path, options) => {
        if (String(path).includes("/wave/")) await new Promise((done) => setTimeout(done, 300));
        return real(path, options); }; }"""
    page.evaluate(slow)
    page.select_option("#model", "wave")
    page.select_option("#model", "pump")
    page.wait_for_timeout(500)
    settled(page)
    assert page.evaluate("[state.model.name, state.current.length]") == ["pump", 2]
    assert page.is_hidden("#trouble")


def test_an_explanation_is_measured_beside_a_random_order(page):
    settled(page)
    page.click("#measure")
    page.wait_for_selector("#verdict")
    assert "random order" in page.text_content("#verdict")


def test_forecasts_and_detections_are_drawn(page):
    page.select_option("#model", "wave")
    settled(page)
    assert page.locator(".band").count() == 2
    page.focus("#ahead")
    page.keyboard.press("ArrowRight")
    assert page.text_content("#ahead-words").startswith("+2")
    page.select_option("#model", "pump")
    before = settled(page)
    page.fill("#from", "20")
    page.fill("#to", "30")
    page.press("#to", "Tab")
    page.fill("#amount", "5")
    page.click("#shift")
    assert settled(page) != before
    assert page.locator(".event-area").count() > 0
