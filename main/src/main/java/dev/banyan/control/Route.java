package dev.banyan.control;

import io.helidon.webserver.http.Handler;

/// One method on one path of the control plane's server.
///
/// @param path a template such as `/api/v1/families/{name}`
/// @param open whether it is answered without a token
public record Route(String method, String path, boolean open, Handler handler) {}
