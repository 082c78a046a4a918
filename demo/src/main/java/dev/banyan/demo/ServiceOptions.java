package dev.banyan.demo;

import picocli.CommandLine.Option;

/// What both services are told.
final class ServiceOptions {
  @Option(names = "--port", defaultValue = "0", description = "Port to serve; 0 for a free one.")
  int port;

  @Option(names = "--db", required = true, description = "JDBC URL of the shop's PostgreSQL.")
  String database = "";
}
