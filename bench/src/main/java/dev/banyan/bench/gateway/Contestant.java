package dev.banyan.bench.gateway;

import java.io.IOException;
import java.util.Optional;

/// A proxy that takes part.
sealed interface Contestant permits Nginx, Haproxy, Banyan {
  /// Its key in the JSON.
  String name();

  /// Which one it is; empty when it is not installed.
  Optional<String> version();

  /// Whether it can do what the case asks for.
  boolean takes(Case what);

  /// Starts it with one worker, in front of the upstream.
  ///
  /// @return a proxy that may still be on its way up
  Running start(Site site, Upstream upstream, Case what) throws IOException;
}
