import pytest

from app.ports import read_port


@pytest.mark.parametrize(
    ("environment", "port"),
    [
        pytest.param({}, 7860, id="default"),
        pytest.param({"PORT": "", "OTHER": ""}, 7860, id="empty"),
        pytest.param({"PORT": "1", "OTHER": "65535"}, 1, id="first"),
        pytest.param({"PORT": "", "OTHER": "65535"}, 65535, id="second"),
    ],
)
def test_the_first_variable_that_is_set_counts(environment, port):
    assert read_port(environment, "PORT", "OTHER", default=7860) == port


@pytest.mark.parametrize("text", ["0", "65536", "-1", "80.5", "http", " "])
def test_the_variable_that_holds_no_port_is_named(text):
    with pytest.raises(ValueError, match=rf"^OTHER must be a port .* Received: '{text}'$"):
        read_port({"OTHER": text}, "PORT", "OTHER", default=7860)
