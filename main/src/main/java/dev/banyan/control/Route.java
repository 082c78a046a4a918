package dev.banyan.control;

import dev.banyan.access.Role;
import io.helidon.webserver.http.Handler;
import org.jspecify.annotations.Nullable;

/// One method on one path of the control plane's server.
///
/// @param path a template such as `/api/v1/families/{name}`
/// @param needs the least role that may ask it, or null when it is answered without a token
public record Route(String method, String path, @Nullable Role needs, Handler handler) {

  /// One that everybody may ask, or every viewer.
  ///
  /// @param open whether it is answered without a token
  public Route(String method, String path, boolean open, Handler handler) {
    this(method, path, open ? null : Role.VIEWER, handler);
  }
}
