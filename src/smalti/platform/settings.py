"""Every setting, in one place: defaults, then `smalti.toml`, then `SMALTI_*`, then the command line."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from smalti.platform.auth.roles import Role
from smalti.platform.errors import SettingsError
from smalti.platform.records import SourceKind


class Settings(BaseSettings):
    """What a user can set. Unknown names in `smalti.toml` are errors, not ignored."""

    model_config = SettingsConfigDict(
        env_prefix="SMALTI_", toml_file="smalti.toml", extra="forbid", frozen=True
    )

    home: Path = Field(Path(".smalti"), description="Folder of the store, the objects and the spool.")
    data: Path = Field(
        Path("../shared/data"), description="Folder of real data for training, tests and benches."
    )
    cache: Path | None = Field(
        None, description="Folder of converted weights; the user's cache folder if unset."
    )
    workers: int = Field(max(1, min(os.cpu_count() or 1, 8)), ge=1, le=256, description="Processes a stage.")
    threads: int = Field(1, ge=1, le=64, description="Threads of a model in one worker.")
    device: Literal["cpu", "cuda"] = Field("cpu", description="Where models run.")
    model: Path | None = Field(None, description="Folder of a trained model; the shipped one if unset.")
    recogniser: Literal["faster-whisper", "openai-whisper", "transformers"] = Field(
        "faster-whisper", description="Speech engine; the others must be installed."
    )
    whisper: Path | None = Field(None, description="Folder of another Whisper model for that engine.")
    hub: bool = Field(False, description="Whether weights may be fetched from the Hugging Face hub.")
    ocr: bool = Field(True, description="Whether text in images is read.")
    sandbox_memory_mb: int = Field(1536, ge=256, description="Memory of one parser process.")
    sandbox_seconds: float = Field(300.0, gt=0, description="Seconds a parser may take over one input.")
    sandbox_inputs: int = Field(50, ge=1, description="Inputs before a parser process is replaced.")
    max_bytes: int = Field(200_000_000, ge=1, description="Largest file read.")
    max_pages: int = Field(2_000, ge=1, description="Most pages read of one PDF.")
    max_files: int = Field(1_000_000, ge=1, description="Most files taken from one folder.")
    agent: str = Field(
        "", description="What we call ourselves to servers: a name and an e-mail address. Pulling needs it."
    )
    allow: tuple[str, ...] = Field(
        (),
        description="`address:port` pairs that may be fetched although private: test servers.",
    )
    rate: float = Field(2.0, gt=0, description="Most requests a second to one host; the SEC's is always 8.")
    robots: bool = Field(True, description="Whether robots.txt is heeded.")
    fetch_seconds: float = Field(300.0, gt=0, description="Seconds one fetch may take, retries included.")
    max_pull: int = Field(2_000, ge=1, description="Most things fetched in one pull; the rest waits.")
    max_wait: float = Field(60.0, gt=0, description="Longest that a server may ask us to wait, in seconds.")
    fresh_news_days: int = Field(30, ge=1, description="Age at which news no longer bears on a score.")
    fresh_social_days: int = Field(7, ge=1, description="The same for posts.")
    fresh_call_days: int = Field(100, ge=1, description="The same for calls: about a quarter.")
    fresh_filing_days: int = Field(400, ge=1, description="The same for filings: about a year.")
    fresh_price_days: int = Field(7, ge=1, description="The same for the last price.")
    api_max_body: int = Field(1_000_000, ge=1_000, description="Most bytes of a request's body.")
    api_max_upload: int = Field(200_000_000, ge=1_000, description="Most bytes of one upload.")
    api_max_rows: int = Field(5_000_000, ge=1, description="Most rows of one Arrow stream.")
    api_max_seconds: float = Field(
        30.0, gt=0, description="Seconds one question to the store may take when it came over HTTP."
    )
    api_max_wait: float = Field(
        20.0, gt=0, description="Seconds a client may leave between two pieces of a body."
    )
    hosts: tuple[str, ...] = Field(
        (), description="Names that the service is reached by, beside loopback and that of `public_url`."
    )
    public_url: str = Field(
        "",
        max_length=200,
        pattern=r"^(https?://[A-Za-z0-9.:\[\]-]+)?$",
        description="Address that people reach the service at: `https://smalti.example.org`."
        " Needed for sign-in from anywhere but loopback.",
    )
    api_rate: float = Field(
        100.0, gt=0, le=100_000, description="Requests a second that one user or key may send, on average."
    )
    signin_rate: float = Field(
        10.0, gt=0, le=10_000, description="Failed sign-ins and wrong keys a minute from one address."
    )
    session_idle_minutes: int = Field(
        60, ge=1, le=1_440, description="After so long without a request, one has to sign in again."
    )
    session_hours: int = Field(12, ge=1, le=168, description="After so long one has to in any case.")
    oidc_issuer: str = Field(
        "", max_length=500, description="OpenID provider that people sign in at; off if empty."
    )
    oidc_client_id: str = Field("", max_length=500, description="What the provider calls this service.")
    oidc_client_secret: SecretStr = Field(
        SecretStr(""),
        description="The secret agreed with the provider; better in the environment than in a file.",
    )
    oidc_hosts: tuple[str, ...] = Field(
        (), description="Hosts beside the issuer's own that the provider's addresses may be on."
    )
    oidc_claim: str = Field("groups", description="Claim of the ID token that tells what somebody may do.")
    oidc_roles: dict[str, Role] = Field(
        {}, description="Value of that claim → role; of several the most powerful."
    )
    oidc_default_role: Role | None = Field(
        None, description="Role of people whose claim names none; nobody is let in without a role."
    )
    attempts: int = Field(
        2,
        ge=1,
        le=10,
        description="How often an input is tried that kills its process or hangs, before it is set aside.",
    )
    worker_memory_mb: int = Field(
        0, ge=0, description="Memory that tasks of models running at once may need together; 0: no limit."
    )
    gpu_tasks: int = Field(1, ge=1, le=64, description="Tasks at once on a GPU, each with models of its own.")
    host: str = Field("127.0.0.1", max_length=255, description="Address the service listens at.")
    port: int = Field(8321, ge=0, le=65_535, description="Its port; 0 takes a free one.")
    dashboard: bool = Field(True, description="Whether `smalti up` runs the dashboard too, where installed.")
    dashboard_port: int = Field(
        8501, ge=0, le=65_535, description="The dashboard's port, at the same `host`; 0 takes a free one."
    )
    dashboard_url: str = Field(
        "",
        max_length=200,
        pattern=r"^(https?://[A-Za-z0-9.:\[\]-]+)?$",
        description="Address that people reach the dashboard at, on the host of `public_url`;"
        " by default the host they came by and the dashboard's port.",
    )
    tls_certificate: Path | None = Field(
        None, description="PEM file of the service's certificate and its chain."
    )
    tls_key: Path | None = Field(None, description="PEM file of its private key.")
    behind_proxy: tuple[str, ...] = Field(
        (),
        description="Addresses of proxies whose word on clients and TLS is taken (`*`: of any)."
        " Beyond loopback the service listens with TLS or behind one only.",
    )
    max_connections: int = Field(500, ge=1, le=100_000, description="Connections at once.")
    header_seconds: float = Field(
        10.0, gt=0, description="Seconds a client may take over the head of a request."
    )
    send_seconds: float = Field(60.0, gt=0, description="Seconds a client may leave an answer lying unread.")
    shutdown_seconds: float = Field(
        30.0, ge=0, description="Seconds that running work has to come to an end when the service is stopped."
    )
    daily_score: str = Field(
        "30 0 * * *",
        max_length=100,
        description="When all issuers are scored anew because evidence ages; as a source's schedule.",
    )
    disk_floor_mb: int = Field(500, ge=0, description="Free disk below which the service is not ready.")
    metrics: Literal["viewer", "loopback"] = Field(
        "viewer", description="Who may read `/metrics`: keys of viewers, or anybody on this machine too."
    )
    traces_endpoint: str = Field(
        "", max_length=500, description="OTLP address that traces are sent to; off if empty."
    )
    search_vectors: int = Field(
        1_000_000,
        ge=0,
        description="Most vectors of evidence kept in memory for search, 0.4 kB each; 0: words alone.",
    )
    search_seconds: float = Field(2.0, gt=0, description="Seconds a search waits for the vector of its text.")
    assistant_endpoint: str = Field(
        "",
        max_length=500,
        pattern=r"^(https?://[A-Za-z0-9.:\[\]/_-]+)?$",
        description="Base address of a language model that words answers, with OpenAI's chat completions:"
        " `http://127.0.0.1:11434/v1`; none if empty.",
    )
    assistant_model: str = Field("", max_length=200, description="What that endpoint calls the model.")
    assistant_key: SecretStr = Field(
        SecretStr(""), description="Its key, if it wants one; better in the environment than in a file."
    )
    assistant_tokens: int = Field(800, ge=50, le=32_000, description="Most tokens of one of its texts.")
    assistant_calls: int = Field(6, ge=0, le=50, description="Most calls of tools it has for a question.")
    assistant_seconds: float = Field(
        30.0, gt=0, le=600, description="Seconds it has for a question; then the answer goes without it."
    )
    assistant_rate: float = Field(
        60.0, gt=0, le=100_000, description="Questions a minute that one user may ask the assistant."
    )
    assistant_policy: Path | None = Field(
        None,
        description="TOML file of what analysts and customers may be told; the shipped one if unset.",
    )
    assistant_person: str = Field(
        "", description="Channel told when a customer who asks here needs a person; none if empty."
    )
    assistant_contact: str = Field("", description="How such a customer is told to reach somebody.")
    conversation_days: int = Field(
        365, ge=1, description="Days after its last turn at which a conversation is forgotten."
    )
    snapshot_minutes: int = Field(
        0, ge=0, description="Age at which the published snapshot is replaced; 0: only when asked for."
    )
    snapshot_keep: int = Field(3, ge=1, le=100, description="Snapshots kept.")
    retain_days: dict[SourceKind, Annotated[int, Field(ge=1)]] = Field(
        {}, description="Kind of source → days after which its bytes are taken away; others stay for good."
    )
    retain_cited: bool = Field(True, description="Whether bytes that a signal cites stay nevertheless.")
    service: str = Field(
        "", description="Address of a service on another machine that commands speak to; with SMALTI_KEY."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "warning", description="Least level logged."
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order of precedence, strongest first."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)

    @property
    def store(self) -> Path:
        """The DuckDB file."""
        return self.home / "smalti.duckdb"

    @property
    def objects(self) -> Path:
        """The folder of content-addressed bytes."""
        return self.home / "objects"

    @property
    def spool(self) -> Path:
        """The folder workers write to."""
        return self.home / "spool"


def load_settings(**overrides: object) -> Settings:
    """Settings from all places; `overrides` that are None do not count.

    Raises:
        SettingsError: names the setting, what is wrong with it, and where it may be set.
    """
    try:
        return Settings(**{k: v for k, v in overrides.items() if v is not None})  # type: ignore[arg-type]  # checked by pydantic itself
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"]) or "smalti.toml"
        raise SettingsError(
            first["msg"].lower(),
            subject=name,
            mend="see `docs/settings.md`; set it in smalti.toml or as SMALTI_*",
        ) from None
