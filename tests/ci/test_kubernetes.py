"""examples/kubernetes: every overlay, built as kustomize would, is what a cluster and the command line take."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from tests.ci.pipelines import taken

FOLDER = Path(__file__).parents[2] / "examples" / "kubernetes"
OVERLAYS = sorted(path.name for path in (FOLDER / "overlays").iterdir())


def load(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def merged(base: Any, patch: Any) -> Any:
    """A strategic merge: mappings key by key, lists of named things by name, all else replaced."""
    if isinstance(base, dict) and isinstance(patch, dict):
        return base | {key: merged(base.get(key), value) for key, value in patch.items()}
    if isinstance(base, list) and isinstance(patch, list) and all(isinstance(each, dict) for each in [*base, *patch]):
        changed = {each["name"]: each for each in patch}
        assert set(changed) <= {each["name"] for each in base}, "a patch names what is not there"
        return [merged(each, changed.get(each["name"], {})) for each in base]
    return patch


def patched(resources: list[Any], folder: Path) -> list[Any]:
    """Resources with the patches of a kustomization; each patch must find what it is for."""
    for each in load(folder / "kustomization.yaml").get("patches", ()):
        patch = yaml.safe_load(each["patch"])
        found = [
            r for r in resources if (r["kind"], r["metadata"]["name"]) == (patch["kind"], patch["metadata"]["name"])
        ]
        assert len(found) == 1
        resources = [merged(r, patch) if r is found[0] else r for r in resources]
    return resources


@dataclass(frozen=True)
class Built:
    """An overlay put together: its resources by kind, and the values that its pods are given."""

    resources: dict[str, Any]
    values: dict[str, str]

    @property
    def pod(self) -> dict[str, Any]:
        spec: dict[str, Any] = self.resources["CronJob"]["spec"]["jobTemplate"]["spec"]["template"]["spec"]
        return spec

    @property
    def containers(self) -> list[dict[str, Any]]:
        return [*self.pod["initContainers"], *self.pod["containers"]]


def literals(kustomization: Any) -> Iterator[tuple[str, str]]:
    for generator in kustomization["configMapGenerator"]:
        assert generator["name"] == "workspace"
        for each in generator["literals"]:
            name, _, value = each.partition("=")
            yield name, value


@pytest.fixture(params=OVERLAYS)
def built(request: pytest.FixtureRequest) -> Built:
    """The base, the overlay's components, the overlay."""
    overlay = FOLDER / "overlays" / request.param
    own = load(overlay / "kustomization.yaml")
    [base] = [(overlay / each).resolve() for each in own["resources"]]
    resources = [load(base / each) for each in load(base / "kustomization.yaml")["resources"]]
    for component in own.get("components", ()):
        resources = patched(resources, (overlay / component).resolve())
    values = dict(literals(load(base / "kustomization.yaml"))) | dict(literals(own))
    return Built({each["kind"]: each for each in patched(resources, overlay)}, values)


def test_a_cluster_takes_every_resource(built: Built) -> None:
    """Strictly: no key that Kubernetes does not know."""
    assert set(built.resources) == {"CronJob", "PersistentVolumeClaim", "ServiceAccount"}
    for resource in built.resources.values():
        kubernetes_validate.validate(resource, "1.37", strict=True)


def test_a_pod_has_no_rights(built: Built) -> None:
    """No root, nothing to write to but its volumes, no capabilities, no token of the cluster; its use is bounded."""
    assert built.pod["securityContext"]["runAsNonRoot"] is True
    assert built.pod["automountServiceAccountToken"] is False
    assert built.pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    for container in built.containers:
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert {"requests", "limits"} <= set(container["resources"])


def test_the_command_takes_what_the_pod_tells_it(
    built: Built, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every $(NAME) is a value that the pod has, and every flag one of ours; files are written to volumes only."""
    [container] = built.pod["containers"]
    values = built.values | {each["name"]: "pod-1" for each in container["env"]}
    told = [re.sub(r"\$\((\w+)\)", lambda found: values[found[1]], word) for word in container["args"]]
    context = taken([word.replace("/reports/", f"{tmp_path}/") for word in told])
    assert context.params["paths"] == (f"/workspace/{built.values['FOLDER']}",)
    assert context.params["token_file"] == "/secrets/konnect/token"


def test_every_mount_is_a_volume_and_every_volume_is_mounted(built: Built) -> None:
    """By name; and what a flag names lies below a mount."""
    mounted = {mount["name"] for container in built.containers for mount in container["volumeMounts"]}
    assert mounted == {volume["name"] for volume in built.pod["volumes"]}
    places = {mount["mountPath"] for container in built.containers for mount in container["volumeMounts"]}
    for container in built.containers:
        named = re.findall(r"(?<![\w.:/])/\w[^ =]*", " ".join(container["args"]).replace("=", " "))
        assert all(any(path.startswith(place) for place in places) for path in named)


def test_a_portal_shares_nothing_with_another() -> None:
    """Name, secret, folder and minute are its own."""
    overlays = [load(FOLDER / "overlays" / name / "kustomization.yaml") for name in OVERLAYS]
    patches = [yaml.safe_load(each["patches"][0]["patch"])["spec"] for each in overlays]
    volumes = [each["jobTemplate"]["spec"]["template"]["spec"]["volumes"] for each in patches]
    for own in (
        [each["nameSuffix"] for each in overlays],
        [dict(literals(each))["FOLDER"] for each in overlays],
        [each["schedule"] for each in patches],
        [each[0]["secret"]["secretName"] for each in volumes],
    ):
        assert len(set(own)) == len(OVERLAYS) > 1


def test_the_secrets_of_the_readme_are_those_of_the_overlays() -> None:
    """Who follows the page makes the secret that the first overlay mounts."""
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    [name] = re.findall(r"create secret generic (\S+) --from-file=token=", readme)
    [overlay] = re.findall(r"kubectl apply -k examples/kubernetes/(\S+)", readme)
    assert f"secretName: {name}\n" in (FOLDER / overlay / "kustomization.yaml").read_text(encoding="utf-8")
