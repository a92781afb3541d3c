"""What the service needs to know of its surroundings, from the environment; docs/settings.md lists it all."""

from ipaddress import ip_network

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class SmtpSettings(BaseSettings):
    """The mail server that takes what the outbox sends."""

    model_config = SettingsConfigDict(env_prefix="BLUEPALS_SMTP_", extra="ignore")

    host: str = "127.0.0.1"
    port: int = 25
    security: str = Field(
        default="starttls", pattern="^(none|starttls|tls)$", description="none, starttls or tls"
    )
    user: str = ""
    password: SecretStr = SecretStr("")
    from_address: str = Field(
        default="bluepals@localhost", description="the sender that people see and bounces go to"
    )
    connections: int = Field(default=4, description="kept open side by side")
    per_minute: int = Field(default=600, description="the most mails that leave in a minute")
    reply_timeout: float = Field(
        default=600.0, description="seconds to wait for the answer to a whole message"
    )


class SignOnSettings(BaseSettings):
    """The district's single sign-on, at any provider that speaks OpenID Connect; without an issuer there is none."""

    model_config = SettingsConfigDict(env_prefix="BLUEPALS_SIGN_ON_", extra="ignore")

    issuer: str = Field(default="", pattern=r"^(https://\S+|http://(127\.0\.0\.1|localhost)(:\d+)?(/\S*)?)?$")
    client_id: str = ""
    client_secret: SecretStr = SecretStr("")
    directory_gives_addresses: bool = Field(
        default=False, description="nobody writes their own address into the district's directory"
    )

    @property
    def is_on(self) -> bool:
        return bool(self.issuer)

    def refuse_half(self) -> None:
        """Raises ValueError with a sentence."""
        given = [self.issuer, self.client_id, self.client_secret.get_secret_value()]
        if any(given) and not all(given):
            raise ValueError(
                "single sign-on takes an issuer, a client id and a client secret, or none of them."
            )


class Settings(BaseSettings):
    """Where things are and which keys open them. The Temporal connection is read by the SDK's envconfig."""

    model_config = SettingsConfigDict(env_prefix="BLUEPALS_", extra="ignore")

    database_url: str = Field(description="PostgreSQL, as the role bluepals_app")
    database_admin_url: str = Field(
        default="", description="PostgreSQL, as a role that may create roles and tables: migrations"
    )
    master_keys: SecretStr = Field(
        description="newest first, comma-separated: id:base64 of 32 bytes; they wrap the keys of the children's letters"
    )
    link_key: SecretStr = Field(description="signs the links in mails; at least 32 characters")
    desk_url: str = Field(
        default="http://localhost:8000", description="how people reach the desk, as links in mails say it"
    )
    desk_host: str = Field(
        default="127.0.0.1",
        description="the address on which the desk listens; 0.0.0.0: on all of this machine",
    )
    desk_port: int = 8000
    desk_proxies: str = Field(
        default="127.0.0.1",
        description="addresses or networks, comma-separated: whose X-Forwarded-For says where a visitor comes from",
    )
    health_port: int = Field(default=8001, description="the worker's /health and /metrics")
    temporal_metrics_port: int = Field(
        default=8002, description="the Temporal SDK's own Prometheus metrics; 0 for none"
    )
    build_id: str = Field(
        default="", description="this release, for Worker Versioning; empty: unversioned, for development"
    )
    pager_url: str = Field(
        default="",
        description="where pages about a suspected harm are posted, beside mail; empty: to the log only",
    )
    temporal_ui_url: str = Field(
        default="", description="the Temporal Web UI, for links on pairings' pages; empty: there are none"
    )
    log_format: str = Field(default="json", pattern="^(json|console)$")
    smtp: SmtpSettings = Field(default_factory=SmtpSettings)
    sign_on: SignOnSettings = Field(default_factory=SignOnSettings)

    @property
    def proxies(self) -> list[str]:
        """Raises ValueError with a sentence: a star would believe everybody."""
        return [str(ip_network(one.strip())) for one in self.desk_proxies.split(",") if one.strip()]
