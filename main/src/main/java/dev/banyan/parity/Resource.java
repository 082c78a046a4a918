package dev.banyan.parity;

import dev.banyan.exchange.Request;
import dev.banyan.exchange.Response;
import java.net.URI;
import java.util.Optional;

/// What a write was about.
public final class Resource {
  private Resource() {}

  /// The path where a write's effect can be read: for a POST what its answer names in `Location`,
  /// or the id that it gives below the path of the request; for all else the path of the request.
  ///
  /// @return empty where nothing tells, or where the answer names another host
  public static Optional<String> path(Request write, Response answer) {
    String own = write.target().replaceFirst("\\?.*", "");
    if (!write.method().equals("POST")) {
      return Optional.of(own);
    }
    Optional<String> location = answer.headers().first("location");
    if (location.isPresent()) {
      return located(own, write, location.get());
    }
    return IdMap.given(answer)
        .filter(id -> id.matches("[A-Za-z0-9._~-]+"))
        .map(id -> own.replaceFirst("/$", "") + "/" + id);
  }

  private static Optional<String> located(String own, Request write, String location) {
    try {
      URI said = URI.create(location);
      String host = said.getHost();
      String asked = write.headers().first("host").orElse("").replaceFirst(":\\d+$", "");
      if (host != null && !host.equalsIgnoreCase(asked)) {
        return Optional.empty();
      }
      return Optional.ofNullable(URI.create(own).resolve(said).getRawPath())
          .filter(path -> path.startsWith("/"));
    } catch (IllegalArgumentException _) {
      return Optional.empty(); // not a URI: the comparison of the answers tells of that
    }
  }
}
