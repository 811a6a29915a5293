from concurrent.futures import ThreadPoolExecutor

from lpr_core.files import claim_folder


def test_everybody_gets_a_folder_of_his_own(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        folders = list(pool.map(lambda _: claim_folder(tmp_path / "runs", "now"), range(40)))
    assert len(set(folders)) == 40
    assert sorted(tmp_path.glob("runs/*")) == sorted(folders)
    assert tmp_path / "runs" / "now" in folders
