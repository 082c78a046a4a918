package dev.banyan.bench.gateway;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// A process that is a candidate with a [Fault], on the port that it is told.
final class FaultyCandidate {
  private FaultyCandidate() {}

  public static void main(String[] arguments) throws IOException {
    Fault.valueOf(arguments[0]).serve(Integer.parseInt(arguments[1]));
  }

  static Child start(Site site, Fault fault, int port) throws IOException {
    return site.start(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-Xmx128m",
            "-cp",
            System.getProperty("java.class.path"),
            FaultyCandidate.class.getName(),
            fault.name(),
            Integer.toString(port)));
  }
}
