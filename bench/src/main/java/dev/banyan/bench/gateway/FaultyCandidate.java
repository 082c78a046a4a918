package dev.banyan.bench.gateway;

import dev.banyan.bench.machine.GivingWay;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/// A process that is a candidate with a [Fault], on the port that it is told.
///
/// It stands for a machine elsewhere, so it [gives way][GivingWay].
final class FaultyCandidate {
  private static final long PATIENCE_NANOS = 15_000_000_000L;

  private FaultyCandidate() {}

  public static void main(String[] arguments) throws IOException {
    Fault.valueOf(arguments[0]).serve(Integer.parseInt(arguments[1]));
  }

  static Child start(Site site, Fault fault, int port) throws IOException {
    List<String> command = new ArrayList<>(GivingWay.command());
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-Xmx128m",
            "-cp",
            System.getProperty("java.class.path"),
            FaultyCandidate.class.getName(),
            fault.name(),
            Integer.toString(port)));
    Child child = site.start(command);
    long from = System.nanoTime();
    while (!child.said().contains(Fault.READY)) {
      if (!child.process().isAlive() || System.nanoTime() - from > PATIENCE_NANOS) {
        throw new IOException("the candidate did not start: " + child.said());
      }
      LockSupport.parkNanos(10_000_000L);
    }
    return child;
  }
}
