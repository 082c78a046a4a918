package dev.banyan.config;

import dev.banyan.config.Type.Group;
import java.time.Duration;

/// The keys of the gateway's side towards clients.
final class FrontKeys {
  private FrontKeys() {}

  /// What clients are shown.
  static final class Tls {
    private Tls() {}

    static final Key<String> CERTIFICATE =
        Key.of(
                "certificate",
                Scalars.text(4_096),
                "A file of PEM with the certificate and the chain above it, the server's own first."
                    + " A relative path begins at the folder of the configuration. When this file"
                    + " or the key changes, both are read again, and new connections get them.")
            .example("/etc/banyan/tls.crt");
    static final Key<String> KEY =
        Key.of(
                "key",
                Scalars.text(4_096),
                "A file of PEM with the private key (PKCS #8, not encrypted).")
            .example("/etc/banyan/tls.key");
    static final Key<String> OLDEST =
        Key.of("oldest", Scalars.oneOf("1.2", "1.3"), "The oldest version of TLS that is spoken.")
            .standard("1.2")
            .example("1.3");
    static final Group GROUP = Group.of(CERTIFICATE, KEY, OLDEST);
  }

  /// What clients may ask of the gateway.
  static final class Limits {
    private Limits() {}

    static final Key<Long> REQUEST_LINE =
        Key.of(
                "request_line",
                Scalars.size("256B", "1MiB"),
                "The longest request line; of HTTP/2, the longest target.")
            .standard("8KiB")
            .atLimit("414 (`target-too-long`), and the connection is closed.")
            .example("16KiB");
    static final Key<Long> HEADER_BLOCK =
        Key.of(
                "header_block",
                Scalars.size("1KiB", "1MiB"),
                "The longest header block: the names and values of all fields together.")
            .standard("32KiB")
            .atLimit("431 (`headers-too-large`), and the connection is closed.")
            .example("64KiB");
    static final Key<Integer> HEADER_COUNT =
        Key.of("header_count", Scalars.whole(1, 10_000), "The most header fields of one request.")
            .standard("100")
            .atLimit("431 (`too-many-headers`), and the connection is closed.")
            .example("200");
    static final Key<Long> BODY =
        Key.of(
                "body",
                Scalars.size("1B", "1024GiB"),
                "The longest body of a request. Left out, a body may be as long as it likes: it is"
                    + " passed on as it comes and never held whole.")
            .atLimit(
                "413 (`body-too-large`), and the connection is closed. A length that is announced"
                    + " is refused before any service is asked.")
            .example("10MiB");
    static final Key<Duration> IDLE =
        Key.of(
                "idle",
                Scalars.duration("1s", "24h"),
                "How long a client's connection may wait for the first byte of its next request,"
                    + " the first one too.")
            .standard("75s")
            .atLimit("It is closed.")
            .example("30s");
    static final Key<Duration> HEADER_TIME =
        Key.of(
                "header_time",
                Scalars.duration("100ms", "1h"),
                "How long a request's head may take from its first byte to its last, and a TLS"
                    + " handshake in all.")
            .standard("10s")
            .atLimit(
                "408 (`request-timeout`), and the connection is closed; a handshake is cut off.")
            .example("5s");
    static final Key<Duration> BODY_TIME =
        Key.of(
                "body_time",
                Scalars.duration("100ms", "24h"),
                "How long a request's body may keep the gateway waiting, a second more for each KiB"
                    + " that came. The time in which the service takes nothing does not count.")
            .standard("30s")
            .atLimit("408 (`request-timeout`), and the connection is closed.")
            .example("10s");
    static final Key<Duration> WRITE_TIME =
        Key.of(
                "write_time",
                Scalars.duration("100ms", "24h"),
                "How long a client may take nothing at all of an answer that waits to be written"
                    + " to it.")
            .standard("60s")
            .atLimit("The connection is reset.")
            .example("20s");
    static final Key<Integer> REQUESTS_PER_CONNECTION =
        Key.of(
                "requests_per_connection",
                Scalars.whole(1, 100_000_000),
                "How many requests one connection may bring.")
            .standard("10000")
            .atLimit("The last one's answer says that the connection ends (HTTP/2: GOAWAY).")
            .example("1000");
    static final Key<Integer> STREAMS =
        Key.of(
                "streams",
                Scalars.whole(1, 10_000),
                "The most requests at one time on one connection of HTTP/2.")
            .standard("100")
            .atLimit("A further one is refused (REFUSED_STREAM), which clients try again.")
            .example("250");
    static final Key<Integer> CONNECTIONS =
        Key.of(
                "connections",
                Scalars.whole(1, 1_000_000),
                "The most connections of clients at one time.")
            .standard("10000")
            .atLimit(
                "A further one is answered with 503 (`too-many-connections`) and closed; with TLS"
                    + " it is only closed.")
            .example("50000");
    static final Key<Duration> DRAIN =
        Key.of(
                "drain",
                Scalars.duration("0s", "1h"),
                "How long requests under way may take when the program is being stopped.")
            .standard("10s")
            .atLimit("They are cut off.")
            .example("30s");
    static final Key<Integer> HELD_WRITES =
        Key.of(
                "held_writes",
                Scalars.whole(0, 100_000),
                "The most writes that are held back at one time while it is decided who owns a"
                    + " family's data.")
            .standard("1000")
            .atLimit("A further one is answered with 503 (`writes-held`) at once.")
            .example("5000");
    static final Key<Duration> HOLD_TIME =
        Key.of("hold_time", Scalars.duration("10ms", "5m"), "How long a write may be held back.")
            .standard("5s")
            .atLimit("503 (`writes-held`). Nothing of it has been sent to any service.")
            .example("2s");
    static final Group GROUP =
        Group.of(
            REQUEST_LINE,
            HEADER_BLOCK,
            HEADER_COUNT,
            BODY,
            IDLE,
            HEADER_TIME,
            BODY_TIME,
            WRITE_TIME,
            REQUESTS_PER_CONNECTION,
            STREAMS,
            CONNECTIONS,
            DRAIN,
            HELD_WRITES,
            HOLD_TIME);
  }
}
