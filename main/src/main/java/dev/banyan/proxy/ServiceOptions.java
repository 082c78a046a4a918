package dev.banyan.proxy;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A named backend, as `services` in `banyan.yaml` declares it.
///
/// @param urls where it listens, at least one: scheme, host and port, all of one scheme. A name
///   that resolves to several addresses stands for all of them
/// @param tls how it is verified; null exactly where the scheme is `http`
/// @param health a path to ask, or null
/// @param versionHeader the header in which its answers say their version, in small letters, or
///   null
/// @param connectTimeout how long a connection may take to be made, its TLS handshake included
/// @param responseTimeout how long a backend may be silent while an answer is awaited
/// @param streamIdle the same for what is meant to be silent: a tunnel, an event stream, gRPC
/// @param longest how long one exchange may last in all, or null for as long as it likes
/// @param connections most connections to one address of it from one event loop
/// @param queue most requests that wait for one of them
/// @param dnsRefresh how often its names are looked up again
/// @param versionHeader the header of its answers that says which version answers, or null
public record ServiceOptions(
    String name,
    List<URI> urls,
    Protocol protocol,
    @Nullable Tls tls,
    @Nullable String health,
    @Nullable String versionHeader,
    Duration connectTimeout,
    Duration responseTimeout,
    Duration streamIdle,
    @Nullable Duration longest,
    int connections,
    int queue,
    Duration dnsRefresh) {

  /// What is spoken on its connections.
  public enum Protocol {
    HTTP1("http1"),
    /// HTTP/2 over TLS, agreed on by ALPN.
    H2("h2"),
    /// HTTP/2 without TLS, with prior knowledge.
    H2C("h2c");

    private final String word;

    Protocol(String word) {
      this.word = word;
    }

    /// The word for it in `banyan.yaml`.
    public String word() {
      return word;
    }
  }

  /// How a backend proves who it is.
  ///
  /// @param ca a file of PEM certificates to trust instead of the system's, or null
  /// @param serverName the name to ask for and to verify, instead of the URL's host, or null
  /// @param verify whether a wrong certificate is refused
  public record Tls(@Nullable Path ca, @Nullable String serverName, boolean verify) {}

  public ServiceOptions {
    urls = List.copyOf(urls);
  }

  /// Its first URL, which stands for it where one is shown.
  public URI url() {
    return urls.getFirst();
  }
}
