package dev.banyan.proxy;

import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// A named backend, as `services` in `banyan.yaml` declares it.
///
/// @param url scheme, host and port; `http` only so far
/// @param health a path to ask, or null
/// @param connectTimeout how long a connection may take to be made
/// @param responseTimeout how long a backend may be silent while an answer is awaited
/// @param connections most connections to it from one event loop; requests beyond wait in a queue
///   as long as that
public record ServiceOptions(
    String name,
    URI url,
    @Nullable String health,
    Duration connectTimeout,
    Duration responseTimeout,
    int connections) {}
