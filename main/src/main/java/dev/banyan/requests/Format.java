package dev.banyan.requests;

import java.util.Locale;

/// How a file of requests is written.
public enum Format {
  /// HTTP Archive 1.2, as browsers and proxies save it.
  HAR,
  /// GoReplay's file of captured payloads.
  GOR,
  /// An access log: combined lines or JSON lines.
  ACCESS_LOG,
  /// A plain list: `GET /path`, headers and bodies below or by `@file`.
  LIST,
  /// An OpenAPI 3 document, in JSON or YAML.
  OPENAPI;

  /// The word used in options and messages.
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
